"""A launch that is verified but not bound to the browser: it kept no cookie between two pages.

Letting such a launch in would let somebody sign another person in as themselves (login cross-site
request forgery). So it ends at a page with a way on. Platform storage and one-time codes, which can
bind it without a cookie, belong here.
"""

from flask import Response, make_response, render_template

from lti_tool.database import db
from lti_tool.launch.message import Launch
from lti_tool.log import logger, reference
from lti_tool.messages import MESSAGES

CODE = "L-01"


def page(launch: Launch) -> Response:
    """Say what happened, and open the course in a window of its own, where cookies are kept."""
    db.session.rollback()
    logger.warning("%s refused %s the browser kept no cookie", reference(), CODE)
    message = MESSAGES[CODE]
    body = render_template(
        "launch/unbound.html",
        message=message,
        code=CODE,
        reference=reference(),
        course_address=launch.claims.return_url,
    )
    return make_response(body, message.status)
