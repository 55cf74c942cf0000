"""The OpenID Connect side of a launch: login begun here, authorization, id_token.

LTI 1.3 core section 5.1.1 and 1EdTech Security Framework 1.0 section 5.1.1. As strict as Moodle
(redirect addresses compared as a whole) and Canvas (`prompt` and `lti_message_hint` required).
"""

import json
from datetime import timedelta
from secrets import randbelow, token_urlsafe
from typing import Any, NamedTuple

from flask import Blueprint, abort, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.practice_lms.guards import allow_peer
from lti_tool.practice_lms.keys import current_key, sign
from lti_tool.practice_lms.lms import practice_lms, status_of
from lti_tool.practice_lms.people import BY_USER_ID, COURSE_ID, Person
from lti_tool.practice_lms.platform import columns_of, deep_linking_claims, resource_link_claims
from lti_tool.practice_lms.tables import Activity, ContentRequest, Launch, Tool

LAUNCH_LIFE = timedelta(minutes=10)
REQUIRED = {
    "scope": "openid",
    "response_type": "id_token",
    "response_mode": "form_post",
    "prompt": "none",
}

routes = Blueprint("authorization", __name__)


class Refused(NamedTuple):
    """An error of OpenID Connect core section 3.1.2.6."""

    error: str
    description: str


def login_page(session: Session, tool: Tool, activity: Activity | None, person: Person) -> str:
    """Begin a login: a page that posts itself to the tool's login address.

    The hint is JSON, as in Moodle, so that a tool which encodes it badly notices here.
    """
    lms = practice_lms()
    launch_id = f"launch{activity.id if activity else 0}_{randbelow(10**9)}{token_urlsafe(8)}"
    hint = {"cmid": activity.id if activity else 0, "launchid": launch_id}
    launch = Launch(
        hint=json.dumps(hint, separators=(",", ":")),
        tool_id=tool.id,
        activity_id=activity.id if activity else None,
        user_id=person.user_id,
        started_at=lms.now(),
    )
    session.add(launch)
    target = (activity.url if activity else tool.deep_linking_uri) or tool.target_link_uri
    fields = {
        "iss": lms.settings.url,
        "client_id": tool.client_id,
        "lti_message_hint": launch.hint,
        "target_link_uri": target,
        "lti_deployment_id": tool.deployment_id,
        "login_hint": person.user_id,
    }
    return form_post(tool.initiate_login_uri, fields)


def form_post(action: str, fields: dict[str, str]) -> str:
    """A page whose form sends `fields` to `action` at once, or by its button without scripts."""
    allow_peer(action)
    return render_template("practice_lms/form_post.html", action=action, fields=fields)


@routes.route("/auth", methods=["GET", "POST"])
def authorize() -> str:
    """Answer an authentication request with an id_token, or with an error where that is safe."""
    lms = practice_lms()
    values = request.values
    with lms.sessions.begin() as session:
        tool = session.scalars(
            select(Tool).where(Tool.client_id == values.get("client_id", ""))
        ).one_or_none()
        if tool is None:
            abort(400, "The authentication request names a client_id that is not registered here.")
        redirect_uri = values.get("redirect_uri", "")
        if redirect_uri not in tool.redirect_uris:
            abort(
                400,
                "The authentication request names a redirect_uri that the tool did not register. "
                "It is compared as a whole, query included.",
            )
        answer = _answer(session, tool, values.to_dict())
        state = {"state": values["state"]} if "state" in values else {}
        if isinstance(answer, Refused):
            fields = {"error": answer.error, "error_description": answer.description}
            return form_post(redirect_uri, fields | state)
        return form_post(redirect_uri, {"id_token": answer} | state)


def _answer(session: Session, tool: Tool, values: dict[str, str]) -> str | Refused:
    if not tool.active:
        return Refused("unauthorized_client", "an administrator has not activated this tool")
    for name, expected in REQUIRED.items():
        if values.get(name) != expected:
            code = {"scope": "invalid_scope", "response_type": "unsupported_response_type"}
            return Refused(code.get(name, "invalid_request"), f"{name} must be {expected}")
    for name in ("nonce", "login_hint", "lti_message_hint"):
        if not values.get(name):
            return Refused("invalid_request", f"{name} is missing")
    launch = _take_launch(session, tool, values["lti_message_hint"])
    if launch is None:
        return Refused(
            "launch_no_longer_valid", "the lti_message_hint is unknown, too old or already used"
        )
    person = BY_USER_ID[launch.user_id]
    if values["login_hint"] != person.user_id or status_of(session, person) != "Active":
        return Refused("login_required", "login_hint is not the person this launch began with")
    claims = _claims(session, tool, launch, person, values["nonce"])
    return sign(claims, current_key(session))


def _take_launch(session: Session, tool: Tool, hint: str) -> Launch | None:
    """The launch of a hint, which is gone from then on."""
    lms = practice_lms()
    launch = session.get(Launch, hint)
    if launch is None or launch.tool_id != tool.id:
        return None
    session.delete(launch)
    return launch if lms.now() - launch.started_at <= LAUNCH_LIFE else None


def _claims(
    session: Session, tool: Tool, launch: Launch, person: Person, nonce: str
) -> dict[str, Any]:
    lms = practice_lms()
    url, now = lms.settings.url, lms.now()
    if launch.activity_id is not None:
        activity = session.get_one(Activity, launch.activity_id)
        columns = columns_of(session, tool, activity)
        return resource_link_claims(url, tool, person, nonce, now, activity, columns)
    asked = ContentRequest(
        token=token_urlsafe(24),
        tool_id=tool.id,
        user_id=person.user_id,
        data=token_urlsafe(24) if lms.settings.deep_linking_data else None,
    )
    session.add(asked)
    return_url = f"{url}/course/{COURSE_ID}/deep-linking/return?request={asked.token}"
    return deep_linking_claims(url, tool, person, nonce, now, return_url, asked.data)
