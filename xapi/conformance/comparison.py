"""Are two statements the same one? (xAPI-Data 2.3.1, Statement Comparison Requirements)"""

import json
from datetime import timedelta
from typing import Any

from xapi.conformance.formats import parse_timestamp

# A store may cut or round to three decimals of a second (4.5).
_TIMESTAMP_PRECISION = timedelta(milliseconds=1)

# Not here: authority, stored and version, which the store sets, and whatever else it may add.
_COMPARED = ("id", "actor", "verb", "object", "result", "context", "timestamp", "attachments")


def equivalent(a: Any, b: Any) -> bool:
    """True if the two statements say the same. What is no valid statement equals nothing.

    Ignored is what a store sets or may change: authority, stored and version; the timestamp where
    one of the two has none, and its zone and digits below a millisecond; the display of verbs and
    the definition of activities; the order of a Group's members; letter case where it means
    nothing. A missing objectType equals the type it stands for, and a single context activity
    equals an array of one. A duration is compared as the string it is.
    """
    try:
        first, second = _statement(a), _statement(b)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    times = first.pop("timestamp", None), second.pop("timestamp", None)
    return _same_instant(*times) and _canonical(first) == _canonical(second)


def _same_instant(a: str | None, b: str | None) -> bool:
    if a is None or b is None or a == b:
        return True
    first, second = parse_timestamp(a), parse_timestamp(b)
    return first is not None and second is not None and abs(first - second) < _TIMESTAMP_PRECISION


def _statement(value: dict[str, Any]) -> dict[str, Any]:
    result = {name: item for name, item in value.items() if name in _COMPARED}
    if "id" in result:
        result["id"] = result["id"].lower()
    result["actor"] = _actor(result["actor"])
    result["verb"] = {"id": result["verb"]["id"]}
    result["object"] = _object(result["object"])
    if "context" in result:
        result["context"] = _context(result["context"])
    return result


def _object(value: dict[str, Any]) -> dict[str, Any]:
    kind = value.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        return _actor(value)
    if kind == "StatementRef":
        return {**value, "id": value["id"].lower()}
    if kind == "SubStatement":
        inner = {"objectType": kind, **_statement(value)}
        if "timestamp" in inner:
            inner["timestamp"] = str(parse_timestamp(inner["timestamp"]))
        return inner
    return {"objectType": "Activity", "id": value["id"]}


def _actor(value: dict[str, Any]) -> dict[str, Any]:
    result = {"objectType": "Agent", **value}
    if "mbox" in result:
        name, _, domain = result["mbox"].rpartition("@")
        result["mbox"] = f"{name}@{domain.lower()}"
    if "mbox_sha1sum" in result:
        result["mbox_sha1sum"] = result["mbox_sha1sum"].lower()
    if "member" in result:
        result["member"] = sorted((_actor(member) for member in result["member"]), key=_canonical)
    return result


def _context(value: dict[str, Any]) -> dict[str, Any]:
    result = dict(value)
    for name in ("registration", "language"):
        if name in result:
            result[name] = result[name].lower()
    for name in ("instructor", "team"):
        if name in result:
            result[name] = _actor(result[name])
    if "statement" in result:
        result["statement"] = _object(result["statement"])
    if "contextActivities" in result:
        result["contextActivities"] = {
            kind: [_object(item) for item in (items if isinstance(items, list) else [items])]
            for kind, items in result["contextActivities"].items()
        }
    for name, who in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in result:
            result[name] = [{**role, who: _actor(role[who])} for role in result[name]]
    return result


def _canonical(value: Any) -> str:
    """JSON text that is equal exactly where the values are: true is not 1, but 1.0 is."""
    return json.dumps(_whole_numbers(value), sort_keys=True)


def _whole_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
