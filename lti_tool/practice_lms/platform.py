"""The claims of an id_token, as pure functions, so that tests can craft hostile launches too.

The shape is that of recorded Moodle 4.5 launches: numbers as text for ids, an id_token of 60
seconds, short-lived presentation claims. `claims_for_launch` and `sign_with_platform_key` give a
test the claims and the real signature of a running practice LMS.
"""

import re
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.practice_lms.addresses import line_item_url, line_items_url, memberships_url
from lti_tool.practice_lms.keys import current_key, sign
from lti_tool.practice_lms.lms import practice_lms
from lti_tool.practice_lms.people import BY_USER_ID, COURSE_ID, COURSE_LABEL, COURSE_TITLE, Person
from lti_tool.practice_lms.tables import Activity, LineItem, Tool
from lti_tool.practice_lms.vocabulary import (
    AGS_CLAIM,
    AGS_SCOPES,
    DEEP_LINKING,
    DEEP_LINKING_REQUEST,
    LTI,
    NRPS_CLAIM,
    RESOURCE_LINK_REQUEST,
    SCOPE_ROSTER,
    VERSION,
)

ID_TOKEN_SECONDS = 60


def id_token_claims(
    url: str, tool: Tool, person: Person, nonce: str, now: datetime
) -> dict[str, Any]:
    """What every launch carries (LTI 1.3 core, section 5.3). `url` is the platform's address."""
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "nonce": nonce,
        "iat": issued,
        "exp": issued + ID_TOKEN_SECONDS,
        "iss": url,
        "aud": tool.client_id,
        "sub": person.user_id,
        f"{LTI}deployment_id": tool.deployment_id,
        f"{LTI}version": VERSION,
        f"{LTI}roles": person.launch_roles,
        f"{LTI}context": {
            "id": str(COURSE_ID),
            "label": COURSE_LABEL,
            "title": COURSE_TITLE,
            "type": ["CourseSection"],
        },
        f"{LTI}lis": {"person_sourcedid": person.sourcedid, "course_section_sourcedid": ""},
        f"{LTI}ext": {"user_username": person.username, "lms": "practice-lms"},
        f"{LTI}tool_platform": {
            "product_family_code": "practice-lms",
            "version": "1",
            "guid": sha256(url.encode()).hexdigest()[:32],
            "name": "Practice LMS",
            "description": "A small LTI 1.3 platform for practice",
        },
    }
    return claims | personal_claims(tool, person) | _service_claims(url, tool)


def resource_link_claims(
    url: str,
    tool: Tool,
    person: Person,
    nonce: str,
    now: datetime,
    activity: Activity,
    line_item_ids: list[int],
) -> dict[str, Any]:
    """A resource link launch. `line_item_ids` are those of the activity; only a single one is
    named in the AGS claim, as in Moodle."""
    claims = id_token_claims(url, tool, person, nonce, now)
    claims[f"{LTI}message_type"] = RESOURCE_LINK_REQUEST
    claims[f"{LTI}target_link_uri"] = activity.url or tool.target_link_uri
    claims[f"{LTI}resource_link"] = {
        "id": str(activity.id),
        "title": activity.title,
        "description": activity.description,
    }
    claims[f"{LTI}launch_presentation"] = {
        "locale": "en",
        "document_target": "iframe",
        "return_url": f"{url}/course/{COURSE_ID}/return?activity={activity.id}&as={person.user_id}",
    }
    claims[f"{LTI}custom"] = custom_parameters(url, tool, person, activity)
    if AGS_CLAIM in claims and len(line_item_ids) == 1:
        claims[AGS_CLAIM]["lineitem"] = line_item_url(url, tool.id, line_item_ids[0])
    if SCOPE_ROSTER in tool.scopes:
        claims[NRPS_CLAIM] = {
            "context_memberships_url": memberships_url(url, tool.id),
            "service_versions": ["1.0", "2.0"],
        }
    return claims


