"""What leaves the tool, and what is stuck: the owner's page."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cohorts.models import Delivery, Destination
from tests.support.clock import Clock
from tests.support.cohort import Course, Member, words
from tests.support.platform import ON_ONE_DATABASE


@pytest.fixture
def owner(course: Course, clock: Clock) -> Member:
    """The owner of a cohort whose statements go to an LRS."""
    with course.change() as session:
        session.add(
            Destination(
                name="Learning record store",
                source="environment",
                endpoint="https://lrs.example",
                created_at=clock(),
            )
        )
    return course.open()


@pytest.fixture
def score(course: Course, owner: Member) -> int:
    """The delivery of a score, beside those of four statements."""
    ada, lin = course.learner("Ada"), course.coach()
    course.literate(ada.id, lin)
    course.confirm(ada.id, "literacy", lin)
    with course.change() as session:
        return session.scalars(select(Delivery.id).where(Delivery.score_id.is_not(None))).one()


def settle(course: Course, delivery_id: int | None, state: str, problem: str = "") -> None:
    """A delivery became this; None means every statement."""
    with course.change() as session:
        query = select(Delivery).where(
            Delivery.id == delivery_id if delivery_id else Delivery.score_id.is_(None)
        )
        for row in session.scalars(query):
            row.state, row.problem, row.attempts = state, problem or None, 1


def states(course: Course, of_scores: bool) -> set[str]:
    with course.change() as session:
        column = Delivery.score_id if of_scores else Delivery.statement_id
        return set(session.scalars(select(Delivery.state).where(column.is_not(None))))


def test_each_row_says_what_where_and_how(course: Course, owner: Member, score: int) -> None:
    settle(course, score, "held", "The gradebook shows a grade set by a person.")
    page = words(owner.get("/owner/deliveries").text)
    assert "All (5) Waiting (4) Delivered (0) Held (1) Failed (0)" in page
    assert "Literacy score Ada Gradebook Held The gradebook shows a grade set by a person." in page
    for what in ("Joined the cohort", "Task map accepted", "Red lines read", "Milestone confirmed"):
        assert f"{what} Ada LRS Waiting" in page


def test_every_kind_of_statement_has_words_of_its_own(
    course: Course, owner: Member, score: int, clock: Clock
) -> None:
    ada, lin = course.members["Ada"], course.members["Lin Coach"]
    sent_back = course.submitted(ada.id, "Another")
    course.decide(sent_back, lin, "request_changes")
    workflow_id = course.shipped(ada.id, lin)
    course.prompt(workflow_id)
    for week, answer in ((2, "used"), (3, "not_used"), (4, "no_occasion"), (5, "away")):
        clock.advance(days=11 if week == 2 else 7)
        answer_id = course.answer(workflow_id, week, answer)
        if week == 2:
            course.verify(answer_id, lin)
    page = words(owner.get("/owner/deliveries").text)
    for what in (
        "Workflow submitted",
        "Workflow approved",
        "Changes requested",
        "Workflow shipped",
        "Prompt published",
        "Timed the old way",
        "Week: used",
        "Week: not used",
        "Week: did not come up",
        "Week: away",
        "Earlier record withdrawn",
    ):
        assert f"{what} Ada LRS" in page


def test_a_try_that_failed_is_retried_by_itself_and_says_when(
    course: Course, owner: Member, score: int
) -> None:
    settle(course, score, "waiting", "The gradebook did not answer.")
    page = words(owner.get("/owner/deliveries?to=gradebook").text)
    assert "Retrying, 1 try The gradebook did not answer." in page and "Next try" in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("state=held", "Literacy score", "Joined the cohort"),
        ("to=lrs", "Joined the cohort", "Literacy score"),
        ("to=gradebook", "Literacy score", "Joined the cohort"),
        ("state=held&to=lrs", "Nothing is in this state.", "Literacy score"),
        ("state=nonsense&to=x", "Literacy score", "Nothing is in this state."),
    ],
)
@ON_ONE_DATABASE
def test_filters(
    course: Course, owner: Member, score: int, query: str, shown: str, hidden: str
) -> None:
    settle(course, score, "held")
    page = owner.get(f"/owner/deliveries?{query}").text
    assert shown in page and hidden not in page


def test_retry_one_and_come_back_to_the_same_place(
    course: Course, owner: Member, score: int
) -> None:
    settle(course, score, "parked", "The column was deleted in the LMS.")
    answer = owner.post(f"/owner/deliveries/{score}/retry?state=parked&page=1")
    assert (answer.status_code, answer.location) == (
        303,
        "/owner/deliveries?state=parked&page=1&done=retried",
    )
    assert states(course, of_scores=True) == {"waiting"}


def test_what_arrived_is_not_sent_again(course: Course, owner: Member, score: int) -> None:
    settle(course, score, "delivered")
    assert owner.post(f"/owner/deliveries/{score}/retry").status_code == 404
    assert states(course, of_scores=True) == {"delivered"}


def test_retry_all_that_failed_leaves_what_a_person_has_to_decide(
    course: Course, owner: Member, score: int
) -> None:
    settle(course, None, "parked", "Refused.")
    settle(course, score, "held")
    assert "Retry all failed" in owner.get("/owner/deliveries").text
    assert owner.post("/owner/deliveries/retry").status_code == 303
    assert states(course, of_scores=False) == {"waiting"}
    assert states(course, of_scores=True) == {"held"}
    assert "Retry all failed" not in owner.get("/owner/deliveries").text


@pytest.mark.parametrize("number", ["0", "-1", "x", str(2**63), "9" * 40])
def test_a_delivery_that_does_not_exist(owner: Member, number: str) -> None:
    assert owner.post(f"/owner/deliveries/{number}/retry").status_code == 404


def test_a_paused_lrs_says_why_and_can_be_resumed(course: Course, owner: Member) -> None:
    with course.change() as session:
        row = session.scalars(select(Destination)).one()
        row.paused, row.problem = True, "The LRS refused the key."
    page = owner.get("/owner/deliveries").text
    assert "Learning record store is paused." in page and "The LRS refused the key." in page
    assert owner.post("/owner/deliveries/resume").status_code == 303
    assert "is paused" not in owner.get("/owner/deliveries").text
    with course.change() as session:
        row = session.scalars(select(Destination)).one()
        assert (row.paused, row.problem) == (False, None)


def test_an_lrs_on_hold_says_when_it_is_tried_again(course: Course, owner: Member) -> None:
    with course.change() as session:
        row = session.scalars(select(Destination)).one()
        row.hold_until, row.failures = datetime.now(UTC) + timedelta(minutes=5), 3
    assert "does not answer just now" in owner.get("/owner/deliveries").text
    owner.post("/owner/deliveries/resume")
    assert "does not answer just now" not in owner.get("/owner/deliveries").text


def test_without_an_lrs_statements_are_kept(course: Course) -> None:
    page = course.open().get("/owner/deliveries").text
    assert "No LRS is connected." in page and "Statements are kept here" in page
    assert "Nothing has left yet" in page


def test_paging_keeps_the_filter(course: Course, owner: Member) -> None:
    course.learners(30)
    page = owner.get("/owner/deliveries?to=lrs&page=2").text
    assert "26 to 30 of 30" in page and "to=lrs&amp;page=1" in page
