"""Sending, and which failure is retried, which is parked.

Statements and the LRS:
- no answer, 408, 429, 5xx, an answer that no LRS gives: the whole destination holds, so that the
  order is kept, and is tried again with back-off; nothing is ever given up.
- 401, 403, another 4xx or a redirect for the request as a whole: the destination is paused until a
  person acts.
- one statement refused, or another one stored under its id: parked with the LRS's words.

Scores and the LMS, by the kind of the `ServiceError`:
- `wait` (no answer, no token, 408, 429, 503, throttled): all scores of that platform wait, with
  back-off; nothing is ever given up.
- `retry` (another 5xx, a time that was refused as old): that score waits, with back-off.
- `park` (key refused, column deleted, unknown person): parked with a sentence for the owner.
- `hold` (a grade set by a person, a person who is no learner): held for a person to decide.

Anything unforeseen on one row is logged; that row waits an hour, and the others go on.

The gradebook's own answers, with their sentences, are in `lti_tool.gradebook.failures`, what every
service shares in `lti_tool.services.failures`, what an LRS may answer in `xapi.lrs`.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import requests
from sqlalchemy.orm import Session, sessionmaker

from config.settings import Settings
from lti_tool import gradebook
from lti_tool.services import open_client
from xapi.lrs import LrsClient, LrsError, Outcome

FIRST_WAIT_SECONDS = 10
LONGEST_WAIT_SECONDS = 3600
MOST_DOUBLINGS = 10
AFTER_THE_UNFORESEEN = timedelta(hours=1)
UNFORESEEN = (
    "Something unforeseen happened while this was sent. It is tried again in an hour; the "
    "operator finds the reason in the log."
)
NO_CREDENTIALS = (
    "The settings no longer name this destination, so nothing is sent there. Set LRS_ENDPOINT, "
    "LRS_USERNAME and LRS_PASSWORD again and restart the tool."
)


@dataclass(frozen=True)
class StatementsSent:
    """What became of a batch: the outcomes known, by statement id, and the failure of the rest.

    `failure` is None when every statement has its outcome.
    """

    outcomes: dict[UUID, Outcome]
    failure: LrsError | None = None


@dataclass(frozen=True)
class ScoreSent:
    """A score that the gradebook shows, and the timestamp under which it does."""

    score_given: float
    comment: str
    posted_at: datetime


def send_statements(
    source: str,
    endpoint: str,
    statements: Sequence[tuple[UUID, str]],
    settings: Settings,
    http: requests.Session,
) -> StatementsSent:
    """Send finished statements to the destination with this source and endpoint, in order."""
    if source != "environment" or settings.lrs is None:
        return StatementsSent({}, LrsError(NO_CREDENTIALS, permanent=True))
    client = LrsClient(endpoint, (settings.lrs.username, settings.lrs.password), http)
    try:
        outcomes = client.deliver([body for _, body in statements])
    except LrsError as error:
        known = {UUID(one.statement_id): one for one in error.settled if one.statement_id}
        return StatementsSent(known, error)
    ids = [statement_id for statement_id, _ in statements]
    return StatementsSent(dict(zip(ids, outcomes, strict=True)))


def send_score(
    score_id: UUID,
    sessions: sessionmaker[Session],
    settings: Settings,
    http: requests.Session,
    now: Callable[[], datetime],
) -> ScoreSent:
    """Bring one grade in the LMS up to date.

    Holds no transaction while the LMS is asked. Raises `lti_tool.services.ServiceError`.
    """
    with sessions.begin() as session:
        posting = gradebook.load_posting(session, score_id)
    client = open_client(sessions, settings, http, posting.platform_id, now)
    posted_at = gradebook.put_score(sessions, client, posting, now)
    return ScoreSent(posting.score_given, posting.comment, posted_at)


def back_off(failures: int, retry_after: float | None = None) -> timedelta:
    """How long to wait after so many failures in a row, not less than the other side asked for.

    10 seconds doubled each time up to an hour, a fifth more or less, so that what failed together
    does not come back together.
    """
    seconds = FIRST_WAIT_SECONDS * 2.0 ** min(max(failures - 1, 0), MOST_DOUBLINGS)
    seconds = min(seconds, LONGEST_WAIT_SECONDS) * random.uniform(0.8, 1.2)
    return timedelta(seconds=max(seconds, retry_after or 0.0))
