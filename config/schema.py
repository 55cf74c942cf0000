"""Bring a database to the schema of this code, and say when it does not fit."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

MIGRATIONS = Path(__file__).parent / "migrations"
POSTGRESQL_LOCK = 7_404_190  # any constant of ours; one upgrade at a time


class SchemaError(RuntimeError):
    """The database does not fit this code; the message says what to do."""


def upgrade(engine: Engine) -> None:
    """Run all migrations that the database lacks, under a lock. A second run changes nothing.

    Raises SchemaError when the database was made by newer code.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRESQL_LOCK})
        _refuse_newer(connection)
        command.upgrade(alembic_config(connection), "head")


def check(engine: Engine) -> None:
    """Raise SchemaError unless the database is exactly at this code's schema."""
    with engine.connect() as connection:
        _refuse_newer(connection)
        if _current(connection) != _scripts().get_current_head():
            raise SchemaError(
                "The database is older than this version of the tool. Run: "
                "flask --app wsgi database upgrade"
            )


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for one open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    current = _current(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if current is not None and current not in known:
        raise SchemaError(
            f"The database is at schema {current}, which this version of the tool does not know. "
            "Install the newer version that made it, or restore a backup."
        )
