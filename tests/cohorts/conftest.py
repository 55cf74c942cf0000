"""A cohort and the people in it."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy.orm import Session

from cohorts import enrolment, programs
from cohorts.models import Cohort, Enrolment, Person

HOME_PAGE = "https://tool.example.org"
Admit = Callable[..., Enrolment | None]


@pytest.fixture
def cohort(session: Session, now: datetime) -> Cohort:
    """A cohort of the marketing program in Berlin; it begins on the day of `now`."""
    return enrolment.open_cohort(
        session,
        document=programs.shipped()["marketing"],
        name="Marketing, spring",
        starts_on=date(2026, 1, 12),
        time_zone="Europe/Berlin",
        home_page=HOME_PAGE,
        now=now,
    )


@pytest.fixture
def admit(session: Session, cohort: Cohort, now: datetime) -> Admit:
    """Somebody launches: `admit("learner")` is new here, `admit("learner", person)` known."""

    def launch(role: str, person: Person | None = None, at: datetime = now) -> Enrolment | None:
        if person is None:
            person = Person(display_name="Mara", created_at=at)
            session.add(person)
            session.flush()
        return enrolment.admit(session, cohort=cohort, person=person, role=role, now=at)

    return launch
