"""Commands for operators: `flask --app wsgi cohort ...` and `flask --app wsgi programs ...`."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from cohorts import programs
from cohorts.models import Cohort, Enrolment
from cohorts.refusals import Refused, Stale
from lti_tool import opening
from lti_tool.database import db
from lti_tool.database_commands import DatabaseGroup
from lti_tool.models import Context, Deployment, Platform
from lti_tool.models.course import ID_LENGTH

cohort = DatabaseGroup("cohort", help="Open cohorts and see which there are.")
program_files = AppGroup("programs", help="Check program files.")

# Options of `cohort open` by the field that a use case names.
OPTIONS = {"starts_on": "--starts-on", "time_zone": "--time-zone", "name": "--name"}


@cohort.command("open")
@click.option("--issuer", required=True, help="The platform, as `platform list` shows it.")
@click.option("--client-id", required=True)
@click.option("--deployment", help="Its deployment ID, where the platform has several.")
@click.option("--context", required=True, help="The ID of the course in the LMS.")
@click.option("--program", required=True, help="Such as marketing.")
@click.option("--starts-on", required=True, help="The first day, such as 2026-03-02.")
@click.option("--time-zone", required=True, help="Such as Europe/Berlin.")
@click.option("--name", help="The title of the course where left out.")
def open_command(
    issuer: str,
    client_id: str,
    deployment: str | None,
    context: str,
    program: str,
    starts_on: str,
    time_zone: str,
    name: str | None,
) -> None:
    """Open a cohort in a course, before anybody launches or instead of a teacher."""
    document = _program(program)
    first_day = _date(starts_on)
    now: datetime = current_app.config["NOW"]()
    course = _course(_deployment(_platform(issuer, client_id), deployment), context)
    if course.cohort is not None:
        raise click.ClickException(
            f"The course {context!r} already has the cohort {course.cohort.name!r}. "
            "A course has one cohort."
        )
    unknown = not course.title
    try:
        opened = opening.open_in_course(
            db.session(),
            course,
            document=document,
            name=name if name is not None else course.title or document["name"],
            starts_on=first_day,
            time_zone=time_zone,
            teams=None,
            home_page=current_app.config["SETTINGS"].tool_url,
            now=now,
        )
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        first = refused.problems[0]
        option = OPTIONS.get(first.field, f"--{first.field}")
        raise click.ClickException(f"{option}: {first.message}") from refused
    except Stale as stale:
        db.session.rollback()
        raise click.ClickException(
            f"The course {context!r} was given a cohort just now."
        ) from stale
    click.echo(f"{opened.id}\t{opened.name}")
    if unknown:
        click.echo(
            f"Nobody has launched from the course {context!r} yet; check the ID if that surprises "
            "you. The first people who open the activity there join this cohort.",
            err=True,
        )


@cohort.command("list")
def list_command() -> None:
    """Print every cohort: id, first day, program, course, number of learners and name."""
    learners = (
        select(func.count())
        .where(Enrolment.cohort_id == Cohort.id, Enrolment.role == "learner")
        .where(Enrolment.left_on.is_(None))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Cohort, Context.context_id, learners)
        .outerjoin(Context, Context.cohort_id == Cohort.id)
        .order_by(Cohort.created_at, Cohort.id, Context.context_id)
    ).all()
    if not rows:
        click.echo("There is no cohort. Open one with: cohort open", err=True)
    for row, context_id, count in rows:
        words = (row.id, row.starts_on, row.program_id, context_id or "-", count, row.name)
        click.echo("\t".join(str(word) for word in words))


@program_files.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check_command(files: tuple[Path, ...]) -> None:
    """Check program FILES, or those that come with the tool; prints every problem."""
    found = files or tuple(
        path for path in sorted(programs.FOLDER.glob("*.yaml")) if path.stem != programs.DEFAULTS
    )
    sound = True
    for path in found:
        problems = _problems(path)
        sound = sound and not problems
        for problem in problems or [f"{path.name}: sound"]:
            click.echo(problem, err=bool(problems))
    if not sound:
        raise SystemExit(1)


def _problems(path: Path) -> list[str]:
    try:
        programs.load(path)
    except programs.ProgramError as error:
        return str(error).splitlines()
    return []


def _program(program_id: str) -> dict[str, Any]:
    shipped = programs.shipped()
    if program_id not in shipped:
        raise click.ClickException(
            f"--program: there is no program {program_id!r}. Use one of {', '.join(shipped)}."
        )
    return shipped[program_id]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.ClickException(
            f"--starts-on: {text!r} is no date. Write it such as 2026-03-02."
        ) from error


def _platform(issuer: str, client_id: str) -> Platform:
    found = db.session.scalar(
        select(Platform).where(Platform.issuer == issuer, Platform.client_id == client_id)
    )
    if found is None:
        raise click.ClickException(
            f"There is no platform with issuer {issuer!r} and client ID {client_id!r}. "
            "See: platform list"
        )
    return found


def _deployment(platform: Platform, wanted: str | None) -> Deployment:
    known = {row.deployment_id: row for row in platform.deployments}
    if wanted is not None and wanted in known:
        return known[wanted]
    if wanted is None and len(known) == 1:
        return next(iter(known.values()))
    if not known:
        raise click.ClickException(
            "Nobody has launched from this platform yet, so its deployments are not known. Open "
            "the activity once in the LMS, then try again."
        )
    names = ", ".join(sorted(known))
    raise click.ClickException(
        f"--deployment: choose one of those that people have launched from: {names}."
    )


def _course(deployment: Deployment, context_id: str) -> Context:
    """The course, prepared where nobody has launched from it yet."""
    found = db.session.scalar(
        select(Context).where(
            Context.deployment_id == deployment.id, Context.context_id == context_id
        )
    )
    if found is None and len(context_id) > ID_LENGTH:
        raise click.ClickException(
            f"--context: no course ID is longer than {ID_LENGTH} characters."
        )
    if found is None:
        found = Context(
            deployment_id=deployment.id, context_id=context_id, created_at=datetime.now(UTC)
        )
        db.session.add(found)
        db.session.flush()
    return found


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(cohort)
    app.cli.add_command(program_files)
