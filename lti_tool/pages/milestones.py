"""A coach's word on one proposed milestone: check everything, then confirm it, or say not yet."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from wtforms import TextAreaField
from wtforms.validators import Length

from cohorts import awarding, evidence, proposals
from cohorts.models import Enrolment
from cohorts.refusals import Refused
from lti_tool import access
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.pages import words
from lti_tool.pages.base import LaunchForm, done, now, save

bp = Blueprint("milestones", __name__, url_prefix="/coach/milestones")


class NotYetForm(LaunchForm):
    """What is still missing."""

    reason = TextAreaField(
        "What is still missing",
        [Length(max=2000, message="Shorten this to 2,000 characters.")],
        description="The learner reads this sentence. The proposal stays in your list.",
    )


@bp.get("/<uuid:learner_id>/<milestone>")
@access.coaches
def check(visitor: Enrolment, learner_id: UUID, milestone: str) -> str:
    """What will be confirmed, before it is."""
    return _check(access.learner_in_cohort(visitor, learner_id), milestone)


@bp.post("/<uuid:learner_id>/<milestone>")
@access.coaches
def confirm(visitor: Enrolment, learner_id: UUID, milestone: str) -> Any:
    """Confirm a proposed milestone: award, statement and score."""
    learner = access.learner_in_cohort(visitor, learner_id)
    _known(learner, milestone)
    try:
        save(lambda: awarding.confirm(db.session(), learner, milestone, visitor, now()))
    except Refused:
        return _check(learner, milestone), 422
    return done("confirmed", "coach.proposals")


@bp.post("/<uuid:learner_id>/<milestone>/not-yet")
@access.coaches
def not_yet(visitor: Enrolment, learner_id: UUID, milestone: str) -> Any:
    """Say what is missing; the proposal stays."""
    learner = access.learner_in_cohort(visitor, learner_id)
    _known(learner, milestone)
    form = NotYetForm(request.form)
    if form.validate():
        try:
            reason = form.reason.data or ""
            save(lambda: awarding.defer(db.session(), learner, milestone, visitor, reason, now()))
            return done("deferred", "coach.proposals")
        except Refused as refused:
            form.show(refused)
    return _check(learner, milestone, form), 422


def _known(learner: Enrolment, milestone: str) -> None:
    if milestone not in learner.cohort.program["milestones"]:
        raise Refusal("P-404")


def _check(learner: Enrolment, milestone: str, form: NotYetForm | None = None) -> str:
    _known(learner, milestone)
    g.navigation = "coach.proposals"
    session = db.session()
    record = evidence.of_learner(session, learner, now())
    verdict = next(each for each in record.verdicts if each.milestone == milestone)
    return render_template(
        "coach/milestone.html",
        learner=learner,
        milestone=milestone,
        verdict=verdict,
        award=next((row for row in record.awards if row.milestone == milestone), None),
        evidence=proposals.supporting(session, learner, milestone),
        score=awarding.SCORE,
        form=form or NotYetForm(),
        words=words,
        when=partial(words.moment, zone=record.plan.zone),
    )
