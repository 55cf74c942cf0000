"""What a person reads when something is refused or fails: one exception and one page.

Raise `Refusal("L-02")` anywhere below a request; the person reads the four parts of its message and
the reference that finds the line in the log. Nothing from outside is ever shown.
"""

from contextlib import suppress

from flask import Flask, g, render_template
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
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


Page = tuple[str, int, dict[str, str]]

RETRY_AFTER_SECONDS = 10


def refusal_page(code: str) -> Page:
    """The page, status and headers of one message."""
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
    later = {"Retry-After": str(RETRY_AFTER_SECONDS)} if message.status == 503 else {}
    return page, message.status, later


def init_app(app: Flask) -> None:
    """Answer every error with a page; the last resort logs the traceback and shows none of it."""

    @app.errorhandler(Refusal)
    def _refused(error: Refusal) -> Page:
        db.session.rollback()
        logger.warning("%s refused %s %s", reference(), error.code, error.detail)
        return refusal_page(error.code)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Page | HTTPException:
        if error.code is not None and error.code < 400:
            return error
        code = f"P-{error.code}"
        return refusal_page(code if code in MESSAGES else "P-400")

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def _database(error: OperationalError | PoolTimeout) -> Page:
        _ask_nothing_more()
        cause = getattr(error, "orig", None) or error
        logger.error("%s database %s", reference(), type(cause).__name__)
        return refusal_page("P-503")

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Page:
        _ask_nothing_more()
        logger.exception("%s unexpected %s", reference(), type(error).__name__)
        return refusal_page("P-500")


def _ask_nothing_more() -> None:
    """Leave the database alone: it may be what failed, and then the page would fail with it.

    Without the launch a page has no frame of names and links; who may frame it is known already.
    """
    g.launch = None
    # What cannot be rolled back, its connection being gone, is rolled back there.
    with suppress(SQLAlchemyError):
        db.session.rollback()
