"""Claiming what waits: a lease, committed before anything is sent.

One worker at a time has the statements of a destination, so that they arrive in order, and one at
a time the scores of a platform, as Canvas asks of its tools. A worker that dies leaves a lease
that runs out. Locks are taken on the destination's or platform's row and last for one short
transaction: on PostgreSQL with SKIP LOCKED, on SQLite every transaction is alone anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from cohorts.models import Delivery, Destination, Enrolment, Score, StatementRecord
from lti_tool.models import LtiUser, Platform

LEASE = timedelta(seconds=120)
BATCH = 50


@dataclass(frozen=True)
class Batch:
    """Claimed statements of one destination, oldest first, as (delivery, statement, body)."""

    destination_id: UUID
    source: str
    endpoint: str
    rows: tuple[tuple[int, UUID, str], ...]


@dataclass(frozen=True)
class ClaimedScore:
    """One claimed score."""

    delivery_id: int
    score_id: UUID
    platform_id: UUID | None


def open_destinations(session: Session, now: datetime) -> Sequence[UUID]:
    """The destinations that may be sent to now."""
    return session.scalars(select(Destination.id).where(_is_open(now))).all()


def claim_statements(
    session: Session, destination_id: UUID, worker: str, now: datetime
) -> Batch | None:
    """Lease the oldest statements waiting for a destination; None if another worker is at it."""
    destination = session.scalar(
        select(Destination)
        .where(Destination.id == destination_id, _is_open(now))
        .with_for_update(skip_locked=True, key_share=True)
    )
    mine = Delivery.destination_id == destination_id
    if destination is None or _is_taken(session, select(Delivery.id).where(mine), now):
        return None
    rows = session.execute(
        select(Delivery.id, StatementRecord.id, StatementRecord.body)
        .join(StatementRecord, StatementRecord.id == Delivery.statement_id)
        .where(mine, _is_due(now))
        .order_by(Delivery.id)
        .limit(BATCH)
    ).all()
    if not rows:
        return None
    _lease(session, [row[0] for row in rows], worker, now)
    claimed = tuple((row[0], row[1], row[2]) for row in rows)
    return Batch(destination.id, destination.source, destination.endpoint, claimed)


def platforms_with_scores(session: Session, now: datetime) -> Sequence[UUID | None]:
    """The platforms for which scores are due, longest waiting first.

    None stands for people without a platform.
    """
    oldest = func.min(Delivery.due_at)
    return session.scalars(
        _scores(LtiUser.platform_id)
        .where(_is_due(now))
        .group_by(LtiUser.platform_id)
        .order_by(oldest)
    ).all()


def claim_score(
    session: Session, platform_id: UUID | None, worker: str, now: datetime
) -> ClaimedScore | None:
    """Lease the next score of a platform; None if there is none or another worker is at it."""
    if platform_id is not None:
        # A statement of its own: the next one sees what the last holder of the lock committed.
        locked = session.scalar(
            select(Platform.id)
            .where(Platform.id == platform_id)
            .with_for_update(skip_locked=True, key_share=True)
        )
        if locked is None:
            return None
    of_platform = LtiUser.platform_id == platform_id  # IS NULL for None
    if _is_taken(session, _scores(Delivery.id).where(of_platform), now):
        return None
    row = session.execute(
        _scores(Delivery.id, Score.id)
        .where(of_platform, _is_due(now))
        .order_by(Delivery.due_at, Delivery.id)
        .limit(1)
        .with_for_update(of=Delivery, skip_locked=True)
    ).first()
    if row is None:
        return None
    _lease(session, [row[0]], worker, now)
    return ClaimedScore(row[0], row[1], platform_id)


def put_off_scores(session: Session, platform_id: UUID, until: datetime) -> None:
    """Let every waiting score of a platform wait until then, as after a failure of its own."""
    session.execute(
        update(Delivery)
        .where(Delivery.state == "waiting", Delivery.due_at < until)
        .where(Delivery.id.in_(_scores(Delivery.id).where(LtiUser.platform_id == platform_id)))
        .values(due_at=until, attempts=Delivery.attempts + 1)
        .execution_options(synchronize_session=False)
    )


def _is_open(now: datetime) -> ColumnElement[bool]:
    ready = or_(Destination.hold_until.is_(None), Destination.hold_until <= now)
    return and_(Destination.paused.is_(False), ready)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """What was never tried is due at once: its `due_at` follows the clock of its cohort, which
    need not be the real one."""
    return and_(
        Delivery.state == "waiting",
        or_(Delivery.attempts == 0, Delivery.due_at <= now),
        or_(Delivery.lease_until.is_(None), Delivery.lease_until <= now),
    )


def _scores(*columns: Any) -> Select[Any]:
    """Deliveries of scores with the LMS account of the person, if they have one."""
    return (
        select(*columns)
        .select_from(Delivery)
        .join(Score, Score.id == Delivery.score_id)
        .join(Enrolment, Enrolment.id == Score.enrolment_id)
        .outerjoin(LtiUser, LtiUser.person_id == Enrolment.person_id)
    )


def _is_taken(session: Session, deliveries: Select[Any], now: datetime) -> bool:
    leased = deliveries.where(Delivery.state == "waiting", Delivery.lease_until > now)
    return session.execute(leased.limit(1)).first() is not None


def _lease(session: Session, ids: list[int], worker: str, now: datetime) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids))
        .values(lease_until=now + LEASE, claimed_by=worker)
        .execution_options(synchronize_session=False)
    )
