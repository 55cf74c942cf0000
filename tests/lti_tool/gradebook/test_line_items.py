"""One column a milestone, whatever happens between making it and knowing it."""

import json

from sqlalchemy import delete, select

from lti_tool.gradebook import failures, load_posting
from lti_tool.gradebook.line_items import line_item_url
from lti_tool.models import LineItem
from lti_tool.practice_lms.people import LEARNERS
from lti_tool.services import open_client
from tests.lti_tool.delivery.far_side import answer, drop_after, meanwhile
from tests.lti_tool.delivery.world import LEE, MARA, World


def test_the_column_is_the_milestones_own_and_hangs_on_no_activity(world: World) -> None:
    learner = world.enrol(MARA)
    world.award(learner, "literacy")
    world.award(learner, "fluency")
    world.drain_until_quiet()

    literacy, fluency = world.columns()
    assert (literacy.label, literacy.score_maximum) == ("Literacy", 1)
    assert (literacy.tag, fluency.tag) == ("milestone:literacy", "milestone:fluency")
    assert literacy.resource_id == fluency.resource_id == f"cohort:{world.cohort_id}"
    assert literacy.activity_id is None
    made = world.lms.calls("lineitems?", "POST")
    assert all("resourceLinkId" not in json.loads(one.body) for one in made)


def test_a_class_shares_one_column_that_is_looked_for_once(world: World) -> None:
    for person in LEARNERS[:5]:
        world.award(world.enrol(person.user_id))
    world.drain_until_quiet()

    assert len(world.columns()) == 1
    assert len(world.lms.calls("lineitems?")) == 2
    assert len(world.grades()) == 5


def test_a_column_whose_address_was_lost_is_found_again(world: World) -> None:
    world.award(world.enrol(MARA))
    world.lms.fault("lineitems?type_id=1&tag", answer(200, "[]"))
    world.lms.fault("lineitems?", drop_after)  # made, but we never learn of it
    world.drain_until_quiet()
    world.clock.advance(60)
    world.drain_until_quiet()

    assert len(world.columns()) == 1
    assert world.grades() == {("Literacy", MARA): 1}


def test_the_column_of_another_cohort_is_not_taken(world: World) -> None:
    world.award(world.enrol(MARA))
    theirs = {"tag": "milestone:literacy", "resourceId": "cohort:other", "id": "https://x.example"}
    everything = json.dumps([theirs, {"tag": "milestone:literacy"}, "nonsense"])
    world.lms.fault("lineitems?type_id=1&tag", answer(200, everything))

    assert world.drain().delivered == 1
    assert len(world.columns()) == 1


def test_every_page_is_looked_through_and_limit_is_never_sent(world: World) -> None:
    world.award(world.enrol(MARA))
    world.drain()
    with world.sessions.begin() as session:
        known = session.scalars(select(LineItem.url)).one()
        session.execute(delete(LineItem))
    following = f'<{world.lineitems_url}&tag=milestone%3Aliteracy&page=B>; rel="next"'
    world.lms.fault("&tag", answer(200, "[]", Link=following))
    world.award(world.enrol(LEE))
    world.drain()

    with world.sessions() as session:
        assert session.scalars(select(LineItem.url)).one() == known
    assert len(world.columns()) == 1
    assert not any("limit=" in str(call.url) for call in world.lms.seen)


def test_who_stores_second_takes_the_first_ones_column(world: World) -> None:
    """Only after a lease ran out can two be at it; then the database decides."""
    enrolment = world.enrol(MARA)
    world.award(enrolment)
    score_id = world.one_score()[1].id
    with world.sessions() as session:
        posting = load_posting(session, score_id)

    def first() -> None:
        client = open_client(
            world.sessions, world.settings, world.http, world.platform_id, world.clock
        )
        addresses.append(line_item_url(world.sessions, client, posting, world.clock()))

    addresses: list[str] = []
    world.lms.fault("lineitems?type_id=1&tag", meanwhile(first))
    first()

    assert addresses[0] == addresses[1]
    with world.sessions() as session:
        assert session.scalars(select(LineItem.url)).all() == [addresses[0]]


def test_a_new_column_without_an_address_is_tried_again(world: World) -> None:
    world.award(world.enrol(MARA))
    world.lms.fault("&tag", answer(200, "[]"))
    world.lms.fault("lineitems?", answer(201, "{}"))

    assert world.drain().waiting == 1
    assert world.one_score()[0].problem == failures.NO_COLUMN_MADE
    world.clock.advance(60)
    assert world.drain().delivered == 1


def test_a_course_that_is_gone_parks(world: World) -> None:
    world.award(world.enrol(MARA))
    world.lms.fault("lineitems?", answer(404))

    assert world.drain().parked == 1
    assert world.one_score()[0].problem == failures.COURSE_GONE


def test_an_address_on_another_host_gets_nothing(world: World) -> None:
    world.award(world.enrol(MARA))
    world.lms.fault("&tag", answer(200, "[]"))
    world.lms.fault("lineitems?", answer(201, '{"id": "https://collector.example/1"}'))

    assert world.drain().parked == 1
    assert all(str(call.url).startswith("http://127.0.0.1:8171/") for call in world.lms.seen)
    assert "another host" in str(world.one_score()[0].problem)
