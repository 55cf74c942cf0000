"""What a tool must say about itself to be registered, read from its registration request."""

import re
from typing import Any
from urllib.parse import urlsplit

from lti_tool.practice_lms.settings import origin_of
from lti_tool.practice_lms.vocabulary import (
    DEEP_LINKING_REQUEST,
    RESOURCE_LINK_REQUEST,
    SERVICE_SCOPES,
    TOOL_CONFIGURATION,
)

MESSAGE_TYPES = {RESOURCE_LINK_REQUEST, DEEP_LINKING_REQUEST}
CANVAS_PREFIX = "https://canvas.instructure.com/lti/"
CANVAS_PLACEMENTS = """
    account_navigation assignment_edit assignment_group_menu assignment_index_menu assignment_menu
    assignment_selection assignment_view collaboration conference_selection
    course_assignments_menu course_home_sub_navigation course_navigation
    course_settings_sub_navigation discussion_topic_index_menu discussion_topic_menu editor_button
    file_index_menu file_menu global_navigation homework_submission link_selection
    migration_selection module_group_menu module_index_menu module_index_menu_modal module_menu
    module_menu_modal post_grades quiz_index_menu quiz_menu resource_selection
    similarity_detection student_context_card submission_type_selection tool_configuration
    top_navigation user_navigation wiki_index_menu wiki_page_menu
"""
PLACEMENTS = {"ContentArea", "RichTextEditor", *CANVAS_PLACEMENTS.split()}


class FieldRefused(ValueError):
    """A field of a registration request is missing or wrong; the text names it."""


def tool_fields(body: Any) -> dict[str, Any]:
    """The columns of a `Tool` that a registration request fills. Raises `FieldRefused`."""
    if not isinstance(body, dict):
        raise FieldRefused("the body is not a JSON object")
    if body.get("application_type") != "web":
        raise FieldRefused("application_type must be web")
    if body.get("token_endpoint_auth_method") != "private_key_jwt":
        raise FieldRefused("token_endpoint_auth_method must be private_key_jwt")
    _must_contain(body, "response_types", {"id_token"})
    _must_contain(body, "grant_types", {"client_credentials", "implicit"})
    redirect_uris = _texts(body, "redirect_uris")
    if not redirect_uris or not all(origin_of(uri) for uri in redirect_uris):
        raise FieldRefused("redirect_uris must be a list of http(s) addresses")
    configuration = body.get(TOOL_CONFIGURATION)
    if not isinstance(configuration, dict):
        raise FieldRefused(f"missing required attribute {TOOL_CONFIGURATION}")
    return {
        "name": _text(body, "client_name"),
        "initiate_login_uri": _url(body, "initiate_login_uri"),
        "jwks_uri": _url(body, "jwks_uri"),
        "redirect_uris": redirect_uris,
        "scopes": _scopes(body),
        **_configuration_fields(configuration),
    }


def _configuration_fields(configuration: dict[str, Any]) -> dict[str, Any]:
    domain, target = _text(configuration, "domain"), _url(configuration, "target_link_uri")
    if not re.fullmatch(r"[A-Za-z0-9.\-\[\]:]+", domain):
        raise FieldRefused("domain must be host or host:port, without a scheme")
    if domain.lower() != urlsplit(target).netloc.lower():
        raise FieldRefused("domain_targetlinkuri_mismatch: domain is not that of target_link_uri")
    custom = configuration.get("custom_parameters", {})
    if not isinstance(custom, dict) or not all(isinstance(text, str) for text in custom.values()):
        raise FieldRefused("custom_parameters must be an object whose values are text")
    description = configuration.get("description", "")
    return {
        "domain": domain,
        "target_link_uri": target,
        "claims": _texts(configuration, "claims"),
        "custom_parameters": custom,
        "description": description if isinstance(description, str) else "",
        "deep_linking_uri": _deep_linking_uri(configuration, target),
    }


def _deep_linking_uri(configuration: dict[str, Any], target: str) -> str | None:
    """Where deep linking requests go; None for a tool without deep linking. Checks `messages`."""
    messages = configuration.get("messages")
    if not isinstance(messages, list) or not messages:
        raise FieldRefused("missing required attribute messages")
    deep_linking_uri = None
    for message in messages:
        if not isinstance(message, dict) or message.get("type") not in MESSAGE_TYPES:
            raise FieldRefused(f"messages: type must be one of {', '.join(sorted(MESSAGE_TYPES))}")
        if "placements" in message:
            for placement in _texts(message, "placements"):
                if placement.removeprefix(CANVAS_PREFIX) not in PLACEMENTS:
                    raise FieldRefused(f"messages: unknown placement {placement!r}")
        has_own = "target_link_uri" in message
        own_target = _url(message, "target_link_uri") if has_own else target
        if message["type"] == DEEP_LINKING_REQUEST:
            deep_linking_uri = own_target
    return deep_linking_uri


def _scopes(body: dict[str, Any]) -> list[str]:
    """The scopes asked for; all of them are granted. The field may be empty, not absent."""
    if not isinstance(body.get("scope"), str):
        raise FieldRefused("missing required attribute scope")
    asked = [scope for scope in dict.fromkeys(body["scope"].split()) if scope != "openid"]
    unknown = [scope for scope in asked if scope not in SERVICE_SCOPES]
    if unknown:
        raise FieldRefused(f"Invalid scopes: {' '.join(unknown)}")
    return asked


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise FieldRefused(f"missing required attribute {name}")
    return value


def _url(body: dict[str, Any], name: str) -> str:
    value = _text(body, name)
    if not origin_of(value):
        raise FieldRefused(f"{name} must be an http(s) address")
    return value


def _texts(body: dict[str, Any], name: str) -> list[str]:
    values = body.get(name)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise FieldRefused(f"missing required attribute {name}")
    return values


def _must_contain(body: dict[str, Any], name: str, needed: set[str]) -> None:
    if not needed <= set(_texts(body, name)):
        raise FieldRefused(f"{name} must contain {', '.join(sorted(needed))}")
