"""Dynamic registration: an LMS registers itself, once, by an address that an operator gave out.

What does not belong here: launches of a registered platform (`lti_tool.launch`), and the operator's
commands (`lti_tool.platform_commands`).
"""

from flask import Flask

from lti_tool.registration.invitations import invite
from lti_tool.registration.routes import bp

__all__ = ["init_app", "invite"]


def init_app(app: Flask) -> None:
    """Answer at /lti/register/<code>."""
    app.register_blueprint(bp)
