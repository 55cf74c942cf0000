"""What program owners see: the cohort opened, its overview, its people."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cohorts.models import Cohort, Destination, Enrolment
from lti_tool.models import Context
from tests.support.clock import Clock
from tests.support.cohort import Course, words
from tests.support.platform import (
    INSTITUTION_ADMINISTRATOR,
    INSTRUCTOR,
    LEARNER,
    MEMBERSHIP,
    ON_ONE_DATABASE,
)

GOOD: dict[str, Any] = {
    "program": "marketing",
    "name": "Marketing, winter",
    "starts_on": "2026-01-19",
    "time_zone": "Europe/Berlin",
    "teams": "Brand\n\n Content \nBrand\n",
}


def cohorts(course: Course) -> list[str]:
    with course.change() as session:
        return list(session.scalars(select(Cohort.name).order_by(Cohort.name)))


def test_a_teacher_opens_a_cohort_and_owns_it(course: Course) -> None:
    teacher = course.visitor("Tea Teacher", INSTRUCTOR)
    page = teacher.get("/cohort/new").text
    assert 'value="Course 2"' in page and 'value="2026-01-19"' in page
    assert "Demand generation" in page
    answer = teacher.post("/cohort/new", **GOOD)
    assert (answer.status_code, answer.location) == (303, "/owner?done=opened")
    with course.change() as session:
        cohort = session.scalars(select(Cohort)).one()
        assert (cohort.name, cohort.program_id) == ("Marketing, winter", "marketing")
        assert (cohort.starts_on.isoformat(), cohort.time_zone) == ("2026-01-19", "Europe/Berlin")
        assert cohort.teams == ["Brand", "Content"]
        assert cohort.home_page == course.platform.network.tool_url
        owner = session.scalars(select(Enrolment)).one()
        assert (owner.role, owner.person.display_name) == ("owner", "Tea Teacher")
        assert session.scalars(select(Context)).one().cohort_id == cohort.id
    page = teacher.get("/owner?done=opened").text
    assert "The cohort is open." in page and "Day 1 is Mon 19 January." in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, "Give the cohort a name"),
        ({"name": "x" * 256}, "Shorten the name to 255 characters."),
        ({"starts_on": ""}, "Enter the first day as a date."),
        ({"starts_on": "19 January"}, "valid date"),
        ({"starts_on": "9999-12-31"}, "Choose a day within a year from now."),
        ({"starts_on": "0001-01-01"}, "would be over already"),
        ({"starts_on": "2025-10-14"}, "would be over already"),
        ({"time_zone": "Mars/Olympus"}, "is no time zone"),
        ({"time_zone": ""}, "is no time zone"),
        ({"program": "alchemy"}, "Choose a program from the list."),
        ({"teams": "x" * 121}, "Shorten team names to 120 characters."),
        ({"teams": "\n".join(map(str, range(41)))}, "Name 40 teams at most."),
    ],
)
@ON_ONE_DATABASE
def test_what_is_wrong_is_said_at_its_field_and_nothing_opens(
    course: Course, changes: dict[str, str], message: str
) -> None:
    teacher = course.visitor("Tea Teacher", INSTRUCTOR)
    answer = teacher.post("/cohort/new", **{**GOOD, **changes})
    assert answer.status_code == 422
    assert message in answer.text and "error-summary" in answer.text
    assert cohorts(course) == []


def test_a_cohort_that_began_90_days_ago_is_over_and_89_is_not(course: Course) -> None:
    teacher = course.visitor("Tea Teacher", INSTRUCTOR)
    assert teacher.post("/cohort/new", **{**GOOD, "starts_on": "2025-10-15"}).status_code == 303


def test_double_click(course: Course) -> None:
    teacher = course.visitor("Tea Teacher", INSTRUCTOR)
    first, second = (teacher.post("/cohort/new", **GOOD) for _ in range(2))
    assert (first.location, second.location) == ("/owner?done=opened", "/")
    assert cohorts(course) == ["Marketing, winter"]
    assert teacher.get("/cohort/new").location == "/"


def test_two_teachers_at_the_same_moment_open_one_cohort(course: Course) -> None:
    teachers = [course.visitor(name, INSTRUCTOR) for name in ("Tea", "Coco", "Kim")]
    at_once = Barrier(len(teachers))

    def open_one(number: int) -> str | None:
        at_once.wait(timeout=30)
        name = f"Cohort {number}"
        return teachers[number].post("/cohort/new", **{**GOOD, "name": name}).location

    with ThreadPoolExecutor(len(teachers)) as pool:
        places = list(pool.map(open_one, range(len(teachers))))
    assert sorted(map(str, places)) == ["/", "/", "/owner?done=opened"]
    assert cohorts(course) == [f"Cohort {places.index('/owner?done=opened')}"]
    with course.change() as session:
        assert session.scalar(select(func.count()).select_from(Enrolment)) == 1


@pytest.mark.parametrize("role", [LEARNER, f"{MEMBERSHIP}#Mentor", INSTITUTION_ADMINISTRATOR])
@ON_ONE_DATABASE
def test_only_teachers_and_administrators_of_the_course_open_one(course: Course, role: str) -> None:
    visitor = course.visitor("Vi Visitor", role)
    assert visitor.get("/cohort/new").status_code == 403
    assert visitor.post("/cohort/new", **GOOD).status_code == 403
    assert cohorts(course) == []


def test_nobody_opens_one_without_a_launch(course: Course, client: FlaskClient) -> None:
    tool_url = course.platform.network.tool_url
    assert client.get("/cohort/new", base_url=tool_url).status_code == 401
    assert client.post("/cohort/new", data=GOOD, base_url=tool_url).status_code == 401
    assert cohorts(course) == []


def test_a_form_without_its_token_opens_nothing(course: Course) -> None:
    teacher = course.visitor("Tea Teacher", INSTRUCTOR)
    answer = teacher.client.post("/cohort/new", data=GOOD, base_url=teacher.tool_url)
    assert (answer.status_code, cohorts(course)) == (403, [])


def test_the_overview_counts_what_is_there(course: Course, clock: Clock) -> None:
    owner, lin = course.open(), course.coach()
    learners = [course.learner(name) for name in ("Ada", "Ben", "Cy")]
    for learner in learners[:2]:
        course.literate(learner.id, lin)
        course.confirm(learner.id, "literacy", lin)
    shipped = [course.shipped(learner.id, lin) for learner in learners[:2]]
    course.submitted(learners[2].id)
    clock.advance(days=11)
    course.answer(shipped[0], 2)
    clock.advance(days=4)  # week 3: week 2 is over
    page = words(owner.get("/owner").text)
    assert "Week 3 of 13 · Skill" in page
    assert "No champion for 3 people. Name one." in page
    assert "2 of 3 workflows shipped, none of them live yet" in page
    assert (
        "Week 2: 1 of 2 people with a shipped workflow answered the check-in (50 %); 1 used theirs."
        in page
    )
    assert "Workflows and task maps for a decision The oldest has waited 11 working days. 1" in page
    assert "Gradebook 2 scores on the way." in page
    assert "No LRS is connected. Statements are kept here." in page


def test_an_empty_cohort_has_an_overview(course: Course) -> None:
    page = words(course.open().get("/owner").text)
    assert "Nobody has drafted one yet." in page and "No milestone is confirmed yet" in page


def test_a_paused_lrs_is_told_on_the_overview(course: Course, clock: Clock) -> None:
    owner = course.open()
    with course.change() as session:
        session.add(
            Destination(
                name="Learning record store",
                source="environment",
                endpoint="https://lrs.example",
                paused=True,
                created_at=clock(),
            )
        )
    assert "Paused: it needs a person." in owner.get("/owner").text


def test_champions_are_named_and_ended(course: Course) -> None:
    owner, ada = course.open(), course.learner("Ada")
    address = f"/owner/people/{ada.id}/champion"
    assert "No champion for 1 person. Name one." in owner.get("/owner/people").text
    for choice, sentence in (("yes", "1 champion for 1 person."), ("no", "No champion for 1")):
        answer = owner.post(address, champion=choice)
        assert (answer.status_code, answer.location) == (303, "/owner/people?done=people")
        assert sentence in owner.get("/owner/people").text


def test_only_learners_become_champions(course: Course) -> None:
    owner, lin = course.open(), course.coach()
    assert owner.post(f"/owner/people/{lin.id}/champion", champion="yes").status_code == 404
    assert owner.post(f"/owner/people/{owner.id}/champion", champion="yes").status_code == 404
    ada = course.learner("Ada")
    assert owner.post(f"/owner/people/{ada.id}/champion", champion="maybe").status_code == 400
    with course.change() as session:
        assert not session.scalars(select(Enrolment).where(Enrolment.is_champion)).all()


def test_people_are_paged_and_the_place_is_kept(course: Course) -> None:
    owner = course.open()
    learners = course.learners(30)
    page = owner.get("/owner/people?page=2").text
    assert "26 to 31 of 31" in page
    answer = owner.post(f"/owner/people/{learners[-1]}/champion?page=2", champion="yes")
    assert answer.location == "/owner/people?page=2&done=people"
