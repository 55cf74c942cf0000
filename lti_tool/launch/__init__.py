"""The front door: OIDC login, the launch message, and the session that a launch opens.

What does not belong here: what a person sees once they are in (`lti_tool.pages`), and what their
role lets them do in a cohort (`cohorts.enrolment`). PyLTI1p3 gives the flow and its types; what it
leaves open is repaired in our subclasses, each in one place.
"""

from flask import Flask

from lti_tool.http import make_session
from lti_tool.launch import session
from lti_tool.launch.routes import bp

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Answer under /lti, and set `g.launch` before every other request."""
    app.extensions.setdefault("http_session", make_session(app.config["SETTINGS"]))
    app.register_blueprint(bp)
    session.init_app(app)
