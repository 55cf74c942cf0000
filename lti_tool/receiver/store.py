"""Where received statements are kept: written in whole batches, never changed."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.receiver.filters import StatementFilter
from lti_tool.receiver.queries import is_voided, matching_rows
from lti_tool.receiver.tables import ReceivedStatement, ReceiverBase, statement_row

_LOOKUP_SIZE = 500  # ids in one IN (...): databases limit the number of parameters


class StatementConflict(Exception):
    """A statement with one of the given ids is already there; nothing was stored."""


@dataclass(frozen=True)
class StoredStatement:
    """A statement as JSON text, when it was stored, and its place in the order of arrival."""

    sequence: int
    stored_at: datetime
    document: str


@dataclass(frozen=True)
class StatementPage:
    """Some statements, and the place after which the next page begins, if there is one."""

    statements: list[StoredStatement]
    next_after: int | None


class StatementStore:
    """Statements in the database of `engine`, in tables of their own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create_tables(self) -> None:
        """Make the tables where they are missing."""
        ReceiverBase.metadata.create_all(self._engine)

    def add(
        self, statements: Sequence[dict[str, Any]], authority: dict[str, Any], version: str
    ) -> list[str]:
        """Store valid statements, all or none, and return their ids in the same order.

        Sets `id`, `timestamp` and `version` where they are missing, `stored` and `authority`
        always, and makes every context activity an array (xAPI-Data 2.4.6.2). Raises
        StatementConflict if one of the ids is known, whatever it stands for.
        """
        with_ids = [{**statement, "id": _id(statement)} for statement in statements]
        ids = [statement["id"] for statement in with_ids]
        try:
            with Session(self._engine) as session, session.begin():
                known = _known(session, ids)
                if known:
                    raise StatementConflict(
                        f"statement {known[0]} is already stored; nothing of this request was"
                    )
                # Read inside the transaction, so that the order of these instants is the order
                # in which they become visible: `since` with the last one seen misses nothing.
                stored_at = datetime.now(UTC)
                session.add_all(
                    statement_row(_completed(statement, authority, version, stored_at), stored_at)
                    for statement in with_ids
                )
        except IntegrityError as error:
            raise StatementConflict(
                "one of these statements was stored by another request at the same time; "
                "nothing of this request was"
            ) from error
        return ids

    def get(self, statement_id: UUID, voided: bool = False) -> StoredStatement | None:
        """The statement with this id if it is voided, or not voided, as asked."""
        wanted = is_voided() if voided else ~is_voided()
        with Session(self._engine) as session:
            row = session.scalars(
                select(ReceivedStatement).where(
                    ReceivedStatement.statement_id == statement_id, wanted
                )
            ).one_or_none()
            return _stored(row) if row else None

    def query(self, wanted: StatementFilter) -> StatementPage:
        """A page of the statements that pass the filter, without voided ones."""
        order = ReceivedStatement.sequence
        query = matching_rows(wanted)
        if wanted.after is not None:
            query = query.where(order > wanted.after if wanted.ascending else order < wanted.after)
        query = query.order_by(order.asc() if wanted.ascending else order.desc())
        with Session(self._engine) as session:
            rows = session.scalars(query.limit(wanted.limit + 1)).all()
            page = [_stored(row) for row in rows[: wanted.limit]]
        return StatementPage(page, page[-1].sequence if len(rows) > wanted.limit else None)

    def count(self, wanted: StatementFilter | None = None) -> int:
        """How many statements pass the filter, over all pages."""
        wanted = replace(wanted or StatementFilter(), after=None)
        with Session(self._engine) as session:
            found = matching_rows(wanted, ReceivedStatement.sequence).subquery()
            return session.scalar(select(func.count()).select_from(found)) or 0

    def verbs(self) -> list[str]:
        """The ids of all verbs that have arrived, sorted."""
        with Session(self._engine) as session:
            return sorted(session.scalars(select(ReceivedStatement.verb).distinct()))

    def newest_by_actor(self, limit: int) -> list[tuple[str, StoredStatement]]:
        """For each actor, newest first: the actor's key and the newest statement."""
        newest = (
            select(func.max(ReceivedStatement.sequence))
            .where(ReceivedStatement.actor_key.is_not(None))
            .group_by(ReceivedStatement.actor_key)
        )
        query = (
            select(ReceivedStatement)
            .where(ReceivedStatement.sequence.in_(newest))
            .order_by(ReceivedStatement.sequence.desc())
            .limit(limit)
        )
        with Session(self._engine) as session:
            return [(row.actor_key or "", _stored(row)) for row in session.scalars(query)]


def _id(statement: dict[str, Any]) -> str:
    return str(statement.get("id") or uuid.uuid4())


def _completed(
    statement: dict[str, Any], authority: dict[str, Any], version: str, stored_at: datetime
) -> dict[str, Any]:
    """The statement as it will be given out, its own properties first and in their order."""
    stored = stored_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    result = {**statement, "stored": stored, "authority": authority}
    result.setdefault("timestamp", stored)
    result.setdefault("version", version)
    _make_arrays(result)
    if result["object"].get("objectType") == "SubStatement":
        result["object"] = dict(result["object"])
        _make_arrays(result["object"])
    return result


def _make_arrays(statement: dict[str, Any]) -> None:
    groups = statement.get("context", {}).get("contextActivities")
    if groups:
        arrays = {kind: item if isinstance(item, list) else [item] for kind, item in groups.items()}
        statement["context"] = {**statement["context"], "contextActivities": arrays}


def _known(session: Session, ids: list[str]) -> list[UUID]:
    known: list[UUID] = []
    for start in range(0, len(ids), _LOOKUP_SIZE):
        some = [UUID(item) for item in ids[start : start + _LOOKUP_SIZE]]
        column = ReceivedStatement.statement_id
        known += session.scalars(select(column).where(column.in_(some)))
    return known


def _stored(row: ReceivedStatement) -> StoredStatement:
    return StoredStatement(row.sequence, row.stored_at, row.document)
