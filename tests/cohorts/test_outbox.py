"""What has to leave the tool is written with the fact: both are there, or neither."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cohorts import enrolment, outbox
from cohorts.models import Delivery, Destination, Enrolment, Score, StatementRecord
from xapi import statements

Admit = Callable[..., Any]

LRS = "https://lrs.example.org/xapi"


@pytest.fixture
def destination(session: Session, now: datetime) -> Destination:
    return outbox.keep_destination(session, "Record store", LRS, now)


def record(session: Session, learner: Enrolment, version: int, now: datetime) -> StatementRecord:
    statement = statements.red_lines_attested(enrolment.scene(learner), learner.id, version, now)
    return outbox.record_statement(session, learner, "red-lines-attested", statement, now)


def rows(session: Session, model: Any) -> list[Any]:
    return list(session.scalars(select(model)))


def test_a_statement_is_written_with_its_delivery(
    session: Session, destination: Destination, admit: Admit
) -> None:
    learner = admit("learner")
    session.commit()

    [statement], [delivery] = rows(session, StatementRecord), rows(session, Delivery)

    assert statement.kind == "enrolled"
    assert statement.enrolment_id == learner.id
    assert (delivery.statement, delivery.destination) == (statement, destination)
    assert (delivery.state, delivery.attempts, delivery.lease_until) == ("waiting", 0, None)


def test_what_is_rolled_back_leaves_neither_fact_nor_statement_nor_delivery(
    session: Session, destination: Destination, admit: Admit
) -> None:
    session.commit()
    admit("learner")
    assert rows(session, Delivery)

    session.rollback()

    assert [rows(session, model) for model in (Enrolment, StatementRecord, Delivery)] == [[]] * 3


def test_every_destination_gets_every_statement(
    session: Session, destination: Destination, admit: Admit, now: datetime
) -> None:
    outbox.keep_destination(session, "Archive", "https://archive.example.org/xapi", now)

    admit("learner")

    names = [delivery.destination.name for delivery in rows(session, Delivery)]
    assert sorted(names) == ["Archive", "Record store"]


def test_a_destination_that_comes_later_gets_what_was_recorded_before(
    session: Session, admit: Admit, now: datetime
) -> None:
    record(session, admit("learner"), 1, now)
    assert rows(session, Delivery) == []

    outbox.keep_destination(session, "Record store", LRS, now)

    assert [delivery.statement.kind for delivery in rows(session, Delivery)] == [
        "enrolled",
        "red-lines-attested",
    ]


def test_a_destination_is_kept_once_and_moved_where_its_address_changes(
    session: Session, destination: Destination, admit: Admit, now: datetime
) -> None:
    admit("learner")
    destination.paused = True

    assert outbox.keep_destination(session, "Record store", LRS, now).paused
    moved = outbox.keep_destination(session, "Record store", f"{LRS}/2", now)

    assert moved is destination
    assert (moved.endpoint, moved.paused) == (f"{LRS}/2", False)
    assert len(rows(session, Delivery)) == 1


def test_the_same_fact_is_recorded_once(session: Session, admit: Admit, now: datetime) -> None:
    learner = admit("learner")
    record(session, learner, 1, now)

    with pytest.raises(IntegrityError):
        record(session, learner, 1, now)
        session.flush()


def test_statements_are_numbered_in_the_order_they_were_recorded(
    session: Session, admit: Admit, now: datetime
) -> None:
    learner = admit("learner")
    record(session, learner, 1, now)
    session.flush()

    found = session.scalars(select(StatementRecord).order_by(StatementRecord.number))

    assert [statement.kind for statement in found] == ["enrolled", "red-lines-attested"]


def post(session: Session, learner: Enrolment, given: float, now: datetime) -> Score:
    return outbox.post_score(session, learner, "fluency", given, 1, "Reference M-4F2A", now)


def test_a_score_is_written_with_its_delivery(
    session: Session, admit: Admit, now: datetime
) -> None:
    score = post(session, admit("learner"), 1, now)

    [delivery] = rows(session, Delivery)

    assert (score.score_given, score.score_maximum) == (1, 1)
    assert (score.posted_score, score.posted_at) == (None, None)
    assert (delivery.score, delivery.state, delivery.statement) == (score, "waiting", None)


def test_another_score_takes_the_place_of_the_first_and_is_sent_again(
    session: Session, admit: Admit, now: datetime
) -> None:
    learner = admit("learner")
    first = post(session, learner, 1, now)
    [delivery] = rows(session, Delivery)
    delivery.state, delivery.problem = "parked", "The column is gone."
    later = now + timedelta(days=1)

    second = post(session, learner, 0, later)

    assert second is first
    assert [each.score_given for each in rows(session, Score)] == [0]
    assert rows(session, Delivery) == [delivery]
    assert (delivery.state, delivery.due_at, delivery.problem) == ("waiting", later, None)


@pytest.mark.parametrize(
    ("state", "again"), [("parked", 1), ("held", 1), ("waiting", 1), ("delivered", 0)]
)
def test_what_was_not_delivered_is_tried_again_at_once(
    session: Session,
    destination: Destination,
    admit: Admit,
    now: datetime,
    state: str,
    again: int,
) -> None:
    admit("learner")
    [delivery] = rows(session, Delivery)
    delivery.state, delivery.attempts, delivery.problem = state, 9, "It was refused."
    delivery.due_at = now + timedelta(days=1)

    assert outbox.retry(session, [delivery], now) == again

    assert delivery.state == ("waiting" if again else "delivered")
    assert delivery.attempts == (0 if again else 9)
    assert (delivery.due_at == now) is bool(again)
