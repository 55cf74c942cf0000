"""Logging: one line a request with a correlation id, and never a token, a name or an address.

Nothing here logs query strings, form fields, headers or cookies: a launch carries its secrets in
all of them.
"""

import logging
import sys
from time import perf_counter
from uuid import uuid4

from flask import Flask, Response, g, request

from config.settings import Settings

logger = logging.getLogger("lti_tool")


def reference() -> str:
    """The code that a person can quote and an operator can find in the log."""
    if "reference" not in g:
        g.reference = uuid4().hex[:8].upper()
    return str(g.reference)


def init_app(app: Flask) -> None:
    """Send our log lines to standard error at the level of the settings."""
    settings: Settings = app.config["SETTINGS"]
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
    logger.setLevel(settings.log_level)

    @app.before_request
    def _start() -> None:
        g.started = perf_counter()

    @app.after_request
    def _line(response: Response) -> Response:
        if logger.isEnabledFor(logging.INFO) and request.endpoint not in ("static", "health.alive"):
            milliseconds = (perf_counter() - g.get("started", perf_counter())) * 1000
            logger.info(
                "%s %s %s %d %.0f ms",
                reference(),
                request.method,
                request.url_rule.rule if request.url_rule else "(no route)",
                response.status_code,
                milliseconds,
            )
        return response
