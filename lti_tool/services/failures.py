"""What a service's failure means for the thing that was to be delivered.

Four kinds: `retry` may pass by itself and concerns this one thing; `wait` asks to leave the whole
platform alone for a while; `park` will not pass until a person changes something; `hold` asks a
person to decide. The sentence is read by the owner of the cohort, so it holds nothing that came
from outside.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from lti_tool.http import OutgoingError
from lti_tool.services.answers import ServiceAnswer

Kind = Literal["retry", "wait", "park", "hold"]
RETRY: Kind = "retry"
WAIT: Kind = "wait"
PARK: Kind = "park"
HOLD: Kind = "hold"

LONGEST_WAIT_SECONDS = 86_400.0

KEY_REFUSED = (
    "The LMS no longer accepts this tool's key. Ask the LMS administrator to check the "
    "registration of the tool, then send again."
)
OTHER_HOST = (
    "The service address is of another host than the LMS, so nothing was sent there. Open the tool "
    "once more from the course; if this stays, register the tool again."
)
BUSY = "The LMS is busy and asked us to wait. We try again by ourselves."
BROKEN = "The LMS answered with an error of its own. We try again by ourselves."


class ServiceError(Exception):
    """A call to a platform's service did not do what was asked.

    `message` is a sentence for a person and `kind` what follows (see above). `retry_after` is the
    number of seconds that the platform asked to wait. A failure with `tries` above 1 counts as
    what it is only when it happened that often in a row; before that it is tried again.
    """

    def __init__(
        self, message: str, kind: Kind, *, retry_after: float | None = None, tries: int = 1
    ) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.retry_after = retry_after
        self.tries = tries


def failure_of(answer: ServiceAnswer) -> ServiceError:
    """The error for an answer that is not a success, as far as every service agrees."""
    status = answer.status
    throttled = status == 403 and "rate limit exceeded" in answer.text.lower()
    if throttled or status in (408, 429, 503):
        return ServiceError(BUSY, WAIT, retry_after=retry_after(answer.headers.get("retry-after")))
    if status >= 500:
        return ServiceError(BROKEN, RETRY)
    if status == 401:
        return ServiceError(KEY_REFUSED, PARK)
    return ServiceError(
        f"The LMS refused the request (status {status}). Ask the LMS administrator what the tool "
        "may do in this course, then send again.",
        PARK,
    )


def no_answer(error: OutgoingError) -> ServiceError:
    """The error for a call that had no usable answer."""
    if error.permanent:
        return ServiceError(
            f"The LMS cannot be called at the address it gave: {error}. Ask the operator of the "
            "tool, then send again.",
            PARK,
        )
    return ServiceError(f"The LMS could not be reached: {error}. We try again by ourselves.", WAIT)


def token_refused(answer: ServiceAnswer) -> ServiceError:
    """The error for a token endpoint's answer that gives no token (RFC 6749, section 5.2).

    An LMS that cannot fetch our key set at that moment says 400 as well, so the first refusal is
    not believed.
    """
    if answer.ok or answer.status == 404:
        return ServiceError("The LMS gave no access token. We try again by ourselves.", WAIT)
    failure = failure_of(answer)
    if failure.kind == PARK:
        return ServiceError(KEY_REFUSED, PARK, tries=2)
    return ServiceError(failure.message, WAIT, retry_after=failure.retry_after)


def retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header (RFC 9110, section 10.2.3), at most a day."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_WAIT_SECONDS)
    try:
        instant = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return min(max((instant - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_WAIT_SECONDS)
