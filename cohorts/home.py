"""The read side of a learner's home: their workflows, their milestones and the one next action."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cohorts import evidence
from cohorts.evidence import Record
from cohorts.models import Deferral, Delivery, Enrolment, Score, Workflow
from cohorts.recording import follow_up_block
from cohorts.rules.measurement import MINIMUM_BASELINE_RUNS, Run, counted
from cohorts.rules.milestones import Verdict
from cohorts.rules.progress import NextAction, Standing, WorkflowStanding, next_action

# Weeks a workflow has to stay in use after shipping before the last milestone can be reached.
WEEKS_IN_USE = 4

# Put together once, as those of `evidence`.
_POSTED = (
    select(Score.milestone)
    .join(Delivery, Delivery.score_id == Score.id)
    .where(Score.enrolment_id == bindparam("learner"), Delivery.state == "delivered")
)
_DEFERRALS = (
    select(Deferral.milestone, Deferral.reason)
    .where(Deferral.enrolment_id == bindparam("learner"))
    .order_by(Deferral.deferred_at)
)


@dataclass(frozen=True)
class Square:
    """One week of a workflow: used, not_used, no_occasion, away or unknown."""

    week: int
    answer: str
    late: bool = False


@dataclass(frozen=True)
class WorkflowCard:
    """A workflow as home shows it."""

    workflow: Workflow
    state: str
    squares: list[Square]


@dataclass(frozen=True)
class MilestoneRow:
    """A milestone as home shows it; `posted` says whether the gradebook has it."""

    verdict: Verdict
    confirmed_on: object | None
    reference: str
    posted: bool
    not_yet: str | None


@dataclass(frozen=True)
class Home:
    """Everything on a learner's home."""

    record: Record
    action: NextAction
    cards: list[WorkflowCard]
    milestones: list[MilestoneRow]
    open_weeks: list[int]
    last_safe_ship_week: int


def of_learner(session: Session, learner: Enrolment, now: datetime) -> Home:
    """A learner's home at an instant."""
    record = evidence.of_learner(session, learner, now)
    open_weeks = record.plan.open_weeks(now, learner.joined_on)
    last_safe = record.plan.program.supported_through_week - WEEKS_IN_USE
    return Home(
        record=record,
        action=next_action(_standing(record, open_weeks, last_safe, now)),
        cards=[
            WorkflowCard(workflow, record.state(workflow), squares(record, workflow, 4))
            for workflow in record.workflows
        ],
        milestones=_milestones(session, record),
        open_weeks=open_weeks,
        last_safe_ship_week=last_safe,
    )


def squares(record: Record, workflow: Workflow, count: int | None = None) -> list[Square]:
    """The weeks of a shipped workflow up to now, oldest first; the last `count` of them."""
    if workflow.shipped_on is None:
        return []
    answers = {row.week: row for row in record.answers[workflow.id]}
    shipped = record.plan.week_of(workflow.shipped_on)
    last = min(record.week, record.plan.program.weeks)
    weeks = [
        Square(week, answers[week].answer, answers[week].late)
        if week in answers
        else Square(week, "unknown" if week >= min(record.open_from, record.week) else "not_used")
        for week in range(shipped, last + 1)
    ]
    return weeks[-count:] if count else weeks


def unanswered(record: Record, workflow: Workflow, open_weeks: list[int]) -> list[int]:
    """The open weeks of a shipped workflow that still have no answer, newest first."""
    if workflow.state != "shipped" or workflow.shipped_on is None:
        return []
    shipped = record.plan.week_of(workflow.shipped_on)
    answered = {row.week for row in record.answers[workflow.id]}
    return [week for week in open_weeks if week > shipped and week not in answered]


def _standing(record: Record, open_weeks: list[int], last_safe: int, now: datetime) -> Standing:
    return Standing(
        week=record.week,
        task_map=record.task_map.state if record.task_map else None,
        red_lines_current=record.attested_version == record.plan.program.red_lines.version,
        workflows=[
            WorkflowStanding(
                id=str(workflow.id),
                title=workflow.title,
                state=record.state(workflow),
                baseline_open=_baseline_open(record, workflow),
                follow_up_open=_follow_up_open(record, workflow, now),
                unanswered_weeks=len(unanswered(record, workflow, open_weeks)),
            )
            for workflow in record.workflows
        ],
        prompts=len(record.prompts),
        last_safe_ship_week=last_safe,
    )


def _timed(record: Record, workflow: Workflow, stage: str) -> int:
    runs = [row for row in record.runs[workflow.id] if row.stage == stage]
    return len(counted([Run(row.minutes, row.size, row.method) for row in runs]))


def _baseline_open(record: Record, workflow: Workflow) -> bool:
    needed = record.plan.program.measurement.baseline_runs
    return workflow.baseline_waiver is None and _timed(record, workflow, "baseline") < needed


def _follow_up_open(record: Record, workflow: Workflow, now: datetime) -> bool:
    if follow_up_block(workflow, record.plan, now) is not None or workflow.state != "shipped":
        return False
    measurement = record.plan.program.measurement
    return (
        _timed(record, workflow, "baseline") >= MINIMUM_BASELINE_RUNS
        and _timed(record, workflow, "follow_up") < measurement.follow_up_runs
    )


def _milestones(session: Session, record: Record) -> list[MilestoneRow]:
    learner = {"learner": record.enrolment.id}
    awards = {award.milestone: award for award in record.awards}
    posted = set(session.scalars(_POSTED, learner))
    deferrals = {milestone: reason for milestone, reason in session.execute(_DEFERRALS, learner)}
    return [
        MilestoneRow(
            verdict=verdict,
            confirmed_on=awards[verdict.milestone].confirmed_on
            if verdict.milestone in awards
            else None,
            reference=awards[verdict.milestone].reference if verdict.milestone in awards else "",
            posted=verdict.milestone in posted,
            not_yet=deferrals.get(verdict.milestone) if verdict.milestone not in awards else None,
        )
        for verdict in record.verdicts
    ]
