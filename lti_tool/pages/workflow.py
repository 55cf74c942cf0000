"""A learner's workflow: choose, write, submit, ship, publish, retire."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from cohorts import drafting, evidence, home, recording
from cohorts.drafting import Draft
from cohorts.models import Enrolment, Workflow
from cohorts.refusals import Refused, Stale
from cohorts.rules import workflows
from cohorts.rules.program import Program
from lti_tool import access
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.pages.base import LaunchForm, done, now, save
from lti_tool.pages.workflow_forms import (
    PromptForm,
    RetireForm,
    ShipForm,
    StandardForm,
    WorkflowForm,
    draft_of,
    form_data,
    rearranged,
)

bp = Blueprint("workflow", __name__, url_prefix="/workflows")

OWN_TASK = "own-task"


@bp.get("/new")
@access.learners
def choose(visitor: Enrolment) -> str:
    """Start from a task of one's own, or from an example."""
    g.navigation = "home.page"
    program = Program.from_document(visitor.cohort.program)
    return render_template("learner/choose.html", program=program, own_task=OWN_TASK)


@bp.route("/new/<template_id>", methods=["GET", "POST"])
@access.learners
def create(visitor: Enrolment, template_id: str) -> Any:
    """Write a new workflow."""
    program = Program.from_document(visitor.cohort.program)
    template = program.template(template_id)
    if template is None and template_id != OWN_TASK:
        raise Refusal("P-404")
    start = drafting.from_template(program, template)

    def store(session: Session, form: WorkflowForm) -> Workflow:
        return drafting.start(session, visitor, form.draft(), now())

    return _write(WorkflowForm(request.form, data=form_data(start, 0)), store, None)


@bp.route("/<uuid:workflow_id>/edit", methods=["GET", "POST"])
@access.learners
def edit(visitor: Enrolment, workflow_id: UUID) -> Any:
    """Change the working copy."""
    workflow = access.own_workflow(visitor, workflow_id)
    if workflow.state not in workflows.EDITABLE:
        raise Refusal("P-409")

    def store(session: Session, form: WorkflowForm) -> Workflow:
        drafting.save(session, workflow, form.draft(), form.revision.data or 0, now())
        return workflow

    data = form_data(draft_of(workflow), workflow.revision)
    return _write(WorkflowForm(request.form, data=data), store, workflow)


def _write(form: WorkflowForm, store: Any, workflow: Workflow | None) -> Any:
    """Show the canvas; rearrange its steps without saving; or save it."""
    g.navigation = "home.page"
    theirs: Draft | None = None
    action = request.form.get("action", "")
    if request.method == "POST" and action and action != "save":
        revision = form.revision.data or 0
        form = WorkflowForm(data=form_data(rearranged(form.draft(), action), revision))
    elif request.method == "POST" and form.validate():
        try:
            stored = save(lambda: store(db.session(), form), stale_is_mine=True)
            return done("saved", "workflow.page", workflow_id=stored.id)
        except Refused as refused:
            form.show(refused)
        except Stale:
            assert workflow is not None
            theirs = draft_of(workflow)
            form.revision.data = workflow.revision
            # The hidden field shows what was sent; here the person decides anew.
            form.revision.raw_data = None
            form.form_errors.append(
                "This was saved somewhere else since you opened it. Compare below: saving again "
                "keeps yours."
            )
    text = render_template(
        "learner/write.html", form=form, workflow=workflow, theirs=theirs, most_steps=20
    )
    return (text, 422) if form.errors else text


@bp.get("/<uuid:workflow_id>")
@access.learners
def page(visitor: Enrolment, workflow_id: UUID) -> Any:
    """One workflow: where it stands, what it says, and what comes next."""
    workflow = access.own_workflow(visitor, workflow_id)
    return _page(visitor, workflow)


