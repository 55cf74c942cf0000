"""A coach's decisions about one workflow or task map: review, waiver, answer."""

import json
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from sqlalchemy import select
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from cohorts import reviewing
from cohorts.enrolment import calendar
from cohorts.models import Enrolment, TaskMap, Workflow
from cohorts.refusals import Refused, Stale
from cohorts.rules import differences
from cohorts.rules.program import Program, Rubric
from cohorts.rules.workflows import Problem
from lti_tool import access
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.pages import words
from lti_tool.pages.base import LaunchForm, done, now, save
from lti_tool.pages.history import history

bp = Blueprint("reviews", __name__, url_prefix="/coach")

DECISIONS = ("approve", "request_changes")
WAIVABLE = ("draft", "in_review", "changes_requested", "approved")
SHORT = Length(max=2000, message="Shorten this to 2,000 characters.")


class WaiverForm(LaunchForm):
    """Why there is nothing to time."""

    reason = TextAreaField("Why there is nothing to time", [SHORT])


class TaskMapForm(LaunchForm):
    """A coach's answer to a task map. `seen` names the entries that the coach has read."""

    seen = HiddenField()
    answer = TextAreaField(
        "Your answer", [SHORT], description="The learner reads it. Needed if you ask for a talk."
    )


def review_form(rubric: Rubric, sent: Any, seen_version: int) -> LaunchForm:
    """The form of one rubric: a level and a note for each criterion, then the whole."""
    fields: dict[str, Any] = {
        "seen_version": IntegerField(widget=HiddenInput()),
        "decision": StringField(),
    }
    levels = [SelectChoice(number, word) for number, word in enumerate(rubric.levels)]
    for criterion in rubric.criteria:
        fields[f"level_{criterion.id}"] = RadioField(
            criterion.name,
            choices=levels,
            coerce=partial(_level, len(levels)),
            validate_choice=False,
            description=criterion.asks,
        )
        fields[f"note_{criterion.id}"] = TextAreaField(f"Note on {criterion.name.lower()}", [SHORT])
    fields["gates_confirmed"] = BooleanField("Each gate names a person and what they check")
    fields["comment"] = TextAreaField(
        "Comment for the learner",
        [SHORT],
        description="Needed when you request changes: say in a sentence what to change first.",
    )
    return type("ReviewForm", (LaunchForm,), fields)(sent, data={"seen_version": seen_version})


