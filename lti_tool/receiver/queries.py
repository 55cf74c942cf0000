"""Which rows a filter finds (xAPI-Communication 2.1.3 and 2.1.4)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from lti_tool.receiver.filters import StatementFilter
from lti_tool.receiver.tables import ACTIVITY, AGENT, Mention, ReceivedStatement, activity_key
from xapi.conformance import VOIDED


def matching_rows(wanted: StatementFilter, column: Any = ReceivedStatement) -> Select[Any]:
    """Rows that pass the filter and are not voided, unordered and not cut into pages."""
    query = select(column).where(~is_voided(), *_in_time(wanted))
    conditions = _content_conditions(wanted)
    if not (conditions and wanted.follow_references):
        return query.where(*conditions)
    return query.where(ReceivedStatement.statement_id.in_(_with_references(conditions)))


def is_voided() -> ColumnElement[bool]:
    """A voiding statement names it, and it is none itself (xAPI-Data 2.3.2)."""
    voiding = aliased(ReceivedStatement)
    named = exists().where(
        voiding.target_id == ReceivedStatement.statement_id, voiding.verb == VOIDED
    )
    return named & (ReceivedStatement.verb != VOIDED)


def _in_time(wanted: StatementFilter) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.since:
        conditions.append(ReceivedStatement.stored_at > wanted.since)
    if wanted.until:
        conditions.append(ReceivedStatement.stored_at <= wanted.until)
    return conditions


def _with_references(conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """Ids of the statements that match and of those that refer to them.

    A statement whose object is a StatementRef passes if the statement it refers to does, and so
    on (Filter Conditions for StatementRefs). A voided statement lets through what refers to it.
    """
    matching = select(ReceivedStatement.statement_id).where(*conditions)
    found = matching.cte("found", recursive=True)
    referring = aliased(ReceivedStatement)
    found = found.union(
        select(referring.statement_id).where(referring.target_id == found.c.statement_id)
    )
    return select(found.c.statement_id)


def _content_conditions(wanted: StatementFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.verb is not None:
        conditions.append(ReceivedStatement.verb == wanted.verb)
    if wanted.registration is not None:
        conditions.append(ReceivedStatement.registration == wanted.registration)
    if wanted.actor is not None:
        conditions.append(ReceivedStatement.actor_key == wanted.actor)
    if wanted.agent is not None:
        conditions.append(_mentions(AGENT, wanted.agent, wanted.related_agents))
    if wanted.activity is not None:
        key = activity_key(wanted.activity)
        conditions.append(_mentions(ACTIVITY, key, wanted.related_activities))
    return conditions


def _mentions(kind: str, key: str, related: bool) -> ColumnElement[bool]:
    mention = exists().where(
        Mention.sequence == ReceivedStatement.sequence, Mention.kind == kind, Mention.key == key
    )
    return mention if related else mention.where(Mention.related.is_(False))
