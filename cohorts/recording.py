"""Evidence as it happens: task maps, red lines, timed runs, prompts."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cohorts import outbox
from cohorts.drafting import attested_version, facts
from cohorts.enrolment import calendar, scene
from cohorts.models import (
    Attestation,
    Enrolment,
    PublishedPrompt,
    TaskMap,
    TimedRun,
    Workflow,
)
from cohorts.refusals import Refused
from cohorts.rules.calendar import Calendar
from cohorts.rules.program import Program
from cohorts.rules.workflows import Problem
from xapi import statements

FITS = ("fits", "fits_with_approval", "do_not_use")
SIZES = ("S", "M", "L")
METHODS = ("stopwatch", "calendar", "system", "estimate")
LONGEST_RUN_MINUTES = 8 * 60
MINIMUM_TASKS = 3


def save_task_map(
    session: Session,
    enrolment: Enrolment,
    entries: list[dict[str, Any]],
    now: datetime,
    submit: bool,
) -> TaskMap:
    """Save a learner's own tasks, and send them to the coach if asked to.

    Raises Refused when fewer than three tasks, or none of them a "do not use", are submitted.
    """
    task_map = session.scalar(select(TaskMap).where(TaskMap.enrolment_id == enrolment.id))
    if task_map is not None:
        # Held until the commit: a coach may be about to accept what it said before.
        session.refresh(task_map, with_for_update=True)
    if task_map is not None and task_map.state == "accepted":
        raise Refused(Problem("entries", "Your coach has accepted this task map already."))
    entries = [entry for entry in entries if entry["task"].strip()]
    if any(entry["fit"] not in FITS for entry in entries):
        raise Refused(Problem("entries", "Choose for each task whether AI fits."))
    if submit:
        _check_task_map(entries)
    if task_map is None:
        task_map = TaskMap(enrolment_id=enrolment.id, entries=[], state="draft", recorded_at=now)
        session.add(task_map)
    task_map.entries = entries
    if submit:
        task_map.state = "with_coach"
        task_map.submitted_at = now
    return task_map


def _check_task_map(entries: list[dict[str, Any]]) -> None:
    problems = []
    if len(entries) < MINIMUM_TASKS:
        missing = MINIMUM_TASKS - len(entries)
        noun = "task" if missing == 1 else "tasks"
        problems.append(Problem("entries", f"Add {missing} more {noun} of your own."))
    if not any(entry["fit"] == "do_not_use" for entry in entries):
        problems.append(Problem("entries", "At least one task should be a “do not use”."))
    if any(not entry["why"].strip() for entry in entries):
        problems.append(Problem("entries", "Say why for each task, in a few words."))
    if problems:
        raise Refused(*problems)


def attest_red_lines(session: Session, enrolment: Enrolment, version: int, now: datetime) -> None:
    """A learner has read this version of the red lines. A second time changes nothing.

    Raises Refused when the version is no longer the current one.
    """
    current = Program.from_document(enrolment.cohort.program).red_lines.version
    if version != current:
        raise Refused(Problem("red_lines", "The red lines have changed. Read them once more."))
    if attested_version(session, enrolment) == current:
        return
    row = Attestation(
        enrolment_id=enrolment.id, red_lines_version=version, strength=2, recorded_at=now
    )
    session.add(row)
    session.flush()
    statement = statements.red_lines_attested(scene(enrolment), row.id, version, now)
    outbox.record_statement(session, enrolment, "red-lines-attested", statement, now)


@dataclass(frozen=True)
class RunFacts:
    """One timed run: human minutes for one unit, of which size, when, and how timed."""

    stage: str
    minutes: float
    size: str
    method: str
    timed_on: date


def record_run(
    session: Session, workflow: Workflow, run: RunFacts, submission_key: str, now: datetime
) -> TimedRun:
    """Record a timed run of the author. The same submission key is one run of this workflow,
    however often sent.

    Raises Refused outside the time for its stage or when a figure makes no sense.
    """
    key = sha256(f"{workflow.id} {submission_key}".encode()).hexdigest()
    earlier = session.scalar(select(TimedRun).where(TimedRun.submission_key == key))
    if earlier is not None:
        return earlier
    learner = workflow.author
    if problems := _run_problems(workflow, run, calendar(learner.cohort), now):
        raise Refused(*problems)
    row = TimedRun(
        enrolment_id=learner.id,
        workflow_id=workflow.id,
        stage=run.stage,
        minutes=run.minutes,
        size=run.size,
        method=run.method,
        timed_on=run.timed_on,
        submission_key=key,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    detail = {"unit": workflow.unit, "size": run.size, "method": run.method}
    statement = statements.run_measured(
        scene(learner), row.id, facts(workflow), run.stage, run.minutes, detail, now
    )
    kind = f"{run.stage.replace('_', '-')}-measured"
    outbox.record_statement(session, learner, kind, statement, now)
    return row


def _run_problems(
    workflow: Workflow, run: RunFacts, plan: Calendar, now: datetime
) -> list[Problem]:
    problems = []
    if not 0 < run.minutes <= LONGEST_RUN_MINUTES:
        problems.append(Problem("minutes", "Enter minutes of work between 1 and 480 for one unit."))
    if run.size not in SIZES:
        problems.append(Problem("size", "Choose how large this piece was."))
    if run.method not in METHODS:
        problems.append(Problem("method", "Choose how you timed it."))
    if run.timed_on > plan.today(now):
        problems.append(Problem("timed_on", "This day is still to come. Enter the day you did it."))
    if run.stage == "baseline" and workflow.state == "shipped":
        problems.append(
            Problem("minutes", "The workflow is in use already; a baseline comes before that.")
        )
    if run.stage == "follow_up" and (reason := follow_up_block(workflow, plan, now)):
        problems.append(Problem("minutes", reason))
    return problems


def follow_up_block(workflow: Workflow, plan: Calendar, now: datetime) -> str | None:
    """Why a follow-up may not be timed yet, as a sentence; None when it may."""
    if workflow.shipped_on is None:
        return "Ship the workflow first; the second timing comes some weeks later."
    measurement = plan.program.measurement
    shipped = plan.week_of(workflow.shipped_on)
    opens = max(
        measurement.follow_up_from_week, shipped + measurement.follow_up_min_weeks_after_shipping
    )
    if plan.week_at(now) < opens:
        return f"The second timing opens in week {opens}, so that the new way has settled."
    return None


def publish_prompt(
    session: Session, workflow: Workflow, title: str, text: str, tool_note: str, now: datetime
) -> PublishedPrompt:
    """Publish a reusable prompt of the author in the cohort's library."""
    problems = []
    if not title.strip():
        problems.append(Problem("title", "Give the prompt a name that others would look for."))
    if not text.strip():
        problems.append(Problem("text", "Paste the prompt."))
    if not tool_note.strip():
        problems.append(Problem("tool_note", "Say which tool or model it suits, and why."))
    learner = workflow.author
    same = select(PublishedPrompt).where(
        PublishedPrompt.enrolment_id == learner.id, PublishedPrompt.title == title.strip()
    )
    if not problems and (earlier := session.scalar(same)) is not None:
        if earlier.text == text.strip():
            return earlier
        problems.append(Problem("title", "You have a prompt of this name. Choose another name."))
    if problems:
        raise Refused(*problems)
    row = PublishedPrompt(
        cohort_id=learner.cohort_id,
        enrolment_id=learner.id,
        workflow_id=workflow.id,
        title=title.strip(),
        text=text.strip(),
        tool_note=tool_note.strip(),
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    statement = statements.prompt_published(scene(learner), row.id, row.title, now)
    outbox.record_statement(session, learner, "prompt-published", statement, now)
    return row
