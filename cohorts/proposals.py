"""Milestones that wait for a coach's word, since when, and those that have it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cohorts import awarding, evidence
from cohorts.evidence import Record
from cohorts.models import (
    Award,
    Cohort,
    Deferral,
    Delivery,
    Enrolment,
    Score,
    StatementRecord,
    WeeklyAnswer,
)
from cohorts.rules.milestones import LearnerFacts, Verdict, verdict
from xapi.statements import statement_id

Instants = Mapping[UUID, datetime]


@dataclass(frozen=True)
class Proposal:
    """A milestone whose criteria are all met. `not_yet` is a coach's last "not yet", if any."""

    learner: Enrolment
    verdict: Verdict
    met_since: datetime
    not_yet: Deferral | None


@dataclass(frozen=True)
class Confirmed:
    """An award, and what became of its score: None means that none was made."""

    award: Award
    learner: Enrolment
    score: Score | None
    delivery: Delivery | None


@dataclass(frozen=True)
class EvidenceItem:
    """One statement behind a milestone."""

    id: UUID
    kind: str
    recorded_at: datetime


def of_cohort(session: Session, cohort: Cohort, now: datetime) -> list[Proposal]:
    """Every proposal of a cohort, the one that has waited longest first."""
    proposed = awarding.proposals(evidence.of_cohort(session, cohort, now))
    corrected = _corrections(session, [record for record, _ in proposed])
    not_yet = _not_yet(session, cohort)
    found = [
        Proposal(
            learner=record.enrolment,
            verdict=each,
            met_since=met_since(record, each.milestone, corrected, now),
            not_yet=not_yet.get((record.enrolment.id, each.milestone)),
        )
        for record, each in proposed
    ]
    return sorted(found, key=lambda proposal: proposal.met_since)


def confirmed(session: Session, cohort: Cohort, offset: int, limit: int) -> list[Confirmed]:
    """A page of a cohort's awards, newest first."""
    rows = session.execute(
        select(Award, Enrolment, Score, Delivery)
        .join(Enrolment, Enrolment.id == Award.enrolment_id)
        .outerjoin(
            Score,
            (Score.enrolment_id == Award.enrolment_id) & (Score.milestone == Award.milestone),
        )
        .outerjoin(Delivery, Delivery.score_id == Score.id)
        .where(Enrolment.cohort_id == cohort.id)
        .order_by(Award.confirmed_at.desc(), Award.id)
        .offset(offset)
        .limit(limit)
    )
    return [Confirmed(award, learner, score, delivery) for award, learner, score, delivery in rows]


def count_confirmed(session: Session, cohort: Cohort) -> int:
    """How many awards a cohort has."""
    found = select(func.count()).select_from(Award)
    found = found.join(Enrolment, Enrolment.id == Award.enrolment_id)
    return session.scalar(found.where(Enrolment.cohort_id == cohort.id)) or 0


def supporting(session: Session, learner: Enrolment, milestone: str) -> list[EvidenceItem]:
    """The evidence behind a milestone as it stands, oldest first."""
    ids = awarding.supporting(session, learner, milestone)
    rows = session.execute(
        select(StatementRecord.id, StatementRecord.kind, StatementRecord.recorded_at)
        .where(StatementRecord.id.in_(ids))
        .order_by(StatementRecord.number)
    )
    return [EvidenceItem(*row) for row in rows]


def met_since(record: Record, milestone: str, corrected: Instants, now: datetime) -> datetime:
    """Since when all criteria of a milestone have been met without a break.

    An answer counts from its last correction, such as a coach's confirmation; `corrected` says
    when that was.
    """
    rule = record.plan.program.milestones[milestone]
    since = now
    for instant in sorted({each for each in _instants(record, corrected) if each <= now})[::-1]:
        if verdict(milestone, rule, _facts_at(record, instant, corrected)).unmet:
            break
        since = instant
    return since


def _instants(record: Record, corrected: Instants) -> Iterator[datetime]:
    """Whenever something happened, or time itself changed what the rules say."""
    plan = record.plan
    for week in range(1, record.week + 1):
        yield datetime.combine(plan.first_day(week), time.min, plan.zone).astimezone(UTC)
        yield plan.grace_ends_at(week)
    if record.task_map and record.task_map.accepted_at:
        yield record.task_map.accepted_at
    yield from (row.recorded_at for row in record.attestations)
    yield from (row.recorded_at for row in record.prompts)
    yield from (row.confirmed_at for row in record.awards)
    for workflow in record.workflows:
        yield from filter(None, (workflow.shipped_at, workflow.standard_published_at))
        yield from (_counts_from(row, corrected) for row in record.answers[workflow.id])
        yield from (row.recorded_at for row in record.runs[workflow.id])


def _facts_at(record: Record, at: datetime, corrected: Instants) -> LearnerFacts:
    """The learner's facts as they were at an instant."""
    plan, accepted = record.plan, record.task_map and record.task_map.accepted_at
    weeks = range(1, plan.program.weeks + 1)
    answers = {
        key: [row for row in rows if _counts_from(row, corrected) <= at]
        for key, rows in record.answers.items()
    }
    past = replace(
        record,
        week=plan.week_at(at),
        task_map=record.task_map if accepted and accepted <= at else None,
        attestations=[row for row in record.attestations if row.recorded_at <= at],
        prompts=[row for row in record.prompts if row.recorded_at <= at],
        awards=[row for row in record.awards if row.confirmed_at <= at],
        workflows=[row for row in record.workflows if row.shipped_at and row.shipped_at <= at],
        answers=defaultdict(list, answers),
        runs=defaultdict(
            list,
            {
                key: [row for row in rows if row.recorded_at <= at]
                for key, rows in record.runs.items()
            },
        ),
        open_from=min((week for week in weeks if at < plan.grace_ends_at(week)), default=1_000),
    )
    facts = past.facts()
    published = [row.standard_published_at for row in past.workflows]
    return replace(
        facts,
        workflows=tuple(
            replace(workflow, handed_over=when is not None and when <= at)
            for workflow, when in zip(facts.workflows, published, strict=True)
        ),
    )


def _counts_from(row: WeeklyAnswer, corrected: Instants) -> datetime:
    return corrected.get(row.id, row.recorded_at)


def _corrections(session: Session, records: list[Record]) -> dict[UUID, datetime]:
    """When each corrected answer of these learners got its present form."""
    rows = [row for record in records for each in record.answers.values() for row in each]
    by_statement = {
        statement_id("week-answered", row.id, row.revision): row.id
        for row in rows
        if row.revision > 1
    }
    if not by_statement:
        return {}
    found = session.execute(
        select(StatementRecord.id, StatementRecord.recorded_at).where(
            StatementRecord.id.in_(by_statement)
        )
    )
    return {by_statement[statement]: recorded_at for statement, recorded_at in found}


def _not_yet(session: Session, cohort: Cohort) -> dict[tuple[UUID, str], Deferral]:
    rows = session.scalars(
        select(Deferral)
        .join(Enrolment, Enrolment.id == Deferral.enrolment_id)
        .where(Enrolment.cohort_id == cohort.id)
        .order_by(Deferral.deferred_at)
    )
    return {(row.enrolment_id, row.milestone): row for row in rows}
