"""The roster service (Names and Role Provisioning Services 2.0).

Like Moodle's, it says a non-editing teacher is a Learner and leaves the administrator out. Unlike
Moodle's, it pages without being asked and shows an inactive member as Inactive.
"""

from typing import Any

from flask import Blueprint, Response, abort, request
from sqlalchemy import select

from lti_tool.practice_lms.addresses import memberships_url
from lti_tool.practice_lms.line_items import ID
from lti_tool.practice_lms.lms import course_or_404, practice_lms
from lti_tool.practice_lms.people import BY_USER_ID, COURSE_ID, COURSE_LABEL, COURSE_TITLE
from lti_tool.practice_lms.platform import personal_claims
from lti_tool.practice_lms.service_requests import page_of, require_accept, service_answer
from lti_tool.practice_lms.tables import Enrolment, Tool
from lti_tool.practice_lms.tokens import authorized_tool
from lti_tool.practice_lms.vocabulary import (
    MEMBERSHIP,
    MEMBERSHIP_CONTAINER_TYPE,
    SCOPE_ROSTER,
)

routes = Blueprint("roster", __name__)


@routes.get(f"/services/CourseSection/<{ID}:course_id>/bindings/<{ID}:tool_id>/memberships")
def memberships(course_id: int, tool_id: int) -> Response:
    """A page of members; `role` takes a short name or a full URI, `limit` asks for less."""
    require_accept(MEMBERSHIP_CONTAINER_TYPE)
    lms = practice_lms()
    with lms.sessions.begin() as session:
        tool = authorized_tool(session, SCOPE_ROSTER)
        course_or_404(course_id)
        if tool_id != tool.id:
            abort(403, "Invalid LTI id supplied: this roster is not yours.")
        enrolments = session.scalars(select(Enrolment).where(Enrolment.status != "Removed")).all()
    members = [_as_json(tool, enrolment) for enrolment in enrolments]
    role = request.args.get("role", "").removeprefix(MEMBERSHIP)
    if role:
        members = [member for member in members if role in member["roles"]]
    url = memberships_url(lms.settings.url, tool.id)
    page, link = page_of(members, url, lms.settings.roster_page_size)
    context = {"id": str(COURSE_ID), "label": COURSE_LABEL, "title": COURSE_TITLE}
    body = {"id": url, "context": context, "members": page}
    return service_answer(body, MEMBERSHIP_CONTAINER_TYPE, link=link)


def _as_json(tool: Tool, enrolment: Enrolment) -> dict[str, Any]:
    person = BY_USER_ID[enrolment.user_id]
    return {
        "status": enrolment.status,
        "roles": [person.roster_role],
        "user_id": person.user_id,
        "lis_person_sourcedid": person.sourcedid,
        **personal_claims(tool, person),
        "ext_user_username": person.username,
    }
