"""The shape of a program file: which keys it needs, and of which form their values are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

Key = tuple[str | int, ...]

# A type, a list of one shape, or a set of keys. Keys that are not named here may stand in a file.
SHAPE: dict[str, Any] = {
    "id": str,
    "name": str,
    "length_days": int,
    "weeks": int,
    "tier_goal": str,
    "delivery": str,
    "phases": [{"id": str, "name": str, "weeks": [int]}],
    "curriculum_order": [str],
    "calendar": {"check_in_opens": str, "late_grace_days": int},
    "review": {"sla_working_days": int},
    "rubric": {
        "pass_each": int,
        "levels": [str],
        "criteria": [{"id": str, "name": str, "asks": str}],
    },
    "red_lines": {
        "version": int,
        "never_in_a_public_tool": [str],
        "always_needs_a_person": [str],
        "not_covered_yet": [str],
    },
    "measurement": {
        "baseline_runs": int,
        "follow_up_runs": int,
        "follow_up_from_week": int,
        "follow_up_min_weeks_after_shipping": int,
    },
    "milestones": dict,
    "workshops": [{"id": str, "week": int, "minutes": int, "mode": str, "builds": str}],
    "workflows": [
        {
            "id": str,
            "title": str,
            "task": str,
            "unit": str,
            "cadence": str,
            "ai_help": [str],
            "human_gates": [{"who": str, "checks": str}],
            "red_lines": [str],
            "measures": dict,
        }
    ],
}
OPTIONAL: dict[str, Any] = {"teams": [str], "tracks": [{"id": str, "name": str}]}
NAMES = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a set of keys",
}


@dataclass(frozen=True)
class Problem:
    """What is wrong at a key, and what to do."""

    key: Key
    reason: str
    remedy: str


def document_problems(document: dict[str, Any]) -> Iterator[Problem]:
    """Where a program document, its defaults filled in, has not the right form."""
    optional = {name: shape for name, shape in OPTIONAL.items() if name in document}
    yield from _dates((), document)
    yield from shape_problems((), document, {**SHAPE, **optional})


def shape_problems(key: Key, value: Any, expected: Any) -> Iterator[Problem]:
    """Where a value has not the expected shape, with the keys that lead there."""
    kind = expected if isinstance(expected, type) else type(expected)
    fits = type(value) is kind  # not isinstance: true and false are whole numbers to Python
    if not fits or value == "" or (kind is str and value.isspace()):
        yield Problem(key, "has the wrong form.", f"Write {NAMES[kind]} there.")
    elif isinstance(expected, list):
        for number, item in enumerate(value):
            yield from shape_problems((*key, number), item, expected[0])
    elif isinstance(expected, dict):
        for name, inner in expected.items():
            wanted = inner if isinstance(inner, type) else type(inner)
            if name in value:
                yield from shape_problems((*key, name), value[name], inner)
            else:
                yield Problem((*key, name), "is missing.", f"Add it as {NAMES[wanted]}.")


def _dates(key: Key, value: Any) -> Iterator[Problem]:
    """YAML reads 2026-03-01 as a date, which a frozen document cannot hold."""
    if isinstance(value, date):
        yield Problem(key, "is a date.", "Put it in quotes.")
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for name, item in inner:
        yield from _dates((*key, name), item)
