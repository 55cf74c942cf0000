"""Confirming a milestone, and saying not yet."""

import pytest
from sqlalchemy import select

from cohorts.models import Award, Deferral, Delivery, Score
from tests.support.cohort import Course, Member
from tests.support.platform import ON_ONE_DATABASE


@pytest.fixture
def lin(course: Course) -> Member:
    """The one coach of an open cohort."""
    course.open()
    return course.coach()


@pytest.fixture
def ada(course: Course, lin: Member) -> Member:
    """A learner who meets all criteria of Literacy."""
    ada = course.learner("Ada")
    course.literate(ada.id, lin)
    return ada


def awards(course: Course) -> list[str]:
    with course.change() as session:
        return list(session.scalars(select(Award.milestone)))


def test_everything_is_shown_before_it_is_confirmed(
    course: Course, lin: Member, ada: Member
) -> None:
    page = lin.get(f"/coach/milestones/{ada.id}/literacy").text
    for words in ("2 statements", "Task map accepted", "Red lines read", "1 of 1 in the gradebook"):
        assert words in page
    assert awards(course) == []


def test_confirming_twice_is_one_award_and_one_score(
    course: Course, lin: Member, ada: Member
) -> None:
    for _ in range(2):
        answer = lin.post(f"/coach/milestones/{ada.id}/literacy")
        assert (answer.status_code, answer.location) == (303, "/coach/milestones?done=confirmed")
    with course.change() as session:
        score = session.scalars(select(Score)).one()
        assert (score.milestone, score.score_given, score.score_maximum) == ("literacy", 1, 1)
        assert session.scalars(select(Award)).one().confirmed_by_id == lin.id
        assert session.scalars(select(Delivery).where(Delivery.score_id == score.id)).one()
    page = lin.get(f"/coach/milestones/{ada.id}/literacy").text
    assert "Confirmed on Mon 12 January" in page and "Confirm Literacy" not in page


def test_unmet_criteria_cannot_be_confirmed(course: Course, lin: Member, ada: Member) -> None:
    address = f"/coach/milestones/{ada.id}/fluency"
    assert "Confirm Fluency" not in lin.get(address).text
    answer = lin.post(address)
    assert answer.status_code == 422
    assert "Not all criteria are met" in answer.text
    assert lin.post(f"{address}/not-yet", reason="Later.").status_code == 422
    assert awards(course) == []


def test_not_yet_needs_a_reason_and_the_proposal_stays(
    course: Course, lin: Member, ada: Member
) -> None:
    address = f"/coach/milestones/{ada.id}/literacy/not-yet"
    answer = lin.post(address, reason="  ")
    assert answer.status_code == 422
    assert "Say in a sentence what is still missing." in answer.text
    answer = lin.post(address, reason="Let us talk about pay first.")
    assert (answer.status_code, answer.location) == (303, "/coach/milestones?done=deferred")
    with course.change() as session:
        assert session.scalars(select(Deferral)).one().reason == "Let us talk about pay first."
    page = lin.get("/coach/milestones").text
    assert "Let us talk about pay first." in page and "Meets all criteria since" in page


@pytest.mark.parametrize("milestone", ["mastery", "attendance", "LITERACY"])
@ON_ONE_DATABASE
def test_a_milestone_that_the_program_lacks(
    course: Course, lin: Member, ada: Member, milestone: str
) -> None:
    address = f"/coach/milestones/{ada.id}/{milestone}"
    assert lin.get(address).status_code == 404
    assert lin.post(address).status_code == 404
    assert lin.post(f"{address}/not-yet", reason="No.").status_code == 404
    assert awards(course) == []


def test_too_late_to_say_not_yet(course: Course, lin: Member, ada: Member) -> None:
    course.confirm(ada.id, "literacy", lin)
    answer = lin.post(f"/coach/milestones/{ada.id}/literacy/not-yet", reason="Wait.")
    assert answer.status_code == 409
