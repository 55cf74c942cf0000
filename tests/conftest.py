"""What every test may ask for: a database of either kind, a session, the application.

A test that touches a database runs twice, on SQLite and on PostgreSQL. The second run is marked
`servers`, so `-m "not servers"` leaves SQLite alone.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import cohorts.models  # noqa: F401  every table is known, whatever a test imports
import lti_tool.models  # noqa: F401
from config import schema
from config.database import make_engine
from config.settings import Settings
from lti_tool.app import create_app
from lti_tool.database import db
from tests.support import postgresql
from tests.support.clock import Clock

TOOL_URL = "http://localhost:8000"
# A machine that is busy with something else is no reason to fail.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

POSTGRESQL_FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    if workerinput := getattr(config, "workerinput", None):
        config.stash[POSTGRESQL_FOLDER] = Path(workerinput["postgresql"])
        return
    folder, alive = postgresql.new_run()
    config.stash[POSTGRESQL_FOLDER] = folder
    config.add_cleanup(lambda: postgresql.end_run(folder, alive))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a test process of pytest-xdist where the server of the whole run is."""
    node.workerinput["postgresql"] = str(node.config.stash[POSTGRESQL_FOLDER])


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def database(request: pytest.FixtureRequest) -> str:
    """Which database this run of the test is on."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgresql_server(request: pytest.FixtureRequest) -> Iterator[postgresql.Server]:
    """The PostgreSQL of this test run."""
    try:
        server = postgresql.Server(request.config.stash[POSTGRESQL_FOLDER])
    except postgresql.PostgresqlMissing as missing:
        pytest.fail(str(missing), pytrace=False)
    yield server
    server.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "migrated.db"
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def database_url(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty, migrated database of this test alone."""
    if database == "sqlite":
        path = tmp_path / "migrated.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgresql_server")
        with server.database(f"test_{uuid4().hex}") as url:
            yield url


@pytest.fixture
def bare_database_url(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The address of a database without a single table."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path}/bare.db"
    else:
        server = request.getfixturevalue("postgresql_server")
        with server.database(f"test_{uuid4().hex}", empty=True) as url:
            yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated database."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on a migrated database. What a test does not commit is rolled back."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def now() -> datetime:
    """A Monday morning in winter, on which every cohort of these tests begins."""
    return datetime(2026, 1, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock(now: datetime) -> Clock:
    """The clock of the application; it stands at `now` until a test moves it."""
    return Clock(now)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings of a tool on a migrated database, allowed to call the practice services."""
    return Settings(
        tool_url=TOOL_URL,
        secret_key="k" * 32,
        database_url=database_url,
        private_hosts=frozenset({"localhost:8001", "localhost:8002"}),
        log_level="WARNING",
    )


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates are compiled once a test process, not once an application."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, clock: Clock, compiled_templates: BytecodeCache) -> Iterator[Flask]:
    """The tool on a migrated database, with a clock that the test sets."""
    app = create_app(settings, now=clock)
    app.jinja_env.bytecode_cache = compiled_templates
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that keeps its cookies."""
    return app.test_client()
