"""What leaves the tool: scores for the gradebook, statements for the LRS, and what is stuck."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, g, render_template, request
from werkzeug.wrappers import Response

from cohorts import deliveries, outbox
from cohorts.deliveries import GRADEBOOK, LRS, STATES, Sent
from cohorts.enrolment import calendar
from cohorts.models import Enrolment
from lti_tool import access
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.pages import delivery_words, words
from lti_tool.pages.base import done, now, save
from lti_tool.pages.paging import Paging, here

bp = Blueprint("deliveries", __name__, url_prefix="/owner/deliveries")

LARGEST_ID = 2**63 - 1


@bp.get("")
@access.owners
def page(visitor: Enrolment) -> str:
    """What was delivered, what waits, and what needs a person."""
    g.navigation = "deliveries.page"
    session, cohort = db.session(), visitor.cohort
    state, to = _chosen("state", STATES), _chosen("to", (GRADEBOOK, LRS))
    counts = deliveries.counts(session, cohort)
    states = [state] if state else list(STATES)
    places = [to] if to else [GRADEBOOK, LRS]
    paging = Paging(sum(counts[place][each] for place in places for each in states))
    destinations = deliveries.destinations(session)
    return render_template(
        "owner/deliveries.html",
        counts={each: counts[GRADEBOOK][each] + counts[LRS][each] for each in STATES},
        rows=[
            _row(sent)
            for sent in deliveries.page(session, cohort, state, to, paging.offset, paging.limit)
        ],
        paging=paging,
        state=state,
        to=to,
        place=_place(),
        destinations=destinations,
        is_on_hold=delivery_words.is_on_hold,
        here=here,
        when=partial(words.moment, zone=calendar(cohort).zone),
    )


@bp.post(f"/<int(max={LARGEST_ID}):delivery_id>/retry")
@access.owners
def retry(visitor: Enrolment, delivery_id: int) -> Response:
    """Send one delivery again."""
    found = deliveries.undelivered(db.session(), visitor.cohort, delivery_id)
    if found is None:
        raise Refusal("P-404")
    save(lambda: outbox.retry(db.session(), [found], now()))
    return done("retried", "deliveries.page", **_place())


@bp.post("/retry")
@access.owners
def retry_failed(visitor: Enrolment) -> Response:
    """Send everything again that failed."""
    session = db.session()
    save(lambda: outbox.retry(session, deliveries.failed(session, visitor.cohort), now()))
    return done("retried", "deliveries.page", **_place())


@bp.post("/resume")
@access.owners
def resume(visitor: Enrolment) -> Response:
    """Send to the LRS again after a pause."""
    save(lambda: deliveries.resume_all(db.session()))
    return done("retried", "deliveries.page", **_place())


def _chosen(name: str, allowed: tuple[str, ...]) -> str:
    value = request.args.get(name, "")
    return value if value in allowed else ""


def _place() -> dict[str, str]:
    """Filter and page, so that the visitor comes back to where they were."""
    names = ("state", "to", "page")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _row(sent: Sent) -> dict[str, Any]:
    delivery = sent.delivery
    retrying = delivery.state == "waiting" and delivery.attempts > 0
    what = f"{(sent.milestone or '').capitalize()} score"
    at: datetime = delivery.delivered_at or delivery.created_at
    return {
        "id": delivery.id,
        "learner": sent.learner.person.display_name,
        "what": words.STATEMENTS.get(sent.kind, sent.kind) if sent.kind else what,
        "where": "LRS" if sent.kind else "Gradebook",
        "state": "retrying" if retrying else delivery.state,
        "word": f"Retrying, {words.count(delivery.attempts, 'try', 'tries')}" if retrying else "",
        "at": at,
        "next_at": delivery.due_at if retrying else None,
        "reason": delivery.problem or "",
        "may_retry": delivery.state in ("held", "parked") or retrying,
    }
