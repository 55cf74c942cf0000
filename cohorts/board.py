"""What coaches look at: what waits for them, and how their learners stand.

Every function asks a fixed number of queries, however many learners there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from cohorts import evidence
from cohorts.enrolment import calendar
from cohorts.evidence import Record
from cohorts.home import Square, squares
from cohorts.models import (
    Cohort,
    Enrolment,
    Person,
    Review,
    TaskMap,
    Workflow,
    WorkflowAuthor,
    WorkflowVersion,
)
from cohorts.rules.calendar import Calendar, working_days
from cohorts.rules.milestones import Verdict

# Of several workflows the one that says most about where a learner stands.
FURTHEST_FIRST = (
    "live",
    "lapsing",
    "dormant",
    "shipped",
    "approved",
    "in_review",
    "changes_requested",
    "draft",
    "retired",
)


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a coach: a submitted workflow, or a task map (`version` is 0).

    `own` says that the visitor made it, so that somebody else has to decide.
    """

    learner: Enrolment
    workflow: Workflow | None
    version: int
    submitted_at: datetime
    working_days: int
    mine: bool
    own: bool


@dataclass(frozen=True)
class Standing:
    """One learner as the roster shows them. `open` is the first milestone not confirmed yet."""

    learner: Enrolment
    coach: Enrolment | None
    state: str | None
    workflow: Workflow | None
    squares: list[Square]
    confirmed: list[str]
    open: Verdict | None


@dataclass(frozen=True)
class Filter:
    """Which learners a list is about. `coach_id` None means everybody's."""

    coach_id: UUID | None = None
    not_drafted: bool = False
    search: str = ""


def waiting(session: Session, visitor: Enrolment, now: datetime) -> list[Waiting]:
    """What waits for a decision: first that of the visitor's own learners, oldest first."""
    plan = calendar(visitor.cohort)
    found = [*_workflows(session, visitor, plan, now), *_task_maps(session, visitor, plan, now)]
    return sorted(found, key=lambda item: (not item.mine, item.submitted_at))


def _workflows(
    session: Session, visitor: Enrolment, plan: Calendar, now: datetime
) -> list[Waiting]:
    made = select(WorkflowAuthor.workflow_id).where(WorkflowAuthor.enrolment_id == visitor.id)
    own = set(session.scalars(made))
    rows = session.scalars(
        select(Workflow).where(
            Workflow.cohort_id == visitor.cohort_id, Workflow.state == "in_review"
        )
    )
    return [
        Waiting(
            learner=row.author,
            workflow=row,
            version=row.version,
            submitted_at=row.submitted_at or row.updated_at,
            working_days=_waited(plan, row.submitted_at or row.updated_at, now),
            mine=row.author.coach_id == visitor.id,
            own=row.id in own,
        )
        for row in rows
    ]


def _task_maps(
    session: Session, visitor: Enrolment, plan: Calendar, now: datetime
) -> list[Waiting]:
    rows = session.execute(
        select(TaskMap, Enrolment)
        .join(Enrolment, Enrolment.id == TaskMap.enrolment_id)
        .where(Enrolment.cohort_id == visitor.cohort_id, TaskMap.state == "with_coach")
    )
    return [
        Waiting(
            learner=learner,
            workflow=None,
            version=0,
            submitted_at=row.submitted_at or row.recorded_at,
            working_days=_waited(plan, row.submitted_at or row.recorded_at, now),
            mine=learner.coach_id == visitor.id,
            own=learner.id == visitor.id,
        )
        for row, learner in rows
    ]


def _waited(plan: Calendar, since: datetime, now: datetime) -> int:
    return working_days(plan.today(since), plan.today(now))


def usual_wait(session: Session, cohort: Cohort) -> float | None:
    """The median of working days from a submission to its decision, None before the first."""
    plan = calendar(cohort)
    rows = session.execute(
        select(WorkflowVersion.submitted_at, Review.decided_at)
        .join(
            Review,
            (Review.workflow_id == WorkflowVersion.workflow_id)
            & (Review.version == WorkflowVersion.number),
        )
        .join(Workflow, Workflow.id == Review.workflow_id)
        .where(Workflow.cohort_id == cohort.id)
    )
    waits = [_waited(plan, submitted, decided) for submitted, decided in rows]
    return median(waits) if waits else None


def count_learners(session: Session, cohort: Cohort, chosen: Filter) -> int:
    """How many learners a filter leaves."""
    found = select(func.count()).select_from(Enrolment).join(Person)
    return session.scalar(found.where(*_chosen(cohort, chosen))) or 0


def roster(
    session: Session, cohort: Cohort, chosen: Filter, now: datetime, offset: int, limit: int
) -> list[Standing]:
    """One page of a cohort's learners by name, and how each of them stands."""
    learners = session.scalars(
        select(Enrolment)
        .join(Person)
        .where(*_chosen(cohort, chosen))
        .order_by(func.lower(Person.display_name), Enrolment.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return standings(session, cohort, learners, now)


def standings(
    session: Session, cohort: Cohort, learners: Sequence[Enrolment], now: datetime
) -> list[Standing]:
    """How each of these learners stands."""
    coaches = coaches_of(session, cohort)
    records = evidence.gather(session, cohort, learners, now)
    return [_standing(records[learner.id], coaches) for learner in learners]


def coaches_of(session: Session, cohort: Cohort) -> dict[UUID, Enrolment]:
    """Everybody who coaches in a cohort."""
    rows = select(Enrolment).where(
        Enrolment.cohort_id == cohort.id, Enrolment.role.in_(("coach", "owner"))
    )
    return {row.id: row for row in session.scalars(rows)}


def _chosen(cohort: Cohort, chosen: Filter) -> list[ColumnElement[bool]]:
    found = [
        Enrolment.cohort_id == cohort.id,
        Enrolment.role == "learner",
        Enrolment.left_on.is_(None),
    ]
    if chosen.coach_id is not None:
        found.append(Enrolment.coach_id == chosen.coach_id)
    if chosen.not_drafted:
        found.append(~exists().where(Workflow.author_id == Enrolment.id))
    if chosen.search:
        name = Person.display_name.icontains(chosen.search, autoescape=True)
        found.append(or_(name, Enrolment.team.icontains(chosen.search, autoescape=True)))
    return found


def _standing(record: Record, coaches: dict[UUID, Enrolment]) -> Standing:
    learner = record.enrolment
    states = [(record.state(workflow), workflow) for workflow in record.workflows]
    state, workflow = min(
        states, key=lambda each: FURTHEST_FIRST.index(each[0]), default=(None, None)
    )
    verdicts = record.verdicts
    return Standing(
        learner=learner,
        coach=coaches.get(learner.coach_id) if learner.coach_id else None,
        state=state,
        workflow=workflow,
        squares=squares(record, workflow, 4) if workflow else [],
        confirmed=[each.milestone for each in verdicts if each.state == "confirmed"],
        open=next((each for each in verdicts if each.state != "confirmed"), None),
    )
