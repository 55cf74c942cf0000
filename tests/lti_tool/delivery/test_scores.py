"""Grades on their way to the LMS: whatever happens, the gradebook ends up right, once."""

import json

import pytest
from sqlalchemy import select

from cohorts.models import Delivery, Enrolment
from cohorts.outbox import retry
from lti_tool.gradebook import failures, forget_line_item
from lti_tool.models import Context
from lti_tool.services import failures as service_failures
from tests.lti_tool.delivery.far_side import (
    FOR_EVER,
    answer,
    drop,
    drop_after,
    meanwhile,
    silence,
)
from tests.lti_tool.delivery.world import LEE, MARA, World

HOUR = 3600


def test_an_earned_milestone_appears_in_the_gradebook(world: World) -> None:
    world.award(world.enrol(MARA))

    assert world.drain().delivered == 1

    assert world.grades() == {("Literacy", MARA): 1}
    [post] = world.lms.calls("/scores", "POST")
    assert post.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    body = json.loads(post.body)
    assert body["userId"] == MARA and body["scoreGiven"] <= body["scoreMaximum"]
    assert body["timestamp"].endswith("+00:00")
    assert b"\n" not in post.body
    delivery, score = world.one_score()
    assert (score.posted_score, score.posted_at) == (1, world.clock())
    assert (delivery.problem, delivery.delivered_at) == (None, world.clock())


def test_a_lost_answer_posts_nothing_twice(world: World) -> None:
    world.award(world.enrol(MARA))
    world.lms.fault("/scores", drop_after)

    assert world.drain().waiting == 1
    world.clock.advance(60)
    assert world.drain().delivered == 1

    assert len(world.lms.calls("/scores", "POST")) == 1
    assert world.grades() == {("Literacy", MARA): 1}
    assert world.one_score()[1].posted_score == 1


def test_a_withdrawal_after_a_lost_answer_is_not_taken_for_a_teacher(world: World) -> None:
    learner = world.enrol(MARA)
    world.award(learner)
    world.lms.fault("/scores", drop_after)
    world.drain()
    world.award(learner, score=0)
    world.lms.fault("/scores", drop)
    world.clock.advance(HOUR)
    world.drain()
    world.clock.advance(HOUR)

    assert world.drain().delivered == 1
    assert world.grades() == {("Literacy", MARA): 0}


@pytest.mark.parametrize("where", ["/token", "lineitems", "/results", "/scores"])
def test_an_lms_that_fails_for_long_gets_the_grade_when_it_is_back(
    world: World, where: str
) -> None:
    world.award(world.enrol(MARA))
    world.lms.fault(where, answer(500), times=20)

    tries = 0
    while world.states("scores") == ["waiting"] and tries < 30:
        world.drain()
        world.clock.advance(1.25 * HOUR)
        tries += 1

    assert tries == 21
    assert world.grades() == {("Literacy", MARA): 1}
    assert len(world.columns()) == 1


def test_the_back_off_doubles_and_ends_at_an_hour(world: World) -> None:
    world.award(world.enrol(MARA))
    world.lms.fault("/scores", answer(500), FOR_EVER)
    waits = []
    for _ in range(12):
        world.drain()
        due_at = world.one_score()[0].due_at
        waits.append((due_at - world.clock()).total_seconds())
        world.clock.now = due_at

    assert all(8 * 2**n <= wait <= 12 * 2**n for n, wait in enumerate(waits[:8]))
    assert all(0.8 * HOUR <= wait <= 1.2 * HOUR for wait in waits[9:])


@pytest.mark.parametrize(
    "busy",
    [
        answer(429, Retry_After="77"),
        answer(503, Retry_After="77"),
        answer(403, "403 Forbidden (Rate Limit Exceeded)", Retry_After="77"),
    ],
)
def test_a_busy_lms_is_left_alone_as_long_as_it_asks(world: World, busy: object) -> None:
    for user_id in (MARA, LEE):
        world.award(world.enrol(user_id))
    world.lms.fault("/scores", busy)

    world.drain()
    asked = len(world.lms.seen)
    world.clock.advance(76)
    world.drain()
    assert len(world.lms.seen) == asked
    world.clock.advance(3)
    world.drain_until_quiet()

    assert set(world.grades().values()) == {1}


