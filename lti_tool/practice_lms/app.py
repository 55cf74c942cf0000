"""`create_practice_lms`: the whole wiring."""

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lti_tool.practice_lms import (
    authorization,
    deep_linking,
    gradebook_pages,
    line_items,
    pages,
    registration,
    roster,
    scores,
    tokens,
    tools,
)
from lti_tool.practice_lms.guards import guard
from lti_tool.practice_lms.lms import EXTENSION, PracticeLms, open_database
from lti_tool.practice_lms.people import COURSE_ID, COURSE_LABEL, COURSE_TITLE
from lti_tool.practice_lms.settings import PracticeLmsSettings, origin_of, require_loopback

LARGEST_BODY = 1_000_000
MODULES = (
    authorization,
    deep_linking,
    gradebook_pages,
    line_items,
    pages,
    registration,
    roster,
    scores,
    tokens,
    tools,
)


def create_practice_lms(settings: PracticeLmsSettings) -> Flask:
    """A practice LMS as a WSGI application.

    Raises `NotLoopback` where the address is not one of this machine alone, and
    `sqlalchemy.exc.DatabaseError` or `OSError` where the database cannot be used.
    """
    require_loopback(settings.url)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["SERVER_NAME"] = origin_of(settings.url).partition("//")[2]
    app.extensions[EXTENSION] = PracticeLms(settings, open_database(settings))
    for module in MODULES:
        app.register_blueprint(module.routes)
    app.register_error_handler(HTTPException, _explain)
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok", mimetype="text/plain"))
    app.context_processor(
        lambda: {
            "course_id": COURSE_ID,
            "course_title": COURSE_TITLE,
            "course_label": COURSE_LABEL,
        }
    )
    guard(app)
    return app


def _explain(error: HTTPException) -> ResponseReturnValue:
    """Services answer a refusal with JSON, pages with a page."""
    status = error.code or 500
    if request.path.startswith(("/services/", "/token", "/register")):
        return jsonify(status=status, reason=error.description), status
    page = render_template("practice_lms/error.html", status=status, reason=error.description)
    return page, status
