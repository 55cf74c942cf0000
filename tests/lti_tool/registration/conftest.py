"""The tool behind TLS, as in production."""

from dataclasses import replace

import pytest

from config.settings import Settings
from tests.support.platform import TOOL_URL


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of every test, at an https address."""
    return replace(settings, tool_url=TOOL_URL)
