"""The administrators' tools page: register, activate, delete."""

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.practice_lms.guards import allow_peer, only_our_forms
from lti_tool.practice_lms.line_items import ID
from lti_tool.practice_lms.lms import practice_lms
from lti_tool.practice_lms.registration import initiation_url
from lti_tool.practice_lms.settings import origin_of
from lti_tool.practice_lms.tables import Activity, RegistrationLink, Tool

routes = Blueprint("tools", __name__, url_prefix="/admin")
routes.before_request(only_our_forms)


@routes.get("/tools")
def list_tools() -> str:
    """Every registered tool with what its administrator may need to know."""
    return _page("")


@routes.get("/tools.json")
def list_tools_as_json() -> Response:
    """The registered tools for a script, oldest first."""
    with practice_lms().sessions.begin() as session:
        return jsonify(
            [
                {
                    "id": tool.id,
                    "name": tool.name,
                    "state": "active" if tool.active else "pending",
                    "client_id": tool.client_id,
                    "deployment_id": tool.deployment_id,
                }
                for tool in session.scalars(select(Tool).order_by(Tool.id))
            ]
        )


@routes.post("/tools")
def begin_registration() -> ResponseReturnValue:
    """Take the address a tool gave for registration and open it on a page of its own."""
    address = request.form.get("registration_address", "").strip()
    if not origin_of(address) or "#" in address:
        problem = "Paste the whole registration address, beginning with http:// or https://."
        return _page(problem, address), 400
    lms = practice_lms()
    with lms.sessions.begin() as session:
        link = RegistrationLink(address=address, issued_at=lms.now())
        session.add(link)
        session.flush()
        return redirect(url_for("tools.registration", link_id=link.id), 303)


@routes.get(f"/tools/registration/<{ID}:link_id>")
def registration(link_id: int) -> str:
    """The tool's registration page in a frame; it closes itself by a message."""
    lms = practice_lms()
    with lms.sessions.begin() as session:
        link = session.get(RegistrationLink, link_id)
        if link is None or link.used_at is not None:
            abort(404, "This registration is over. Begin a new one on the tools page.")
        allow_peer(link.address)
        source = initiation_url(session, lms, link)
    return render_template("practice_lms/registration.html", source=source)


@routes.post(f"/tools/<{ID}:tool_id>/activate")
def activate(tool_id: int) -> ResponseReturnValue:
    """Let a pending tool launch and call services; activities without a tool become its own."""
    with practice_lms().sessions.begin() as session:
        tool = _tool(session, tool_id)
        tool.active = True
        _adopt(session, tool)
    return redirect(url_for("tools.list_tools"), 303)


@routes.get(f"/tools/<{ID}:tool_id>/delete")
def confirm_deletion(tool_id: int) -> str:
    """Ask before a tool goes."""
    with practice_lms().sessions.begin() as session:
        return render_template("practice_lms/delete_tool.html", tool=_tool(session, tool_id))


@routes.post(f"/tools/<{ID}:tool_id>/delete")
def delete_tool(tool_id: int) -> ResponseReturnValue:
    """Delete a tool with its columns and grades and the activities that deep linking made."""
    with practice_lms().sessions.begin() as session:
        tool = _tool(session, tool_id)
        for activity in session.scalars(select(Activity).filter_by(tool_id=tool.id)):
            if activity.deep_linked:
                session.delete(activity)
        session.flush()
        session.delete(tool)
        session.flush()
        heir = session.scalars(select(Tool).filter_by(active=True).order_by(Tool.id)).first()
        if heir is not None:
            _adopt(session, heir)
    return redirect(url_for("tools.list_tools"), 303)


def _adopt(session: Session, tool: Tool) -> None:
    unowned = update(Activity).where(Activity.tool_id.is_(None))
    session.execute(unowned.values(tool_id=tool.id))


def _tool(session: Session, tool_id: int) -> Tool:
    tool = session.get(Tool, tool_id)
    if tool is None:
        abort(404, "There is no such tool.")
    return tool


def _page(problem: str, address: str = "") -> str:
    lms = practice_lms()
    with lms.sessions.begin() as session:
        tools = session.scalars(select(Tool).order_by(Tool.id)).all()
    return render_template(
        "practice_lms/tools.html",
        tools=tools,
        problem=problem,
        address=address,
        url=lms.settings.url,
        tool_url=lms.settings.tool_url,
    )
