"""Commands for operators: `flask --app wsgi database ...`."""

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from config import schema
from config.schema import SchemaError
from lti_tool.database import db

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
