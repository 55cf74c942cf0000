"""A workflow on its way: drafted, saved, submitted, shipped, published as a standard, retired."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cohorts import outbox
from cohorts.enrolment import calendar, scene
from cohorts.models import (
    Attestation,
    Enrolment,
    TimedRun,
    Workflow,
    WorkflowAuthor,
    WorkflowVersion,
)
from cohorts.refusals import Refused, Stale
from cohorts.rules import workflows
from cohorts.rules.program import Program, Template
from cohorts.rules.workflows import CADENCES, Problem
from xapi import statements
from xapi.statements import WorkflowFacts

RETIREMENTS = ("superseded", "not_worth_it", "not_allowed", "task_ended")


@dataclass(frozen=True)
class Draft:
    """What a learner writes about a workflow. `content` holds task, steps, red_lines, measure and
    fallback, as `cohorts.rules.workflows` reads them."""

    title: str
    unit: str
    cadence: str
    content: dict[str, Any]


def facts(workflow: Workflow) -> WorkflowFacts:
    """What statements say about a workflow."""
    return WorkflowFacts(workflow.id, workflow.title)


def from_template(program: Program, template: Template | None) -> Draft:
    """A draft to start from: a program's example, or an empty one with the red lines in place."""
    red_lines = [*(template.red_lines if template else ())]
    red_lines += [
        f"never in a public tool: {line}" for line in program.red_lines.never_in_a_public_tool
    ]
    lines = [{"text": line, "kept": False, "because": ""} for line in red_lines]
    if template is None:
        content: dict[str, Any] = {"task": "", "steps": [], "measure": {}, "fallback": ""}
        return Draft("", "", "weekly", {**content, "red_lines": lines})
    steps = [{"kind": "ai", "text": _sentence(text)} for text in template.ai_help]
    steps += [
        {"kind": "gate", "text": _gate(gate), "who": gate["who"], "checks": gate["checks"]}
        for gate in template.human_gates
    ]
    return Draft(
        title=template.title,
        unit=template.unit,
        cadence=template.cadence,
        content={
            "task": template.task,
            "steps": steps,
            "red_lines": lines,
            "measure": dict(template.measures),
            "fallback": "",
        },
    )


def _gate(gate: dict[str, str]) -> str:
    """Where a program's gate stands, such as Before send."""
    where = next(word for word in gate if word not in ("who", "checks"))
    return _sentence(f"{where} {gate[where]}").replace("_", " ")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def start(session: Session, author: Enrolment, draft: Draft, now: datetime) -> Workflow:
    """Begin a workflow of a learner's own. Raises Refused for what no draft may lack."""
    _check(draft)
    workflow = Workflow(
        cohort_id=author.cohort_id,
        author=author,
        state="draft",
        title=draft.title.strip(),
        unit=draft.unit.strip(),
        cadence=draft.cadence,
        content=draft.content,
        created_at=now,
        updated_at=now,
        authors=[WorkflowAuthor(enrolment_id=author.id, role="author")],
    )
    session.add(workflow)
    session.flush()
    return workflow


def save(
    session: Session, workflow: Workflow, draft: Draft, seen_revision: int, now: datetime
) -> None:
    """Save the working copy. `seen_revision` is the one the person started from.

    Raises Refused where the state allows no edit or the draft is not sound, Stale when somebody
    saved in between.
    """
    hold(session, workflow)
    if workflow.state not in workflows.EDITABLE:
        raise Refused(Problem("title", "This workflow is approved; it can no longer be edited."))
    _check(draft)
    changed = session.execute(
        update(Workflow)
        .where(Workflow.id == workflow.id, Workflow.revision == seen_revision)
        .values(
            title=draft.title.strip(),
            unit=draft.unit.strip(),
            cadence=draft.cadence,
            content=draft.content,
            revision=seen_revision + 1,
            updated_at=now,
        )
        .returning(Workflow.id)
    ).scalar()
    if changed is None:
        raise Stale
    session.refresh(workflow)


def submit(session: Session, workflow: Workflow, now: datetime) -> WorkflowVersion:
    """Freeze the working copy as a version and ask for its review.

    Submitting again while waiting replaces the waiting version, unless nothing was changed: then
    it is that version. Raises Refused with what a coach could not review yet.
    """
    hold(session, workflow)
    state = _after(workflow, "submit")
    if (waiting := _waiting(session, workflow)) is not None:
        return waiting
    if problems := workflows.submission_problems(workflow.content):
        raise Refused(*problems)
    workflow.state = state
    workflow.version += 1
    workflow.submitted_at = now
    version = WorkflowVersion(
        workflow=workflow,
        number=workflow.version,
        title=workflow.title,
        content=workflow.content,
        submitted_at=now,
    )
    session.add(version)
    session.flush()
    statement = statements.workflow_submitted(
        scene(workflow.author), version.id, facts(workflow), version.number, now
    )
    outbox.record_statement(session, workflow.author, "workflow-submitted", statement, now)
    return version


