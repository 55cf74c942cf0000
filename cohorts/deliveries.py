"""The read side of the outbox: what left, what waits, what needs a person, of one cohort."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cohorts import outbox
from cohorts.models import Cohort, Delivery, Destination, Enrolment, Score, StatementRecord

STATES = ("waiting", "delivered", "held", "parked")
GRADEBOOK, LRS = "gradebook", "lrs"


@dataclass(frozen=True)
class Sent:
    """One delivery with the learner it is about, and the kind of statement or the milestone."""

    delivery: Delivery
    learner: Enrolment
    kind: str | None
    milestone: str | None


def counts(session: Session, cohort: Cohort) -> dict[str, Counter[str]]:
    """How many deliveries are in each state, for the gradebook and for the LRS."""
    of_score = Delivery.score_id.is_not(None)
    rows = session.execute(
        select(of_score, Delivery.state, func.count())
        .where(Delivery.cohort_id == cohort.id)
        .group_by(of_score, Delivery.state)
    )
    found: dict[str, Counter[str]] = {GRADEBOOK: Counter(), LRS: Counter()}
    for is_score, state, count in rows:
        found[GRADEBOOK if is_score else LRS][state] += count
    return found


def page(
    session: Session, cohort: Cohort, state: str, to: str, offset: int, limit: int
) -> list[Sent]:
    """A page of deliveries, newest first; an empty `state` or `to` means any."""
    rows = session.execute(
        select(Delivery, Enrolment, StatementRecord.kind, Score.milestone)
        .outerjoin(StatementRecord, StatementRecord.id == Delivery.statement_id)
        .outerjoin(Score, Score.id == Delivery.score_id)
        .join(
            Enrolment,
            Enrolment.id == func.coalesce(StatementRecord.enrolment_id, Score.enrolment_id),
        )
        .where(*_chosen(cohort, state, to))
        .order_by(Delivery.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [Sent(delivery, learner, kind, name) for delivery, learner, kind, name in rows]


def failed(session: Session, cohort: Cohort) -> list[Delivery]:
    """Everything of a cohort that will not go by itself."""
    return list(session.scalars(select(Delivery).where(*_chosen(cohort, "parked", ""))))


def undelivered(session: Session, cohort: Cohort, delivery_id: int) -> Delivery | None:
    """One delivery of a cohort that has not arrived, or None."""
    return session.scalar(
        select(Delivery).where(
            Delivery.id == delivery_id,
            Delivery.cohort_id == cohort.id,
            Delivery.state != "delivered",
        )
    )


def destinations(session: Session) -> list[Destination]:
    """Where statements of every cohort go."""
    return list(session.scalars(select(Destination).order_by(Destination.created_at)))


def resume_all(session: Session) -> None:
    """Send to every destination again that was paused or on hold."""
    for destination in destinations(session):
        outbox.resume(destination)


def _chosen(cohort: Cohort, state: str, to: str) -> list[ColumnElement[bool]]:
    wanted = [Delivery.cohort_id == cohort.id]
    if state:
        wanted.append(Delivery.state == state)
    if to:
        is_score = Delivery.score_id.is_not(None)
        wanted.append(is_score if to == GRADEBOOK else ~is_score)
    return wanted
