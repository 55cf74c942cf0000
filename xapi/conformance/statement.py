"""Statements and SubStatements with result, context and attachments (xAPI-Data 2.4)."""

import re
from collections.abc import Iterator
from typing import Any

from xapi.conformance import formats
from xapi.conformance.activities import (
    activity,
    extensions,
    iri,
    language_map,
    one_or_more_activities,
    text,
)
from xapi.conformance.actors import agent, agent_or_group, authority, group
from xapi.conformance.checks import Check, choice, fields, list_of, one, problem, shown

VOIDED = "http://adlnet.gov/expapi/verbs/voided"

uuid = one(formats.is_uuid, "a UUID", "4.4")
timestamp = one(formats.is_timestamp, "a timestamp such as 2026-11-02T10:00:00Z", "4.5")
number = one(formats.is_number, "a number", "2.4.5.1")
boolean = one(formats.is_boolean, "true or false", "2.4.5")

statement_ref = fields(
    "2.4.4.3", required={"objectType": choice("StatementRef", section="2.4.4.3"), "id": uuid}
)

verb = fields("2.4.3", required={"id": iri}, optional={"display": language_map})

attachment = fields(
    "2.4.11",
    required={
        "usageType": iri,
        "display": language_map,
        "contentType": one(formats.is_media_type, "an Internet media type", "2.4.11"),
        "length": one(formats.is_length, "a whole number of octets", "2.4.11"),
        "sha2": one(formats.is_sha2, "a SHA-2 hash in hexadecimal digits", "2.4.11"),
    },
    optional={"description": language_map, "fileUrl": iri},
)


def _within_one(value: Any) -> bool:
    return formats.is_number(value) and -1 <= value <= 1


_score_fields = fields(
    "2.4.5.1",
    required={},
    optional={
        "scaled": one(_within_one, "a number from -1 to 1", "2.4.5.1"),
        "raw": number,
        "min": number,
        "max": number,
    },
)


def score(value: Any, path: str) -> Iterator[str]:
    """A Score. `raw` is compared with its bounds only where both are given, as ADL's LRS does."""
    yield from _score_fields(value, path)
    if not isinstance(value, dict):
        return
    raw, least, most = value.get("raw"), value.get("min"), value.get("max")
    if not (formats.is_number(least) and formats.is_number(most)):
        return
    if least >= most:
        yield problem(path, f"min {least} is not less than max {most}", "2.4.5.1")
    elif formats.is_number(raw) and not least <= raw <= most:
        yield problem(path, f"raw {raw} is not between min {least} and max {most}", "2.4.5.1")


result = fields(
    "2.4.5",
    required={},
    optional={
        "score": score,
        "success": boolean,
        "completion": boolean,
        "response": text,
        "duration": one(formats.is_duration, "an ISO 8601 duration such as PT45M", "4.6"),
        "extensions": extensions,
    },
)


def _role(kind: str, who: Check) -> Check:
    """A contextAgent or contextGroup of xAPI 2.0; stores accept them under 1.0.3 as well."""
    name = f"context{kind}"
    return fields(
        "2.4.6, xAPI 2.0",
        required={"objectType": choice(name, section="2.4.6, xAPI 2.0"), kind.lower(): who},
        optional={"relevantTypes": list_of(iri, "2.4.6, xAPI 2.0", least=1)},
    )


context = fields(
    "2.4.6",
    required={},
    optional={
        "registration": uuid,
        "instructor": agent_or_group,
        "team": group,
        "contextActivities": fields(
            "2.4.6.2",
            required={},
            optional=dict.fromkeys(
                ("parent", "grouping", "category", "other"), one_or_more_activities
            ),
        ),
        "contextAgents": list_of(_role("Agent", agent), "2.4.6, xAPI 2.0"),
        "contextGroups": list_of(_role("Group", group), "2.4.6, xAPI 2.0"),
        "revision": text,
        "platform": text,
        "language": one(formats.is_language_tag, "a language tag after RFC 5646", "2.4.6"),
        "statement": statement_ref,
        "extensions": extensions,
    },
)