def _level(levels: int, value: Any) -> int | None:
    """A level as a number; anything else counts as not chosen."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and int(text) < levels else None


@bp.get("/workflows/<uuid:workflow_id>")
@access.coaches
def workflow(visitor: Enrolment, workflow_id: UUID) -> str:
    """A workflow as it was submitted, and the review beside it."""
    return _workflow(visitor, access.workflow_in_cohort(visitor, workflow_id))


@bp.post("/workflows/<uuid:workflow_id>/review")
@access.coaches
def review(visitor: Enrolment, workflow_id: UUID) -> Any:
    """Approve the version that was read, or request changes."""
    found = access.workflow_in_cohort(visitor, workflow_id)
    rubric = Program.from_document(visitor.cohort.program).rubric
    form = review_form(rubric, request.form, found.version)
    seen_version = form.data["seen_version"] or 0
    try:
        if form.validate() and form.data["decision"] in DECISIONS:
            save(lambda: _review(visitor, found, rubric, form), stale_is_mine=True)
            return done("reviewed", "coach.queue")
        if not form.errors:
            form.form_errors.append("Choose Approve or Request changes.")
    except Refused as refused:
        form.show(_with_criteria(refused, rubric))
    except Stale:
        return _workflow(visitor, found, form=form, clashed_with=seen_version), 409
    return _workflow(visitor, found, form=form), 422


def _with_criteria(refused: Refused, rubric: Rubric) -> Refused:
    """The same problems, each beginning with its criterion: six of them look alike in a list."""
    names = {
        f"{part}_{each.id}": f"{each.name}: "
        for each in rubric.criteria
        for part in ("level", "note")
    }
    return Refused(
        *[
            Problem(each.field, names.get(each.field, "") + each.message)
            for each in refused.problems
        ]
    )


def _review(visitor: Enrolment, found: Workflow, rubric: Rubric, form: LaunchForm) -> None:
    data = form.data
    reviewing.review(
        db.session(),
        found,
        visitor,
        seen_version=data["seen_version"] or 0,
        decision=data["decision"],
        levels={each.id: data[f"level_{each.id}"] for each in rubric.criteria},
        notes={each.id: data[f"note_{each.id}"] or "" for each in rubric.criteria},
        gates_confirmed=data["gates_confirmed"],
        comment=data["comment"] or "",
        now=now(),
    )


@bp.post("/workflows/<uuid:workflow_id>/waiver")
@access.coaches
def waive(visitor: Enrolment, workflow_id: UUID) -> Any:
    """Let a workflow ship without timed runs."""
    found = access.workflow_in_cohort(visitor, workflow_id)
    if found.state not in WAIVABLE:
        raise Refusal("P-409")
    form = WaiverForm(request.form)
    if form.validate():
        try:
            reason = form.reason.data or ""
            save(lambda: reviewing.waive_baseline(db.session(), found, visitor, reason))
            return done("waived", "reviews.workflow", workflow_id=workflow_id)
        except Refused as refused:
            form.show(refused)
    return _workflow(visitor, found, waiver=form), 422


def _workflow(
    visitor: Enrolment,
    found: Workflow,
    form: LaunchForm | None = None,
    waiver: WaiverForm | None = None,
    clashed_with: int | None = None,
) -> str:
    """The page of one workflow. `clashed_with` is the version a late decision was about."""
    g.navigation = "coach.queue"
    plan = calendar(visitor.cohort)
    rubric = plan.program.rubric
    versions = {version.number: version for version in found.versions}
    version = versions.get(found.version)
    before = versions.get(clashed_with or max((row.version for row in found.reviews), default=0))
    changes = []
    if version and before and before is not version:
        changes = differences.changes(
            differences.lines(before.title, before.content),
            differences.lines(version.title, version.content),
        )
    if clashed_with is not None and form is not None:
        # The hidden field would repeat what was sent; the coach decides anew, on this version.
        seen = form["seen_version"]
        seen.data, seen.raw_data = found.version, None
    return render_template(
        "coach/workflow.html",
        workflow=found,
        version=version,
        before=before,
        changes=changes,
        rubric=rubric,
        author_here=reviewing.is_author(db.session(), found, visitor),
        form=form or review_form(rubric, None, found.version),
        sent=form,
        clashed=clashed_with is not None,
        waiver=waiver or WaiverForm(),
        may_waive=found.baseline_waiver is None and found.state in WAIVABLE,
        history=history(found, plan.zone),
        reviews=list(reversed(found.reviews)),
        when=partial(words.moment, zone=plan.zone),
        red_lines=plan.program.red_lines,
    )


@bp.route("/task-maps/<uuid:learner_id>", methods=["GET", "POST"])
@access.coaches
def task_map(visitor: Enrolment, learner_id: UUID) -> Any:
    """A learner's own tasks, to be accepted or talked about."""
    g.navigation = "coach.queue"
    learner = access.learner_in_cohort(visitor, learner_id)
    found = db.session.scalar(
        select(TaskMap).where(TaskMap.enrolment_id == learner.id, TaskMap.revoked_at.is_(None))
    )
    if found is None:
        raise Refusal("P-404")
    form = TaskMapForm(request.form, data={"seen": _fingerprint(found)})
    clashed = False
    if request.method == "POST" and form.validate():
        try:
            save(lambda: _answer(visitor, learner, found, form), stale_is_mine=True)
            return done("task-map-answered", "coach.queue")
        except Refused as refused:
            form.show(refused)
        except Stale:
            clashed = True
            form.seen.data = _fingerprint(found)
    page = render_template(
        "coach/task_map.html",
        learner=learner,
        task_map=found,
        form=form,
        clashed=clashed,
        fits=words.FITS,
    )
    return page, 409 if clashed else 422 if form.errors else 200


def _answer(visitor: Enrolment, learner: Enrolment, found: TaskMap, form: TaskMapForm) -> None:
    # Held until the commit, so that the learner changes nothing between reading and accepting.
    db.session.refresh(found, with_for_update=True)
    if form.seen.data != _fingerprint(found):
        raise Stale
    reviewing.answer_task_map(
        db.session(),
        found,
        learner,
        visitor,
        accept=request.form.get("decision") == "accept",
        answer=form.answer.data or "",
        now=now(),
    )


def _fingerprint(found: TaskMap) -> str:
    """A short name of exactly these entries: a learner may still change them while they wait."""
    text = json.dumps(found.entries, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:16]
