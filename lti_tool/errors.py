"""What a person reads when something is refused or fails: one exception and one page.

Raise `Refusal("L-02")` anywhere below a request; the person reads the four parts of its message and
the reference that finds the line in the log. Nothing from outside is ever shown.
"""

from flask import Flask, g, render_template
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from lti_tool.database import db
from lti_tool.log import logger, reference
from lti_tool.messages import MESSAGES
from lti_tool.security_headers import allow_framing_by


class Refusal(Exception):
    """The request is refused; `code` names the message in `MESSAGES`.

    `detail` goes to the log only. It never holds a token, a name or an address.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def refusal_page(code: str) -> tuple[str, int]:
    """The page and status of one message."""
    message = MESSAGES[code]
    if g.get("launch") is None and "frame_ancestors" not in g:
        # Nobody is signed in, so nothing can be done here; and the page has to be readable in
        # whichever LMS frames it, which nobody knows without a session.
        allow_framing_by("*")
    page = render_template(
        "errors/refusal.html",
        title=message.title,
        what_happened=message.what_happened,
        what_is_safe=message.what_is_safe,
        what_to_do=message.what_to_do,
        code=code,
        reference=reference(),
    )
    return page, message.status


def init_app(app: Flask) -> None:
    """Answer every error with a page; the last resort logs the traceback and shows none of it."""

    @app.errorhandler(Refusal)
    def _refused(error: Refusal) -> tuple[str, int]:
        db.session.rollback()
        logger.warning("%s refused %s %s", reference(), error.code, error.detail)
        return refusal_page(error.code)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[str, int] | HTTPException:
        if error.code is not None and error.code < 400:
            return error
        code = f"P-{error.code}"
        return refusal_page(code if code in MESSAGES else "P-400")

    @app.errorhandler(OperationalError)
    def _database(error: OperationalError) -> tuple[str, int]:
        db.session.rollback()
        logger.error("%s database %s", reference(), type(error.orig).__name__)
        return refusal_page("P-503")

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> tuple[str, int]:
        db.session.rollback()
        logger.exception("%s unexpected %s", reference(), type(error).__name__)
        return refusal_page("P-500")