def deep_linking_claims(
    url: str,
    tool: Tool,
    person: Person,
    nonce: str,
    now: datetime,
    return_url: str,
    data: str | None,
) -> dict[str, Any]:
    """A deep linking request (Deep Linking 2.0, section 4.4): no resource link, no roster."""
    claims = id_token_claims(url, tool, person, nonce, now)
    claims[f"{LTI}message_type"] = DEEP_LINKING_REQUEST
    claims[f"{LTI}target_link_uri"] = tool.deep_linking_uri or tool.target_link_uri
    claims[f"{LTI}launch_presentation"] = {"locale": "en"}
    claims[f"{LTI}custom"] = custom_parameters(url, tool, person, None)
    settings = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_copy_advice": False,
        "accept_multiple": True,
        "accept_unsigned": False,
        "auto_create": False,
        "can_confirm": False,
        "deep_link_return_url": return_url,
        "title": tool.name,
        "text": "",
    }
    claims[f"{DEEP_LINKING}deep_linking_settings"] = settings | ({"data": data} if data else {})
    return claims


def personal_claims(tool: Tool, person: Person) -> dict[str, str]:
    """Names and e-mail, as far as the tool asked for them at its registration."""
    values = {
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
    }
    return {claim: value for claim, value in values.items() if value and claim in tool.claims}


def custom_parameters(
    url: str, tool: Tool, person: Person, activity: Activity | None
) -> dict[str, str]:
    """Custom parameters with their variables expanded.

    As in Moodle: the tool's own win over the link's, each key also comes in lower case with `_`
    for what is no letter or digit, and an unknown variable stays as it was written.
    """
    personal = personal_claims(tool, person)
    variables = {
        "$User.id": person.user_id,
        "$User.username": person.username,
        "$Person.name.full": personal.get("name", "$Person.name.full"),
        "$Person.name.given": personal.get("given_name", "$Person.name.given"),
        "$Person.name.family": personal.get("family_name", "$Person.name.family"),
        "$Person.email.primary": personal.get("email", "$Person.email.primary"),
        "$Person.address.timezone": "Europe/Stockholm",
        "$Context.id": str(COURSE_ID),
        "$Context.title": COURSE_TITLE,
        "$Context.label": COURSE_LABEL,
        "$Context.id.history": "",
    }
    if activity is not None:
        variables["$ResourceLink.id"] = str(activity.id)
        variables["$ResourceLink.title"] = activity.title
    written = (activity.custom if activity else {}) | tool.custom_parameters
    custom = {}
    for key, value in written.items():
        expanded = variables.get(str(value), str(value))
        custom[re.sub(r"[^a-z0-9]", "_", key.lower())] = expanded
        custom[key] = expanded
    if activity is not None and SCOPE_ROSTER in tool.scopes:
        custom["context_memberships_url"] = memberships_url(url, tool.id)
    return custom


def columns_of(session: Session, tool: Tool, activity: Activity) -> list[int]:
    """Ids of the tool's line items that hang on an activity."""
    linked = select(LineItem.id).filter_by(tool_id=tool.id, activity_id=activity.id)
    return list(session.scalars(linked.order_by(LineItem.id)))


def claims_for_launch(app: Flask, user_id: str, nonce: str, activity_id: int = 1) -> dict[str, Any]:
    """For tests: the claims a running practice LMS would send for this launch, to be changed."""
    lms = practice_lms(app)
    with lms.sessions() as session:
        activity = session.get_one(Activity, activity_id)
        tool = session.get_one(Tool, activity.tool_id)
        return resource_link_claims(
            lms.settings.url,
            tool,
            BY_USER_ID[user_id],
            nonce,
            lms.now(),
            activity,
            columns_of(session, tool, activity),
        )


def sign_with_platform_key(
    app: Flask, claims: dict[str, Any], headers: dict[str, Any] | None = None
) -> str:
    """For tests: sign any claims with the key a running practice LMS publishes."""
    with practice_lms(app).sessions.begin() as session:
        return sign(claims, current_key(session), headers)


def _service_claims(url: str, tool: Tool) -> dict[str, Any]:
    granted = [scope for scope in AGS_SCOPES if scope in tool.scopes]
    if not granted:
        return {}
    return {AGS_CLAIM: {"scope": granted, "lineitems": line_items_url(url, tool.id)}}
