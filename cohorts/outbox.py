"""The outbox: the intent to deliver is written in the transaction of the fact itself.

Nothing here sends anything. `lti_tool.delivery` claims what waits and sends it.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cohorts.models import Delivery, Destination, Enrolment, Score, StatementRecord
from xapi.statements import Statement, to_json


def record_statement(
    session: Session, enrolment: Enrolment, kind: str, statement: Statement, now: datetime
) -> StatementRecord:
    """Freeze a statement and put it on its way to every destination.

    Without a destination it is kept all the same and can be delivered to a later one.
    """
    record = StatementRecord(
        id=statement.id,
        cohort_id=enrolment.cohort_id,
        enrolment_id=enrolment.id,
        kind=kind,
        body=to_json(statement),
        recorded_at=now,
    )
    session.add(record)
    for destination_id in session.scalars(select(Destination.id)):
        session.add(
            Delivery(
                cohort_id=enrolment.cohort_id,
                destination_id=destination_id,
                statement=record,
                due_at=now,
                created_at=now,
            )
        )
    return record


def post_score(
    session: Session,
    enrolment: Enrolment,
    milestone: str,
    score_given: float,
    score_maximum: float,
    comment: str,
    now: datetime,
) -> Score:
    """Say which grade a learner should have for a milestone, and put it on its way to the LMS.

    There is one score a learner and milestone. Posting again replaces what has not left yet.
    """
    score = session.scalar(
        select(Score).where(Score.enrolment_id == enrolment.id, Score.milestone == milestone)
    )
    if score is None:
        score = Score(cohort_id=enrolment.cohort_id, enrolment_id=enrolment.id, milestone=milestone)
        session.add(score)
    score.score_given = score_given
    score.score_maximum = score_maximum
    score.comment = comment
    session.flush()
    delivery = session.scalar(select(Delivery).where(Delivery.score_id == score.id))
    if delivery is None:
        delivery = Delivery(cohort_id=enrolment.cohort_id, score=score, created_at=now)
        session.add(delivery)
    delivery.state = "waiting"
    delivery.attempts = 0
    delivery.due_at = now
    delivery.problem = None
    return score


def retry(session: Session, deliveries: list[Delivery], now: datetime) -> int:
    """Send parked or held deliveries again; answers how many. Delivered ones stay delivered."""
    count = 0
    for delivery in deliveries:
        if delivery.state in ("parked", "held", "waiting"):
            delivery.state = "waiting"
            delivery.due_at = now
            delivery.problem = None
            delivery.attempts = 0
            count += 1
        if delivery.destination is not None:
            delivery.destination.paused = False
            delivery.destination.hold_until = None
    return count


def resume(destination: Destination) -> None:
    """Send to a paused or held destination again; what made it stop was seen to."""
    destination.paused, destination.hold_until = False, None
    destination.failures, destination.problem = 0, None


def keep_destination(session: Session, name: str, endpoint: str, now: datetime) -> Destination:
    """The destination that the environment names; made, or moved to its new endpoint.

    Statements that were recorded before there was a destination are put on their way to it.
    """
    destination = session.scalar(select(Destination).where(Destination.name == name))
    if destination is not None:
        if destination.endpoint != endpoint:
            destination.endpoint = endpoint
            destination.paused, destination.hold_until = False, None
        return destination
    destination = Destination(
        name=name, source="environment", endpoint=endpoint, created_at=now, paused=False
    )
    session.add(destination)
    session.flush()
    for record in session.scalars(select(StatementRecord).order_by(StatementRecord.number)):
        session.add(
            Delivery(
                cohort_id=record.cohort_id,
                destination_id=destination.id,
                statement=record,
                due_at=now,
                created_at=now,
            )
        )
    return destination
