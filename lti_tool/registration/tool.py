"""What the tool tells a platform about itself, and what the platform answers.

One document satisfies Moodle and Canvas at once: each refuses a registration that lacks a field
only the other one treats as optional.
"""

from dataclasses import dataclass
from typing import Any

import requests

from config.settings import Settings
from lti_tool.errors import Refusal
from lti_tool.http import OutgoingError, json_object, status_error
from lti_tool.launch.claims import IDENTIFIER_LENGTH, UNSAFE
from lti_tool.registration.configuration import (
    TIMEOUT,
    PlatformConfiguration,
    authorization,
)

NAME = "Cohort programs"
DESCRIPTION = "90-day cohorts in which a team puts AI workflows to use, with milestones as grades."
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
# A name is shown to coaches; nothing here needs an e-mail address, so none is asked for.
CLAIMS = ["iss", "sub", "name", "given_name", "family_name"]
# Tells a copied course from a new one. Adding it later would need every LMS to register again.
CUSTOM_PARAMETERS = {"context_id_history": "$Context.id.history"}
CANVAS = "https://canvas.instructure.com/lti/"


@dataclass(frozen=True)
class Accepted:
    """What the platform calls us. Canvas tells deployments at the first launch only."""

    client_id: str
    deployment_id: str | None


def description(settings: Settings, configuration: PlatformConfiguration) -> dict[str, Any]:
    """The registration request (LTI dynamic registration, section 3.5)."""
    url = settings.tool_url
    message: dict[str, Any] = {
        "type": "LtiResourceLinkRequest",
        "target_link_uri": f"{url}/",
        "label": NAME,
    }
    tool: dict[str, Any] = {
        "domain": settings.tool_host,
        "target_link_uri": f"{url}/",
        "description": DESCRIPTION,
        "custom_parameters": CUSTOM_PARAMETERS,
        "claims": CLAIMS,
        "messages": [message],
    }
    if configuration.product_family == "canvas":
        # Canvas answers 422 to placements it does not know, others know none of these.
        message["placements"] = ["course_navigation"]
        tool[CANVAS + "privacy_level"] = "name_only"
        tool[CANVAS + "vendor"] = NAME
    return {
        "application_type": "web",
        "client_name": NAME,
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "token_endpoint_auth_method": "private_key_jwt",
        "initiate_login_uri": f"{url}/lti/login",
        "redirect_uris": [f"{url}/lti/launch"],
        "jwks_uri": f"{url}/lti/jwks",
        "scope": " ".join(scopes(configuration)),
        TOOL_CONFIGURATION: tool,
    }


def scopes(configuration: PlatformConfiguration) -> tuple[str, ...]:
    """The services to ask for: ours, less what the platform says it does not have."""
    known = configuration.scopes_supported
    return tuple(scope for scope in SCOPES if not known or scope in known)


def register(
    session: requests.Session,
    settings: Settings,
    configuration: PlatformConfiguration,
    token: str,
) -> Accepted:
    """Send the registration. Raises Refusal R-15 unless the platform answers with a client ID."""
    try:
        answer = session.post(
            configuration.registration_endpoint,
            json=description(settings, configuration),
            headers={"Accept": "application/json", **authorization(token)},
            timeout=TIMEOUT,
        )
        if not answer.ok:
            raise status_error(answer)
        document = json_object(answer)
    except OutgoingError as error:
        raise Refusal("R-15", f"{error.code}: {error}") from error
    tool = document.get(TOOL_CONFIGURATION)
    client_id = _identifier(document.get("client_id"))
    if client_id is None:
        raise Refusal("R-15", "the answer has no usable client_id")
    return Accepted(
        client_id, _identifier(tool.get("deployment_id") if isinstance(tool, dict) else None)
    )


def _identifier(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    usable = isinstance(value, str) and 0 < len(value) <= IDENTIFIER_LENGTH
    return value if usable and not UNSAFE.search(value) else None
