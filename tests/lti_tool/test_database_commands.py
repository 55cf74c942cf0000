"""The operators' command that brings the database up to date."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text

from config import schema
from config.database import make_engine
from config.settings import Settings
from lti_tool.app import create_app
from lti_tool.database import db


def upgrade(settings: Settings, database_url: str) -> Result:
    app = create_app(replace(settings, database_url=database_url))
    try:
        return app.test_cli_runner().invoke(args=["database", "upgrade"])
    finally:
        with app.app_context():
            db.engine.dispose()


def test_other_commands_say_that_an_upgrade_is_missing(
    settings: Settings, bare_database_url: str
) -> None:
    app = create_app(replace(settings, database_url=bare_database_url))
    result = app.test_cli_runner().invoke(args=["cohort", "list"])
    with app.app_context():
        db.engine.dispose()
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "run: flask --app wsgi database upgrade" in result.stderr


def test_an_empty_database_is_made_and_a_second_run_changes_nothing(
    settings: Settings, bare_database_url: str
) -> None:
    for _ in range(2):
        result = upgrade(settings, bare_database_url)
        assert (result.exit_code, result.stderr) == (0, "")
        assert "is up to date." in result.stdout
    engine = make_engine(bare_database_url)
    schema.check(engine)
    engine.dispose()


def test_a_database_of_newer_code_is_left_alone(settings: Settings, database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    result = upgrade(settings, database_url)
    assert result.exit_code == 1
    assert "Install the newer version that made it" in result.stderr


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_broken_file_gets_one_sentence(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database, whatever its name says" * 100)
    result = upgrade(settings, f"sqlite:///{broken}")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "file is not a database" in result.stderr and "Check DATABASE_URL" in result.stderr


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_unreachable_server_gets_one_sentence_without_the_password(settings: Settings) -> None:
    address = "postgresql+psycopg://tool:hidden-word@127.0.0.1:1/cohorts"
    result = upgrade(settings, address)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "could not be brought up to date" in result.stderr
    assert "hidden-word" not in result.output
