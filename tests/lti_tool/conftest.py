"""An LMS for tests of everything that a launch opens."""

import pytest
from flask import Flask

from lti_tool.database import db
from tests.support.platform import FakePlatform, network_of


@pytest.fixture
def platform(app: Flask) -> FakePlatform:
    """An approved LMS: `platform.launch(client)` lets a learner in."""
    platform = FakePlatform(network_of(app))
    with app.app_context():
        platform.store(db.session())
    return platform
