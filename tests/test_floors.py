"""The floors of the house: imports and foreign keys point down only."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table

from config.database import Base

ROOT = Path(__file__).parents[1]
FLOORS = ("config", "xapi", "cohorts", "lti_tool", "wsgi")
HOME = {
    "flask": "lti_tool",
    "flask_sqlalchemy": "lti_tool",
    "pylti1p3": "lti_tool",
    "werkzeug": "lti_tool",
    "wtforms": "lti_tool",
    "tincan": "xapi",
}
PRACTICE = ("lti_tool.practice_lms", "lti_tool.practice_lrs")
WHO_STARTS_PRACTICE = "lti_tool.tryout"
READS_ENVIRONMENT = ("config.settings", WHO_STARTS_PRACTICE)  # the latter only hands it on


def sources() -> Iterator[tuple[str, str]]:
    """Every module of the product by its dotted name, with its text."""
    for floor in FLOORS:
        paths = [ROOT / f"{floor}.py"] if floor == "wsgi" else (ROOT / floor).rglob("*.py")
        for path in sorted(paths):
            name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
            yield name.removesuffix(".__init__"), path.read_text(encoding="utf-8")


def imported(source: str) -> Iterator[str]:
    """The dotted names that a module imports, `from a import b` as a.b."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside(name: str, *packages: str) -> bool:
    """Whether a dotted name is one of the packages or lies in one."""
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


def breaches(module: str, source: str) -> list[str]:
    """What a module imports that its floor does not allow."""
    return [
        f"{module} imports {name}: {why}"
        for name in imported(source)
        if (why := _why_not(module, name)) is not None
    ]


def _why_not(module: str, name: str) -> str | None:
    floor, other = module.partition(".")[0], name.partition(".")[0]
    if other in FLOORS and FLOORS.index(other) > FLOORS.index(floor):
        return "imports point down only"
    if other in HOME and HOME[other] != floor:
        return f"{other} stays in {HOME[other]}"
    if inside(module, "cohorts.rules") and not (
        inside(name, "cohorts.rules") or other in sys.stdlib_module_names
    ):
        return "rules are pure"
    for practice in PRACTICE:
        if inside(name, practice) and not inside(module, practice, WHO_STARTS_PRACTICE):
            return "what is for practice is no part of the tool"
    return None


def reads_environment(source: str) -> bool:
    """Whether a module looks at environment variables."""
    names = {"environ", "environb", "getenv", "getenvb"}
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in names
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        for node in ast.walk(ast.parse(source))
    ) or bool({f"os.{name}" for name in names} & {*imported(source)})


def floor_of(table: Table) -> int:
    """The number of the floor whose model describes a table."""
    [owner] = {m.class_.__module__ for m in Base.registry.mappers if m.local_table is table}
    return FLOORS.index(owner.partition(".")[0])


def test_imports_point_down_only() -> None:
    assert [breach for module, source in sources() for breach in breaches(module, source)] == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {name for name, source in sources() if reads_environment(source)}

    assert "config.settings" in readers
    assert [name for name in readers if not inside(name, *READS_ENVIRONMENT)] == []


def test_foreign_keys_point_down_only() -> None:
    upwards = [
        f"{table.name} -> {key.column.table.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if floor_of(key.column.table) > floor_of(table)
    ]

    assert upwards == []
    assert {floor_of(table) for table in Base.metadata.tables.values()} == {
        FLOORS.index("cohorts"),
        FLOORS.index("lti_tool"),
    }


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("config.settings", "import xapi.lrs"),
        ("xapi.lrs", "from cohorts import models"),
        ("xapi", "import requests, lti_tool.http"),
        ("cohorts.outbox", "from lti_tool.database import db"),
        ("lti_tool.app", "import wsgi"),
        ("cohorts.outbox", "import tincan"),
        ("cohorts.board", "def page():\n    from flask import request"),
        ("xapi.lrs", "from werkzeug.http import parse_date"),
        ("cohorts.rules.calendar", "from sqlalchemy import select"),
        ("cohorts.rules.calendar", "from cohorts.models import Cohort"),
        ("cohorts.rules.calendar", "from config import VERSION"),
        ("lti_tool.app", "from lti_tool import practice_lms"),
        ("lti_tool.practice_lms.app", "import lti_tool.practice_lrs.page"),
        ("wsgi", "from lti_tool.practice_lrs import create_practice_lrs"),
    ],
)
def test_a_breach_is_seen(module: str, source: str) -> None:
    assert len(breaches(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("wsgi", "from lti_tool.app import create_app"),
        ("cohorts.outbox", "from xapi.statements import to_json"),
        ("cohorts.rules.calendar", "from datetime import date"),
        ("cohorts.rules.milestones", "from cohorts.rules import liveness"),
        ("cohorts.programs", "from cohorts.rules_of_thumb import x\nimport yaml"),
        ("lti_tool.app", "from flask import Flask\nfrom config.settings import Settings"),
        ("lti_tool.practice_lms.app", "from lti_tool.practice_lms import tables"),
        ("lti_tool.tryout.__main__", "import lti_tool.practice_lms, lti_tool.practice_lrs"),
    ],
)
def test_what_is_allowed_is_not_held_against_a_module(module: str, source: str) -> None:
    assert breaches(module, source) == []


@pytest.mark.parametrize(
    "source", ["import os\nos.environ.get('A')", "from os import getenv", "os.getenv('A')"]
)
def test_a_look_at_the_environment_is_seen(source: str) -> None:
    assert reads_environment(source)
    assert not reads_environment("import os\nos.getcwd()")