_simple_objects: dict[str, Check] = {
    "Activity": activity,
    "Agent": agent,
    "Group": group,
    "StatementRef": statement_ref,
}


def _object_of_substatement(value: Any, path: str) -> Iterator[str]:
    kind = _object_type(value)
    if kind in _simple_objects:
        yield from _simple_objects[kind](value, path)
    elif kind == "SubStatement":
        yield problem(path, "a SubStatement holds no SubStatement", "2.4.4.3")
    elif isinstance(value, dict):
        yield problem(f"{path}.objectType", f"{shown(kind)} is no type of object", "2.4.4")
    else:
        yield problem(path, f"{shown(value)} is not an object", "2.4.4")


def _object_of_statement(value: Any, path: str) -> Iterator[str]:
    if _object_type(value) == "SubStatement":
        yield from _substatement(value, path)
    else:
        yield from _object_of_substatement(value, path)


_required: dict[str, Check] = {"actor": agent_or_group, "verb": verb}
_optional: dict[str, Check] = {
    "result": result,
    "context": context,
    "timestamp": timestamp,
    "attachments": list_of(attachment, "2.4.11"),
}

_substatement_fields = fields(
    "2.4.4.3",
    required={
        "objectType": choice("SubStatement", section="2.4.4.3"),
        **_required,
        "object": _object_of_substatement,
    },
    optional=_optional,
)


def _statement_fields(versions: re.Pattern[str]) -> Check:
    def known_version(value: Any) -> bool:
        return isinstance(value, str) and versions.fullmatch(value) is not None

    return fields(
        "2.4",
        required={**_required, "object": _object_of_statement},
        optional={
            **_optional,
            "id": uuid,
            "stored": timestamp,
            "authority": authority,
            "version": one(known_version, "a version that is accepted here", "2.4.10"),
        },
    )


_by_version = {
    "1.": _statement_fields(re.compile(r"1\.0(\.\d+)?", re.ASCII)),
    "2.": _statement_fields(re.compile(r"[12]\.0(\.\d+)?", re.ASCII)),
}


def _object_type(value: Any) -> Any:
    """The type of a statement's object: Activity where it does not say (2.4.4)."""
    kind = value.get("objectType", "Activity") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else None


def _substatement(value: Any, path: str) -> Iterator[str]:
    yield from _substatement_fields(value, path)
    yield from _across_fields(value, path)


def _across_fields(value: Any, path: str) -> Iterator[str]:
    """The rules that tie one property of a statement to another."""
    if not isinstance(value, dict):
        return
    kind = _object_type(value.get("object"))
    surroundings = value.get("context")
    if isinstance(surroundings, dict) and kind != "Activity":
        for name in ("platform", "revision"):
            if name in surroundings:
                yield problem(
                    f"{path}.context.{name}",
                    "only allowed where the object is an Activity",
                    "2.4.6",
                )
    did = value.get("verb")
    if isinstance(did, dict) and did.get("id") == VOIDED and kind != "StatementRef":
        yield problem(f"{path}.object", "a voiding statement needs a StatementRef", "2.3.2")


def problems(statement: object, version: str = "1.0.3") -> list[str]:
    """What is wrong with a statement: a sentence for each problem, an empty list for none.

    `statement` is parsed JSON (see `parse_json`). A sentence names the place as a path from `$`,
    the problem and the section. `version` is that of the request: under 2.0 a statement may also
    say that its own version is 2.0.x.
    """
    check = _by_version["2." if version.startswith("2.") else "1."]
    return [*check(statement, "$"), *_across_fields(statement, "$")]


def agent_problems(value: object) -> list[str]:
    """What is wrong with an Agent or Group that stands alone, as in a query parameter."""
    return list(agent_or_group(value, "$"))
