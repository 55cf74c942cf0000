"""The addresses that a platform calls: /lti/login, /lti/launch, /lti/jwks."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from config.settings import Settings
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.launch import admission, key_sets, tool_keys, unbound
from lti_tool.launch.key_sets import KeySetNeeded
from lti_tool.launch.login import BrowserCookie, Login, LoginStates, ToolRequest
from lti_tool.launch.message import Launch
from lti_tool.launch.platforms import Platforms, registration_of
from lti_tool.launch.roles import course_role, is_test_user
from lti_tool.launch.session import send_cookie

bp = Blueprint("launch", __name__, url_prefix="/lti")

LAUNCH_PATH = "/lti/launch"
HOME = "/"
# Where a launch may land. Everything else on our origin, and all that is not, lands at home.
LANDING_PATHS = frozenset({HOME})
MOST_COLLISIONS = 5  # deployment, context, link, person and membership, at the very worst


@bp.route("/login", methods=["GET", "POST"])
def login() -> Response:
    """Step 1: remember state and nonce, and send the browser to its platform."""
    parameters = _once(request.form if request.method == "POST" else request.args)
    settings = _settings()
    asked = ToolRequest(parameters, request.cookies)
    browser = BrowserCookie(asked)
    target = landing_path(parameters.get("target_link_uri", ""), settings.tool_url)
    now = datetime.now(UTC)
    states = LoginStates(_session())
    step = Login(asked, Platforms(_session()), states, browser, target, now)
    address = step.get_redirect_object(settings.tool_url + LAUNCH_PATH).get_redirect_url()
    db.session.commit()
    response = make_response(redirect(address, code=302))
    browser.update_response(response)
    return response


@bp.post("/launch")
def launch() -> Response:
    """Step 2: verify the message, bring its rows up to date, and open a session."""
    parameters = _once(request.form)
    if "error" in parameters and "id_token" not in parameters:
        _let_platform_frame(parameters.get("state", ""))
        raise Refusal("L-11", "the platform answered with an error")
    keys_fetched = False
    collisions = 0
    while collisions < MOST_COLLISIONS:
        try:
            return _let_in(parameters, keys_fetched)
        except KeySetNeeded as needed:
            db.session.rollback()
            key_sets.refresh(_session(), _http(), needed.platform_id, lambda: datetime.now(UTC))
            keys_fetched = True
        except IntegrityError:
            # Another first launch of this course or person was faster; its rows are there now.
            db.session.rollback()
            collisions += 1
    raise Refusal("P-503", "rows collided again and again")


@bp.get("/jwks")
def jwks() -> Response:
    """The public keys that verify what this tool signs."""
    return jsonify(tool_keys.public_key_set(_session(), _settings().secret_key, datetime.now(UTC)))


def landing_path(target_link_uri: str, tool_url: str) -> str:
    """The path of ours that a target link asks for, or home.

    >>> landing_path("https://elsewhere.example/", "https://tool.example")
    '/'
    """
    try:
        target, own = urlsplit(target_link_uri), urlsplit(tool_url)
        ours = (target.scheme, target.netloc.lower()) == (own.scheme, own.netloc.lower())
    except ValueError:
        return HOME
    return target.path if ours and target.path in LANDING_PATHS else HOME


def _let_in(parameters: dict[str, str], keys_fetched: bool) -> Response:
    """One attempt, in one transaction. A refusal rolls back, so the state is still unused."""
    session, now = _session(), datetime.now(UTC)
    received = ToolRequest(parameters, request.cookies)
    browser = BrowserCookie(received)
    states = LoginStates(session)
    message = Launch(
        received, Platforms(session), states, browser, _http(), now, keys_fetched=keys_fetched
    )
    message.validate()
    claims = message.claims
    if message.same_browser is False:
        raise Refusal("L-06", "login was begun in another browser")
    if claims.subject is None:
        raise Refusal("L-14", "no subject")
    if claims.context_id is None or claims.resource_link_id is None:
        raise Refusal("L-15", "no context or no resource link")
    if is_test_user(claims.roles):
        raise Refusal("L-04", "preview user")
    if message.same_browser is None:
        return unbound.page(message)
    cohort_clock: Callable[[], datetime] = current_app.config["NOW"]
    token = admission.admit(
        session,
        message.platform,
        claims,
        course_role(claims.roles),
        now=now,
        cohort_now=cohort_clock(),
    )
    session.commit()
    path = message.target_at_login
    if claims.target_link_uri:
        path = landing_path(claims.target_link_uri, _settings().tool_url)
    response = make_response(redirect(path, code=303))
    send_cookie(response, token)
    return response


def _let_platform_frame(state: str) -> None:
    """Let a refusal be seen in the frame of the platform that the state was begun at."""
    platform_id = LoginStates(_session()).platform_id(state)
    if platform_id is not None:
        registration_of(Platforms(_session()).by_id(platform_id))


def _once(sent: MultiDict[str, str]) -> dict[str, str]:
    """The parameters, each of which must come once: two answers to one question are none."""
    if any(len(values) > 1 for _, values in sent.lists()):
        raise Refusal("L-07", "a parameter was sent twice")
    return sent.to_dict()


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _session() -> Session:
    return db.session()


def _http() -> requests.Session:
    session: requests.Session = current_app.extensions["http_session"]
    return session
