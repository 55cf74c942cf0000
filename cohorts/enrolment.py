"""Opening cohorts, and taking people in."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, lazyload

from cohorts import outbox, programs
from cohorts.models import Cohort, Enrolment, Person
from cohorts.refusals import Refused
from cohorts.rules.calendar import Calendar
from cohorts.rules.program import Program
from cohorts.rules.workflows import Problem
from xapi import statements
from xapi.statements import Scene

# What the launch says about a person in the course, and what that makes them in the cohort. The
# person who opens a cohort becomes its owner whatever the LMS calls them.
ROLES = {"learner": "learner", "instructor": "coach", "administrator": "owner"}

# Put together once: every page asks this. The person is in the session already.
_FIND = (
    select(Enrolment)
    .where(Enrolment.cohort_id == bindparam("cohort"), Enrolment.person_id == bindparam("person"))
    .options(lazyload(Enrolment.person))
)


def calendar(cohort: Cohort) -> Calendar:
    """The dated plan of a cohort."""
    return Calendar(cohort.starts_on, cohort.time_zone, Program.from_document(cohort.program))


def scene(enrolment: Enrolment) -> Scene:
    """Where the statements of a learner belong."""
    cohort = enrolment.cohort
    return Scene(
        tool_url=cohort.home_page,
        registration=enrolment.id,
        learner=enrolment.person_id,
        cohort_id=cohort.id,
        cohort_name=cohort.name,
        program_id=cohort.program_id,
        program_name=cohort.program["name"],
        coach=enrolment.coach.person_id if enrolment.coach else None,
    )


def open_cohort(
    session: Session,
    *,
    document: dict[str, Any],
    name: str,
    starts_on: date,
    time_zone: str,
    home_page: str,
    now: datetime,
    teams: list[str] | None = None,
) -> Cohort:
    """Open a cohort on a frozen copy of a program.

    Raises Refused when the zone is unknown or the name is empty.
    """
    problems = []
    if time_zone not in available_timezones():
        problems.append(
            Problem("time_zone", f"{time_zone!r} is no time zone. Use one such as Europe/Berlin.")
        )
    if not name.strip():
        problems.append(Problem("name", "Give the cohort a name, such as Marketing, spring."))
    if problems:
        raise Refused(*problems)
    cohort = Cohort(
        name=name.strip(),
        program_id=document["id"],
        program=document,
        rules_version=programs.version(document),
        starts_on=starts_on,
        time_zone=ZoneInfo(time_zone).key,
        teams=teams if teams is not None else list(document.get("teams", ())),
        home_page=home_page,
        created_at=now,
    )
    session.add(cohort)
    session.flush()
    return cohort


def make_owner(session: Session, cohort: Cohort, person: Person, now: datetime) -> Enrolment:
    """Enrol the person who opened a cohort as its owner."""
    return _enrol(session, cohort, person, "owner", now)


def admit(
    session: Session, *, cohort: Cohort, person: Person, role: str, now: datetime
) -> Enrolment | None:
    """Enrol a person who launched, or bring their role up to date with the LMS.

    `role` is what the LMS says: learner, instructor, administrator or observer. An observer is not
    enrolled and gets None. An owner stays owner while the LMS calls them a teacher of any kind.
    """
    ours = ROLES.get(role)
    if ours is None:
        return None
    enrolment = find(session, cohort, person)
    if enrolment is None:
        return _enrol(session, cohort, person, ours, now)
    if enrolment.role != ours and not (enrolment.role == "owner" and ours == "coach"):
        enrolment.role = ours
        session.flush()
        _share_out_learners(session, cohort)
    if enrolment.left_on is not None:
        enrolment.left_on = None
    return enrolment


def find(session: Session, cohort: Cohort, person: Person) -> Enrolment | None:
    """The enrolment of a person in a cohort, if they have one."""
    return session.scalar(_FIND, {"cohort": cohort.id, "person": person.id})


def welcome(
    session: Session, enrolment: Enrolment, *, team: str | None, track: str, now: datetime
) -> None:
    """A learner has chosen team and track.

    Raises Refused when the cohort has no such team or the program no such track.
    """
    problems = []
    cohort = enrolment.cohort
    if cohort.teams and team not in cohort.teams:
        problems.append(Problem("team", "Choose your team from the list."))
    tracks = dict(Program.from_document(cohort.program).tracks)
    if track not in tracks:
        problems.append(Problem("track", "Choose the track that is nearest to your work."))
    if problems:
        raise Refused(*problems)
    enrolment.team = team or None
    enrolment.track = track
    enrolment.welcomed_at = enrolment.welcomed_at or now


def set_champion(enrolment: Enrolment, is_champion: bool) -> None:
    """Name a learner champion of their team, or end it."""
    enrolment.is_champion = is_champion


def _enrol(session: Session, cohort: Cohort, person: Person, role: str, now: datetime) -> Enrolment:
    enrolment = Enrolment(
        cohort=cohort,
        person=person,
        role=role,
        joined_on=calendar(cohort).today(now),
        created_at=now,
    )
    session.add(enrolment)
    session.flush()
    _share_out_learners(session, cohort)
    if role == "learner":
        statement = statements.enrolled(scene(enrolment), now)
        outbox.record_statement(session, enrolment, "enrolled", statement, now)
    return enrolment


def _share_out_learners(session: Session, cohort: Cohort) -> None:
    """Give every learner without an active coach the coach who has fewest learners."""
    coaches = session.scalars(
        select(Enrolment.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.role == "coach")
        .where(Enrolment.left_on.is_(None))
        .order_by(Enrolment.created_at, Enrolment.id)
    ).all()
    if not coaches:
        return
    learners = (Enrolment.cohort_id == cohort.id, Enrolment.role == "learner")
    load = Counter(
        dict(
            session.execute(
                select(Enrolment.coach_id, func.count())
                .where(*learners)
                .group_by(Enrolment.coach_id)
            ).all()
        )
    )
    without = session.scalars(
        select(Enrolment)
        .where(*learners)
        .where(or_(Enrolment.coach_id.is_(None), Enrolment.coach_id.not_in(coaches)))
        .order_by(Enrolment.created_at, Enrolment.id)
    ).all()
    for learner in without:
        learner.coach_id = min(coaches, key=lambda coach: load[coach])
        load[learner.coach_id] += 1
    session.flush()
