"""Role programs: read from `config/programs/*.yaml`, validated, frozen when a cohort opens.

Every error names the file, the line, the key, the reason and the remedy.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from cohorts.rules.milestones import MILESTONES, PREDICATES, REFUSED
from cohorts.rules.workflows import CADENCES

FOLDER = Path(__file__).parent.parent / "config" / "programs"
DEFAULTS = "_defaults"

Key = tuple[str | int, ...]


class ProgramError(ValueError):
    """A program file is wrong; the message has one line for each problem."""


@dataclass(frozen=True)
class _Problem:
    key: Key
    reason: str
    remedy: str


@dataclass(frozen=True)
class _File:
    name: str
    document: dict[str, Any]
    lines: dict[Key, int]


REQUIRED: dict[str, type] = {
    "id": str,
    "name": str,
    "length_days": int,
    "weeks": int,
    "tier_goal": str,
    "delivery": str,
    "phases": list,
    "curriculum_order": list,
    "calendar": dict,
    "review": dict,
    "rubric": dict,
    "red_lines": dict,
    "measurement": dict,
    "milestones": dict,
    "workshops": list,
    "workflows": list,
}
WORKFLOW_KEYS: dict[str, type] = {
    "id": str,
    "title": str,
    "task": str,
    "unit": str,
    "cadence": str,
    "ai_help": list,
    "human_gates": list,
    "red_lines": list,
    "measures": dict,
}
TYPE_NAMES = {str: "text", int: "a whole number", list: "a list", dict: "a set of keys"}


def load(path: Path) -> dict[str, Any]:
    """The document of one program file, its defaults filled in.

    Raises ProgramError with every problem found.
    """
    own = _read(path)
    parent = own.document.get("extends")
    base = _read(path.parent / f"{parent}.yaml") if parent else None
    document = {**(base.document if base else {}), **own.document}
    problems = list(_problems(document))
    if problems:
        raise ProgramError("\n".join(_sentence(problem, own, base) for problem in problems))
    return document


@lru_cache
def shipped() -> dict[str, dict[str, Any]]:
    """Every program that comes with the tool, by id. Read once a process; never changed."""
    paths = sorted(FOLDER.glob("*.yaml"))
    documents = [load(path) for path in paths if path.stem != DEFAULTS]
    return {document["id"]: document for document in documents}


def version(document: dict[str, Any]) -> str:
    """A short name of exactly this document, stored with every award."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _read(path: Path) -> _File:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise ProgramError(
            f"{path.name}: cannot be read ({type(error).__name__}). Check the name and that the "
            "file is UTF-8 text."
        ) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProgramError(
            f"{path.name}, line {line}: {error.problem}. Correct the YAML there."
        ) from error
    if not isinstance(node, yaml.MappingNode):
        raise ProgramError(f"{path.name}, line 1: a program is a set of keys. Begin with id:.")
    document = yaml.SafeLoader("").construct_document(node)
    return _File(path.name, document, dict(_lines(node, ())))


def _lines(node: yaml.Node, key: Key) -> Iterator[tuple[Key, int]]:
    yield key, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            inner = (*key, str(name.value))
            yield from _lines(value, inner)
            yield inner, name.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, (*key, number))


def _sentence(problem: _Problem, own: _File, base: _File | None) -> str:
    """Place a problem at the nearest key that stands in one of the two files."""
    file = own
    if (
        base
        and problem.key
        and problem.key[0] not in own.document
        and problem.key[0] in base.document
    ):
        file = base
    key = problem.key
    while key not in file.lines:
        key = key[:-1]
    name = ".".join(str(part) for part in problem.key) or "the file"
    return f"{file.name}, line {file.lines[key]}: {name}: {problem.reason} {problem.remedy}"


def _problems(document: dict[str, Any]) -> Iterator[_Problem]:
    missing = list(_shape((), document, REQUIRED))
    if missing:
        yield from missing
        return
    yield from _delivery(document)
    for number, workflow in enumerate(document["workflows"]):
        yield from _workflow(("workflows", number), workflow)
    for milestone, rule in document["milestones"].items():
        yield from _milestone(("milestones", milestone), milestone, rule)


def _shape(key: Key, value: Any, expected: dict[str, type]) -> Iterator[_Problem]:
    if not isinstance(value, dict):
        yield _Problem(key, "should be a set of keys.", "Indent its keys below it.")
        return
    for name, kind in expected.items():
        if name not in value:
            yield _Problem((*key, name), "is missing.", f"Add it as {TYPE_NAMES[kind]}.")
        elif not isinstance(value[name], kind) or isinstance(value[name], bool):
            yield _Problem((*key, name), "has the wrong form.", f"Write {TYPE_NAMES[kind]} there.")


def _delivery(document: dict[str, Any]) -> Iterator[_Problem]:
    if document["tier_goal"] not in MILESTONES:
        yield _Problem(
            ("tier_goal",),
            f"{document['tier_goal']!r} is no tier.",
            f"Use one of {', '.join(MILESTONES)}.",
        )
    elif document["tier_goal"] != "literacy" and document["delivery"] == "on_demand":
        yield _Problem(
            ("delivery",),
            "on_demand alone lets people talk about AI, not use it differently.",
            "Use live or hybrid, or set tier_goal to literacy.",
        )


def _workflow(key: Key, workflow: Any) -> Iterator[_Problem]:
    missing = list(_shape(key, workflow, WORKFLOW_KEYS))
    if missing:
        yield from missing
        return
    if workflow["cadence"] not in CADENCES:
        yield _Problem(
            (*key, "cadence"),
            f"{workflow['cadence']!r} is no cadence.",
            f"Use one of {', '.join(CADENCES)}.",
        )
    for name, noun in (("human_gates", "gate"), ("red_lines", "red line"), ("measures", "measure")):
        if not workflow[name]:
            yield _Problem((*key, name), "is empty.", f"Add at least one {noun}.")


def _milestone(key: Key, milestone: str, rule: Any) -> Iterator[_Problem]:
    if milestone not in MILESTONES:
        yield _Problem(key, "is no milestone.", f"Use one of {', '.join(MILESTONES)}.")
    if not isinstance(rule, dict) or list(rule) != ["all"] or not isinstance(rule["all"], list):
        yield _Problem(key, "should be {all: [...]}.", "List its conditions under all:.")
        return
    for number, term in enumerate(rule["all"]):
        place = (*key, "all", number)
        if not isinstance(term, dict) or len(term) != 1:
            yield _Problem(place, "should be one condition.", "Write {name: value}.")
            continue
        yield from _predicate(place, next(iter(term)))


def _predicate(place: Key, name: Any) -> Iterator[_Problem]:
    if name in REFUSED:
        yield _Problem((*place, name), f"{name} never earns anything.", REFUSED[name])
    elif name not in PREDICATES:
        yield _Problem(
            (*place, str(name)),
            "is no condition that the tool knows.",
            f"Use one of {', '.join(sorted(PREDICATES))}.",
        )
