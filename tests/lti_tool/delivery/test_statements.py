"""Statements on their way to the LRS: all of them, each once, in order, whatever happens."""

import json

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from urllib3 import HTTPResponse

from cohorts.models import Delivery, Destination, StatementRecord
from cohorts.outbox import retry
from lti_tool.delivery.claims import BATCH
from lti_tool.practice_lms.people import LEARNERS
from lti_tool.receiver.filters import StatementFilter
from tests.lti_tool.delivery.far_side import (
    FOR_EVER,
    Send,
    answer,
    drop,
    drop_after,
    meanwhile,
    silence,
)
from tests.lti_tool.delivery.world import LEE, MARA, World

HOUR = 3600


def enrol_many(world: World, count: int) -> list[str]:
    """That many statements, through the use case; their ids in the order of recording."""
    for number in range(count):
        world.enrol(f"learner-{number}")
    with world.sessions() as session:
        ids = select(StatementRecord.id).order_by(StatementRecord.number)
        return [str(statement_id) for statement_id in session.scalars(ids)]


def stored(world: World) -> list[str]:
    """The ids in the LRS, in the order of arrival."""
    page = world.lrs_store.query(StatementFilter(ascending=True, limit=1000))
    return [json.loads(one.document)["id"] for one in page.statements]


def test_statements_arrive_once_in_the_order_of_recording(world: World) -> None:
    world.sync()
    recorded = enrol_many(world, BATCH + 7)

    assert world.drain().delivered == BATCH
    assert world.drain().delivered == 7
    assert world.drain().claimed == 0

    assert stored(world) == recorded
    assert [len(json.loads(post.body)) for post in world.lrs.calls("/statements")] == [BATCH, 7]


def test_what_was_recorded_before_there_was_an_lrs_is_delivered(world: World) -> None:
    recorded = enrol_many(world, 3)

    world.sync()
    world.drain()
    world.sync()
    world.drain()

    assert stored(world) == recorded
    assert world.states("statements") == ["delivered"] * 3


def test_a_statement_recorded_while_the_destination_was_made_is_not_missed(world: World) -> None:
    world.sync()
    recorded = enrol_many(world, 2)
    with world.sessions.begin() as session:
        session.delete(session.scalars(select(Delivery).order_by(Delivery.id)).first())

    world.sync()
    world.drain()

    assert sorted(stored(world)) == sorted(recorded)


def test_a_lost_answer_doubles_nothing(world: World) -> None:
    world.sync()
    recorded = enrol_many(world, 3)
    world.lrs.fault("/statements", drop_after)

    assert world.drain().waiting == 3
    world.clock.advance(60)
    assert world.drain().delivered == 3

    assert stored(world) == recorded
    first, again = world.lrs.calls("/statements", "POST")[:2]
    assert first.body == again.body


@pytest.mark.parametrize(
    "fault", [drop, silence, answer(500), answer(503), answer(429), answer(200, "<html>")]
)
def test_an_lrs_that_fails_holds_everything_in_order(world: World, fault: object) -> None:
    world.sync()
    recorded = enrol_many(world, 3)
    world.lrs.fault("/statements", fault, times=4)

    for failures in range(1, 5):
        assert world.drain().waiting == 3
        assert world.drain().claimed == 0
        assert world.destination().failures == failures
        assert world.destination().problem
        world.clock.advance(1.25 * HOUR)
    world.enrol("late")
    assert world.drain().delivered == 4

    assert stored(world)[:3] == recorded
    assert (world.destination().failures, world.destination().problem) == (0, None)


def test_the_lrs_is_left_alone_as_long_as_it_asks(world: World) -> None:
    world.sync()
    enrol_many(world, 1)
    world.lrs.fault("/statements", answer(429, Retry_After="77"))

    world.drain()
    world.clock.advance(76)
    world.drain()
    assert len(world.lrs.seen) == 1
    world.clock.advance(1)
    assert world.drain().delivered == 1


@pytest.mark.parametrize(
    "fault", [answer(401), answer(403), answer(302, Location="https://elsewhere.example/")]
)
def test_refused_credentials_pause_the_destination_and_drop_nothing(
    world: World, fault: object
) -> None:
    world.sync()
    recorded = enrol_many(world, 3)
    world.lrs.fault("/statements", fault, FOR_EVER)

    world.drain_until_quiet()
    world.clock.advance(24 * HOUR)
    assert world.drain().claimed == 0
    assert world.destination().paused and "lrs.example" in str(world.destination().problem)
    assert len(world.lrs.seen) == 1
    assert world.states("statements") == ["waiting"] * 3

    world.lrs.mend()
    world.sync()  # a start with new credentials
    assert world.drain().delivered == 3
    assert stored(world) == recorded


def test_a_person_can_end_a_pause(world: World) -> None:
    world.sync()
    enrol_many(world, 1)
    world.lrs.fault("/statements", answer(401))
    world.drain()

    with world.sessions.begin() as session:
        retry(session, list(session.scalars(select(Delivery))), world.clock())

    assert world.drain().delivered == 1


def test_without_credentials_nothing_is_sent_and_the_reason_is_shown(world: World) -> None:
    world.sync()
    enrol_many(world, 1)
    world.change(Destination, source="another")

    world.drain()

    assert world.lrs.seen == []
    assert world.destination().paused and "LRS_ENDPOINT" in str(world.destination().problem)


