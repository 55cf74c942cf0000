"""What coaches do: review workflows, answer task maps, back up evidence, waive a baseline."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cohorts import checking_in, outbox
from cohorts.enrolment import scene
from cohorts.models import (
    Enrolment,
    Review,
    TaskMap,
    WeeklyAnswer,
    Workflow,
    WorkflowAuthor,
    WorkflowVersion,
)
from cohorts.refusals import NotAllowed, Refused, Stale
from cohorts.rules import workflows
from cohorts.rules.program import Program
from cohorts.rules.workflows import Problem
from xapi import statements
from xapi.statements import Scene

CORROBORATED, VERIFIED = 3, 4


def scene_with(enrolment: Enrolment, coach: Enrolment) -> Scene:
    """A learner's scene in which this coach acts."""
    own = scene(enrolment)
    return Scene(**{**vars(own), "coach": coach.person_id})


def is_author(session: Session, workflow: Workflow, enrolment: Enrolment) -> bool:
    """Whether somebody made this workflow, alone or with others."""
    found = session.get(WorkflowAuthor, (workflow.id, enrolment.id))
    return found is not None


def review(
    session: Session,
    workflow: Workflow,
    coach: Enrolment,
    *,
    seen_version: int,
    decision: str,
    levels: dict[str, int | None],
    notes: dict[str, str],
    gates_confirmed: bool,
    comment: str,
    now: datetime,
) -> Review:
    """Decide on the version the coach has seen: `approve` or `request_changes`.

    Raises NotAllowed R-01 for an author, Stale when another version was submitted or somebody
    decided first, Refused with what the review still lacks.
    """
    if is_author(session, workflow, coach):
        raise NotAllowed("R-01")
    state = workflows.after(workflow.state, decision)
    if state is None or workflow.version != seen_version:
        raise Stale
    rubric = Program.from_document(workflow.author.cohort.program).rubric
    problems = workflows.review_problems(levels, notes, decision, rubric.pass_each)
    if decision == "approve" and not gates_confirmed:
        problems.append(
            Problem("gates_confirmed", "Confirm that each gate names a person and a check.")
        )
    if decision == "request_changes" and not comment.strip():
        problems.append(Problem("comment", "Say in a sentence what to change first."))
    if problems:
        raise Refused(*problems)
    _take(session, workflow, state, seen_version)
    row = Review(
        workflow=workflow,
        version=seen_version,
        coach=coach,
        decision=decision,
        levels=dict(levels),
        notes={name: note.strip() for name, note in notes.items() if note.strip()},
        gates_confirmed=gates_confirmed,
        comment=comment.strip(),
        decided_at=now,
    )
    session.add(row)
    session.flush()
    _record(session, workflow, row, now)
    return row


def _take(session: Session, workflow: Workflow, state: str, version: int) -> None:
    """Move the workflow on, unless another coach or the author was faster."""
    taken = session.execute(
        update(Workflow)
        .where(Workflow.id == workflow.id, Workflow.state == "in_review")
        .where(Workflow.version == version)
        .values(state=state)
        .returning(Workflow.id)
    ).scalar()
    if taken is None:
        raise Stale
    session.refresh(workflow)


def _record(session: Session, workflow: Workflow, row: Review, now: datetime) -> None:
    submitted = session.scalars(
        select(WorkflowVersion.id)
        .where(WorkflowVersion.workflow_id == workflow.id)
        .where(WorkflowVersion.number == row.version)
    ).one()
    approved = row.decision == "approve"
    statement = statements.workflow_reviewed(
        scene_with(workflow.author, row.coach),
        row.id,
        statements.statement_id("workflow-submitted", submitted),
        approved,
        row.comment,
        row.levels,
        now,
    )
    kind = "workflow-approved" if approved else "workflow-returned"
    outbox.record_statement(session, workflow.author, kind, statement, now)


def answer_task_map(
    session: Session,
    task_map: TaskMap,
    learner: Enrolment,
    coach: Enrolment,
    *,
    accept: bool,
    answer: str,
    now: datetime,
) -> None:
    """Accept a task map, or ask for a talk with a sentence that says about what."""
    if coach.id == learner.id:
        raise NotAllowed("R-01")
    if task_map.state != "with_coach":
        raise Stale
    if not accept and not answer.strip():
        raise Refused(Problem("answer", "Say in a sentence what to talk about."))
    task_map.answered_by_id = coach.id
    task_map.answer = answer.strip() or None
    if not accept:
        task_map.state = "draft"
        return
    task_map.state = "accepted"
    task_map.strength = VERIFIED
    task_map.accepted_at = now
    statement = statements.task_map_accepted(
        scene_with(learner, coach), task_map.id, task_map.revision, now
    )
    outbox.record_statement(session, learner, "task-map-accepted", statement, now)


def verify_week(
    session: Session,
    workflow: Workflow,
    answer: WeeklyAnswer,
    coach: Enrolment,
    now: datetime,
    strength: int = VERIFIED,
) -> None:
    """Somebody who is no author has looked at a week's use and backs it up."""
    if is_author(session, workflow, coach):
        raise NotAllowed("R-01")
    if answer.answer != "used" or answer.late:
        raise Refused(Problem("answer", "Only a week that was used and answered in time counts."))
    if answer.strength >= strength:
        return
    answer.strengthened_by_id = coach.id
    checking_in.correct_strength(session, workflow, answer, strength, now)


def waive_baseline(session: Session, workflow: Workflow, coach: Enrolment, reason: str) -> None:
    """Let a workflow ship without timed runs, with the reason in writing."""
    if is_author(session, workflow, coach):
        raise NotAllowed("R-01")
    if not reason.strip():
        raise Refused(Problem("reason", "Say why there is nothing to time, in a sentence."))
    workflow.baseline_waiver = reason.strip()
    workflow.baseline_waived_by_id = coach.id
