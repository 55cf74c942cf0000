"""The weekly check-in: what a learner says about a workflow in one week, filed and corrected."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cohorts import outbox
from cohorts.drafting import facts
from cohorts.enrolment import calendar, scene
from cohorts.models import Enrolment, WeeklyAnswer, Workflow
from cohorts.refusals import Refused
from cohorts.rules.calendar import Calendar
from cohorts.rules.links import is_web_address
from cohorts.rules.workflows import Problem
from xapi import statements
from xapi.statements import Week

ANSWERS = ("used", "not_used", "no_occasion", "away")
REASONS = ("forgot", "quality", "slower", "tool", "not_allowed", "other")


@dataclass(frozen=True)
class AnswerFacts:
    """What a learner says about one workflow in one week."""

    week: int
    answer: str
    times: int | None = None
    minutes: float | None = None
    link: str = ""
    reason: str = ""
    note: str = ""


def answer_week(
    session: Session, workflow: Workflow, said: AnswerFacts, now: datetime
) -> WeeklyAnswer:
    """File or correct the author's answer for a week: one row however often it is sent.

    A correction voids the earlier statement and sends a new one. An answer after the grace period
    is marked late and counts as claimed only. Raises Refused for a week that is not open yet or
    lies before shipping.
    """
    learner = workflow.author
    plan = calendar(learner.cohort)
    if problems := _answer_problems(workflow, said, plan, now):
        raise Refused(*problems)
    late = now >= plan.grace_ends_at(said.week)
    strength = 2 if said.link.strip() and said.answer == "used" and not late else 1
    values = {
        "answer": said.answer,
        "times": said.times if said.answer == "used" else None,
        "minutes": said.minutes if said.answer == "used" else None,
        "link": said.link.strip() or None,
        "reason": said.reason or None if said.answer == "not_used" else None,
        "note": said.note.strip() or None,
        "late": late,
    }
    row = session.scalar(
        select(WeeklyAnswer)
        .where(WeeklyAnswer.workflow_id == workflow.id, WeeklyAnswer.week == said.week)
        .where(WeeklyAnswer.enrolment_id == learner.id)
    )
    if row is None:
        row = WeeklyAnswer(
            enrolment_id=learner.id,
            workflow_id=workflow.id,
            week=said.week,
            strength=strength,
            recorded_at=now,
            **values,
        )
        session.add(row)
        session.flush()
    elif all(getattr(row, name) == value for name, value in values.items() if name != "late"):
        return row
    else:
        _void(session, learner, row, now)
        for name, value in values.items():
            setattr(row, name, value)
        row.strength, row.strengthened_by_id = strength, None
        row.revision += 1
    record_answer(session, workflow, row, "self-report", now)
    return row


def record_answer(
    session: Session, workflow: Workflow, row: WeeklyAnswer, source: str, now: datetime
) -> None:
    """Send the statement of a weekly answer as it now stands."""
    learner = workflow.author
    week = Week(row.week, calendar(learner.cohort).iso_week(row.week))
    statement = statements.week_answered(
        scene(learner),
        row.id,
        row.revision,
        facts(workflow),
        week,
        row.answer,
        row.times,
        row.strength,
        source,
        now,
    )
    kind = f"week-{row.answer.replace('_', '-')}"
    outbox.record_statement(session, learner, kind, statement, now)


def correct_strength(
    session: Session, workflow: Workflow, row: WeeklyAnswer, strength: int, now: datetime
) -> None:
    """Replace the statement of an answer after somebody else has backed it up."""
    _void(session, workflow.author, row, now)
    row.strength = strength
    row.revision += 1
    record_answer(session, workflow, row, "coach", now)


def _void(session: Session, learner: Enrolment, row: WeeklyAnswer, now: datetime) -> None:
    earlier = statements.statement_id("week-answered", row.id, row.revision)
    statement = statements.voided(scene(learner), earlier, now)
    outbox.record_statement(session, learner, "voided", statement, now)


def _answer_problems(
    workflow: Workflow, said: AnswerFacts, plan: Calendar, now: datetime
) -> list[Problem]:
    problems = []
    if said.answer not in ANSWERS:
        problems.append(Problem("answer", "Choose one of the four answers."))
    if workflow.shipped_on is None:
        problems.append(Problem("answer", "This workflow is not shipped yet."))
    elif said.week < plan.week_of(workflow.shipped_on):
        problems.append(Problem("answer", "This workflow was not shipped in that week yet."))
    if not 1 <= said.week <= plan.program.weeks or now < plan.opens_at(said.week):
        problems.append(Problem("answer", f"The check-in for week {said.week} is not open."))
    if said.reason and said.reason not in REASONS:
        problems.append(Problem("reason", "Choose a reason from the list."))
    if said.times is not None and not 1 <= said.times <= 200:
        problems.append(Problem("times", "Enter how many times, from 1 to 200."))
    if said.link.strip() and not is_web_address(said.link.strip()):
        problems.append(Problem("link", "Enter a web address that begins with https://."))
    return problems
