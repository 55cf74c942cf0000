"""The operators' commands about cohorts and program files."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from cohorts.models import Cohort, Enrolment
from cohorts.programs import FOLDER
from lti_tool.models import Context
from tests.support.clock import Clock
from tests.support.cohort import Course
from tests.support.platform import INSTRUCTOR, ON_ONE_DATABASE, FakePlatform

GOOD = {
    "--issuer": "https://lms.example",
    "--client-id": "client-1",
    "--context": "2",
    "--program": "marketing",
    "--starts-on": "2026-01-19",
    "--time-zone": "Europe/Berlin",
}


@pytest.fixture
def course(app: Flask, platform: FakePlatform, clock: Clock) -> Course:
    """A course without a cohort."""
    return Course(app, platform, clock)


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=words)


def open_cohort(app: Flask, **changes: str | None) -> Result:
    """`cohort open` with these options changed, or left out for None."""
    named = {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    options = {name: value for name, value in {**GOOD, **named}.items() if value is not None}
    return run(app, "cohort", "open", *[word for pair in options.items() for word in pair])


def cohorts(course: Course) -> list[str]:
    with course.change() as session:
        return list(session.scalars(select(Cohort.name)))


def test_open_a_cohort_for_a_course_that_was_launched(app: Flask, course: Course) -> None:
    course.visitor("Tea Teacher", INSTRUCTOR)
    result = open_cohort(app)
    assert (result.exit_code, result.stderr) == (0, "")
    with course.change() as session:
        cohort = session.scalars(select(Cohort)).one()
        assert result.stdout == f"{cohort.id}\tCourse 2\n"
        assert session.scalars(select(Context)).one().cohort_id == cohort.id
        assert cohort.teams == ["Brand", "Demand generation", "Content and channels"]
    course.visitor("Tea Teacher", INSTRUCTOR)  # the next launch joins
    with course.change() as session:
        assert session.scalars(select(Enrolment.role)).one() == "coach"


def test_open_before_anybody_launched_from_the_course(app: Flask, course: Course) -> None:
    course.visitor("Tea Teacher", INSTRUCTOR)
    result = open_cohort(app, context="new", name="Spring")
    assert result.exit_code == 0
    assert "Nobody has launched from the course 'new' yet" in result.stderr
    later = Course(app, course.platform, course.clock, context_id="new")
    assert later.visitor("Ada").id is not None


def test_a_course_has_one_cohort(app: Flask, course: Course) -> None:
    course.visitor("Tea Teacher", INSTRUCTOR)
    assert open_cohort(app, name="First").exit_code == 0
    result = open_cohort(app, name="Second")
    assert result.exit_code == 1
    assert "already has the cohort 'First'" in result.stderr
    assert cohorts(course) == ["First"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"issuer": "https://elsewhere.example"}, "There is no platform with issuer"),
        ({"client_id": "other"}, "There is no platform with issuer"),
        ({"deployment": "99"}, "--deployment: choose one of those that people have launched"),
        ({"program": "alchemy"}, "--program: there is no program 'alchemy'. Use one of"),
        ({"starts_on": "19.1.2026"}, "--starts-on: '19.1.2026' is no date."),
        ({"starts_on": "2024-01-01"}, "--starts-on: A cohort of 90 days from that day"),
        ({"starts_on": "9999-12-31"}, "--starts-on: Choose a day within a year"),
        ({"time_zone": "Berlin"}, "--time-zone: 'Berlin' is no time zone."),
        ({"name": " "}, "--name: Give the cohort a name"),
        ({"context": "c" * 256}, "--context: no course ID is longer"),
    ],
)
@ON_ONE_DATABASE
def test_every_wrong_option_gets_one_sentence(
    app: Flask, course: Course, changes: dict[str, str], message: str
) -> None:
    course.visitor("Tea Teacher", INSTRUCTOR)
    result = open_cohort(app, **changes)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr and result.stderr.count("\n") == 1
    assert cohorts(course) == []
    with course.change() as session:
        assert len(session.scalars(select(Context)).all()) == 1


def test_a_platform_that_nobody_launched_from(app: Flask, course: Course) -> None:
    result = open_cohort(app)
    assert result.exit_code == 1
    assert "Open the activity once in the LMS" in result.stderr


def test_list(app: Flask, course: Course) -> None:
    assert "There is no cohort." in run(app, "cohort", "list").stderr
    course.open()
    course.learners(2)
    result = run(app, "cohort", "list")
    assert result.exit_code == 0
    _, *words = result.stdout.rstrip("\n").split("\t")
    assert words == ["2026-01-12", "marketing", "2", "2", "Cohort of course 2"]


def test_the_programs_that_come_with_the_tool_are_sound(app: Flask) -> None:
    result = run(app, "programs", "check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "marketing.yaml: sound" in result.stdout and "_defaults" not in result.stdout


def test_every_problem_of_every_file_is_printed(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "_defaults.yaml").write_text((FOLDER / "_defaults.yaml").read_text())
    text = (FOLDER / "marketing.yaml").read_text()
    good, wrong = tmp_path / "good.yaml", tmp_path / "wrong.yaml"
    good.write_text(text)
    changed = text.replace("cadence: weekly", "cadence: hourly")
    wrong.write_text(changed + "milestones: {fluency: {all: [{attendance: 3}]}}\n")
    missing = tmp_path / "missing.yaml"
    result = run(app, "programs", "check", str(good), str(wrong), str(missing))
    assert result.exit_code == 1
    assert "good.yaml: sound" in result.stdout
    assert result.stderr.count("'hourly' is no cadence.") == changed.count("hourly") > 1
    assert "attendance never earns anything" in result.stderr
    assert "missing.yaml: cannot be read" in result.stderr


@pytest.mark.parametrize("broken", ["rubric: {pass_each: 2}\n", "tracks: [{name: x}]\n"])
def test_what_lies_deeper_is_found_too(app: Flask, tmp_path: Path, broken: str) -> None:
    (tmp_path / "_defaults.yaml").write_text((FOLDER / "_defaults.yaml").read_text())
    file = tmp_path / "deep.yaml"
    text = (FOLDER / "sales.yaml").read_text()
    key = broken.split(":")[0]
    kept = [block for block in text.splitlines(keepends=True) if not block.startswith(f"{key}:")]
    file.write_text("".join(kept) + broken)
    result = run(app, "programs", "check", str(file))
    assert result.exit_code == 1
    assert "deep.yaml" in result.stderr and "Traceback" not in result.output
