"""Timed runs of a task: the baseline before shipping, the follow-up weeks later."""

from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from wtforms import DateField, FloatField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cohorts import evidence, recording
from cohorts.models import Enrolment
from cohorts.recording import RunFacts
from cohorts.refusals import Refused
from lti_tool import access
from lti_tool.database import db
from lti_tool.pages.base import LaunchForm, done, now, save

bp = Blueprint("runs", __name__, url_prefix="/workflows")


class RunForm(LaunchForm):
    """One timed run. The key makes a double click one run."""

    key = HiddenField(validators=[Length(max=64)])
    minutes = FloatField(
        "Minutes of your own work",
        [InputRequired("Enter the minutes as a number, such as 85.")],
        description="For one piece. Count checking and correcting too.",
    )
    size = RadioField(
        "How large was this piece?",
        [InputRequired("Choose how large this piece was.")],
        validate_choice=False,
        choices=[
            SelectChoice("S", "Small"),
            SelectChoice("M", "Usual"),
            SelectChoice("L", "Large"),
        ],
    )
    method = SelectField(
        "How you timed it",
        validate_choice=False,
        choices=[
            SelectChoice("stopwatch", "Stopwatch"),
            SelectChoice("calendar", "Calendar"),
            SelectChoice("system", "System time"),
            SelectChoice("estimate", "Estimate"),
        ],
        description="Estimates are kept but not used in the team's number.",
    )
    timed_on = DateField("When you did it", [InputRequired("Enter a date.")])


@bp.route("/<uuid:workflow_id>/runs", methods=["GET", "POST"])
@access.learners
def page(visitor: Enrolment, workflow_id: UUID) -> Any:
    """The runs of one workflow, and the form for the next one."""
    g.navigation = "home.page"
    workflow = access.own_workflow(visitor, workflow_id)
    record = evidence.of_learner(db.session(), visitor, now())
    stage = "follow_up" if workflow.shipped_on else "baseline"
    blocked = stage == "follow_up" and recording.follow_up_block(workflow, record.plan, now())
    data = {"timed_on": record.plan.today(now()), "size": "M"}
    form = RunForm(request.form, data=data)
    if request.method == "POST" and form.validate():
        run = RunFacts(
            stage=stage,
            minutes=form.minutes.data or 0.0,
            size=form.size.data,
            method=form.method.data,
            timed_on=form.timed_on.data,
        )
        key = form.key.data or token_urlsafe(16)
        try:
            save(lambda: recording.record_run(db.session(), workflow, run, key, now()))
            return done("run", "runs.page", workflow_id=workflow_id)
        except Refused as refused:
            form.show(refused)
            record = evidence.of_learner(db.session(), visitor, now())
    if not form.key.data:
        form.key.data = token_urlsafe(16)
    runs = record.runs[workflow.id]
    text = render_template(
        "learner/runs.html",
        workflow=workflow,
        form=form,
        stage=stage,
        blocked=blocked,
        baseline=[run for run in runs if run.stage == "baseline"],
        follow_up=[run for run in runs if run.stage == "follow_up"],
        needed=record.plan.program.measurement,
        pair=record.time_pair(workflow),
    )
    return (text, 422) if form.errors else text
