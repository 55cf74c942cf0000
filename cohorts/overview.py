"""What a program owner sees first: people, workflows, check-ins, what waits."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cohorts import awarding, evidence
from cohorts.evidence import Record
from cohorts.models import Cohort, Enrolment
from cohorts.rules.champions import Coverage, most_people


@dataclass(frozen=True)
class CheckIns:
    """Answers for the last week that is over, of people with a workflow shipped before it."""

    week: int
    people: int
    answered: int
    used: int


@dataclass(frozen=True)
class Overview:
    """A cohort at an instant. `states` counts workflows by the state that people see."""

    coverage: Coverage
    states: Counter[str]
    check_ins: CheckIns | None
    proposals: int


def of_cohort(session: Session, cohort: Cohort, week: int, now: datetime) -> Overview:
    """The overview of a cohort; `week` is its program week at `now`."""
    records = evidence.of_cohort(session, cohort, now)
    champions = sum(record.enrolment.is_champion for record in records.values())
    return Overview(
        coverage=Coverage(len(records), champions, most_people(cohort.program)),
        states=Counter(
            record.state(workflow) for record in records.values() for workflow in record.workflows
        ),
        check_ins=_check_ins(list(records.values()), week - 1),
        proposals=len(awarding.proposals(records)),
    )


def people(session: Session, cohort: Cohort) -> list[Enrolment]:
    """Everybody who takes part in a cohort, owners and coaches first, then by name."""
    ranks = {"owner": 0, "coach": 1, "learner": 2}
    rows = session.scalars(
        select(Enrolment).where(Enrolment.cohort_id == cohort.id, Enrolment.left_on.is_(None))
    )
    return sorted(
        rows, key=lambda row: (ranks.get(row.role, 3), row.person.display_name.casefold(), row.id)
    )


def coverage_by_team(cohort: Cohort, members: list[Enrolment]) -> list[tuple[str, Coverage]]:
    """The champions of the whole cohort, then of each team that has learners."""
    learners = [member for member in members if member.role == "learner"]
    groups = [("Whole cohort", learners)]
    groups += [(team, [row for row in learners if row.team == team]) for team in cohort.teams]
    most = most_people(cohort.program)
    return [
        (name, Coverage(len(group), sum(row.is_champion for row in group), most))
        for name, group in groups
        if group or name == "Whole cohort"
    ]


def _check_ins(records: list[Record], week: int) -> CheckIns | None:
    """None while nobody had a workflow in use in that week."""
    if not records or not 1 <= week <= records[0].plan.program.weeks:
        return None
    people = answered = used = 0
    for record in records:
        shipped = [
            workflow
            for workflow in record.workflows
            if workflow.state == "shipped"
            and workflow.shipped_on is not None
            and record.plan.week_of(workflow.shipped_on) < week
        ]
        if not shipped:
            continue
        said = [
            row.answer for each in shipped for row in record.answers[each.id] if row.week == week
        ]
        people += 1
        answered += bool(said)
        used += "used" in said
    return CheckIns(week, people, answered, used) if people else None
