"""Alembic's environment. The caller hands in a connection; see `config.schema`."""

from typing import Any, Literal

from alembic import context

from config.database import Base, Document, UtcDateTime


def render_item(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Write our shared column types by their names, not by their parts."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "config.database.UtcDateTime()"
    if kind == "type" and isinstance(item, type(Document)):
        return "config.database.Document"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    # SQLite cannot alter most things in place: copy the table, keep the names.
    render_as_batch=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
