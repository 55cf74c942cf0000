"""A coach's decisions: reviews, waivers, answers to task maps."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from cohorts.models import Review, StatementRecord, TaskMap, Workflow, WorkflowAuthor
from tests.support.cohort import CONTENT, GOOD_LEVELS, TASKS, Course, Member
from tests.support.platform import ON_ONE_DATABASE


@pytest.fixture
def lin(course: Course) -> Member:
    """The one coach of an open cohort."""
    course.open()
    return course.coach()


@pytest.fixture
def brief(course: Course, lin: Member) -> UUID:
    """A learner's workflow that waits for its review."""
    return course.submitted(course.learner("Ada").id)


def good_review(**changes: Any) -> dict[str, Any]:
    """The fields of a review that approves version 1."""
    fields: dict[str, Any] = {f"level_{name}": level for name, level in GOOD_LEVELS.items()}
    fields |= {"seen_version": 1, "gates_confirmed": "y", "comment": "", "decision": "approve"}
    fields |= changes
    return {name: value for name, value in fields.items() if value is not None}


def state(course: Course, workflow_id: UUID) -> str:
    with course.change() as session:
        return session.get_one(Workflow, workflow_id).state


def test_the_page_shows_the_submitted_version_not_the_working_copy(
    course: Course, lin: Member, brief: UUID
) -> None:
    with course.change() as session:
        workflow = session.get_one(Workflow, brief)
        workflow.content = {**workflow.content, "task": "A half-written thought"}
    page = lin.get(f"/coach/workflows/{brief}").text
    assert CONTENT["task"] in page and "half-written" not in page


def test_a_draft_stays_with_its_author_until_it_is_submitted(course: Course, lin: Member) -> None:
    workflow_id = course.draft(course.learner("Ada").id)
    page = lin.get(f"/coach/workflows/{workflow_id}").text
    assert "Not submitted yet" in page and CONTENT["task"] not in page


def test_approve(course: Course, lin: Member, brief: UUID) -> None:
    answer = lin.post(f"/coach/workflows/{brief}/review", **good_review(comment="Clear."))
    assert (answer.status_code, answer.location) == (303, "/coach/queue?done=reviewed")
    assert state(course, brief) == "approved"
    with course.change() as session:
        review = session.scalars(select(Review)).one()
        assert (review.version, review.levels, review.comment) == (1, GOOD_LEVELS, "Clear.")
    page = lin.get(f"/coach/workflows/{brief}").text
    assert "Version 1 approved" in page and "Request changes" not in page


def test_request_changes_and_read_what_changed_in_the_next_version(
    course: Course, lin: Member, brief: UUID
) -> None:
    answer = lin.post(
        f"/coach/workflows/{brief}/review",
        **good_review(
            decision="request_changes",
            gates_confirmed=None,
            comment="Name the person.",
            level_human_gates=1,
            note_human_gates="Who is it?",
        ),
    )
    assert answer.status_code == 303
    assert state(course, brief) == "changes_requested"
    course.submit(brief, task="Turn a request into a brief that was approved.")
    page = lin.get(f"/coach/workflows/{brief}").text
    assert "What changed since version 1" in page
    assert f"<del>Task: {CONTENT['task']}</del>" in page
    assert "<ins>Task: Turn a request into a brief that was approved.</ins>" in page
    assert "Not yet: Who is it?" in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"level_task_fit": None}, "Task fit: Choose a level."),
        ({"level_task_fit": "4"}, "Choose a level."),
        ({"level_task_fit": "x"}, "Choose a level."),
        ({"level_task_fit": "²"}, "Choose a level."),
        ({"level_task_fit": 1}, "Say in a sentence what would make this work."),
        (
            {"level_task_fit": 1, "note_task_fit": "Too rare."},
            "Approving needs level 2 or more in every criterion.",
        ),
        ({"gates_confirmed": None}, "Confirm that each gate names a person and a check."),
        ({"decision": "request_changes"}, "Say in a sentence what to change first."),
        ({"decision": None}, "Choose Approve or Request changes."),
        ({"decision": "publish"}, "Choose Approve or Request changes."),
        ({"comment": "x" * 2001}, "Shorten this to 2,000 characters."),
    ],
)
@ON_ONE_DATABASE
def test_an_incomplete_review_says_what_is_missing_and_keeps_the_rest(
    course: Course, lin: Member, brief: UUID, changes: dict[str, Any], message: str
) -> None:
    fields = good_review(note_red_lines="All kept <3") | changes
    fields = {name: value for name, value in fields.items() if value is not None}
    answer = lin.post(f"/coach/workflows/{brief}/review", **fields)
    assert answer.status_code == 422
    assert message in answer.text and "All kept &lt;3" in answer.text
    assert state(course, brief) == "in_review"


def test_a_newer_version_keeps_what_the_coach_wrote_and_shows_what_changed(
    course: Course, lin: Member, brief: UUID
) -> None:
    course.submit(brief, task="A task that is quite another.")
    address = f"/coach/workflows/{brief}/review"
    answer = lin.post(address, **good_review(comment="My long thoughts"))
    assert answer.status_code == 409
    assert "A newer version was submitted while you were reading." in answer.text
    assert "P-409" in answer.text and "My long thoughts</textarea>" in answer.text
    assert "<ins>Task: A task that is quite another.</ins>" in answer.text
    assert 'name="seen_version" type="hidden" value="2"' in answer.text
    assert state(course, brief) == "in_review"
    assert lin.post(address, **good_review(seen_version=2)).status_code == 303


