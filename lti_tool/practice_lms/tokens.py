"""The token endpoint (RFC 6749 section 4.4 with RFC 7523 client assertions) and bearer checks."""

from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.practice_lms.lms import practice_lms
from lti_tool.practice_lms.tables import AccessToken, Tool
from lti_tool.practice_lms.tool_tokens import (
    TokenRefused,
    check_audience,
    check_times,
    unverified_issuer,
    use_once,
    verified_claims,
)

TOKEN_LIFE = timedelta(hours=1)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

routes = Blueprint("tokens", __name__)


@routes.post("/token")
def token() -> ResponseReturnValue:
    """Give a bearer token for the granted ones of the scopes asked for."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return _error("invalid_request", "send application/x-www-form-urlencoded")
    if request.form.get("grant_type") != "client_credentials":
        return _error("unsupported_grant_type", "grant_type must be client_credentials")
    if request.form.get("client_assertion_type") != ASSERTION_TYPE:
        return _error("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}")
    try:
        tool = _client(request.form.get("client_assertion", ""))
    except TokenRefused as refused:
        return _error("invalid_client", f"the client assertion was refused: {refused}", 401)
    if not tool.active:
        return _error("unauthorized_client", "an administrator has not activated this tool")
    asked = request.form.get("scope", "").split()
    scopes = [scope for scope in dict.fromkeys(asked) if scope in tool.scopes]
    if not scopes:
        return _error("invalid_scope", "none of the scopes asked for was granted to this tool")
    lms = practice_lms()
    bearer = token_urlsafe(32)
    with lms.sessions.begin() as session:
        session.add(
            AccessToken(
                token=bearer, tool_id=tool.id, scopes=scopes, expires_at=lms.now() + TOKEN_LIFE
            )
        )
    return jsonify(
        access_token=bearer,
        token_type="Bearer",
        expires_in=int(TOKEN_LIFE.total_seconds()),
        scope=" ".join(scopes),
    )


def authorized_tool(session: Session, *scopes: str) -> Tool:
    """The tool whose bearer token came with the request and holds one of `scopes`.

    401 for no, an unknown or an expired token and for a tool that is not active; 403 for a
    token without the scope.
    """
    lms = practice_lms()
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    known = session.get(AccessToken, value) if scheme.lower() == "bearer" and value else None
    if known is None or known.expires_at <= lms.now():
        abort(401, "The bearer token is missing, unknown or expired.")
    tool = session.get_one(Tool, known.tool_id)
    if not tool.active:
        abort(401, "An administrator has not activated this tool.")
    if not set(scopes) & set(known.scopes):
        abort(403, f"The bearer token lacks the scope {' or '.join(scopes)}.")
    return tool


def _client(assertion: str) -> Tool:
    lms = practice_lms()
    client_id = unverified_issuer(assertion)
    with lms.sessions() as session:
        tool = session.scalars(select(Tool).where(Tool.client_id == client_id)).one_or_none()
    if tool is None:
        raise TokenRefused("its iss is no registered client_id")
    claims: dict[str, Any] = verified_claims(lms, tool.jwks_uri, assertion)
    if claims.get("sub") != client_id:
        raise TokenRefused("iss and sub must both be the client_id")
    check_audience(claims, f"{lms.settings.url}/token")
    check_times(claims, lms.now())
    with lms.sessions.begin() as session:
        use_once(session, tool, "jti", claims.get("jti"))
    return tool


def _error(code: str, description: str, status: int = 400) -> ResponseReturnValue:
    return jsonify(error=code, error_description=description), status
