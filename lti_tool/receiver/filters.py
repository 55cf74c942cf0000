"""Query parameters of `GET statements` (xAPI-Communication 2.1.3) as one plain value."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from xapi.conformance import (
    MalformedJson,
    agent_problems,
    is_iri,
    is_uuid,
    parse_json,
    parse_timestamp,
)

PAGE_SIZE = 100

CONTENT_PARAMETERS = {"agent", "verb", "activity", "registration"}
BREADTH_PARAMETERS = {"related_agents", "related_activities"}
ORDER_PARAMETERS = {"since", "until", "limit", "ascending", "after"}
FORM_PARAMETERS = {"format", "attachments"}
PARAMETERS = frozenset(CONTENT_PARAMETERS | BREADTH_PARAMETERS | ORDER_PARAMETERS | FORM_PARAMETERS)


class BadParameter(ValueError):
    """A query parameter is wrong; the message names it and says what would be right."""


@dataclass(frozen=True)
class StatementFilter:
    """Which statements are wanted. `agent` and `actor` hold keys made by `agent_key`.

    `agent` finds actor and object, with `related_agents` every place an Agent can stand; `actor`
    finds the actor alone. `follow_references` also finds what refers to a match. `after` is the
    place in the order at which the page before ended.
    """

    agent: str | None = None
    actor: str | None = None
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: datetime | None = None
    until: datetime | None = None
    limit: int = PAGE_SIZE
    ascending: bool = False
    follow_references: bool = True
    after: int | None = None


def agent_key(agent: Mapping[str, Any]) -> str | None:
    """A digest of the one identifier by which Agents and Groups are the same; None if anonymous.

    A digest, because identifiers have no greatest length and an index has.
    """
    if "mbox" in agent:
        name, _, domain = agent["mbox"].rpartition("@")
        identifier = ["mbox", f"{name}@{domain.lower()}"]
    elif "mbox_sha1sum" in agent:
        identifier = ["mbox_sha1sum", agent["mbox_sha1sum"].lower()]
    elif "openid" in agent:
        identifier = ["openid", agent["openid"]]
    elif "account" in agent:
        identifier = ["account", agent["account"]["homePage"], agent["account"]["name"]]
    else:
        return None
    return hashlib.sha256(json.dumps(identifier).encode()).hexdigest()


def parse_filter(parameters: Mapping[str, str]) -> StatementFilter:
    """The filter that the parameters ask for. Raises BadParameter."""
    if parameters.get("format", "exact") != "exact":
        raise BadParameter("format: only 'exact' is offered here.")
    if _switch(parameters, "attachments"):
        raise BadParameter("attachments: none are kept here. Leave the parameter out.")
    return StatementFilter(
        agent=_agent(parameters),
        verb=_iri(parameters, "verb"),
        activity=_iri(parameters, "activity"),
        registration=uuid_parameter(parameters, "registration"),
        related_agents=_switch(parameters, "related_agents"),
        related_activities=_switch(parameters, "related_activities"),
        since=_timestamp(parameters, "since"),
        until=_timestamp(parameters, "until"),
        limit=min(_count(parameters, "limit") or PAGE_SIZE, PAGE_SIZE),
        ascending=_switch(parameters, "ascending"),
        after=_count(parameters, "after"),
    )


def uuid_parameter(parameters: Mapping[str, str], name: str) -> UUID | None:
    """The UUID of a parameter, None where it is absent. Raises BadParameter."""
    value = parameters.get(name)
    if value is None:
        return None
    if not is_uuid(value):
        raise BadParameter(f"{name}: {value[:60]!r} is not a UUID.")
    return UUID(value)


def _agent(parameters: Mapping[str, str]) -> str | None:
    if "agent" not in parameters:
        return None
    try:
        agent = parse_json(parameters["agent"].encode("utf-8", "surrogatepass"))
    except MalformedJson as error:
        raise BadParameter(f"agent: {error}. Send an Agent as JSON.") from error
    wrong = agent_problems(agent)
    if wrong:
        raise BadParameter(f"agent: {wrong[0]}.")
    key = agent_key(agent)
    if key is None:
        raise BadParameter("agent: an anonymous Group cannot be searched for.")
    return key


def _iri(parameters: Mapping[str, str], name: str) -> str | None:
    value = parameters.get(name)
    if value is not None and not is_iri(value):
        raise BadParameter(f"{name}: {value[:60]!r} is not an IRI.")
    return value


def _timestamp(parameters: Mapping[str, str], name: str) -> datetime | None:
    value = parameters.get(name)
    if value is None:
        return None
    instant = parse_timestamp(value)
    if instant is None:
        raise BadParameter(
            f"{name}: {value[:60]!r} is not a timestamp such as 2026-11-02T10:00:00Z."
        )
    return instant


def _switch(parameters: Mapping[str, str], name: str) -> bool:
    value = parameters.get(name, "false")
    if value not in ("true", "false"):
        raise BadParameter(f"{name}: {value[:60]!r} is neither 'true' nor 'false'.")
    return value == "true"


def _count(parameters: Mapping[str, str], name: str) -> int | None:
    value = parameters.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 15):
        raise BadParameter(f"{name}: {value[:60]!r} is not a whole number from 0.")
    return int(value)
