"""Role programs: read from `config/programs/*.yaml`, validated, frozen when a cohort opens.

Every error names the file, the line, the key, the reason and the remedy.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from cohorts.program_meaning import advice, problems
from cohorts.program_shape import Key, Problem

FOLDER = Path(__file__).parent.parent / "config" / "programs"
DEFAULTS = "_defaults"

log = logging.getLogger(__name__)


class ProgramError(ValueError):
    """A program file is wrong; the message has one line for each problem."""


@dataclass(frozen=True)
class _File:
    name: str
    document: dict[str, Any]
    lines: dict[Key, int]


def load(path: Path) -> dict[str, Any]:
    """The document of one program file, its defaults filled in.

    Raises ProgramError with every problem found. What is only unwise is logged as a warning.
    """
    own = _read(path)
    parent = own.document.get("extends")
    base = _read(path.parent / f"{parent}.yaml") if parent else None
    document = {**(base.document if base else {}), **own.document}
    if found := problems(document):
        raise ProgramError("\n".join(_sentence(problem, own, base) for problem in found))
    for sentence in advice(document):
        log.warning("%s: %s", path.name, sentence)
    return document


@lru_cache
def shipped() -> dict[str, dict[str, Any]]:
    """Every program that comes with the tool, by id. Read once a process; never changed."""
    paths = sorted(FOLDER.glob("*.yaml"))
    return by_id([path for path in paths if path.stem != DEFAULTS])


def by_id(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """The documents of several program files. Raises ProgramError, also where two have one id."""
    files: dict[str, Path] = {}
    documents = {}
    for path in paths:
        document = load(path)
        if other := files.get(document["id"]):
            raise ProgramError(
                f"{path.name}: id: {document['id']!r} is the id of {other.name} already. "
                "Give this program an id of its own."
            )
        files[document["id"]], documents[document["id"]] = path, document
    return documents


def version(document: dict[str, Any]) -> str:
    """A short name of exactly this document, stored with every award."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _read(path: Path) -> _File:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        document = yaml.SafeLoader("").construct_document(node) if node else None
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
    except (yaml.YAMLError, ValueError) as error:
        raise ProgramError(f"{path.name}: {error}. Correct the YAML.") from error
    if node is None or not isinstance(document, dict):
        raise ProgramError(f"{path.name}, line 1: a program is a set of keys. Begin with id:.")
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


def _sentence(problem: Problem, own: _File, base: _File | None) -> str:
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
