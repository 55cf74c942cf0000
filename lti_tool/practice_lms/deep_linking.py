"""Adding activities from a tool (LTI Deep Linking 2.0): the request's page and the answer."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.practice_lms.authorization import login_page
from lti_tool.practice_lms.guards import allow_peer
from lti_tool.practice_lms.line_items import ID
from lti_tool.practice_lms.lms import acting_person, course_or_404, practice_lms
from lti_tool.practice_lms.people import Person
from lti_tool.practice_lms.service_requests import finite_number
from lti_tool.practice_lms.settings import origin_of
from lti_tool.practice_lms.tables import Activity, ContentRequest, LineItem, Tool
from lti_tool.practice_lms.tool_tokens import (
    TokenRefused,
    check_audience,
    check_times,
    use_once,
    verified_claims,
)
from lti_tool.practice_lms.vocabulary import DEEP_LINKING, DEEP_LINKING_RESPONSE, LTI, VERSION

COURSE = f"/course/<{ID}:course_id>"

routes = Blueprint("deep_linking", __name__)


@routes.get(f"{COURSE}/add")
def add_activity(course_id: int) -> str:
    """Choose a tool, then let it offer its activities in a frame."""
    course_or_404(course_id)
    with practice_lms().sessions.begin() as session:
        person = _teacher(session)
        offering = select(Tool).where(Tool.active, Tool.deep_linking_uri.is_not(None))
        tools = session.scalars(offering.order_by(Tool.id)).all()
    wanted = request.args.get("tool", "")
    chosen = next((tool for tool in tools if wanted == str(tool.id)), None)
    if chosen is None and len(tools) == 1:
        chosen = tools[0]
    if chosen is not None:
        allow_peer(chosen.target_link_uri)
    return render_template(
        "practice_lms/add_activity.html", person=person, tools=tools, chosen=chosen
    )


@routes.get(f"{COURSE}/deep-linking/<{ID}:tool_id>/launch")
def launch(course_id: int, tool_id: int) -> str:
    """Begin a deep linking login, in the frame."""
    course_or_404(course_id)
    with practice_lms().sessions.begin() as session:
        person = _teacher(session)
        tool = session.get(Tool, tool_id)
        if tool is None or not tool.active or tool.deep_linking_uri is None:
            abort(404, "There is no such active tool with deep linking.")
        return login_page(session, tool, None, person)


@routes.post(f"{COURSE}/deep-linking/return")
def content_returned(course_id: int) -> ResponseReturnValue:
    """Take the tool's answer, verify it and put its links into the course."""
    course_or_404(course_id)
    lms = practice_lms()
    token = request.args.get("request", "")
    with lms.sessions() as session:
        asked = session.get(ContentRequest, token)
        if asked is None:
            abort(400, "This deep linking request is unknown or was answered before.")
        tool = session.get_one(Tool, asked.tool_id)
    try:
        claims = verified_claims(lms, tool.jwks_uri, request.form.get("JWT", ""))
        _check(claims, tool, asked.data)
        check_audience(claims, lms.settings.url)
        check_times(claims, lms.now())
        items = [_read_item(tool, item) for item in _content_items(claims)]
        with lms.sessions.begin() as session:
            use_once(session, tool, "nonce", claims.get("nonce"))
            answered = session.get(ContentRequest, token)
            if answered is None:
                raise TokenRefused("the request was answered before")
            session.delete(answered)
            for activity, line_item in items:
                session.add(activity)
                session.flush()
                if line_item is not None:
                    line_item.activity_id = activity.id
                    session.add(line_item)
    except TokenRefused as refused:
        abort(400, f"The tool's deep linking response was refused: {refused}.")
    return render_template(
        "practice_lms/content_returned.html",
        titles=[activity.title for activity, _ in items],
        message=_text(claims, f"{DEEP_LINKING}msg") or _text(claims, f"{DEEP_LINKING}errormsg"),
        user_id=asked.user_id,
    )


def _teacher(session: Session) -> Person:
    person = acting_person(session)
    if not person.editing:
        abort(403, "Only an editing teacher adds activities to the course.")
    return person


def _check(claims: dict[str, Any], tool: Tool, data: str | None) -> None:
    """The claims of section 4.5; `data` comes back exactly where it was sent, and only there."""
    if not tool.active:
        raise TokenRefused("an administrator has not activated this tool")
    expected = {
        "iss": tool.client_id,
        f"{LTI}deployment_id": tool.deployment_id,
        f"{LTI}message_type": DEEP_LINKING_RESPONSE,
        f"{LTI}version": VERSION,
        f"{DEEP_LINKING}data": data,
    }
    for name, value in expected.items():
        if claims.get(name) != value or (value is None and name in claims):
            wanted = "absent, for none was sent" if value is None else f"{value!r}"
            raise TokenRefused(f"{name} must be {wanted}")


def _content_items(claims: dict[str, Any]) -> list[dict[str, Any]]:
    items = claims.get(f"{DEEP_LINKING}content_items", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise TokenRefused("content_items must be a list of objects")
    return items


def _read_item(tool: Tool, item: dict[str, Any]) -> tuple[Activity, LineItem | None]:
    """An activity and, where the item has a `lineItem`, its coupled column."""
    if item.get("type") != "ltiResourceLink":
        raise TokenRefused("only content items of type ltiResourceLink are accepted here")
    url = item.get("url")
    if url is not None and (not isinstance(url, str) or origin_of(url) != _own_origin(tool)):
        raise TokenRefused("the url of a content item must be an address of the tool")
    custom = item.get("custom", {})
    if not isinstance(custom, dict):
        raise TokenRefused("custom of a content item must be an object")
    activity = Activity(
        tool_id=tool.id,
        title=_text(item, "title") or tool.name,
        description=_text(item, "text"),
        url=url,
        custom=custom,
        deep_linked=True,
    )
    if item.get("lineItem") is None:
        return activity, None
    return activity, _read_line_item(tool, activity.title, item["lineItem"])


def _read_line_item(tool: Tool, title: str, line_item: Any) -> LineItem:
    if not isinstance(line_item, dict):
        raise TokenRefused("lineItem must be an object")
    maximum = finite_number(line_item.get("scoreMaximum"))
    if maximum is None or maximum <= 0:
        raise TokenRefused("lineItem needs a scoreMaximum above 0")
    return LineItem(
        tool_id=tool.id,
        label=_text(line_item, "label") or title,
        score_maximum=maximum,
        tag=_text(line_item, "tag"),
        resource_id=_text(line_item, "resourceId"),
    )


def _own_origin(tool: Tool) -> str:
    return origin_of(tool.target_link_uri)


def _text(body: dict[str, Any], name: str) -> str:
    """A text of the tool's; empty where it is absent. Refuses what is no text."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise TokenRefused(f"{name} must be text")
    return value.encode("utf-8", "replace").decode().strip()