def test_one_statement_that_the_lrs_refuses_is_parked_and_the_others_arrive(world: World) -> None:
    world.sync()
    recorded = enrol_many(world, BATCH)
    spoil(world, 17, lambda body: body.replace('"objectType":"Agent"', '"objectType":"Robot"'))

    world.drain_until_quiet()

    assert stored(world) == recorded[:17] + recorded[18:]
    parked = world.deliveries("statements")[17]
    assert parked.state == "parked"
    assert parked.problem and len(parked.problem) <= 500


def test_another_statement_under_the_same_id_is_parked_an_equal_one_is_done(world: World) -> None:
    world.sync()
    enrol_many(world, 2)
    with world.sessions() as session:
        bodies = list(session.scalars(select(StatementRecord.body)))
    other = json.loads(bodies[0]) | {"timestamp": "2027-01-01T00:00:00Z"}
    authority = {"objectType": "Agent", "mbox": "mailto:other@example.com"}
    world.lrs_store.add([other, json.loads(bodies[1])], authority, "1.0.0")

    world.drain()

    assert world.states("statements") == ["parked", "delivered"]
    assert len(stored(world)) == 2


def test_a_statement_that_cannot_be_sent_at_all_stops_nobody(world: World) -> None:
    world.sync()
    recorded = enrol_many(world, 5)

    def breaks(_: object) -> object:
        raise RuntimeError("unforeseen")

    world.lrs.fault("/statements", breaks, times=4)  # the batch, then the first three alone

    world.drain()
    assert world.states("statements") == ["waiting"] * 3 + ["delivered"] * 2
    world.clock.advance(HOUR - 1)
    assert world.drain().claimed == 0
    world.clock.advance(1)
    assert world.drain().delivered == 3
    assert sorted(stored(world)) == sorted(recorded)


def test_a_dead_lrs_delays_no_grade_and_a_dead_lms_no_statement(world: World) -> None:
    world.sync()
    world.award(world.enrol(MARA))
    world.lrs.fault("/statements", silence, FOR_EVER)
    world.drain()
    assert (world.states("scores"), world.states("statements")) == (["delivered"], ["waiting"])

    world.lrs.mend()
    world.lms.fault("/token", silence, FOR_EVER)
    world.lms.fault("/services", silence, FOR_EVER)
    world.award(world.enrol(LEE))
    world.clock.advance(HOUR)
    world.drain()
    assert world.states("statements") == ["delivered"] * 2


def test_two_workers_deliver_each_row_once(world: World) -> None:
    """The second one works while the first one waits for an answer, at every step."""
    world.sync()
    for person in LEARNERS[:12]:
        world.award(world.enrol(person.user_id))
    recorded = enrol_many(world, BATCH)
    rounds = []

    def second() -> None:
        rounds.append(world.drain())

    world.lms.fault("/scores", meanwhile(second), times=5)
    world.lrs.fault("/statements", meanwhile(second), times=1)
    world.drain_until_quiet()

    assert rounds and stored(world) == recorded
    assert len(world.lms.calls("/scores", "POST")) == 12
    sent = [one["id"] for post in world.lrs.calls("/statements") for one in json.loads(post.body)]
    assert len(sent) == len(set(sent))


def test_a_cohort_whose_clock_runs_ahead_does_not_wait_for_the_real_one(world: World) -> None:
    """A demonstration lives in a later month; what it records is due, also after trouble."""
    world.sync()
    world.clock.advance(100 * 24 * HOUR)
    world.award(world.enrol(MARA))
    world.clock.advance(-100 * 24 * HOUR)
    world.lms.fault("/scores", answer(500))
    world.lrs.fault("/statements", answer(500))

    assert world.drain().waiting == 2
    world.clock.advance(60)
    world.drain_until_quiet()

    assert world.states("scores") == world.states("statements") == ["delivered"]


def test_trouble_with_our_own_database_is_told_and_blamed_on_no_row(world: World) -> None:
    world.award(world.enrol(MARA))

    def fails(_: Send) -> HTTPResponse:
        raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))

    world.lms.fault("/scores", fails)
    with pytest.raises(OperationalError):
        world.drain()
    world.clock.advance(120)

    assert world.drain().delivered == 1


@pytest.mark.parametrize("stored_before", [False, True])
def test_a_worker_that_died_is_followed_by_another_when_its_lease_has_run_out(
    world: World, stored_before: bool
) -> None:
    class Killed(BaseException):
        """Ends a worker as SIGKILL would: nothing catches it."""

    def kill(send: Send) -> HTTPResponse:
        if stored_before:
            send()
        raise Killed

    world.sync()
    world.award(world.enrol(MARA))
    for where, far_side in (("/scores", world.lms), ("/statements", world.lrs)):
        far_side.fault(where, kill)
        with pytest.raises(Killed):
            world.drain()

    world.clock.advance(119)
    assert world.drain().claimed == 0
    world.clock.advance(1)
    world.drain_until_quiet()

    assert world.states("scores") == world.states("statements") == ["delivered"]
    assert world.grades() == {("Literacy", MARA): 1}
    assert len(stored(world)) == 1


def spoil(world: World, position: int, change: object) -> None:
    with world.sessions.begin() as session:
        order = select(StatementRecord).order_by(StatementRecord.number)
        record = list(session.scalars(order))[position]
        record.body = change(record.body)
