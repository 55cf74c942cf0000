"""A cohort for a course: used by the owner's page and by the operators' command."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import update
from sqlalchemy.orm import Session

from cohorts import enrolment
from cohorts.models import Cohort
from cohorts.refusals import Refused, Stale
from cohorts.rules.workflows import Problem
from lti_tool.models import Context

LONGEST_AHEAD = timedelta(days=366)
MOST_TEAMS = 40
LONGEST_TEAM = 120
LONGEST_NAME = 255


def next_monday(day: date) -> date:
    """The Monday after a day."""
    return day + timedelta(days=7 - day.weekday())


def time_zones() -> list[str]:
    """The zones a person may choose from: places, and UTC."""
    places = (zone for zone in available_timezones() if "/" in zone)
    return ["UTC", *sorted(zone for zone in places if not zone.startswith(("Etc/", "SystemV/")))]


def open_in_course(
    session: Session,
    context: Context,
    *,
    document: dict[str, Any],
    name: str,
    starts_on: date,
    time_zone: str,
    teams: list[str] | None,
    home_page: str,
    now: datetime,
) -> Cohort:
    """Open a cohort and make it the course's own, if it has none at that moment.

    Raises Refused with the problem at its field, Stale when the course has a cohort by now. The
    caller rolls back then.
    """
    problems = [*_start_problems(document, starts_on, now.date()), *_text_problems(name, teams)]
    if problems:
        raise Refused(*problems)
    cohort = enrolment.open_cohort(
        session,
        document=document,
        name=name,
        starts_on=starts_on,
        time_zone=time_zone,
        home_page=home_page,
        now=now,
        teams=teams,
    )
    taken = session.execute(
        update(Context)
        .where(Context.id == context.id, Context.cohort_id.is_(None))
        .values(cohort_id=cohort.id)
        .returning(Context.id)
    ).scalar()
    if taken is None:
        raise Stale
    return cohort


def _start_problems(document: dict[str, Any], starts_on: date, today: date) -> list[Problem]:
    days = document["length_days"]
    if starts_on > today + LONGEST_AHEAD:
        return [Problem("starts_on", "Choose a day within a year from now.")]
    if today - starts_on >= timedelta(days=days):
        return [
            Problem("starts_on", f"A cohort of {days} days from that day would be over already.")
        ]
    return []


def _text_problems(name: str, teams: list[str] | None) -> list[Problem]:
    problems = []
    if len(name) > LONGEST_NAME:
        problems.append(Problem("name", f"Shorten the name to {LONGEST_NAME} characters."))
    if len(teams or ()) > MOST_TEAMS:
        problems.append(Problem("teams", f"Name {MOST_TEAMS} teams at most."))
    if any(len(team) > LONGEST_TEAM for team in teams or ()):
        problems.append(Problem("teams", f"Shorten team names to {LONGEST_TEAM} characters."))
    return problems