def _waiting(session: Session, workflow: Workflow) -> WorkflowVersion | None:
    """The version under review, if the working copy still says the same."""
    if workflow.state != "in_review":
        return None
    version = session.scalars(
        select(WorkflowVersion)
        .where(WorkflowVersion.workflow_id == workflow.id)
        .where(WorkflowVersion.number == workflow.version)
    ).one()
    same = (version.title, version.content) == (workflow.title, workflow.content)
    return version if same else None


def ship_problems(session: Session, workflow: Workflow) -> list[Problem]:
    """What still blocks shipping: baseline runs and the current red lines."""
    program = Program.from_document(workflow.author.cohort.program)
    runs = session.scalar(
        select(func.count())
        .select_from(TimedRun)
        .where(TimedRun.workflow_id == workflow.id, TimedRun.stage == "baseline")
        .where(TimedRun.method != "estimate", TimedRun.revoked_at.is_(None))
    )
    return workflows.ship_problems(
        baseline_runs=runs or 0,
        runs_needed=program.measurement.baseline_runs,
        waived=workflow.baseline_waiver is not None,
        attested=attested_version(session, workflow.author),
        current=program.red_lines.version,
    )


def ship(session: Session, workflow: Workflow, place: str, now: datetime) -> None:
    """The author puts an approved workflow into real use. `place` says where it lives now.

    The same once more changes nothing.
    """
    hold(session, workflow)
    if workflow.state == "shipped" and workflow.place == place.strip():
        return
    state = _after(workflow, "ship")
    problems = ship_problems(session, workflow)
    if not place.strip():
        problems.append(Problem("place", "Say where it now lives: a link or a place."))
    if problems:
        raise Refused(*problems)
    workflow.state = state
    workflow.place = place.strip()
    workflow.shipped_at = now
    workflow.shipped_on = calendar(workflow.author.cohort).today(now)
    statement = statements.workflow_shipped(scene(workflow.author), facts(workflow), now)
    outbox.record_statement(session, workflow.author, "workflow-shipped", statement, now)


def publish_standard(session: Session, workflow: Workflow, owner: str, now: datetime) -> None:
    """Publish a shipped workflow as a standard with a named owner; a second time only renames."""
    hold(session, workflow)
    if workflow.state != "shipped":
        raise Refused(Problem("standard_owner", "Ship the workflow before you publish it."))
    if not owner.strip():
        raise Refused(Problem("standard_owner", "Name the person who looks after it from now on."))
    workflow.standard_owner = owner.strip()
    if workflow.standard_published_at is None:
        workflow.standard_published_at = now
        statement = statements.standard_published(scene(workflow.author), facts(workflow), now)
        outbox.record_statement(session, workflow.author, "standard-published", statement, now)


def retire(session: Session, workflow: Workflow, reason: str, now: datetime) -> None:
    """The author ends a workflow, with a reason. An honest outcome, not a failure.

    The same once more changes nothing.
    """
    hold(session, workflow)
    if workflow.state == "retired" and workflow.retired_reason == reason:
        return
    state = _after(workflow, "retire")
    if reason not in RETIREMENTS:
        raise Refused(Problem("reason", "Choose why it ends."))
    workflow.state = state
    workflow.retired_reason = reason
    workflow.updated_at = now


def hold(session: Session, workflow: Workflow) -> None:
    """Read the workflow as it now is, and keep others from changing it until the commit.

    What is decided on its state is then true when it is stored. SQLite has one writer anyway.
    """
    session.refresh(workflow, with_for_update={"of": Workflow})


def attested_version(session: Session, enrolment: Enrolment) -> int | None:
    """The newest version of the red lines that a learner has confirmed."""
    return session.scalar(
        select(func.max(Attestation.red_lines_version)).where(
            Attestation.enrolment_id == enrolment.id, Attestation.revoked_at.is_(None)
        )
    )


def _check(draft: Draft) -> None:
    problems = []
    if not draft.title.strip():
        problems.append(Problem("title", "Give the workflow a short name, such as Campaign brief."))
    if not draft.unit.strip():
        problems.append(Problem("unit", "Say what one piece of this work is, such as one brief."))
    if draft.cadence not in CADENCES:
        problems.append(Problem("cadence", "Choose how often the task comes up."))
    if problems:
        raise Refused(*problems)


def _after(workflow: Workflow, action: str) -> str:
    state = workflows.after(workflow.state, action)
    if state is None:
        raise Stale
    return state
