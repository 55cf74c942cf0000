"""What every refusal has in common."""

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cohorts.models import Person
from lti_tool.database import db
from lti_tool.models import Context, Deployment, LaunchSession, LtiUser

STORED = (Person, LtiUser, Deployment, Context, LaunchSession)


def stored(app: Flask) -> list[int]:
    """How many rows there are of everything that a launch makes."""
    with app.app_context():
        return [db.session.scalar(select(func.count()).select_from(model)) for model in STORED]


def assert_refused(app: Flask, answer: TestResponse, status: int, code: str) -> None:
    """The page with its status and code, no session, nothing stored, nothing of a token shown."""
    assert (answer.status_code, code in answer.text) == (status, True), answer.text
    assert "__Host-launch" not in str(answer.headers)
    assert "eyJ" not in answer.text
    assert stored(app) == [0] * len(STORED)
