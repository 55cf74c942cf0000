"""What a verified id_token says, in our words. The only file with claim addresses.

Every value comes from outside. A wrong type is an error that names the claim; text is cleaned and
cut to what a column holds; an identifier is never repaired, because two must not become one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
MESSAGE_TYPE = LTI + "message_type"
VERSION = LTI + "version"
DEPLOYMENT_ID = LTI + "deployment_id"
TARGET_LINK_URI = LTI + "target_link_uri"
ROLES = LTI + "roles"
CONTEXT = LTI + "context"
RESOURCE_LINK = LTI + "resource_link"
TOOL_PLATFORM = LTI + "tool_platform"
PRESENTATION = LTI + "launch_presentation"
CUSTOM = LTI + "custom"
GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"

IDENTIFIER_LENGTH = 255
ADDRESS_LENGTH = 2000
NAME_LENGTH = 255
TITLE_LENGTH = 500
MOST_ROLES = 200
MOST_SCOPES = 50

UNSAFE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
LOCALE = re.compile("[A-Za-z0-9_-]{1,35}")


class ClaimError(ValueError):
    """A claim is missing or not what the specification says; the message names the claim."""


@dataclass(frozen=True)
class LaunchClaims:
    """One launch (LTI 1.3 core, section 5.3). Absent text is empty, absent identifiers are None."""

    message_type: str
    deployment_id: str
    subject: str | None
    roles: tuple[str, ...]
    target_link_uri: str | None
    context_id: str | None
    context_title: str
    context_label: str
    resource_link_id: str | None
    resource_link_title: str
    name: str
    locale: str
    return_url: str | None
    product_family: str
    lineitems_url: str | None
    lineitem_url: str | None
    ags_scopes: tuple[str, ...]
    memberships_url: str | None


def read(body: Mapping[str, Any]) -> LaunchClaims:
    """The claims of a verified id_token. Raises ClaimError for the first one that is unusable."""
    if body.get(VERSION) != "1.3.0":
        raise ClaimError("version is not 1.3.0")
    context = _object(body, CONTEXT)
    link = _object(body, RESOURCE_LINK)
    presentation = _object(body, PRESENTATION)
    grades = _object(body, GRADES)
    roster = _object(body, ROSTER)
    _object(body, CUSTOM)
    return LaunchClaims(
        message_type=_required(body, MESSAGE_TYPE),
        deployment_id=_required(body, DEPLOYMENT_ID),
        subject=_identifier(body, "sub"),
        roles=_roles(body),
        target_link_uri=_address(body, TARGET_LINK_URI),
        context_id=_identifier(context, "id"),
        context_title=_text(context, "title", TITLE_LENGTH),
        context_label=_text(context, "label", TITLE_LENGTH),
        resource_link_id=_identifier(link, "id"),
        resource_link_title=_text(link, "title", TITLE_LENGTH),
        name=_name(body),
        locale=_locale(presentation),
        return_url=_address(presentation, "return_url"),
        product_family=_text(_object(body, TOOL_PLATFORM), "product_family_code", 64),
        lineitems_url=_address(grades, "lineitems"),
        lineitem_url=_address(grades, "lineitem"),
        ags_scopes=_list_of_text(grades, "scope", MOST_SCOPES),
        memberships_url=_address(roster, "context_memberships_url"),
    )


def _short(key: str) -> str:
    return key.rsplit("/", 1)[-1]


def _object(source: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = source.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ClaimError(f"{_short(key)} is no object")
    return value


def _identifier(source: Mapping[str, Any], key: str) -> str | None:
    """An identifier as text. Some platforms send whole numbers; they are taken as written."""
    value = source.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ClaimError(f"{_short(key)} is no text")
    if len(value) > IDENTIFIER_LENGTH or UNSAFE.search(value):
        raise ClaimError(f"{_short(key)} is too long or holds control characters")
    return value


def _required(source: Mapping[str, Any], key: str) -> str:
    value = _identifier(source, key)
    if value is None:
        raise ClaimError(f"{_short(key)} is missing")
    return value


def _text(source: Mapping[str, Any], key: str, length: int) -> str:
    value = source.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ClaimError(f"{_short(key)} is no text")
    return " ".join(UNSAFE.sub(" ", value).split())[:length]


def _name(body: Mapping[str, Any]) -> str:
    parts = (_text(body, "given_name", NAME_LENGTH), _text(body, "family_name", NAME_LENGTH))
    return (_text(body, "name", NAME_LENGTH) or " ".join(filter(None, parts)))[:NAME_LENGTH]


def _address(source: Mapping[str, Any], key: str) -> str | None:
    """A web address, or None when it is absent or of another kind, such as `javascript:`."""
    value = source.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ClaimError(f"{_short(key)} is no text")
    if len(value) > ADDRESS_LENGTH or UNSAFE.search(value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme in ("http", "https") and parts.hostname else None


def _roles(body: Mapping[str, Any]) -> tuple[str, ...]:
    if not isinstance(body.get(ROLES), list):
        raise ClaimError("roles is no list")
    return _list_of_text(body, ROLES, MOST_ROLES)


def _list_of_text(source: Mapping[str, Any], key: str, most: int) -> tuple[str, ...]:
    value = source.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ClaimError(f"{_short(key)} is no list of texts")
    return tuple(UNSAFE.sub("", item)[:IDENTIFIER_LENGTH] for item in value[:most])


def _locale(presentation: Mapping[str, Any]) -> str:
    locale = _text(presentation, "locale", 35)
    return locale if LOCALE.fullmatch(locale) else "en"
