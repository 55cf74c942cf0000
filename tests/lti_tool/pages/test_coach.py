"""What coaches see: the queue, the roster, one learner's record, milestone proposals."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select

from cohorts.models import Delivery, Enrolment, StatementRecord, WeeklyAnswer, WorkflowAuthor
from lti_tool.database import db
from tests.support.clock import Clock
from tests.support.cohort import Course, Member, words
from tests.support.platform import ON_ONE_DATABASE


@pytest.fixture
def lin(course: Course) -> Member:
    """The one coach of an open cohort."""
    course.open()
    return course.coach()


@contextmanager
def counted_queries(app: Flask) -> Iterator[list[str]]:
    """The statements that the database is asked for."""
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_an_empty_queue_says_who_has_not_drafted(course: Course, lin: Member) -> None:
    course.learners(3)
    page = lin.get("/coach/queue").text
    assert "Nothing is waiting" in page
    assert "3 learners have not drafted yet." in page
    assert "/coach/learners?show=not-drafted" in page


def test_the_queue_shows_the_oldest_first_and_how_long_it_waits(
    course: Course, lin: Member, clock: Clock
) -> None:
    ada, ben = course.learner("Ada"), course.learner("Ben")
    course.submitted(ada.id, "Campaign brief")
    clock.advance(days=4)  # Monday to Friday
    course.task_map(ben.id)
    clock.advance(days=3)
    page = words(lin.get("/coach/queue").text)
    assert "2 things wait for a decision" in page
    assert page.index("Campaign brief of Ada") < page.index("Task map of Ben")
    assert "1 5 working days" in page  # version 1, Monday to Monday
    assert "Over 3 days" in page
    assert "– 1 working day" in page  # the task map, Friday to Monday


def test_a_coach_can_look_at_their_own_learners_only(course: Course, lin: Member) -> None:
    course.coach("Second Coach")
    ada, ben = course.learner("Ada"), course.learner("Ben")  # one coach each
    course.submitted(ada.id, "Workflow of Ada")
    course.submitted(ben.id, "Workflow of Ben")
    everybody = lin.get("/coach/queue").text
    mine = lin.get("/coach/queue?whose=mine").text
    assert "Workflow of Ada" in everybody and "Workflow of Ben" in everybody
    assert ("Workflow of Ada" in mine) != ("Workflow of Ben" in mine)


def test_a_co_authored_workflow_is_marked_for_another_coach(course: Course, lin: Member) -> None:
    workflow_id = course.submitted(course.learner().id)
    with course.change() as session:
        session.add(WorkflowAuthor(workflow_id=workflow_id, enrolment_id=lin.id, role="co_author"))
    assert "Another coach reviews this" in lin.get("/coach/queue").text


def test_the_roster_shows_how_a_learner_stands(course: Course, lin: Member, clock: Clock) -> None:
    ada = course.learner("Ada")
    course.literate(ada.id, lin)
    course.confirm(ada.id, "literacy", lin)
    workflow_id = course.shipped(ada.id, lin)
    for week in (2, 3, 4, 5):
        clock.advance(days=7)
        if week == 2:
            clock.advance(days=4)
        course.answer(workflow_id, week)
    page = words(lin.get("/coach/learners").text)
    assert "Ada Brand · Marketing Live" in page
    assert "Week 5: used" in page
    assert "Literacy Fluency: 1 of 3 open" in page


def test_the_roster_can_be_searched_and_narrowed(course: Course, lin: Member) -> None:
    ada = course.learner("Ada 100%")
    course.learner("Ben")
    course.draft(ada.id)
    assert "Ben" not in lin.get("/coach/learners?q=100%25").text
    assert "Ada" not in lin.get("/coach/learners?show=not-drafted").text
    assert "No learner found" in lin.get("/coach/learners?q=100_").text
    assert "&lt;script&gt;" in lin.get("/coach/learners?q=<script>").text


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999999999999"])
@ON_ONE_DATABASE
def test_a_page_that_does_not_exist_is_the_nearest(course: Course, lin: Member, page: str) -> None:
    course.learners(30)
    answer = lin.get(f"/coach/learners?page={page}")
    assert answer.status_code == 200
    assert ("26 to 30 of 30" if page.startswith("9") else "1 to 25 of 30") in answer.text


def test_paging_keeps_filter_and_place(course: Course, lin: Member) -> None:
    course.learners(30)
    first = lin.get("/coach/learners?whose=mine&q=learner").text
    assert re.search(r'href="/coach/learners\?whose=mine&amp;q=learner&amp;page=2"', first)
    second = lin.get("/coach/learners?whose=mine&q=learner&page=2").text
    link = re.search(r'href="(/coach/learners/[^"]+page=2)"', second)
    assert link is not None
    record = lin.get(link[1].replace("&amp;", "&")).text
    assert 'href="/coach/learners?whose=mine&amp;q=learner&amp;page=2"' in record


@pytest.mark.parametrize("address", ["/coach/learners", "/coach/queue", "/coach/milestones"])
def test_as_many_queries_for_60_learners_as_for_5(
    app: Flask, course: Course, lin: Member, address: str
) -> None:
    def fill(count: int) -> int:
        for learner in course.learners(count):
            course.literate(learner, lin)
            course.submitted(learner)
        with counted_queries(app) as asked:
            assert lin.get(address).status_code == 200
        return len(asked)

    few = fill(5)
    assert fill(55) == few


def test_a_record_shows_what_stands_behind_an_award(course: Course, lin: Member) -> None:
    ada = course.learner("Ada")
    course.literate(ada.id, lin)
    course.confirm(ada.id, "literacy", lin)
    page = lin.get(f"/coach/learners/{ada.id}").text
    with course.change() as session:
        kinds = ("task-map-accepted", "red-lines-attested")
        ids = session.scalars(select(StatementRecord.id).where(StatementRecord.kind.in_(kinds)))
        assert all(str(each) in page for each in ids)
    assert "Task map accepted" in page


def used_week(course: Course, lin: Member, clock: Clock) -> tuple[UUID, UUID]:
    """A learner who used a workflow in week 2; the learner and the answer."""
    ada = course.learner("Ada")
    workflow_id = course.shipped(ada.id, lin)
    clock.advance(days=11)
    assert ada.id is not None
    return ada.id, course.answer(workflow_id, 2)


def strength(course: Course, answer_id: UUID) -> int:
    with course.change() as session:
        return session.get_one(WeeklyAnswer, answer_id).strength


def test_a_coach_verifies_a_week_once_however_often_they_click(
    course: Course, lin: Member, clock: Clock
) -> None:
    learner_id, answer_id = used_week(course, lin, clock)
    address = f"/coach/learners/{learner_id}/answers/{answer_id}/verify"
    assert "Verify week 2" in lin.get(f"/coach/learners/{learner_id}").text
    for _ in range(2):
        answer = lin.post(address)
        assert (answer.status_code, answer.location) == (
            303,
            f"/coach/learners/{learner_id}?done=verified",
        )
    assert strength(course, answer_id) == 4
    page = lin.get(f"/coach/learners/{learner_id}").text
    assert "Verified by a coach" in page and "Verify week 2" not in page
    with course.change() as session:
        voided = select(StatementRecord).where(StatementRecord.kind == "voided")
        assert len(session.scalars(voided).all()) == 1


def test_a_week_that_was_not_used_cannot_be_verified(
    course: Course, lin: Member, clock: Clock
) -> None:
    ada = course.learner("Ada")
    workflow_id = course.shipped(ada.id, lin)
    clock.advance(days=11)
    answer_id = course.answer(workflow_id, 2, "away")
    answer = lin.post(f"/coach/learners/{ada.id}/answers/{answer_id}/verify")
    assert answer.status_code == 422
    assert "Only a week that was used and answered in time counts." in answer.text
    assert strength(course, answer_id) == 1


def test_an_answer_of_another_learner_is_not_found(
    course: Course, lin: Member, clock: Clock
) -> None:
    _, answer_id = used_week(course, lin, clock)
    ben = course.learner("Ben")
    answer = lin.post(f"/coach/learners/{ben.id}/answers/{answer_id}/verify")
    assert (answer.status_code, strength(course, answer_id)) == (404, 2)
    assert lin.get(f"/coach/learners/{uuid4()}").status_code == 404


def test_proposals_say_since_when_and_what_the_gradebook_has(
    course: Course, lin: Member, clock: Clock
) -> None:
    ada, ben = course.learner("Ada"), course.learner("Ben")
    course.literate(ben.id, lin)
    clock.advance(days=2)
    course.literate(ada.id, lin)
    clock.advance(days=1)
    page = words(lin.get("/coach/milestones").text)
    assert "Ben : Literacy Proposed Meets all criteria since Mon 12 January (3 working" in page
    assert "Ada : Literacy Proposed Meets all criteria since Wed 14 January (1 working" in page
    assert page.index("Ben : Literacy") < page.index("Ada : Literacy")
    course.confirm(ben.id, "literacy", lin)
    page = words(lin.get("/coach/milestones").text)
    assert "Ben : Literacy" not in page
    assert re.search(r"Ben Literacy Thu 15 January M-[0-9A-F]{6} Waiting", page)
    with course.change() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.score_id.is_not(None))).one()
        delivery.state, delivery.delivered_at = "delivered", clock()
    assert re.search(r"M-[0-9A-F]{6} Posted", words(lin.get("/coach/milestones").text))


def test_fluency_is_met_since_the_answer_that_made_it_so(
    course: Course, lin: Member, clock: Clock
) -> None:
    ada = course.learner("Ada")
    course.literate(ada.id, lin)
    course.confirm(ada.id, "literacy", lin)
    workflow_id = course.shipped(ada.id, lin)
    course.prompt(workflow_id)
    clock.advance(days=4)
    for week in (2, 3, 4, 5):
        clock.advance(days=7)
        course.answer(workflow_id, week)
    met_on = clock()  # Friday of week 5
    for week in (6, 7):  # later weeks must not make it look younger
        clock.advance(days=7)
        course.answer(workflow_id, week)
    page = words(lin.get("/coach/milestones").text)
    assert f"Meets all criteria since Fri {met_on.day} February (10 working days)" in page


def test_names_are_shown_as_text(course: Course, lin: Member) -> None:
    ada = course.learner("<b>Ada</b>")
    course.literate(ada.id, lin)
    course.submitted(ada.id, "<i>Brief</i>")
    for address in (
        "/coach/queue",
        "/coach/learners",
        "/coach/milestones",
        f"/coach/learners/{ada.id}",
    ):
        page = lin.get(address).text
        assert "<b>Ada" not in page and "<i>Brief" not in page
        assert "&lt;b&gt;Ada" in page


def test_people_who_left_are_not_in_the_lists(course: Course, lin: Member, clock: Clock) -> None:
    ada = course.learner("Ada")
    with course.change() as session:
        session.get_one(Enrolment, ada.id).left_on = clock().date()
    assert "Ada" not in lin.get("/coach/learners").text
