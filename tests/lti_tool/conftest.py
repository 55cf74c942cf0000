"""The application, a browser and an LMS for tests of everything that a launch opens."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.database import Base
from config.settings import Settings
from lti_tool.app import create_app
from lti_tool.database import db
from tests.support.platform import TOOL_URL, FakePlatform, network_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        tool_url=TOOL_URL,
        secret_key="k" * 32,
        database_url=os.environ.get("TRY_DATABASE_URL", f"sqlite:///{tmp_path}/tool.db"),
        log_level="WARNING",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    with app.app_context():
        Base.metadata.drop_all(db.engine)
        Base.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.session.remove()
        Base.metadata.drop_all(db.engine)
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that keeps its cookies."""
    return app.test_client()


@pytest.fixture
def platform(app: Flask) -> FakePlatform:
    """An approved LMS."""
    platform = FakePlatform(network_of(app))
    with app.app_context():
        platform.store(db.session())
    return platform
