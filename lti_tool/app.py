"""`create_app`: the whole wiring, one screen."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import Settings
from lti_tool import (
    access,
    cohort_commands,
    database_commands,
    delivery,
    errors,
    health,
    launch,
    log,
    pages,
    platform_commands,
    registration,
    security_headers,
)
from lti_tool.database import init_database

MAXIMUM_BODY_BYTES = 1_000_000


def utc_now() -> datetime:
    """The real clock. Tests and the demo hand `create_app` another one."""
    return datetime.now(UTC)


def create_app(settings: Settings, now: Callable[[], datetime] = utc_now) -> Flask:
    """The tool as a WSGI application.

    `now` tells the instant for everything that happens in a cohort. What a protocol dates (tokens,
    launches, sessions, leases) always follows the real clock.
    """
    app = Flask("lti_tool", template_folder="../templates")
    app.config.update(
        SETTINGS=settings,
        NOW=now,
        MAX_CONTENT_LENGTH=MAXIMUM_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAXIMUM_BODY_BYTES,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    log.init_app(app)
    init_database(app, settings)
    errors.init_app(app)
    security_headers.init_app(app)
    launch.init_app(app)
    registration.init_app(app)
    platform_commands.init_app(app)
    cohort_commands.init_app(app)
    database_commands.init_app(app)
    access.init_app(app)
    pages.init_app(app)
    delivery.init_app(app)
    app.register_blueprint(health.bp)
    return app
