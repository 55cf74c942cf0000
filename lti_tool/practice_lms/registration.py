"""Dynamic registration (LTI Dynamic Registration 1.0): configuration, tokens, registration.

Required are the fields that Moodle or Canvas require, so a tool that registers here can register
there. The tool arrives pending; an administrator activates it on the tools page.
"""

import json
from datetime import timedelta
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

import jwt
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lti_tool.practice_lms.keys import current_key, key_set, sign
from lti_tool.practice_lms.lms import PracticeLms, practice_lms
from lti_tool.practice_lms.registration_fields import FieldRefused, tool_fields
from lti_tool.practice_lms.tables import RegistrationLink, Tool
from lti_tool.practice_lms.vocabulary import (
    DEEP_LINKING_REQUEST,
    PLATFORM_CONFIGURATION,
    RESOURCE_LINK_REQUEST,
    SERVICE_SCOPES,
    TOOL_CONFIGURATION,
    VERSION,
)

TOKEN_LIFE = timedelta(hours=1)
TOKEN_SCOPE = "reg"
CLAIMS = ("sub", "iss", "name", "given_name", "family_name", "email")
VARIABLES = (
    "User.id",
    "User.username",
    "Person.name.full",
    "Person.name.given",
    "Person.name.family",
    "Person.email.primary",
    "Person.address.timezone",
    "Context.id",
    "Context.title",
    "Context.label",
    "Context.id.history",
    "ResourceLink.id",
    "ResourceLink.title",
)

routes = Blueprint("registration", __name__)


class TokenRefused(Exception):
    """The registration token was not accepted; the text is the answer's."""


@routes.get("/.well-known/openid-configuration")
def openid_configuration() -> Response:
    """The platform's configuration (section 3.1), readable without a token, as Moodle's."""
    url = practice_lms().settings.url
    return jsonify(
        {
            "issuer": url,
            "authorization_endpoint": f"{url}/auth",
            "token_endpoint": f"{url}/token",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": f"{url}/jwks",
            "registration_endpoint": f"{url}/register",
            "scopes_supported": ["openid", *SERVICE_SCOPES],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": list(CLAIMS),
            PLATFORM_CONFIGURATION: {
                "product_family_code": "practice-lms",
                "version": "1",
                "messages_supported": [
                    {"type": RESOURCE_LINK_REQUEST},
                    {"type": DEEP_LINKING_REQUEST, "placements": ["ContentArea"]},
                ],
                "variables": list(VARIABLES),
            },
        }
    )


@routes.get("/jwks")
def jwks() -> Response:
    """The platform's public keys."""
    with practice_lms().sessions.begin() as session:
        return jsonify(key_set(session))


@routes.post("/register")
def register() -> ResponseReturnValue:
    """Register a tool; refusals are plain text, as in Moodle. A refused one may try again."""
    lms = practice_lms()
    try:
        body = json.loads(request.get_data())
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return _refusal("the body is not JSON", 400)
    with lms.sessions.begin() as session:
        try:
            link = _unused_link(session, lms, request.headers.get("Authorization", ""))
            tool = Tool(
                client_id=token_hex(10),
                registered_at=lms.now(),
                **tool_fields(body),
            )
        except TokenRefused as refused:
            return _refusal(str(refused), 401)
        except FieldRefused as refused:
            return _refusal(str(refused), 400)
        link.used_at = lms.now()
        session.add(tool)
        session.flush()
        return jsonify(_registered(tool, body))


def initiation_url(session: Session, lms: PracticeLms, link: RegistrationLink) -> str:
    """Where the browser begins the registration: the tool's address with our two parameters."""
    claims = {
        "iss": lms.settings.url,
        "scope": TOKEN_SCOPE,
        "jti": str(link.id),
        "iat": int(link.issued_at.timestamp()),
        "exp": int((link.issued_at + TOKEN_LIFE).timestamp()),
    }
    parameters = {
        "openid_configuration": f"{lms.settings.url}/.well-known/openid-configuration",
        "registration_token": sign(claims, current_key(session)),
    }
    joint = "&" if "?" in link.address else "?"
    return f"{link.address}{joint}{urlencode(parameters)}"


def _unused_link(session: Session, lms: PracticeLms, authorization: str) -> RegistrationLink:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused("missing_registration_token")
    try:
        keys = jwt.PyJWKSet.from_dict(key_set(session))
        key = keys[jwt.get_unverified_header(token).get("kid", "")]
        our_clock = {"verify_exp": False, "verify_iat": False}
        claims = jwt.decode(token, key, ["RS256"], options=our_clock)  # type: ignore[arg-type]
        link = session.get(RegistrationLink, int(claims["jti"]))
    except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
        raise TokenRefused("invalid_registration_token") from error
    if link is None or claims.get("scope") != TOKEN_SCOPE:
        raise TokenRefused("invalid_registration_token")
    if link.used_at is not None:
        raise TokenRefused("token_already_used")
    if lms.now() - link.issued_at >= TOKEN_LIFE:
        raise TokenRefused("registration_token_expired")
    return link


def _registered(tool: Tool, body: dict[str, Any]) -> dict[str, Any]:
    messages = body[TOOL_CONFIGURATION]["messages"]
    return {
        "client_id": tool.client_id,
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": tool.initiate_login_uri,
        "redirect_uris": tool.redirect_uris,
        "client_name": tool.name,
        "jwks_uri": tool.jwks_uri,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(tool.scopes),
        TOOL_CONFIGURATION: {
            "version": VERSION,
            "deployment_id": tool.deployment_id,
            "domain": tool.domain,
            "target_link_uri": tool.target_link_uri,
            "description": tool.description,
            "custom_parameters": tool.custom_parameters,
            "claims": tool.claims,
            "messages": messages,
        },
    }


def _refusal(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8")
