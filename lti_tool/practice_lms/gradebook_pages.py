"""The teacher's gradebook: look at grades, change or clear one, delete a column."""

from math import isfinite

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.practice_lms.deep_linking import COURSE
from lti_tool.practice_lms.guards import only_our_forms
from lti_tool.practice_lms.line_items import ID
from lti_tool.practice_lms.lms import course_or_404, practice_lms, status_of
from lti_tool.practice_lms.people import BY_USER_ID, COURSE_ID, LEARNERS, Person
from lti_tool.practice_lms.scores import grade_of, set_grade
from lti_tool.practice_lms.tables import Grade, LineItem

COLUMN = f"{COURSE}/gradebook/<{ID}:line_item_id>"

routes = Blueprint("gradebook_pages", __name__)
routes.before_request(only_our_forms)


@routes.get(f"{COURSE}/gradebook")
def gradebook(course_id: int) -> str:
    """Learners by columns."""
    course_or_404(course_id)
    with practice_lms().sessions.begin() as session:
        columns = session.scalars(select(LineItem).order_by(LineItem.id)).all()
        grades = {(row.line_item_id, row.user_id): row for row in session.scalars(select(Grade))}
        learners = [who for who in LEARNERS if status_of(session, who) != "Removed"]
    return render_template(
        "practice_lms/gradebook.html",
        columns=columns,
        learners=learners,
        grades=grades,
        wide=True,
    )


@routes.get(f"{COLUMN}/<user_id>")
def grade(course_id: int, line_item_id: int, user_id: str) -> str:
    """One grade, with the form to change or clear it."""
    course_or_404(course_id)
    with practice_lms().sessions.begin() as session:
        column, learner = _column(session, line_item_id), _learner(session, user_id)
        stored = grade_of(session, column.id, user_id)
    score = "" if stored is None or stored.score is None else f"{stored.score:g}"
    return _grade_page(column, learner, stored, score, stored.comment if stored else "", "")


@routes.post(f"{COLUMN}/<user_id>")
def change_grade(course_id: int, line_item_id: int, user_id: str) -> ResponseReturnValue:
    """Store the teacher's grade, or an empty one for the button `clear`, with the present time."""
    course_or_404(course_id)
    lms = practice_lms()
    typed, comment = request.form.get("score", "").strip(), request.form.get("comment", "").strip()
    with lms.sessions.begin() as session:
        column, learner = _column(session, line_item_id), _learner(session, user_id)
        if "clear" in request.form:
            score, comment = None, ""
        else:
            score = _typed_score(typed)
            if score is None or not 0 <= score <= column.score_maximum:
                stored = grade_of(session, column.id, user_id)
                problem = f"Type a number from 0 to {column.score_maximum:g}."
                return _grade_page(column, learner, stored, typed, comment, problem), 400
        set_grade(session, column, user_id, score, comment, lms.now(), by_teacher=True)
    return redirect(url_for("gradebook_pages.gradebook", course_id=COURSE_ID), 303)


@routes.get(f"{COLUMN}/delete")
def confirm_deletion(course_id: int, line_item_id: int) -> str:
    """Ask before a column goes."""
    course_or_404(course_id)
    with practice_lms().sessions.begin() as session:
        column = _column(session, line_item_id)
        cells = session.scalars(select(Grade).filter_by(line_item_id=column.id)).all()
    count = sum(cell.score is not None for cell in cells)
    return render_template("practice_lms/delete_column.html", column=column, count=count)


@routes.post(f"{COLUMN}/delete")
def delete_column(course_id: int, line_item_id: int) -> ResponseReturnValue:
    """Delete a column with its grades; the tool's next call for it is answered 404."""
    course_or_404(course_id)
    with practice_lms().sessions.begin() as session:
        session.delete(_column(session, line_item_id))
    return redirect(url_for("gradebook_pages.gradebook", course_id=COURSE_ID), 303)


def _grade_page(
    column: LineItem, learner: Person, stored: Grade | None, score: str, comment: str, problem: str
) -> str:
    return render_template(
        "practice_lms/grade.html",
        column=column,
        learner=learner,
        grade=stored,
        score=score,
        comment=comment,
        problem=problem,
    )


def _typed_score(text: str) -> float | None:
    try:
        score = float(text.replace(",", "."))
    except ValueError:
        return None
    return score if isfinite(score) else None


def _column(session: Session, line_item_id: int) -> LineItem:
    column = session.get(LineItem, line_item_id)
    if column is None:
        abort(404, "There is no such column in the gradebook.")
    return column


def _learner(session: Session, user_id: str) -> Person:
    person = BY_USER_ID.get(user_id)
    if person is None or not person.gradable or status_of(session, person) == "Removed":
        abort(404, "There is no such learner in the gradebook.")
    return person
