"""Writing down what became of claimed rows: delivered, waiting again, parked or held."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cohorts.models import Delivery, Destination, Score
from lti_tool.delivery.claims import Batch, ClaimedScore, put_off_scores
from lti_tool.delivery.senders import (
    AFTER_THE_UNFORESEEN,
    UNFORESEEN,
    ScoreSent,
    StatementsSent,
    back_off,
)
from lti_tool.services import HOLD, PARK, RETRY, WAIT, ServiceError
from xapi.lrs import LrsError

PROBLEM_LENGTH = 500
DELIVERED, WAITING, PARKED, HELD = "delivered", "waiting", "parked", "held"
STATE_OF = {PARK: PARKED, HOLD: HELD, RETRY: WAITING, WAIT: WAITING}


def settle_statements(
    session: Session, batch: Batch, sent: StatementsSent, worker: str, now: datetime
) -> Counter[str]:
    """Note the outcome of each statement, and what it means for the destination."""
    destination = session.scalars(
        select(Destination)
        .where(Destination.id == batch.destination_id)
        .with_for_update(key_share=True)
    ).one()
    _judge(destination, sent.failure, now)
    problem = str(sent.failure) if sent.failure else None
    tally: Counter[str] = Counter()
    for delivery in _still_mine(session, (row[0] for row in batch.rows), worker):
        outcome = sent.outcomes.get(delivery.statement_id) if delivery.statement_id else None
        if outcome is None:
            _end(delivery, WAITING, problem, now)
        elif outcome.stored:
            _end(delivery, DELIVERED, None, now)
        else:
            _end(delivery, PARKED, outcome.reason, now)
        tally[delivery.state] += 1
    return tally


def settle_score(
    session: Session,
    claimed: ClaimedScore,
    result: ScoreSent | ServiceError,
    worker: str,
    now: datetime,
) -> Counter[str]:
    """Note what became of a score. One that was changed while it was sent waits to be sent anew."""
    score = session.scalars(
        select(Score).where(Score.id == claimed.score_id).with_for_update(key_share=True)
    ).one()
    changed = False
    if isinstance(result, ScoreSent):
        score.posted_score, score.posted_at = result.score_given, result.posted_at
        changed = (score.score_given, score.comment) != (result.score_given, result.comment)
    tally: Counter[str] = Counter()
    for delivery in _still_mine(session, [claimed.delivery_id], worker):
        if isinstance(result, ServiceError):
            _fail(session, delivery, claimed, result, now)
        elif changed:
            _end(delivery, WAITING, None, now)
            delivery.attempts = 0
        else:
            _end(delivery, DELIVERED, None, now)
        tally[delivery.state] += 1
    return tally


def settle_unforeseen(
    session: Session, delivery_id: int, worker: str, now: datetime
) -> Counter[str]:
    """Push a row an hour ahead that nobody knows how to send, so that the others go on."""
    tally: Counter[str] = Counter()
    for delivery in _still_mine(session, [delivery_id], worker):
        _end(delivery, WAITING, UNFORESEEN, now)
        delivery.due_at = now + AFTER_THE_UNFORESEEN
        tally[delivery.state] += 1
    return tally


def _judge(destination: Destination, failure: LrsError | None, now: datetime) -> None:
    if failure is None:
        destination.failures, destination.hold_until, destination.problem = 0, None, None
        return
    destination.problem = str(failure)[:PROBLEM_LENGTH]
    if failure.permanent:
        destination.paused = True
    else:
        destination.failures += 1
        destination.hold_until = now + back_off(destination.failures, failure.retry_after)


def _fail(
    session: Session,
    delivery: Delivery,
    claimed: ClaimedScore,
    error: ServiceError,
    now: datetime,
) -> None:
    believed = error.kind != PARK or delivery.attempts + 1 >= error.tries
    _end(delivery, STATE_OF[error.kind] if believed else WAITING, error.message, now)
    if delivery.state != WAITING:
        return
    until = now + back_off(delivery.attempts, error.retry_after)
    delivery.due_at = until
    if error.kind == WAIT and claimed.platform_id is not None:
        # Last in the queue: if this very row is what breaks the platform, the others pass it.
        delivery.due_at = until + timedelta(seconds=1)
        session.flush()
        put_off_scores(session, claimed.platform_id, until)


def _still_mine(session: Session, ids: Iterable[int], worker: str) -> Iterable[Delivery]:
    """The rows whose lease is still ours; what ran out may be in other hands."""
    return session.scalars(
        select(Delivery)
        .where(Delivery.id.in_(list(ids)), Delivery.claimed_by == worker)
        .order_by(Delivery.id)
        .with_for_update()
    ).all()


def _end(delivery: Delivery, state: str, problem: str | None, now: datetime) -> None:
    delivery.state = state
    delivery.problem = problem[:PROBLEM_LENGTH] if problem else None
    delivery.lease_until, delivery.claimed_by = None, None
    delivery.attempts += 1
    delivery.due_at = now
    delivery.delivered_at = now if state == DELIVERED else None