def test_the_second_of_two_coaches_loses_no_word(course: Course, lin: Member, brief: UUID) -> None:
    second = course.coach("Second Coach")
    course.decide(brief, second)
    answer = lin.post(
        f"/coach/workflows/{brief}/review",
        **good_review(comment="My long thoughts", note_task_fit="Fits well"),
    )
    assert answer.status_code == 409
    assert "this version is decided already" in answer.text
    assert "My long thoughts" in answer.text and "Fits well" in answer.text
    with course.change() as session:
        assert session.scalars(select(Review)).one().coach_id == second.id


@pytest.mark.parametrize("seen", ["", "x", "0", "-1", "99999999999999999999"])
@ON_ONE_DATABASE
def test_a_version_that_nobody_saw_is_not_decided(
    course: Course, lin: Member, brief: UUID, seen: str
) -> None:
    answer = lin.post(f"/coach/workflows/{brief}/review", **good_review(seen_version=seen))
    assert answer.status_code in (409, 422)
    assert state(course, brief) == "in_review"


def test_r01_authors_do_not_review_their_own(course: Course, lin: Member, brief: UUID) -> None:
    with course.change() as session:
        session.add(WorkflowAuthor(workflow_id=brief, enrolment_id=lin.id, role="co_author"))
    page = lin.get(f"/coach/workflows/{brief}").text
    assert "another coach reviews it" in page and "Approve" not in page
    for address, fields in (("review", good_review()), ("waiver", {"reason": "No need."})):
        answer = lin.post(f"/coach/workflows/{brief}/{address}", **fields)
        assert answer.status_code == 403
        assert "R-01" in answer.text
    assert state(course, brief) == "in_review"


def test_waive_the_baseline_with_a_reason(course: Course, lin: Member, brief: UUID) -> None:
    address = f"/coach/workflows/{brief}/waiver"
    answer = lin.post(address, reason=" ")
    assert answer.status_code == 422
    assert "Say why there is nothing to time, in a sentence." in answer.text
    assert lin.post(address, reason="New work.").status_code == 303
    assert "Waived: New work." in lin.get(f"/coach/workflows/{brief}").text


def test_a_shipped_workflow_needs_no_waiver(course: Course, lin: Member) -> None:
    workflow_id = course.shipped(course.learner("Ada").id, lin)
    assert lin.post(f"/coach/workflows/{workflow_id}/waiver", reason="Late.").status_code == 409


def the_map(course: Course) -> tuple[str, str | None]:
    """State and answer of the only task map."""
    with course.change() as session:
        row = session.scalars(select(TaskMap)).one()
        return row.state, row.answer


def answer_map(course: Course, lin: Member, learner: Member, **fields: Any) -> Any:
    """Open the task map and answer what is read there."""
    address = f"/coach/task-maps/{learner.id}"
    page = lin.get(address).text
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    return lin.post(address, **{"seen": seen, **fields})


def test_accept_a_task_map(course: Course, lin: Member) -> None:
    ada = course.learner("Ada")
    course.task_map(ada.id)
    assert TASKS[2]["why"] in lin.get(f"/coach/task-maps/{ada.id}").text
    answer = answer_map(course, lin, ada, decision="accept")
    assert (answer.status_code, answer.location) == (303, "/coach/queue?done=task-map-answered")
    assert the_map(course) == ("accepted", None)
    with course.change() as session:
        kinds = select(StatementRecord.kind).where(StatementRecord.kind == "task-map-accepted")
        assert len(session.scalars(kinds).all()) == 1


def test_a_talk_needs_a_sentence(course: Course, lin: Member) -> None:
    ada = course.learner("Ada")
    course.task_map(ada.id)
    answer = answer_map(course, lin, ada, decision="talk", answer="")
    assert answer.status_code == 422
    assert "Say in a sentence what to talk about." in answer.text
    assert the_map(course) == ("with_coach", None)
    assert answer_map(course, lin, ada, decision="talk", answer="Pay?").status_code == 303
    assert the_map(course) == ("draft", "Pay?")


def test_a_task_map_that_changed_meanwhile_is_not_accepted_unread(
    course: Course, lin: Member
) -> None:
    ada = course.learner("Ada")
    course.task_map(ada.id)
    address = f"/coach/task-maps/{ada.id}"
    seen = lin.get(address).text.split('name="seen" type="hidden" value="')[1].split('"')[0]
    with course.change() as session:
        row = session.scalars(select(TaskMap)).one()
        row.entries = [*row.entries, {"task": "Fire people", "fit": "fits", "why": "quick"}]
    answer = lin.post(address, seen=seen, decision="accept", answer="Well done")
    assert answer.status_code == 409
    assert "Fire people" in answer.text and "Well done</textarea>" in answer.text
    assert the_map(course) == ("with_coach", None)


def test_an_answered_task_map_is_not_answered_twice(course: Course, lin: Member) -> None:
    ada = course.learner("Ada")
    course.task_map(ada.id)
    address = f"/coach/task-maps/{ada.id}"
    seen = lin.get(address).text.split('name="seen" type="hidden" value="')[1].split('"')[0]
    assert lin.post(address, seen=seen, decision="accept").status_code == 303
    assert lin.post(address, seen=seen, decision="talk", answer="Wait").status_code == 409
    assert the_map(course) == ("accepted", None)


def test_no_task_map_no_page(course: Course, lin: Member) -> None:
    assert lin.get(f"/coach/task-maps/{course.learner('Ada').id}").status_code == 404
