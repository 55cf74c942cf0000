"""A learner's foundations: the map of their own tasks, and the red lines."""

from typing import Any

from flask import Blueprint, g, render_template, request
from sqlalchemy import select
from wtforms import BooleanField, FieldList, FormField, SelectField, StringField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from cohorts import recording
from cohorts.drafting import attested_version
from cohorts.models import Enrolment, TaskMap
from cohorts.refusals import Refused
from cohorts.rules.program import Program
from lti_tool import access
from lti_tool.database import db
from lti_tool.pages.base import LaunchForm, done, now, save, texts

bp = Blueprint("task_map", __name__)

ROWS = 5
FITS = [
    SelectChoice("fits", "AI fits"),
    SelectChoice("fits_with_approval", "AI fits, a person approves"),
    SelectChoice("do_not_use", "Do not use AI"),
]


class TaskForm(PlainForm):
    """One task of a learner's own work."""

    task = StringField("What it is", [Length(max=200, message="Use at most 200 characters.")])
    fit = SelectField("Does AI fit?", choices=FITS, default="fits", validate_choice=False)
    why = StringField("Why, in a few words", [Length(max=280, message="Use at most 280.")])


class TaskMapForm(LaunchForm):
    """Up to five tasks."""

    entries = FieldList(FormField(TaskForm), "Your tasks", min_entries=ROWS, max_entries=ROWS)


class RedLinesForm(LaunchForm):
    """The confirmation that somebody has read the red lines."""

    confirmed = BooleanField(
        "I have read the red lines", [InputRequired("Read the three lists and confirm that.")]
    )


@bp.route("/task-map", methods=["GET", "POST"])
@access.learners
def page(visitor: Enrolment) -> Any:
    """Three to five tasks of the learner's own, and whether AI fits them."""
    g.navigation = "home.page"
    task_map = db.session.scalar(select(TaskMap).where(TaskMap.enrolment_id == visitor.id))
    entries = task_map.entries if task_map else []
    blank = {"task": "", "fit": "fits", "why": ""}
    filled = [*entries, *[blank] * (ROWS - len(entries))]
    form = TaskMapForm(request.form, data={"entries": filled})
    if request.method == "POST" and form.validate():
        submit = request.form.get("action") == "submit"
        try:
            save(
                lambda: recording.save_task_map(
                    db.session(),
                    visitor,
                    [texts(each) for each in form.entries.data],
                    now(),
                    submit,
                )
            )
            return done("task-map-sent", "home.page") if submit else done("saved", "task_map.page")
        except Refused as refused:
            form.show(refused)
            task_map = db.session.scalar(select(TaskMap).where(TaskMap.enrolment_id == visitor.id))
    program = Program.from_document(visitor.cohort.program)
    text = render_template("learner/task_map.html", form=form, task_map=task_map, program=program)
    return (text, 422) if form.errors else text


@bp.route("/red-lines", methods=["GET", "POST"])
@access.learners
def red_lines(visitor: Enrolment) -> Any:
    """The red lines in three parts, and the confirmation of this version."""
    g.navigation = "home.page"
    lines = Program.from_document(visitor.cohort.program).red_lines
    form = RedLinesForm(request.form)
    if request.method == "POST" and form.validate():
        try:
            version = request.form.get("version", type=int, default=0)
            save(lambda: recording.attest_red_lines(db.session(), visitor, version, now()))
            return done("attested", "home.page")
        except Refused as refused:
            form.show(refused)
    attested = attested_version(db.session(), visitor) == lines.version
    text = render_template("learner/red_lines.html", form=form, lines=lines, attested=attested)
    return (text, 422) if form.errors else text
