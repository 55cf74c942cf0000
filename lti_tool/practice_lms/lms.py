"""What every module of a running practice LMS shares: its settings and its database."""

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, abort, current_app, request
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from config.database import make_engine
from lti_tool.practice_lms.keys import current_key
from lti_tool.practice_lms.people import BY_USER_ID, COURSE_ID, PEOPLE, Person
from lti_tool.practice_lms.settings import PracticeLmsSettings
from lti_tool.practice_lms.tables import Activity, Base, Enrolment

FIRST_ACTIVITY_ID = 1
FIRST_ACTIVITY_TITLE = "Cohort home"
EXTENSION = "practice_lms"


@dataclass(frozen=True)
class PracticeLms:
    """A running practice LMS. `sessions.begin()` is one transaction, committed at its end."""

    settings: PracticeLmsSettings
    sessions: sessionmaker[Session]

    def now(self) -> datetime:
        """The present instant of this LMS."""
        return self.settings.clock()


def practice_lms(app: Flask | None = None) -> PracticeLms:
    """The practice LMS of `app`, or of the request at hand."""
    lms = (app or current_app).extensions[EXTENSION]
    assert isinstance(lms, PracticeLms)
    return lms


def open_database(settings: PracticeLmsSettings) -> sessionmaker[Session]:
    """Open the database; make tables, a key, the enrolments and the first activity where missing.

    Raises `sqlalchemy.exc.DatabaseError` or `OSError` where the file cannot be used.
    """
    engine = make_engine(f"sqlite:///{settings.database}")
    Base.metadata.create_all(engine)
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions.begin() as session:
        current_key(session)
        if session.scalars(select(Enrolment).limit(1)).first() is None:
            members = (person for person in PEOPLE if person.roster_role)
            session.add_all(Enrolment(user_id=who.user_id, status="Active") for who in members)
            session.add(Activity(id=FIRST_ACTIVITY_ID, title=FIRST_ACTIVITY_TITLE, custom={}))
    return sessions


def course_or_404(course_id: int) -> None:
    """There is one course."""
    if course_id != COURSE_ID:
        abort(404, "There is no such course here.")


def status_of(session: Session, person: Person) -> str:
    """Active, Inactive or Removed. Somebody who is no member, the administrator, is Active."""
    enrolment = session.get(Enrolment, person.user_id)
    return enrolment.status if enrolment else "Active"


def acting_person(session: Session) -> Person:
    """The person the address names with `as`; 404 for nobody, 403 for one not in the course."""
    person = BY_USER_ID.get(request.args.get("as", ""))
    if person is None:
        abort(404, "Choose on the course page who you enter as.")
    if status_of(session, person) != "Active":
        abort(403, f"{person.name} has no active place in this course.")
    return person
