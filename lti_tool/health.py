"""Whether the process answers (`/healthz`) and whether it can work (`/readyz`)."""

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from config import schema
from lti_tool.database import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """200 as long as the process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when the database answers and is at this code's schema, else 503 with a reason code."""
    try:
        schema.check(db.engine)
    except schema.SchemaError:
        return Response("schema\n", mimetype="text/plain"), 503
    except SQLAlchemyError:
        return Response("database\n", mimetype="text/plain"), 503
    return Response("ready\n", mimetype="text/plain"), 200
