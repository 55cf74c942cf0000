"""Who may see or do what. Every object is looked up within the launch's own cohort.

A route says whom it serves with one decorator; it gets that person's enrolment as its first
argument. Somebody else's object is 404, never 403: nobody learns that it exists.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, g, request
from sqlalchemy import select

from cohorts import enrolment
from cohorts.models import Cohort, Enrolment, Workflow
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.launch.session import OUTSIDE, csrf_is_valid
from lti_tool.models import LaunchSession

View = TypeVar("View", bound=Callable[..., Any])

# May open a cohort in a course that has none: our words for the launch's context roles.
MAY_OPEN_COHORT = ("instructor", "administrator")
PUBLIC = OUTSIDE | {"help", "styleguide"}


def launch() -> LaunchSession:
    """This request's launch session, or the page that asks to open the activity again."""
    current: LaunchSession | None = g.get("launch")
    if current is None:
        raise Refusal("P-401")
    return current


def cohort() -> Cohort | None:
    """The cohort of the launch's course, if one was opened."""
    return launch().context.cohort


def me() -> Enrolment | None:
    """The visitor's own enrolment, looked up once a request."""
    if "enrolment" not in g:
        current = cohort()
        person = launch().lti_user.person
        g.enrolment = enrolment.find(db.session(), current, person) if current else None
    found: Enrolment | None = g.enrolment
    return found


def only(*roles: str) -> Callable[[View], View]:
    """A decorator for routes that serve these roles; the route's first argument is the visitor."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> Any:
            visitor = me()
            if visitor is None:
                raise Refusal("P-404")
            if visitor.role not in roles:
                raise Refusal("P-403", f"role {visitor.role}")
            return view(visitor, **arguments)

        return guarded  # type: ignore[return-value]

    return decorate


learners = only("learner")
coaches = only("coach", "owner")
owners = only("owner")


def own_workflow(visitor: Enrolment, workflow_id: UUID) -> Workflow:
    """A workflow of the visitor's own, or 404."""
    return _found(
        db.session.scalar(
            select(Workflow).where(Workflow.id == workflow_id, Workflow.author_id == visitor.id)
        )
    )


def workflow_in_cohort(visitor: Enrolment, workflow_id: UUID) -> Workflow:
    """A workflow of the visitor's cohort, for those who coach there, or 404."""
    return _found(
        db.session.scalar(
            select(Workflow).where(
                Workflow.id == workflow_id, Workflow.cohort_id == visitor.cohort_id
            )
        )
    )


def learner_in_cohort(visitor: Enrolment, enrolment_id: UUID) -> Enrolment:
    """A learner of the visitor's cohort, or 404."""
    return _found(
        db.session.scalar(
            select(Enrolment)
            .where(Enrolment.id == enrolment_id, Enrolment.cohort_id == visitor.cohort_id)
            .where(Enrolment.role == "learner")
        )
    )


def _found(row: Any) -> Any:
    if row is None:
        raise Refusal("P-404")
    return row


def init_app(app: Flask) -> None:
    """Refuse every change that does not carry the form token of its own session."""

    @app.before_request
    def _forms_are_ours() -> None:
        if request.method in ("GET", "HEAD", "OPTIONS") or request.blueprint in PUBLIC:
            return
        if request.endpoint is None:
            return
        launch()
        if not csrf_is_valid():
            raise Refusal("P-403", "form token")
