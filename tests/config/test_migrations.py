"""Migrations make exactly the tables that the models describe, on both databases."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from cohorts.models import Person
from config import schema
from config.database import Base, make_engine

OLDER = (
    "The database is older than this version of the tool. Run: flask --app wsgi database upgrade"
)
NEWER = (
    "The database is at schema 9999, which this version of the tool does not know. "
    "Install the newer version that made it, or restore a backup."
)


@pytest.fixture
def bare(bare_database_url: str) -> Iterator[Engine]:
    engine = make_engine(bare_database_url)
    yield engine
    engine.dispose()


def differences(engine: Engine) -> list[Any]:
    """What a new migration would have to change."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def test_migrations_and_models_agree(bare: Engine) -> None:
    schema.upgrade(bare)

    assert differences(bare) == []


def test_a_difference_would_be_seen(engine: Engine) -> None:
    run(engine, "ALTER TABLE person DROP COLUMN display_name")

    [(change, _, table, column)] = differences(engine)

    assert (change, table, column.name) == ("add_column", "person", "display_name")


def test_a_second_upgrade_changes_nothing(engine: Engine, now: datetime) -> None:
    with Session(engine) as session, session.begin():
        session.add(Person(display_name="Mara", created_at=now))

    schema.upgrade(engine)

    with Session(engine) as session:
        assert session.scalars(select(Person.display_name)).all() == ["Mara"]
    assert differences(engine) == []
    schema.check(engine)


def test_processes_that_start_together_upgrade_once(bare: Engine, bare_database_url: str) -> None:
    code = "import sys; from config import database, schema"
    code += "; schema.upgrade(database.make_engine(sys.argv[1]))"
    together = [
        subprocess.Popen([sys.executable, "-c", code, bare_database_url], stderr=subprocess.PIPE)
        for _ in range(2)
    ]

    assert [process.communicate(timeout=60)[1] for process in together] == [b"", b""]
    assert [process.returncode for process in together] == [0, 0]
    schema.check(bare)


def test_the_way_back_leaves_no_table(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(schema.alembic_config(connection), "base")

    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_an_older_database_is_reported(bare: Engine) -> None:
    with pytest.raises(schema.SchemaError) as refused:
        schema.check(bare)

    assert str(refused.value) == OLDER


@pytest.mark.parametrize("action", [schema.check, schema.upgrade])
def test_a_newer_database_is_refused(action: Any, engine: Engine) -> None:
    run(engine, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(schema.SchemaError) as refused:
        action(engine)

    assert str(refused.value) == NEWER