@pytest.mark.parametrize("fault", [drop, silence, answer(500), answer(429), answer(200, "<html>")])
def test_a_token_endpoint_that_fails_is_asked_once_a_step(world: World, fault: object) -> None:
    for user_id in (MARA, LEE):
        world.award(world.enrol(user_id))
    world.lms.fault("/token", fault, times=5)

    for step in range(1, 6):
        world.drain_until_quiet()
        assert len(world.lms.calls("/token")) == step
        world.clock.advance(2 * HOUR)
    world.drain_until_quiet()

    assert world.states("scores") == ["delivered", "delivered"]


def test_a_token_that_the_lms_forgot_is_replaced_once(world: World) -> None:
    learner = world.enrol(MARA)
    world.award(learner)
    world.drain()
    world.forget_tokens()
    world.award(learner, "fluency")

    assert world.drain().delivered == 1
    assert len(world.lms.calls("/token")) == 2
    assert len(world.lms.calls("/scores", "POST")) == 2


@pytest.mark.parametrize("where", ["/results", "/token"])
def test_a_key_that_is_refused_for_good_parks_the_grade_until_sent_again(
    world: World, where: str
) -> None:
    world.award(world.enrol(MARA))
    world.lms.fault(where, answer(401), FOR_EVER)

    world.drain_until_quiet()
    world.clock.advance(60)
    world.drain_until_quiet()

    delivery = world.one_score()[0]
    assert (delivery.state, delivery.problem) == ("parked", service_failures.KEY_REFUSED)
    world.lms.mend()
    with world.sessions.begin() as session:
        retry(session, list(session.scalars(select(Delivery))), world.clock())
    world.drain_until_quiet()
    assert world.grades() == {("Literacy", MARA): 1}


def test_one_refusal_of_the_token_endpoint_is_not_believed(world: World) -> None:
    """An LMS that could not fetch our key set at that moment says 400."""
    world.award(world.enrol(MARA))
    world.lms.fault("/token", answer(400, '{"error": "JWK Set did not contain any keys"}'))

    assert world.drain().waiting == 1
    world.clock.advance(60)
    assert world.drain().delivered == 1


def test_a_deleted_column_is_made_again_only_when_a_person_says_so(world: World) -> None:
    learner, other = world.enrol(MARA), world.enrol(LEE)
    world.award(learner)
    world.drain()
    world.delete_column()
    world.award(other)

    assert world.drain().parked == 1
    delivery = world.deliveries("scores")[1]
    assert delivery.problem == failures.COLUMN_DELETED
    assert world.columns() == []

    with world.sessions.begin() as session:
        context = session.get_one(Context, world.context_pk)
        forget_line_item(session, context, "literacy")
        retry(session, [session.get_one(Delivery, delivery.id)], world.clock())
    assert world.drain().delivered == 1
    assert world.grades() == {("Literacy", LEE): 1}


def test_an_unknown_person_is_parked_at_once_and_stops_nobody(world: World) -> None:
    world.award(world.enrol("4711"))
    world.award(world.enrol(MARA))

    world.drain_until_quiet()

    stranger, learner = world.deliveries("scores")
    assert (stranger.state, stranger.problem) == ("parked", failures.UNKNOWN_PERSON)
    assert (stranger.attempts, learner.state) == (1, "delivered")


def test_a_grade_set_by_a_person_is_held_and_left_alone(world: World) -> None:
    learner = world.enrol(MARA)
    world.award(learner)
    world.drain()
    world.grade_by_hand(MARA, 0.5)
    world.clock.advance(60)
    world.award(learner, score=0)

    assert world.drain().held == 1
    assert world.one_score()[0].problem == failures.GRADED_BY_A_PERSON
    assert world.grades() == {("Literacy", MARA): 0.5}


