"""Pages of coaches and owners: closed to learners, to strangers and to another course's staff."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from config.database import Base
from tests.support.clock import Clock
from tests.support.cohort import Course, Member
from tests.support.platform import ON_ONE_DATABASE

COACH_LISTS = ("/coach/queue", "/coach/learners", "/coach/milestones")
OWNER_PAGES = ("/owner", "/owner/people", "/owner/deliveries")
OWNER_CHANGES = ("/owner/deliveries/retry", "/owner/deliveries/resume")


class Things:
    """A cohort with one of everything, and the addresses of each."""

    def __init__(self, course: Course, clock: Clock) -> None:
        self.owner, self.coach = course.open(), course.coach()
        self.learner = course.learner("Ada")
        self.peer = course.learner("Ben")
        course.literate(self.learner.id, self.coach)
        shipped = course.shipped(self.learner.id, self.coach)
        waiting = course.submitted(self.learner.id, "Another")
        clock.advance(days=11)
        answer = course.answer(shipped, 2)
        self.pages = self._pages(waiting)
        self.changes = self._changes(waiting, answer)

    def _pages(self, workflow: UUID) -> list[str]:
        learner = self.learner.id
        return [
            f"/coach/learners/{learner}",
            f"/coach/workflows/{workflow}",
            f"/coach/task-maps/{learner}",
            f"/coach/milestones/{learner}/literacy",
        ]

    def _changes(self, workflow: UUID, answer: UUID) -> dict[str, dict[str, Any]]:
        learner = self.learner.id
        return {
            f"/coach/learners/{learner}/answers/{answer}/verify": {},
            f"/coach/workflows/{workflow}/review": {"seen_version": 1, "decision": "approve"},
            f"/coach/workflows/{workflow}/waiver": {"reason": "Because."},
            f"/coach/task-maps/{learner}": {"decision": "accept"},
            f"/coach/milestones/{learner}/literacy": {},
            f"/coach/milestones/{learner}/literacy/not-yet": {"reason": "Because."},
        }


@pytest.fixture
def things(course: Course, clock: Clock) -> Things:
    """A cohort with one of everything."""
    return Things(course, clock)


def everything(course: Course) -> dict[str, Any]:
    """All rows of the domain, without sessions: they note each visit."""
    with course.change() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in ("launch_session", "login_state", "membership", "platform")
        }


def test_a_learner_sees_and_changes_none_of_it(course: Course, things: Things) -> None:
    champion = f"/owner/people/{things.learner.id}/champion"
    before = everything(course)
    for page in (*COACH_LISTS, *OWNER_PAGES, *things.pages):
        for learner in (things.learner, things.peer):
            assert learner.get(page).status_code == 403, page
    for address, fields in {**things.changes, champion: {"champion": "yes"}}.items():
        assert things.learner.post(address, **fields).status_code == 403, address
    for address in (*OWNER_CHANGES, "/owner/deliveries/1/retry"):
        assert things.learner.post(address).status_code == 403, address
    assert everything(course) == before


def test_a_coach_does_not_do_what_the_owner_does(course: Course, things: Things) -> None:
    before = everything(course)
    for page in OWNER_PAGES:
        assert things.coach.get(page).status_code == 403, page
    champion = f"/owner/people/{things.learner.id}/champion"
    assert things.coach.post(champion, champion="yes").status_code == 403
    for address in (*OWNER_CHANGES, "/owner/deliveries/1/retry"):
        assert things.coach.post(address).status_code == 403, address
    assert everything(course) == before


def test_the_staff_of_another_course_find_nothing(course: Course, things: Things) -> None:
    other = Course(course.app, course.platform, course.clock, context_id="other")
    strangers: list[Member] = [other.open("Ola Other"), other.coach("Cam Other")]
    before = everything(course)
    for stranger in strangers:
        for page in things.pages:
            assert stranger.get(page).status_code == 404, page
        for address, fields in things.changes.items():
            assert stranger.post(address, **fields).status_code == 404, address
        for page in COACH_LISTS:
            assert "Ada" not in stranger.get(page).text
    owner = strangers[0]
    champion = f"/owner/people/{things.learner.id}/champion"
    assert owner.post(champion, champion="yes").status_code == 404
    assert owner.post("/owner/deliveries/1/retry").status_code == 404
    for page in OWNER_PAGES:
        assert "Ada" not in owner.get(page).text
    assert everything(course) == before


def test_without_a_launch_there_is_nothing(
    course: Course, things: Things, client: FlaskClient
) -> None:
    before = everything(course)
    tool_url = course.platform.network.tool_url
    for page in (*COACH_LISTS, *OWNER_PAGES, *things.pages):
        assert client.get(page, base_url=tool_url).status_code == 401, page
    for address, fields in things.changes.items():
        assert client.post(address, data=fields, base_url=tool_url).status_code == 401, address
    assert everything(course) == before


def test_no_change_without_the_form_token(course: Course, things: Things) -> None:
    before = everything(course)
    for address, fields in things.changes.items():
        answer = things.coach.client.post(address, data=fields, base_url=things.coach.tool_url)
        assert answer.status_code == 403, address
    assert everything(course) == before


@pytest.mark.parametrize("name", ["endpoint", "_scheme", "_external", "_anchor", "_method", "x"])
@ON_ONE_DATABASE
def test_parameters_that_nobody_asked_for_change_no_link(course: Course, name: str) -> None:
    owner = course.open()
    course.learners(30)
    for page in (*COACH_LISTS, *OWNER_PAGES):
        answer = owner.get(f"{page}?{name}=javascript")
        assert answer.status_code == 200, page
        assert "javascript" not in answer.text


def test_nothing_is_changed_by_opening_pages(course: Course, things: Things) -> None:
    before = everything(course)
    for page in (*COACH_LISTS, *OWNER_PAGES, *things.pages):
        assert things.owner.get(page).status_code == 200, page
    assert everything(course) == before
