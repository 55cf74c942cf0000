"""The practice LRS as a Flask application."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from config.database import make_engine
from lti_tool.practice_lrs.page import bp_of_page
from lti_tool.receiver import StatementStore, single_account, statement_receiver

XAPI_PATH = "/xapi"

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class PracticeLrsSettings:
    """Where it is reached (no trailing slash), where it keeps statements, who may send them."""

    url: str
    database: Path
    username: str = "practice"
    password: str = "practice"

    @property
    def endpoint(self) -> str:
        """The xAPI endpoint to enter in the tool."""
        return f"{self.url}{XAPI_PATH}"


def create_practice_lrs(settings: PracticeLrsSettings) -> Flask:
    """The application, its tables made. Raises sqlalchemy's DBAPIError for an unusable file.

    Holds no open connection, so that a server may fork after this call. Whoever is done with it
    disposes of `app.extensions["engine"]`.
    """
    engine = make_engine(URL.create("sqlite", database=str(settings.database)).render_as_string())
    store = StatementStore(engine)
    store.create_tables()
    engine.dispose()

    app = Flask(__name__)
    app.extensions["engine"] = engine
    # A name that leads here from elsewhere could be a page trying to read this one's statements.
    app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost", urlsplit(settings.url).hostname or ""]
    authenticate = single_account(settings.username, settings.password, settings.url)
    app.register_blueprint(statement_receiver(store, authenticate), url_prefix=XAPI_PATH)
    app.register_blueprint(bp_of_page(store, settings.endpoint, settings.username))

    @app.get("/healthz")
    def healthz() -> tuple[Response, int]:
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError:
            return jsonify(status="database not reachable"), 503
        return jsonify(status="ok"), 200

    @app.after_request
    def add_security_headers(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app