def _page(visitor: Enrolment, workflow: Workflow, **forms: LaunchForm) -> Any:
    g.navigation = "home.page"
    session = db.session()
    record = evidence.of_learner(session, visitor, now())
    shown = {
        "ship": ShipForm(),
        "standard": StandardForm(data={"standard_owner": visitor.person.display_name}),
        "prompt": PromptForm(),
        "retire": RetireForm(),
    } | forms
    text = render_template(
        "learner/workflow.html",
        workflow=workflow,
        state=record.state(workflow),
        squares=home.squares(record, workflow),
        record=record,
        rubric=record.plan.program.rubric,
        reviews=record.reviews[workflow.id],
        submission_problems=workflows.submission_problems(workflow.content),
        ship_problems=drafting.ship_problems(session, workflow),
        pair=record.time_pair(workflow),
        follow_up_block=recording.follow_up_block(workflow, record.plan, now()),
        prompts=[row for row in record.prompts if row.workflow_id == workflow.id],
        form=next(iter(forms.values()), None),
        **{f"{name}_form": form for name, form in shown.items()},
    )
    return (text, 422) if any(form.errors for form in forms.values()) else text


@bp.post("/<uuid:workflow_id>/submit")
@access.learners
def submit(visitor: Enrolment, workflow_id: UUID) -> Any:
    """Ask for the review of the working copy."""
    workflow = access.own_workflow(visitor, workflow_id)
    try:
        save(lambda: drafting.submit(db.session(), workflow, now()))
    except Refused:
        return redirect(url_for("workflow.edit", workflow_id=workflow_id), code=303)
    return done("submitted", "workflow.page", workflow_id=workflow_id)


@bp.post("/<uuid:workflow_id>/ship")
@access.learners
def ship(visitor: Enrolment, workflow_id: UUID) -> Any:
    """Put the approved workflow into use."""
    workflow = access.own_workflow(visitor, workflow_id)
    form = ShipForm(request.form)
    return _apply(
        visitor,
        workflow,
        "ship",
        form,
        "shipped",
        lambda: drafting.ship(db.session(), workflow, form.place.data or "", now()),
    )


@bp.post("/<uuid:workflow_id>/standard")
@access.learners
def publish_standard(visitor: Enrolment, workflow_id: UUID) -> Any:
    """Publish the shipped workflow with a named owner."""
    workflow = access.own_workflow(visitor, workflow_id)
    form = StandardForm(request.form)
    owner = form.standard_owner
    return _apply(
        visitor,
        workflow,
        "standard",
        form,
        "standard",
        lambda: drafting.publish_standard(db.session(), workflow, owner.data or "", now()),
    )


@bp.post("/<uuid:workflow_id>/prompts")
@access.learners
def publish_prompt(visitor: Enrolment, workflow_id: UUID) -> Any:
    """Publish a prompt of this workflow."""
    workflow = access.own_workflow(visitor, workflow_id)
    form = PromptForm(request.form)
    return _apply(
        visitor,
        workflow,
        "prompt",
        form,
        "prompt",
        lambda: recording.publish_prompt(
            db.session(),
            workflow,
            form.title.data or "",
            form.text.data or "",
            form.tool_note.data or "",
            now(),
        ),
    )


@bp.post("/<uuid:workflow_id>/retire")
@access.learners
def retire(visitor: Enrolment, workflow_id: UUID) -> Any:
    """End the workflow with a reason."""
    workflow = access.own_workflow(visitor, workflow_id)
    form = RetireForm(request.form)
    return _apply(
        visitor,
        workflow,
        "retire",
        form,
        "retired",
        lambda: drafting.retire(db.session(), workflow, form.reason.data or "", now()),
    )


def _apply(
    visitor: Enrolment,
    workflow: Workflow,
    name: str,
    form: LaunchForm,
    notice: str,
    action: Any,
) -> Any:
    """Do it and go back to the workflow, or show the form again with what is missing."""
    workflow_id = workflow.id
    if form.validate():
        try:
            save(action)
            return done(notice, "workflow.page", workflow_id=workflow_id)
        except Refused as refused:
            form.show(refused)
    return _page(visitor, workflow, **{name: form})
