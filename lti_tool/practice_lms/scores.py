"""Scores and results (LTI Assignment and Grade Services 2.0, sections 3.3 and 3.4).

The rules that cost other tools their grades in Moodle are all kept here: whole seconds, strictly
newer; anything but a final score erases; a score without a comment takes the comment away.
"""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.practice_lms.addresses import line_item_url, results_url
from lti_tool.practice_lms.line_items import ONE, own_line_item
from lti_tool.practice_lms.lms import practice_lms, status_of
from lti_tool.practice_lms.people import BY_USER_ID
from lti_tool.practice_lms.service_requests import (
    finite_number,
    page_of,
    read_body,
    require_accept,
    service_answer,
    text_field,
)
from lti_tool.practice_lms.tables import Grade, LineItem
from lti_tool.practice_lms.tokens import authorized_tool
from lti_tool.practice_lms.vocabulary import (
    RESULT_CONTAINER_TYPE,
    SCOPE_RESULT_READ,
    SCOPE_SCORE,
    SCORE_TYPE,
)

ACTIVITY_PROGRESS = {"Initialized", "Started", "InProgress", "Submitted", "Completed"}
GRADING_PROGRESS = {"FullyGraded", "Pending", "PendingManual", "Failed", "NotReady"}

routes = Blueprint("scores", __name__)


@routes.post(f"{ONE}/scores")
def post_score(course_id: int, line_item_id: int) -> Response:
    """Store a score; 200 with an empty body. 409 where it is not newer than what is stored."""
    with practice_lms().sessions.begin() as session:
        tool = authorized_tool(session, SCOPE_SCORE)
        item = own_line_item(session, tool, course_id, line_item_id)
        body = read_body(SCORE_TYPE)
        user_id = _gradable_user(session, body)
        posted_at = _timestamp(body)
        score = _score(body, item.score_maximum)
        grade = grade_of(session, item.id, user_id)
        if grade is not None and posted_at <= grade.graded_at:
            abort(
                409,
                f"Refusing score with an earlier timestamp for item {item.id} and user {user_id}.",
            )
        set_grade(session, item, user_id, score, text_field(body, "comment"), posted_at, False)
    return Response("", 200, content_type=f"{SCORE_TYPE}; charset=utf-8")


@routes.get(f"{ONE}/results")
def results(course_id: int, line_item_id: int) -> Response:
    """What the gradebook holds; filters `user_id` and `limit`. An erased grade has no score."""
    require_accept(RESULT_CONTAINER_TYPE)
    lms = practice_lms()
    with lms.sessions.begin() as session:
        tool = authorized_tool(session, SCOPE_RESULT_READ)
        item = own_line_item(session, tool, course_id, line_item_id)
        grades = session.scalars(
            select(Grade).filter_by(line_item_id=item.id).order_by(Grade.id)
        ).all()
    user_id = request.args.get("user_id")
    shown = [
        _as_json(lms.settings.url, item, grade)
        for grade in grades
        if user_id is None or grade.user_id == user_id
    ]
    page, link = page_of(shown, results_url(lms.settings.url, tool.id, item.id), None)
    return service_answer(page, RESULT_CONTAINER_TYPE, link=link)


def grade_of(session: Session, line_item_id: int, user_id: str) -> Grade | None:
    """What is stored for one person in one column."""
    found = select(Grade).filter_by(line_item_id=line_item_id, user_id=user_id)
    return session.scalars(found).one_or_none()


def set_grade(
    session: Session,
    item: LineItem,
    user_id: str,
    score: float | None,
    comment: str,
    graded_at: datetime,
    by_teacher: bool,
) -> None:
    """Write one cell; the time is kept in whole seconds."""
    grade = grade_of(session, item.id, user_id) or Grade(line_item_id=item.id, user_id=user_id)
    grade.score, grade.comment, grade.by_teacher = score, comment, by_teacher
    grade.graded_at = graded_at.replace(microsecond=0)
    session.add(grade)


def _gradable_user(session: Session, body: dict[str, Any]) -> str:
    user_id = text_field(body, "userId")
    person = BY_USER_ID.get(user_id)
    if person is None or not person.gradable or status_of(session, person) == "Removed":
        abort(400, f"Incorrect score received: userId {user_id!r} is no learner of this course.")
    return user_id


def _timestamp(body: dict[str, Any]) -> datetime:
    """The posted instant in whole seconds."""
    text = text_field(body, "timestamp")
    try:
        instant = datetime.fromisoformat(text)
        if "T" not in text or instant.tzinfo is None:
            raise ValueError(text)
        return instant.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        abort(400, "Incorrect score received: timestamp must be ISO 8601 with a time zone.")


def _score(body: dict[str, Any], column_maximum: float) -> float | None:
    """Points of the column, cut at its maximum; None where the post is no final score."""
    if body.get("activityProgress") not in ACTIVITY_PROGRESS:
        abort(400, f"activityProgress must be one of {', '.join(sorted(ACTIVITY_PROGRESS))}.")
    if body.get("gradingProgress") not in GRADING_PROGRESS:
        abort(400, f"gradingProgress must be one of {', '.join(sorted(GRADING_PROGRESS))}.")
    if body.get("scoreGiven") is None:
        return None
    given, maximum = finite_number(body["scoreGiven"]), finite_number(body.get("scoreMaximum"))
    if given is None or given < 0:
        abort(400, "Incorrect score received: scoreGiven must be a number of 0 or more.")
    if maximum is None or maximum <= 0:
        abort(400, "Incorrect score received: scoreGiven needs a scoreMaximum above 0.")
    if body["gradingProgress"] != "FullyGraded":
        return None
    return round(min(given / maximum, 1) * column_maximum, 5)


def _as_json(url: str, item: LineItem, grade: Grade) -> dict[str, Any]:
    of = line_item_url(url, item.tool_id, item.id)
    shown: dict[str, Any] = {
        "id": f"{results_url(url, item.tool_id, item.id)}&user_id={grade.user_id}",
        "userId": grade.user_id,
        "resultMaximum": item.score_maximum,
        "scoreOf": of,
        "timestamp": grade.graded_at.isoformat(),
    }
    if grade.score is not None:
        shown["resultScore"] = grade.score
    if grade.comment:
        shown["comment"] = grade.comment
    return shown
