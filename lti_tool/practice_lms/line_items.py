"""Line items of the gradebook (LTI Assignment and Grade Services 2.0, section 3.2)."""

from typing import Any

from flask import Blueprint, Response, abort, request
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.practice_lms.addresses import line_item_url, line_items_url
from lti_tool.practice_lms.lms import practice_lms
from lti_tool.practice_lms.service_requests import (
    finite_number,
    page_of,
    read_body,
    require_accept,
    require_course,
    service_answer,
    text_field,
)
from lti_tool.practice_lms.tables import Activity, Grade, LineItem, Tool
from lti_tool.practice_lms.tokens import authorized_tool
from lti_tool.practice_lms.vocabulary import (
    LINE_ITEM_CONTAINER_TYPE,
    LINE_ITEM_TYPE,
    SCOPE_LINE_ITEM,
    SCOPE_LINE_ITEM_READ,
)

ID = "int(max=999999999)"
CONTAINER = f"/services/<{ID}:course_id>/lineitems"
ONE = f"{CONTAINER}/<{ID}:line_item_id>/lineitem"

routes = Blueprint("line_items", __name__)


@routes.get(CONTAINER)
def line_items(course_id: int) -> Response:
    """The tool's own line items; filters `tag`, `resource_id`, `resource_link_id`, `limit`."""
    require_accept(LINE_ITEM_CONTAINER_TYPE)
    lms = practice_lms()
    with lms.sessions.begin() as session:
        tool = authorized_tool(session, SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ)
        require_course(course_id, tool)
        found = [
            as_json(lms.settings.url, item)
            for item in session.scalars(
                select(LineItem).filter_by(tool_id=tool.id).order_by(LineItem.id)
            )
        ]
    filters = {"tag": "tag", "resource_id": "resourceId", "resource_link_id": "resourceLinkId"}
    for parameter, field in filters.items():
        if parameter in request.args:
            wanted = request.args[parameter]
            found = [item for item in found if item.get(field, "") == wanted]
    page, link = page_of(found, line_items_url(lms.settings.url, tool.id), None)
    return service_answer(page, LINE_ITEM_CONTAINER_TYPE, link=link)


@routes.post(CONTAINER)
def create_line_item(course_id: int) -> Response:
    """A new column; 201 with the line item and its `id`."""
    lms = practice_lms()
    with lms.sessions.begin() as session:
        tool = authorized_tool(session, SCOPE_LINE_ITEM)
        require_course(course_id, tool)
        item = LineItem(tool_id=tool.id, **_fields(session, tool, read_body(LINE_ITEM_TYPE)))
        session.add(item)
        session.flush()
        return service_answer(as_json(lms.settings.url, item), LINE_ITEM_TYPE, 201)


@routes.get(ONE)
def line_item(course_id: int, line_item_id: int) -> Response:
    """One line item of the tool."""
    require_accept(LINE_ITEM_TYPE)
    lms = practice_lms()
    with lms.sessions.begin() as session:
        tool = authorized_tool(session, SCOPE_LINE_ITEM, SCOPE_LINE_ITEM_READ)
        item = own_line_item(session, tool, course_id, line_item_id)
        return service_answer(as_json(lms.settings.url, item), LINE_ITEM_TYPE)


@routes.put(ONE)
def replace_line_item(course_id: int, line_item_id: int) -> Response:
    """Replace every field; a new maximum rescales the grades that are there, as in Moodle."""
    lms = practice_lms()
    with lms.sessions.begin() as session:
        tool = authorized_tool(session, SCOPE_LINE_ITEM)
        item = own_line_item(session, tool, course_id, line_item_id)
        fields = _fields(session, tool, read_body(LINE_ITEM_TYPE))
        factor = fields["score_maximum"] / item.score_maximum
        for name, value in fields.items():
            setattr(item, name, value)
        session.execute(
            update(Grade).filter_by(line_item_id=item.id).values(score=Grade.score * factor)
        )
        return service_answer(as_json(lms.settings.url, item), LINE_ITEM_TYPE)


@routes.delete(ONE)
def delete_line_item(course_id: int, line_item_id: int) -> tuple[str, int]:
    """Delete a column with its grades; 204. A coupled one may be deleted too, as in Moodle."""
    with practice_lms().sessions.begin() as session:
        tool = authorized_tool(session, SCOPE_LINE_ITEM)
        session.delete(own_line_item(session, tool, course_id, line_item_id))
    return "", 204


@routes.post(ONE)
def misplaced(course_id: int, line_item_id: int) -> Response:
    """A score sent here has its path behind the query."""
    abort(400, "Nothing is posted to a line item: /scores goes into the path, before the '?'.")


def own_line_item(session: Session, tool: Tool, course_id: int, line_item_id: int) -> LineItem:
    """A line item of this tool in this course; 404 for any other."""
    require_course(course_id, tool)
    item = session.get(LineItem, line_item_id)
    if item is None or item.tool_id != tool.id:
        abort(404, f"Grade item {line_item_id} doesn't exist.")
    return item


def as_json(url: str, item: LineItem) -> dict[str, Any]:
    """A line item as the service shows it."""
    shown = {
        "id": line_item_url(url, item.tool_id, item.id),
        "label": item.label,
        "scoreMaximum": item.score_maximum,
        "tag": item.tag,
        "resourceId": item.resource_id,
    }
    if item.activity_id is not None:
        shown["resourceLinkId"] = str(item.activity_id)
    return shown


def _fields(session: Session, tool: Tool, body: dict[str, Any]) -> dict[str, Any]:
    label, maximum = text_field(body, "label"), finite_number(body.get("scoreMaximum"))
    if not label.strip():
        abort(400, "label is missing.")
    if maximum is None or maximum <= 0:
        abort(400, "scoreMaximum must be a number above 0.")
    return {
        "label": label,
        "score_maximum": maximum,
        "tag": text_field(body, "tag"),
        "resource_id": text_field(body, "resourceId"),
        "activity_id": _own_activity(session, tool, text_field(body, "resourceLinkId")),
    }


def _own_activity(session: Session, tool: Tool, resource_link_id: str) -> int | None:
    """The tool may only hang a column on its own resource links (CVE-2023-23611)."""
    if not resource_link_id:
        return None
    own = session.scalars(select(Activity.id).filter_by(tool_id=tool.id))
    if resource_link_id not in {str(activity_id) for activity_id in own}:
        abort(403, f"Invalid LTI id supplied: resourceLinkId {resource_link_id!r} is not yours.")
    return int(resource_link_id)
