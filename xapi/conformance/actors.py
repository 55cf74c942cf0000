"""Agents and Groups (xAPI-Data 2.4.2)."""

from collections.abc import Iterator
from typing import Any

from xapi.conformance import formats
from xapi.conformance.checks import choice, fields, list_of, one, problem, shown

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")

_ACCOUNT = fields(
    "2.4.2.4",
    required={
        "homePage": one(formats.is_iri, "an IRL", "2.4.2.4"),
        "name": one(formats.is_string, "a string", "2.4.2.4"),
    },
)

_COMMON = {
    "objectType": choice("Agent", "Group", section="2.4.2"),
    "name": one(formats.is_string, "a string", "2.4.2"),
    "mbox": one(formats.is_mailbox, "an address such as mailto:person@example.org", "2.4.2.3"),
    "mbox_sha1sum": one(formats.is_sha1, "a SHA-1 hash of 40 hexadecimal digits", "2.4.2.3"),
    "openid": one(formats.is_iri, "a URI", "2.4.2.3"),
    "account": _ACCOUNT,
}

_AGENT = fields("2.4.2.1", required={}, optional=_COMMON)


def agent(value: Any, path: str) -> Iterator[str]:
    """An Agent: exactly one identifier, no members."""
    yield from _AGENT(value, path)
    if not isinstance(value, dict):
        return
    if value.get("objectType", "Agent") == "Group":
        yield problem(path, "a Group is not allowed here; name an Agent", "2.4.2")
    found = [name for name in IDENTIFIERS if name in value]
    if len(found) != 1:
        yield problem(
            path,
            f"an Agent has exactly one of {', '.join(IDENTIFIERS)}; here are {len(found)}",
            "2.4.2.1",
        )


_GROUP = fields(
    "2.4.2.2", required={}, optional={**_COMMON, "member": list_of(agent, "2.4.2.2", least=1)}
)


def group(value: Any, path: str) -> Iterator[str]:
    """A Group: identified by one identifier, or anonymous with members."""
    yield from _GROUP(value, path)
    if not isinstance(value, dict):
        return
    if value.get("objectType") != "Group":
        yield problem(path, "the objectType is not Group; name a Group", "2.4.2.2")
    found = [name for name in IDENTIFIERS if name in value]
    if len(found) > 1:
        yield problem(path, f"a Group has at most one identifier, not {len(found)}", "2.4.2.2")
    if not found and "member" not in value:
        yield problem(path, "a Group without an identifier needs the property 'member'", "2.4.2.2")


def agent_or_group(value: Any, path: str) -> Iterator[str]:
    """Whichever of the two its objectType says; an Agent if it says nothing."""
    if not isinstance(value, dict):
        yield problem(path, f"{shown(value)} is not an Agent or a Group", "2.4.2")
    elif value.get("objectType") == "Group":
        yield from group(value, path)
    else:
        yield from agent(value, path)


def authority(value: Any, path: str) -> Iterator[str]:
    """An Agent, or an anonymous Group of the two Agents of a 3-legged OAuth (2.4.9)."""
    yield from agent_or_group(value, path)
    if isinstance(value, dict) and value.get("objectType") == "Group":
        if any(name in value for name in IDENTIFIERS):
            yield problem(path, "a Group as authority has no identifier of its own", "2.4.9")
        members = value.get("member")
        if isinstance(members, list) and len(members) != 2:
            yield problem(path, "a Group as authority has exactly two members", "2.4.9")
