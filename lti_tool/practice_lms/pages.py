"""The course page, an activity with its launch, and the roster page."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.practice_lms.authorization import login_page
from lti_tool.practice_lms.deep_linking import COURSE
from lti_tool.practice_lms.guards import allow_peer, only_our_forms
from lti_tool.practice_lms.line_items import ID
from lti_tool.practice_lms.lms import acting_person, course_or_404, practice_lms
from lti_tool.practice_lms.people import BY_USER_ID, COURSE_ID, OWNER, PEOPLE
from lti_tool.practice_lms.tables import Activity, Enrolment, Tool

GROUPS = (
    ("Program owner", "owner"),
    ("Coaches", "coach"),
    ("Learners", "learner"),
    ("Administrator", "administrator"),
)
STATUSES = ("Active", "Inactive", "Removed")

routes = Blueprint("pages", __name__)
routes.before_request(only_our_forms)


@routes.get("/")
def course() -> str:
    """Who am I entering as, and into which activity."""
    with practice_lms().sessions.begin() as session:
        activities = session.execute(
            select(Activity, Tool)
            .outerjoin(Tool, Tool.id == Activity.tool_id)
            .order_by(Activity.id)
        ).all()
        statuses = _statuses(session)
    wanted = request.args.get("activity", "")
    chosen = next(
        (activity for activity, _ in activities if wanted == str(activity.id)), activities[0][0]
    )
    groups = [
        (title, [person for person in PEOPLE if person.kind == kind]) for title, kind in GROUPS
    ]
    return render_template(
        "practice_lms/course.html",
        activities=activities,
        chosen=chosen,
        groups=groups,
        statuses=statuses,
        teacher=OWNER,
        added=request.args.get("added", 0, type=int),
        any_tool=any(tool for _, tool in activities),
    )


@routes.get(f"{COURSE}/activity/<{ID}:activity_id>")
def activity(course_id: int, activity_id: int) -> str:
    """An activity: the tool in a frame."""
    course_or_404(course_id)
    with practice_lms().sessions.begin() as session:
        person = acting_person(session)
        shown, tool = _activity(session, activity_id)
    if tool is not None:
        allow_peer(shown.url or tool.target_link_uri)
    return render_template("practice_lms/activity.html", activity=shown, tool=tool, person=person)


@routes.get(f"{COURSE}/activity/<{ID}:activity_id>/launch")
def launch(course_id: int, activity_id: int) -> str:
    """Begin the login at the tool, in the frame: a form that posts itself, as in Moodle."""
    course_or_404(course_id)
    with practice_lms().sessions.begin() as session:
        person = acting_person(session)
        launched, tool = _activity(session, activity_id)
        if tool is None:
            abort(409, "No active tool belongs to this activity.")
        return login_page(session, tool, launched, person)


@routes.get(f"{COURSE}/return")
def returned(course_id: int) -> str:
    """Where a tool sends people back to (`launch_presentation.return_url`), with its message."""
    course_or_404(course_id)
    return render_template(
        "practice_lms/returned.html",
        message=request.args.get("lti_errormsg") or request.args.get("lti_msg"),
        failed="lti_errormsg" in request.args,
    )


@routes.get(f"{COURSE}/roster")
def roster(course_id: int) -> str:
    """The members as the roster service shows them, each with a place that can be changed."""
    course_or_404(course_id)
    with practice_lms().sessions.begin() as session:
        statuses = _statuses(session)
    members = [person for person in PEOPLE if person.roster_role]
    return render_template(
        "practice_lms/roster.html", members=members, statuses=statuses, choices=STATUSES
    )


@routes.post(f"{COURSE}/roster/<user_id>")
def change_status(course_id: int, user_id: str) -> ResponseReturnValue:
    """Make a member Active, Inactive or Removed."""
    course_or_404(course_id)
    status = request.form.get("status")
    with practice_lms().sessions.begin() as session:
        enrolment = session.get(Enrolment, user_id)
        if enrolment is None or status not in STATUSES:
            abort(400, f"Choose a member and one of {', '.join(STATUSES)}.")
        enrolment.status = status
    return redirect(url_for("pages.roster", course_id=COURSE_ID, _anchor=f"member-{user_id}"), 303)


def _statuses(session: Session) -> dict[str, str]:
    known = {row.user_id: row.status for row in session.scalars(select(Enrolment))}
    return {user_id: known.get(user_id, "Active") for user_id in BY_USER_ID}


def _activity(session: Session, activity_id: int) -> tuple[Activity, Tool | None]:
    """An activity and its tool, None while no active tool belongs to it."""
    found = session.get(Activity, activity_id)
    if found is None:
        abort(404, "There is no such activity in this course.")
    tool = session.get(Tool, found.tool_id) if found.tool_id else None
    return found, tool if tool and tool.active else None
