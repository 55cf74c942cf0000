"""Who gets into a cohort, as what, with which coach."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cohorts import enrolment, programs
from cohorts.models import Cohort, Enrolment, Person, StatementRecord
from cohorts.refusals import Refused
from cohorts.rules.milestones import MILESTONES, LearnerFacts, verdicts

Admit = Callable[..., Any]

NOTHING = LearnerFacts(1, False, None, 1, 0, (), frozenset())


def fields(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.field for problem in refused.value.problems]


def statements(session: Session) -> list[dict[str, Any]]:
    found = session.scalars(select(StatementRecord).order_by(StatementRecord.number))
    return [json.loads(record.body) for record in found]


def test_a_cohort_opens_on_a_copy_of_its_program(session: Session, cohort: Cohort) -> None:
    session.commit()
    session.expire_all()

    assert cohort.program == programs.shipped()["marketing"]
    assert cohort.rules_version == programs.version(programs.shipped()["marketing"])
    assert cohort.teams == ["Brand", "Demand generation", "Content and channels"]
    assert enrolment.calendar(cohort).closes_on == date(2026, 4, 12)


def test_milestones_keep_their_order_in_the_copy(session: Session, cohort: Cohort) -> None:
    session.commit()
    session.expire_all()

    rules = enrolment.calendar(cohort).program.milestones

    assert tuple(found.milestone for found in verdicts(rules, NOTHING)) == MILESTONES


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"time_zone": "Berlin"}, ["time_zone"]),
        ({"time_zone": "../etc/passwd"}, ["time_zone"]),
        ({"time_zone": ""}, ["time_zone"]),
        ({"name": "  "}, ["name"]),
        ({"name": "", "time_zone": "CEST"}, ["time_zone", "name"]),
    ],
)
def test_a_cohort_without_a_zone_or_a_name_is_refused(
    session: Session, now: datetime, changes: dict[str, str], expected: list[str]
) -> None:
    facts = {"name": "Spring", "time_zone": "Europe/Berlin", **changes}

    with pytest.raises(Refused) as refused:
        enrolment.open_cohort(
            session,
            document=programs.shipped()["sales"],
            starts_on=now.date(),
            home_page="https://tool.example.org",
            now=now,
            **facts,
        )

    assert fields(refused) == expected
    assert session.scalars(select(Cohort)).all() == []


def test_teams_of_its_own_take_the_place_of_the_programs(session: Session, now: datetime) -> None:
    opened = enrolment.open_cohort(
        session,
        document=programs.shipped()["marketing"],
        name="  Spring  ",
        starts_on=now.date(),
        time_zone="UTC",
        home_page="https://tool.example.org",
        now=now,
        teams=[],
    )

    assert (opened.name, opened.teams) == ("Spring", [])


@pytest.mark.parametrize(
    ("lms_role", "ours"),
    [("learner", "learner"), ("instructor", "coach"), ("administrator", "owner")],
)
def test_each_role_of_the_course_is_a_role_of_the_cohort(
    admit: Admit, lms_role: str, ours: str
) -> None:
    assert admit(lms_role).role == ours


@pytest.mark.parametrize("lms_role", ["observer", "guest", ""])
def test_who_only_looks_on_is_not_enrolled(session: Session, admit: Admit, lms_role: str) -> None:
    assert admit(lms_role) is None
    assert session.scalars(select(Enrolment)).all() == []


def test_a_second_launch_is_the_same_enrolment(
    session: Session, admit: Admit, now: datetime
) -> None:
    first = admit("learner")

    again = admit("learner", first.person, now + timedelta(days=3))

    assert again is first
    assert again.joined_on == date(2026, 1, 12)
    assert [found["verb"]["display"] for found in statements(session)] == [{"en": "enrolled"}]


def test_one_person_has_one_enrolment_a_cohort(
    session: Session, cohort: Cohort, admit: Admit, now: datetime
) -> None:
    first = admit("learner")
    twin = Enrolment(
        cohort=cohort, person=first.person, role="learner", joined_on=now.date(), created_at=now
    )
    session.add(twin)

    with pytest.raises(IntegrityError):
        session.flush()


def test_people_join_on_the_cohorts_own_day(admit: Admit, now: datetime) -> None:
    late = now.replace(hour=23, minute=30)  # past midnight in Berlin

    assert admit("learner", at=late).joined_on == date(2026, 1, 13)


def test_only_learners_are_told_of_and_without_their_name(
    session: Session, admit: Admit, cohort: Cohort
) -> None:
    admit("instructor")
    learner = admit("learner")

    [told] = statements(session)

    assert told["actor"]["account"]["name"] == str(learner.person_id)
    assert told["context"]["registration"] == str(learner.id)
    assert told["object"]["id"] == f"https://tool.example.org/xapi/cohort/{cohort.id}"
    assert "Mara" not in json.dumps(told)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("learner", "instructor", "coach"),
        ("instructor", "learner", "learner"),
        ("instructor", "administrator", "owner"),
        ("administrator", "instructor", "owner"),
        ("administrator", "learner", "learner"),
    ],
)
def test_a_role_follows_the_course(admit: Admit, before: str, after: str, expected: str) -> None:
    person = admit(before).person

    assert admit(after, person).role == expected


def test_who_opened_the_cohort_stays_owner_while_a_teacher(
    session: Session, cohort: Cohort, admit: Admit, now: datetime
) -> None:
    person = Person(display_name="Lee", created_at=now)
    owner = enrolment.make_owner(session, cohort, person, now)

    assert admit("instructor", person) is owner
    assert owner.role == "owner"


def test_who_left_and_launches_again_is_back(admit: Admit) -> None:
    learner = admit("learner")
    learner.left_on = date(2026, 1, 20)

    assert admit("learner", learner.person).left_on is None


def test_learners_are_shared_out_evenly_in_whatever_order_people_come(admit: Admit) -> None:
    learners = [admit("learner"), admit("learner")]
    coaches = [admit("instructor"), admit("instructor")]
    learners += [admit("learner") for _ in range(4)]

    shares = Counter(learner.coach_id for learner in learners)

    assert shares == {coach.id: 3 for coach in coaches}


def test_without_a_coach_learners_wait_for_one(admit: Admit) -> None:
    learner = admit("learner")
    assert learner.coach_id is None

    coach = admit("instructor")

    assert learner.coach_id == coach.id


def test_a_coach_who_is_none_any_more_hands_over_the_learners(admit: Admit) -> None:
    first, learner = admit("instructor"), admit("learner")
    second = admit("instructor")

    admit("learner", first.person)

    assert learner.coach_id == second.id
    assert first.coach_id == second.id


def test_a_coach_who_left_gets_no_new_learner(session: Session, admit: Admit) -> None:
    gone, here = admit("instructor"), admit("instructor")
    gone.left_on = date(2026, 1, 13)
    session.flush()

    assert admit("learner").coach_id == here.id


def test_coaches_of_another_cohort_are_none_of_ours(
    session: Session, admit: Admit, now: datetime
) -> None:
    admit("instructor")
    other = enrolment.open_cohort(
        session,
        document=programs.shipped()["sales"],
        name="Sales",
        starts_on=now.date(),
        time_zone="UTC",
        home_page="https://tool.example.org",
        now=now,
    )
    person = Person(display_name="Noor", created_at=now)

    learner = enrolment.admit(session, cohort=other, person=person, role="learner", now=now)

    assert learner is not None
    assert learner.coach_id is None


def test_a_learner_is_welcomed_once_and_may_choose_again(
    session: Session, admit: Admit, now: datetime
) -> None:
    learner = admit("learner")

    enrolment.welcome(session, learner, team="Brand", track="marketing", now=now)
    later = now + timedelta(days=1)
    enrolment.welcome(session, learner, team="Brand", track="cross_functional", now=later)

    assert (learner.team, learner.track) == ("Brand", "cross_functional")
    assert learner.welcomed_at == now


@pytest.mark.parametrize(
    ("team", "track", "expected"),
    [
        (None, "marketing", ["team"]),
        ("Sales", "marketing", ["team"]),
        ("Brand", "", ["track"]),
        ("Brand", "finance", ["track"]),
        ("", "finance", ["team", "track"]),
    ],
)
def test_a_team_or_track_that_is_not_there_is_refused(
    session: Session,
    admit: Admit,
    now: datetime,
    team: str | None,
    track: str,
    expected: list[str],
) -> None:
    learner = admit("learner")

    with pytest.raises(Refused) as refused:
        enrolment.welcome(session, learner, team=team, track=track, now=now)

    assert fields(refused) == expected
    assert (learner.team, learner.track, learner.welcomed_at) == (None, None, None)


def test_a_cohort_without_teams_asks_for_none(
    session: Session, cohort: Cohort, admit: Admit, now: datetime
) -> None:
    cohort.teams = []
    learner = admit("learner")

    enrolment.welcome(session, learner, team="", track="marketing", now=now)

    assert learner.team is None


def test_a_champion_is_named_and_unnamed(admit: Admit) -> None:
    learner = admit("learner")

    enrolment.set_champion(learner, True)
    assert learner.is_champion

    enrolment.set_champion(learner, False)
    assert not learner.is_champion
