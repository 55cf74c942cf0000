from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lti_tool.practice_lms import PracticeLmsSettings, create_practice_lms
from tests.lti_tool.practice_lms.tool_double import (
    KEY_SET,
    LMS,
    TOOL,
    Clock,
    ToolDouble,
    public_jwk,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def key_sets() -> dict[str, Any]:
    """What the tool's addresses answer; a test may change or delete an entry."""
    return {KEY_SET: {"keys": [public_jwk("tool")]}}


@pytest.fixture
def settings(tmp_path: Path, clock: Clock, key_sets: dict[str, Any]) -> PracticeLmsSettings:
    def fetch_json(url: str) -> Any:
        if url not in key_sets:
            raise OSError(f"nothing answers at {url}")
        return key_sets[url]

    return PracticeLmsSettings(
        url=LMS,
        database=tmp_path / "practice-lms.db",
        tool_url=TOOL,
        clock=clock,
        fetch_json=fetch_json,
    )


@pytest.fixture
def app(settings: PracticeLmsSettings) -> Flask:
    return create_practice_lms(settings)


@pytest.fixture
def stranger(app: Flask, clock: Clock, key_sets: dict[str, Any]) -> ToolDouble:
    """A tool that has not registered."""
    return ToolDouble(app, clock, key_sets)


@pytest.fixture
def tool(stranger: ToolDouble) -> ToolDouble:
    """A registered and active tool."""
    assert stranger.register().status_code == 200
    stranger.activate()
    return stranger


@pytest.fixture
def service(tool: ToolDouble) -> ToolDouble:
    """An active tool with a bearer token of every scope."""
    return tool.with_scopes()
