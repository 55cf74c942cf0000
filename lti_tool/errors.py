"""What a person reads when something is refused or fails: one exception, one table, one page.

Raise `Refusal("L-02")` anywhere below a request; the person reads the four parts of its message and
the reference that finds the line in the log. Nothing from outside is ever shown.
"""

from dataclasses import dataclass

from flask import Flask, render_template
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from lti_tool.database import db
from lti_tool.log import logger, reference


@dataclass(frozen=True)
class Message:
    """What happened, what is safe, what to do; and the status of the answer."""

    status: int
    title: str
    what_happened: str
    what_is_safe: str
    what_to_do: str


SAFE = "Nothing you saved is lost."
OPEN_AGAIN = "Go back to your course and open the activity again."

MESSAGES = {
    "P-400": Message(
        400,
        "This request could not be read",
        "Something in the request was not in a form this page understands.",
        SAFE,
        "Go back, check what you entered and send it again.",
    ),
    "P-401": Message(
        401,
        "Your sign-in has ended",
        "This page needs a sign-in through your course, and there is none or it has run out.",
        SAFE,
        OPEN_AGAIN,
    ),
    "P-403": Message(
        403,
        "This is not yours to do",
        "Your role in this course does not allow this page or this action.",
        "Nothing was changed.",
        "If you think this is wrong, ask the person who runs your cohort.",
    ),
    "P-404": Message(
        404,
        "There is nothing here",
        "This page does not exist, or it belongs to another course.",
        SAFE,
        "Go back to your course and open the activity from there.",
    ),
    "P-405": Message(
        405,
        "This address does not work that way",
        "The page was asked for in a way it does not offer.",
        SAFE,
        OPEN_AGAIN,
    ),
    "P-409": Message(
        409,
        "Somebody was faster",
        "This was changed or decided by somebody else since you opened the page.",
        "Their change is kept. Yours has not been saved.",
        "Open the page again, compare, and send yours again if it is still needed.",
    ),
    "P-413": Message(
        413,
        "This is too large",
        "What was sent is larger than this page takes.",
        SAFE,
        "Shorten the text, or link to the document instead of pasting it.",
    ),
    "P-415": Message(
        415,
        "This request could not be read",
        "The request was not sent as a form.",
        SAFE,
        OPEN_AGAIN,
    ),
    "P-429": Message(
        429,
        "Too many requests",
        "More requests arrived from here than a person sends.",
        SAFE,
        "Wait a minute and try again.",
    ),
    "P-500": Message(
        500,
        "Something went wrong on our side",
        "The page could not be finished. The people who run this tool can find out why.",
        SAFE,
        "Try again in a minute. If it happens again, pass on the reference below.",
    ),
    "P-503": Message(
        503,
        "This could not be saved just now",
        "The database did not answer in time.",
        "What was saved before is safe. What you just sent has not been saved.",
        "Wait a moment and send it again.",
    ),
}


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
