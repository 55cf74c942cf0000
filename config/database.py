"""The database base: one declarative base, the column types we share, how engines are set up."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, Engine, MetaData, Uuid, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

# Named from the first day, so that a migration can name what it changes on both databases.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

SQLITE_BUSY_SECONDS = 10


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant. A naive datetime is refused when it is bound, not repaired later."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: instants are aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# One JSON column type for both databases; PostgreSQL keeps it binary and searchable.
Document = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Base of every table of the tool."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {
        datetime: UtcDateTime,
        UUID: Uuid(),
        dict[str, Any]: Document,
        list[Any]: Document,
    }


class HasId:
    """A random UUID as primary key: unguessable in addresses, unique over every tenant."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-1)


def engine_options(database_url: str | URL) -> dict[str, Any]:
    """Options for `create_engine` that fit the database of the given address."""
    if make_url(database_url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": SQLITE_BUSY_SECONDS}}
    return {
        "pool_pre_ping": True,
        "pool_size": 5,
        "max_overflow": 10,
        "connect_args": {"options": "-c statement_timeout=15000 -c timezone=UTC"},
    }


def configure(engine: Engine) -> Engine:
    """Give a SQLite engine its durability and locking; other engines are returned as they are.

    WAL lets readers go on while one writes. Every transaction takes the write lock when it begins
    (`BEGIN IMMEDIATE`): a deferred one that reads first and writes later fails at once with
    SQLITE_BUSY when somebody else wrote in between, and no timeout helps.
    """
    if engine.dialect.name != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def make_engine(database_url: str) -> Engine:
    """An engine for code that runs outside the web application, such as migrations and tests."""
    ensure_folder(database_url)
    return configure(create_engine(database_url, **engine_options(database_url)))


def ensure_folder(database_url: str) -> None:
    """Create the folder of a SQLite file where it is missing."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
