"""The read side of the milestone rules: all facts of learners, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session, lazyload

from cohorts.enrolment import calendar
from cohorts.models import (
    Attestation,
    Award,
    Cohort,
    Enrolment,
    PublishedPrompt,
    Review,
    TaskMap,
    TimedRun,
    WeeklyAnswer,
    Workflow,
)
from cohorts.rules import liveness, workflows
from cohorts.rules.calendar import Calendar
from cohorts.rules.liveness import Answer, Unit
from cohorts.rules.measurement import Run, TimePair, time_pair
from cohorts.rules.milestones import LearnerFacts, Verdict, WorkflowFacts, verdicts

_LEARNERS: BindParameter[Any] = bindparam("learners", expanding=True)


def _lasting(model: Any) -> Select[Any]:
    """The rows of one kind of evidence that nobody has revoked, oldest first."""
    return (
        select(model)
        .where(model.enrolment_id.in_(_LEARNERS), model.revoked_at.is_(None))
        .order_by(model.recorded_at, model.id)
    )


# Put together once: for one learner that costs as much as running them. Authors are in the session
# already, and few pages ask for the coach of a review.
_TASK_MAPS = _lasting(TaskMap)
_ATTESTATIONS = _lasting(Attestation)
_PROMPTS = _lasting(PublishedPrompt)
_ANSWERS = _lasting(WeeklyAnswer)
_RUNS = _lasting(TimedRun)
_AWARDS = select(Award).where(Award.enrolment_id.in_(_LEARNERS))
_WORKFLOWS = (
    select(Workflow)
    .where(Workflow.author_id.in_(_LEARNERS))
    .order_by(Workflow.created_at)
    .options(lazyload(Workflow.author))
)
_REVIEWS = (
    select(Review, Workflow.author_id)
    .join(Workflow)
    .where(Workflow.author_id.in_(_LEARNERS))
    .order_by(Review.decided_at)
    .options(lazyload(Review.coach))
)


@dataclass
class Record:
    """Everything one learner has done, as rows, with what the rules make of it."""

    enrolment: Enrolment
    plan: Calendar
    week: int
    task_map: TaskMap | None = None
    attestations: list[Attestation] = field(default_factory=list)
    prompts: list[PublishedPrompt] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)
    workflows: list[Workflow] = field(default_factory=list)
    answers: dict[UUID, list[WeeklyAnswer]] = field(default_factory=lambda: defaultdict(list))
    runs: dict[UUID, list[TimedRun]] = field(default_factory=lambda: defaultdict(list))
    reviews: dict[UUID, list[Review]] = field(default_factory=lambda: defaultdict(list))
    open_from: int = 1_000

    def units(self, workflow: Workflow) -> list[Unit]:
        """The counted units of a shipped workflow, up to the last week that is over or answered."""
        if workflow.shipped_on is None:
            return []
        answers = {
            row.week: Answer(row.answer, row.strength, row.late)
            for row in self.answers[workflow.id]
        }
        through = max([min(self.week - 1, self.plan.program.weeks), *answers])
        return liveness.units(
            workflow.cadence,
            self.plan.week_of(workflow.shipped_on),
            through,
            answers,
            unanswered_is_unknown_from=self.open_from,
        )

    def state(self, workflow: Workflow) -> str:
        """The state that people see: shipped ones are live, lapsing or dormant when they are."""
        if workflow.state != "shipped":
            return workflow.state
        return liveness.state(self.units(workflow))

    def time_pair(self, workflow: Workflow) -> TimePair | None:
        """The learner's own times before and after, once the pair is complete."""
        runs: dict[str, list[Run]] = {"baseline": [], "follow_up": []}
        for row in self.runs[workflow.id]:
            runs[row.stage].append(Run(row.minutes, row.size, row.method))
        needed = self.plan.program.measurement.follow_up_runs
        return time_pair(runs["baseline"], runs["follow_up"], needed)

    @property
    def attested_version(self) -> int | None:
        """The newest version of the red lines this learner confirmed."""
        return max((row.red_lines_version for row in self.attestations), default=None)

    @property
    def verdicts(self) -> list[Verdict]:
        """Where the learner stands with every milestone."""
        return verdicts(self.plan.program.milestones, self.facts())

    def facts(self) -> LearnerFacts:
        """The plain values that the milestone rules work on."""
        accepted = self.task_map is not None and self.task_map.state == "accepted"
        return LearnerFacts(
            week=self.week,
            task_map_accepted=accepted,
            attested_version=self.attested_version,
            red_lines_version=self.plan.program.red_lines.version,
            prompts_published=len(self.prompts),
            workflows=tuple(self._workflow_facts(workflow) for workflow in self.workflows),
            confirmed=frozenset(award.milestone for award in self.awards),
        )

    def _workflow_facts(self, workflow: Workflow) -> WorkflowFacts:
        approved = workflow.state in ("approved", "shipped", "retired")
        last = self.reviews[workflow.id][-1] if self.reviews[workflow.id] else None
        levels: dict[str, Any] = last.levels if last else {}
        pass_each = self.plan.program.rubric.pass_each
        shipped = workflow.shipped_on
        return WorkflowFacts(
            title=workflow.title,
            approved=approved,
            role="author",
            rubric_passed=bool(levels) and all(level >= pass_each for level in levels.values()),
            gates=len(workflows.gates(workflow.content)),
            shipped_week=None if shipped is None else self.plan.week_of(shipped),
            units=tuple(self.units(workflow)),
            time_pair=self.time_pair(workflow) is not None,
            handed_over=workflow.standard_published_at is not None,
            retired=workflow.state == "retired",
        )


def of_learner(session: Session, enrolment: Enrolment, now: datetime) -> Record:
    """Everything one learner has done."""
    return gather(session, enrolment.cohort, [enrolment], now)[enrolment.id]


def of_cohort(session: Session, cohort: Cohort, now: datetime) -> dict[UUID, Record]:
    """Everything every learner of a cohort has done, by enrolment."""
    learners = session.scalars(
        select(Enrolment)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.role == "learner")
        .where(Enrolment.left_on.is_(None))
    ).all()
    return gather(session, cohort, learners, now)


def gather(
    session: Session, cohort: Cohort, learners: Sequence[Enrolment], now: datetime
) -> dict[UUID, Record]:
    """The records of these learners: one query a kind of evidence, however many they are."""
    plan = calendar(cohort)
    week = plan.week_at(now)
    still_open = [w for w in range(1, plan.program.weeks + 1) if now < plan.grace_ends_at(w)]
    records = {
        learner.id: Record(learner, plan, week, open_from=min(still_open, default=1_000))
        for learner in learners
    }
    these = {"learners": list(records)}
    for task_map in session.scalars(_TASK_MAPS, these):
        records[task_map.enrolment_id].task_map = task_map
    for attestation in session.scalars(_ATTESTATIONS, these):
        records[attestation.enrolment_id].attestations.append(attestation)
    for prompt in session.scalars(_PROMPTS, these):
        records[prompt.enrolment_id].prompts.append(prompt)
    for answer in session.scalars(_ANSWERS, these):
        records[answer.enrolment_id].answers[answer.workflow_id].append(answer)
    for run in session.scalars(_RUNS, these):
        records[run.enrolment_id].runs[run.workflow_id].append(run)
    for award in session.scalars(_AWARDS, these):
        records[award.enrolment_id].awards.append(award)
    for workflow in session.scalars(_WORKFLOWS, these):
        records[workflow.author_id].workflows.append(workflow)
    for review, author_id in session.execute(_REVIEWS, these):
        records[author_id].reviews[review.workflow_id].append(review)
    return records
