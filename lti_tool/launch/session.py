"""The launch session: what a launch opened, carried by a cookie or a bearer token.

Only hashes are stored. A session ends after eight hours without a request, after a day in any
case, when the LMS gives the person another role in the course, and with the platform's approval.
"""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy import CursorResult, Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session, defer, joinedload

from config.settings import Settings
from lti_tool.database import db
from lti_tool.launch.claims import LaunchClaims
from lti_tool.launch.lms import frame_origins
from lti_tool.launch.login import set_frame_cookie
from lti_tool.launch.platforms import APPROVED
from lti_tool.models import Context, LaunchSession, LoginState, LtiUser, Platform
from lti_tool.secrets import hash_token, new_token
from lti_tool.security_headers import allow_framing_by

IDLE_LIFE = timedelta(hours=8)
WHOLE_LIFE = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=1)
SESSION_COOKIE = "__Host-launch"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"
# Addresses that answer before there is a session, or without one.
OUTSIDE = frozenset({"health", "launch", "registration"})

_INSERT = insert(cast(Table, LaunchSession.__table__))
_FIND = (
    select(LaunchSession)
    .where(LaunchSession.token_hash == bindparam("token_hash"))
    .options(
        joinedload(LaunchSession.platform).options(
            defer(Platform.key_set), defer(Platform.key_set_refetches)
        ),
        joinedload(LaunchSession.context).joinedload(Context.cohort),
    )
)
_SEEN = (
    update(cast(Table, LaunchSession.__table__))
    .where(LaunchSession.token_hash == bindparam("seen_token"))
    .values(seen_at=bindparam("now"))
)


def open_session(
    session: Session,
    platform: Platform,
    context: Context,
    lti_user: LtiUser,
    role: str,
    claims: LaunchClaims,
    now: datetime,
) -> str:
    """Store a new session and return its token; only the browser keeps that."""
    token = new_token()
    values = {
        "token_hash": hash_token(token),
        "platform_id": platform.id,
        "context_pk": context.id,
        "lti_user_id": lti_user.id,
        "role": role,
        "return_url": claims.return_url,
        "locale": claims.locale,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + WHOLE_LIFE,
    }
    session.execute(_INSERT, values)
    return token


def send_cookie(response: Response, token: str) -> None:
    """Ask the browser to carry the session."""
    set_frame_cookie(response, SESSION_COOKIE, token, WHOLE_LIFE)


def load() -> None:
    """Set `g.launch` to the request's LaunchSession, or None; its platform may frame the answer."""
    g.launch = None
    if request.endpoint == "static" or request.blueprint in OUTSIDE:
        return
    token = _presented()
    if not token:
        return
    now = datetime.now(UTC)
    launch = _find(token, now)
    if launch is not None and now - launch.seen_at >= SEEN_EVERY:
        # A plain statement: a launch may have ended this session since, and then there is no row.
        db.session.execute(_SEEN, {"seen_token": launch.token_hash, "now": now})
        db.session.commit()
        launch = _find(token, now)
    if launch is not None:
        g.launch = launch
        platform = launch.platform
        allow_framing_by(
            *frame_origins(platform.issuer, platform.authorization_endpoint, launch.return_url)
        )


def csrf_token() -> str:
    """What a form of this session carries in its field `csrf_token`, or a script in its header
    X-CSRF-Token. Needs a session: `g.launch` must not be None."""
    settings: Settings = current_app.config["SETTINGS"]
    launch: LaunchSession = g.launch
    message = f"form {launch.token_hash}".encode()
    return hmac.new(settings.secret_key.encode(), message, sha256).hexdigest()


def csrf_is_valid() -> bool:
    """Whether this request carries the token of its own session."""
    if g.get("launch") is None:
        return False
    sent = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    return hmac.compare_digest(sent.encode("utf-8", "replace"), csrf_token().encode())


def purge(session: Session, now: datetime) -> int:
    """Delete login states and sessions that have run out; returns how many. Commits nothing."""
    over = (LaunchSession.expires_at <= now) | (LaunchSession.seen_at <= now - IDLE_LIFE)
    states = delete(LoginState).where(LoginState.expires_at <= now)
    sessions = delete(LaunchSession).where(over)
    return sum(
        cast(CursorResult[Any], session.execute(each)).rowcount for each in (states, sessions)
    )


def init_app(app: Flask) -> None:
    """Load the session before every request."""
    app.before_request(load)


def _presented() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.cookies.get(SESSION_COOKIE, "")


def _find(token: str, now: datetime) -> LaunchSession | None:
    launch = db.session.scalar(_FIND, {"token_hash": hash_token(token)})
    if launch is None or launch.expires_at <= now or launch.seen_at <= now - IDLE_LIFE:
        return None
    return launch if launch.platform.state == APPROVED else None