def test_a_grade_that_a_person_set_while_we_posted_is_held(world: World) -> None:
    learner = world.enrol(MARA)
    world.award(learner)
    world.drain()
    world.award(learner, score=0)
    world.clock.advance(60)

    def teacher() -> None:
        world.clock.advance(5)
        world.grade_by_hand(MARA, 0.5)

    world.lms.fault("/scores", meanwhile(teacher))

    assert world.drain().held == 1
    assert world.grades() == {("Literacy", MARA): 0.5}


def test_two_grades_in_one_second_both_arrive_the_later_wins(world: World) -> None:
    learner = world.enrol(MARA)
    world.award(learner)
    world.drain()
    world.award(learner, score=0)

    assert world.drain().delivered == 1
    assert world.grades() == {("Literacy", MARA): 0}
    first, second = (json.loads(one.body) for one in world.lms.calls("/scores", "POST"))
    assert first["timestamp"][:19] < second["timestamp"][:19]


def test_a_clock_set_back_does_not_lose_a_grade(world: World) -> None:
    learner = world.enrol(MARA)
    world.award(learner)
    world.drain()
    world.clock.advance(-600)
    world.award(learner, score=0)

    assert world.drain().delivered == 1
    assert world.grades() == {("Literacy", MARA): 0}


def test_a_grade_that_changes_while_it_is_sent_is_sent_again(world: World) -> None:
    learner = world.enrol(MARA)
    world.award(learner)
    world.lms.fault("/scores", meanwhile(lambda: world.award(learner, score=0)))

    world.drain_until_quiet()

    assert world.states("scores") == ["delivered"]
    assert world.grades() == {("Literacy", MARA): 0}


def test_somebody_who_is_no_learner_now_is_held(world: World) -> None:
    world.award(world.enrol(MARA))
    world.change(Enrolment, role="coach")

    assert world.drain().held == 1
    assert world.one_score()[0].problem == failures.NOT_A_LEARNER
    assert world.lms.seen == []


@pytest.mark.parametrize(
    "offered", [{"lineitems_url": None}, {"ags_scopes": []}, {"ags_scopes": ["openid"]}]
)
def test_a_course_without_grade_services_parks_with_the_remedy(
    world: World, offered: dict[str, object]
) -> None:
    world.award(world.enrol(MARA))
    world.change(Context, **offered)

    assert world.drain().parked == 1
    assert world.one_score()[0].problem == failures.NO_SERVICE


def test_a_course_that_is_not_known_parks(world: World) -> None:
    world.award(world.enrol(MARA))
    world.change(Context, cohort_id=None)

    assert world.drain().parked == 1
    assert world.one_score()[0].problem == failures.NO_COURSE


def test_a_grade_breaking_the_lms_each_time_lets_the_others_pass(world: World) -> None:
    world.award(world.enrol(MARA))
    world.award(world.enrol(LEE))
    world.lms.fault(f"user_id={MARA}", silence, FOR_EVER)

    for _ in range(3):
        world.drain_until_quiet()
        world.clock.advance(HOUR)

    assert world.states("scores") == ["waiting", "delivered"]


def test_what_nobody_foresaw_waits_an_hour_and_the_others_go_on(
    world: World,
) -> None:
    def breaks(_: object) -> object:
        raise RuntimeError("unforeseen")

    world.award(world.enrol(MARA))
    world.award(world.enrol(LEE))
    world.lms.fault(f"user_id={MARA}", breaks)

    world.drain_until_quiet()
    assert world.states("scores") == ["waiting", "delivered"]
    world.clock.advance(HOUR - 1)
    assert world.drain().claimed == 0
    world.clock.advance(1)
    assert world.drain().delivered == 1
