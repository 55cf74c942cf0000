"""Commands for operators: `flask --app wsgi database ...`."""

from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from config import schema
from config.schema import SchemaError
from lti_tool.database import db


class DatabaseGroup(AppGroup):
    """Commands that answer a database which does not play along with one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a failure of the database ends it with status 1."""
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            raise click.ClickException(
                f"The database did not do this ({_reason(error)}). Check DATABASE_URL and that the "
                "server runs; after installing or updating run: flask --app wsgi database upgrade"
            ) from error


database = AppGroup("database", help="Bring the database up to date.")


@database.command("upgrade")
def upgrade_command() -> None:
    """Make the tables, or change them to what this version of the tool needs.

    A second run changes nothing.
    """
    shown = db.engine.url.render_as_string(hide_password=True)
    try:
        schema.upgrade(db.engine)
    except SchemaError as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise click.ClickException(
            f"The database {shown} could not be brought up to date ({_reason(error)}). "
            "Check DATABASE_URL, that the server runs and that this user may change tables."
        ) from error
    click.echo(f"The database {shown} is up to date.")


def _reason(error: DBAPIError) -> str:
    """What the database said, on one line."""
    return " ".join(str(error.orig).split()).rstrip(".") or type(error.orig).__name__


def init_app(app: Flask) -> None:
    """Add the commands to `flask`."""
    app.cli.add_command(database)
