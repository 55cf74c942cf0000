"""Commands for operators: `flask --app wsgi platform ...`."""

from datetime import UTC, datetime
from uuid import UUID

import click
from flask import Flask, current_app
from sqlalchemy import select

from lti_tool.database import db
from lti_tool.database_commands import DatabaseGroup
from lti_tool.launch.platforms import APPROVED
from lti_tool.models import Platform
from lti_tool.registration import invite

platform = DatabaseGroup("platform", help="Connect LMSs and see which are connected.")


@platform.command("invite")
@click.option("--uses", type=click.IntRange(1, 1000), default=1, show_default=True)
@click.option("--hours", type=click.IntRange(1, 8760), default=24, show_default=True)
@click.option("--approve", is_flag=True, help="Platforms that use it may launch at once.")
def invite_command(uses: int, hours: int, approve: bool) -> None:
    """Print an address at which an LMS can register this tool."""
    tool_url = current_app.config["SETTINGS"].tool_url
    now = datetime.now(UTC)
    address = invite(db.session(), tool_url, now, uses=uses, hours=hours, approve=approve)
    db.session.commit()
    click.echo(address)


@platform.command("list")
def list_command() -> None:
    """Print every connected platform: id, state, issuer, client ID and name."""
    platforms = db.session.scalars(select(Platform).order_by(Platform.created_at)).all()
    if not platforms:
        click.echo("No platform is connected. Make an address with: platform invite", err=True)
    for row in platforms:
        click.echo("\t".join((str(row.id), row.state, row.issuer, row.client_id, row.name)))


@platform.command("approve")
@click.argument("platform_id", type=click.UUID)
def approve_command(platform_id: UUID) -> None:
    """Let a pending platform launch."""
    row = db.session.get(Platform, platform_id)
    if row is None:
        raise click.ClickException(f"There is no platform {platform_id}. See: platform list")
    row.state = APPROVED
    db.session.commit()
    click.echo(f"{row.name} ({row.issuer}) may launch.")


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(platform)
