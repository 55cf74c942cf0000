"""The weekly check-in: one tap a workflow, for every week that is still open."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, g, render_template, request

from cohorts import checking_in, evidence, home
from cohorts.checking_in import AnswerFacts
from cohorts.evidence import Record
from cohorts.models import Enrolment, WeeklyAnswer, Workflow
from cohorts.refusals import Refused
from cohorts.rules.workflows import Problem
from lti_tool import access
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.pages.base import done, now, save

bp = Blueprint("check_in", __name__)

LONGEST = {"link": 2000, "note": 280}


@dataclass
class Row:
    """One workflow in one week: its field names begin with `name`."""

    name: str
    week: int
    workflow: Workflow
    values: dict[str, str]
    error: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@bp.get("/check-in")
@access.learners
def page(visitor: Enrolment) -> str:
    """The open weeks, newest first, with what was answered before."""
    record = evidence.of_learner(db.session(), visitor, now())
    return _render(record, _rows(record, visitor))


@bp.post("/check-in")
@access.learners
def answer(visitor: Enrolment) -> Any:
    """Save every row that has an answer; where one is refused, none is saved, all stay filled."""
    record = evidence.of_learner(db.session(), visitor, now())
    rows = _rows(record, visitor)
    given = []
    for row in rows:
        row.values = _sent(row.name)
        if row.values["answer"]:
            given.append(row)
            _read_numbers(row)
    if not given:
        return _render(record, rows, "Choose an answer for at least one workflow."), 422
    if any(row.errors for row in given):
        return _render(record, rows), 422
    try:
        save(lambda: [_store(row) for row in given])
    except Refused as refused:
        _place(rows, refused)
        record = evidence.of_learner(db.session(), visitor, now())
        return _render(record, rows), 422
    return done("checked-in", "check_in.page")


class _RowRefused(Refused):
    """A use case refused one row; the page has to know which."""

    def __init__(self, row: Row, *problems: Problem) -> None:
        super().__init__(*problems)
        self.row = row


def _store(row: Row) -> WeeklyAnswer:
    values = row.values
    said = AnswerFacts(
        week=row.week,
        answer=values["answer"],
        times=int(values["times"]) if values["times"] else None,
        minutes=float(values["minutes"]) if values["minutes"] else None,
        link=values["link"],
        reason=values["reason"],
        note=values["note"],
    )
    try:
        return checking_in.answer_week(db.session(), row.workflow, said, now())
    except Refused as refused:
        raise _RowRefused(row, *refused.problems) from refused


def _place(rows: list[Row], refused: Refused) -> None:
    if not isinstance(refused, _RowRefused):
        raise Refusal("P-400")
    for problem in refused.problems:
        if problem.field == "answer":
            refused.row.error = problem.message
        else:
            refused.row.errors[problem.field] = problem.message


def _rows(record: Record, visitor: Enrolment) -> list[Row]:
    rows = []
    for week in record.plan.open_weeks(now(), visitor.joined_on):
        for workflow in record.workflows:
            if workflow.state != "shipped" or workflow.shipped_on is None:
                continue
            if week >= record.plan.week_of(workflow.shipped_on):
                rows.append(_row(record, workflow, week))
    return rows


def _row(record: Record, workflow: Workflow, week: int) -> Row:
    earlier = next((row for row in record.answers[workflow.id] if row.week == week), None)
    values = {
        name: "" if earlier is None or getattr(earlier, name) is None else getattr(earlier, name)
        for name in ("answer", "times", "minutes", "link", "reason", "note")
    }
    text = {name: f"{value:g}" if name == "minutes" and value != "" else str(value)
            for name, value in values.items()}  # fmt: skip
    return Row(f"w{week}-{workflow.id}", week, workflow, text)


def _sent(name: str) -> dict[str, str]:
    return {
        part: request.form.get(f"{name}-{part}", "").replace("\0", "").strip()
        for part in ("answer", "times", "minutes", "link", "reason", "note")
    }


def _read_numbers(row: Row) -> None:
    values, errors = row.values, row.errors
    if values["times"] and not (values["times"].isascii() and values["times"].isdecimal()):
        errors["times"] = "Enter a whole number, such as 3."
    elif len(values["times"]) > 4:
        errors["times"] = "Enter how many times, from 1 to 200."
    try:
        if values["minutes"] and not 0 < float(values["minutes"].replace(",", ".")) <= 480:
            errors["minutes"] = "Enter minutes between 1 and 480."
        values["minutes"] = values["minutes"].replace(",", ".")
    except ValueError:
        errors["minutes"] = "Enter the minutes as a number, such as 20."
    for name, longest in LONGEST.items():
        if len(values[name]) > longest:
            errors[name] = f"Use at most {longest} characters."


def _render(record: Record, rows: list[Row], problem: str = "") -> str:
    g.navigation = "check_in.page"
    weeks = sorted({row.week for row in rows}, reverse=True)
    problems = [{"field": "", "message": problem}] if problem else []
    for row in rows:
        if row.error:
            problems.append({"field": f"{row.name}-answer-0", "message": row.error})
        problems += [
            {"field": f"{row.name}-{name}", "message": message}
            for name, message in row.errors.items()
        ]
    shipped = [workflow for workflow in record.workflows if workflow.state == "shipped"]
    squares = {workflow.id: home.squares(record, workflow, 4) for workflow in shipped}
    return render_template(
        "learner/check_in.html",
        plan=record.plan,
        today=record.plan.today(now()),
        weeks=weeks,
        rows=rows,
        problems=problems,
        shipped=shipped,
        squares=squares,
        opens_at=record.plan.next_opening(now()),
    )
