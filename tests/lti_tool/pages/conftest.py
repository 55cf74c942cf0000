"""A course with an open cohort, and people who launch from it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from cohorts import enrolment, programs
from config.settings import Settings
from lti_tool.database import db
from lti_tool.models import Context
from tests.support.clock import Clock
from tests.support.cohort import Course
from tests.support.platform import INSTRUCTOR, TOOL_URL, FakePlatform
from tests.support.visitor import Visitor

Enter = Callable[..., Visitor]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of every test, at an https address: the session's cookie needs it."""
    return replace(settings, tool_url=TOOL_URL)


@pytest.fixture
def cohort_id(app: Flask, platform: FakePlatform, now: datetime) -> UUID:
    """A marketing cohort that begins today, in the course that `enter` launches from."""
    coach = {"sub": "coach", "name": "Lee Coach", "roles": [INSTRUCTOR]}
    platform.launch(app.test_client(), claims=coach)
    with app.app_context():
        session = db.session()
        cohort = enrolment.open_cohort(
            session,
            document=programs.shipped()["marketing"],
            name="Marketing, winter",
            starts_on=date(2026, 1, 12),
            time_zone="Europe/Berlin",
            home_page=TOOL_URL,
            now=now,
        )
        session.scalars(select(Context)).one().cohort_id = cohort.id
        session.commit()
        return cohort.id


@pytest.fixture
def enter(app: Flask, platform: FakePlatform, cohort_id: UUID) -> Enter:
    """Launch as somebody, each in a browser of their own: `enter("5", "Mara")`."""

    def launch(sub: str = "5", name: str = "Mara López", role: str = "") -> Visitor:
        claims = {"sub": sub, "name": name} | ({"roles": [role]} if role else {})
        return Visitor.launch(platform, app.test_client(), **claims)

    return launch


@pytest.fixture
def course(app: Flask, platform: FakePlatform, clock: Clock) -> Course:
    """A course without a cohort; `course.open()` opens one."""
    return Course(app, platform, clock)


@pytest.fixture
def mara(enter: Enter) -> Visitor:
    """A learner who has chosen team and track."""
    return enter().send(team="Brand", track="marketing")
