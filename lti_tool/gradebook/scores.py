"""Bring a grade in the LMS to what it should be, without touching what a person entered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pylti1p3.grade import Grade
from sqlalchemy.orm import Session, sessionmaker

from cohorts.models import Score
from lti_tool.gradebook.failures import GRADED_BY_A_PERSON, STALE, is_stale, score_failure
from lti_tool.gradebook.line_items import items_of, line_item_url, with_query
from lti_tool.gradebook.postings import Posting
from lti_tool.services import HOLD, RETRY, ServiceAnswer, ServiceClient, ServiceError

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
CANVAS = "https://canvas.instructure.com/lti/submission"
SAME = 0.0005  # of the maximum: platforms rescale to the column and round to 5 digits or fewer
ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Result:
    """What the gradebook shows for one person: a share of the maximum, None where empty."""

    share: float | None = None
    shown_at: datetime | None = None


def put_score(
    sessions: sessionmaker[Session],
    client: ServiceClient,
    posting: Posting,
    now: Callable[[], datetime],
) -> datetime:
    """Make the gradebook show the score; returns the timestamp under which it is known there.

    Reads before it writes: what is right already is not posted again, and a grade of a person is
    left alone (`hold`). A score refused as not newer is read again and sent once more with a later
    time. Raises ServiceError.
    """
    url = line_item_url(sessions, client, posting, now())
    last_sent_at = posting.last_sent_at
    for _ in range(2):
        result = read_result(client, posting, url)
        share = result.share
        if decide(share, posting) == "done":
            return result.shown_at or now()
        sent_at = last_sent_at = _later_than(last_sent_at, result.shown_at, now=now())
        _note(sessions, posting, share, sent_at)
        answer = _post(client, posting, url, sent_at)
        if answer.ok:
            return sent_at
        if not is_stale(answer):
            raise score_failure(answer)
    raise ServiceError(STALE, RETRY)


def decide(share: float | None, posting: Posting) -> Literal["done", "post"]:
    """What to do where the gradebook shows `share` of the maximum, None where it is empty.

    Raises ServiceError `hold` for a grade that is neither wanted nor ours.
    """
    if share is None:
        return "post"
    if _same(share, posting.score_given, posting):
        return "done"
    if any(_same(share, score, posting) for score in posting.ours):
        return "post"
    raise ServiceError(GRADED_BY_A_PERSON, HOLD)


def read_result(client: ServiceClient, posting: Posting, url: str) -> Result:
    """What the gradebook shows for the person (AGS 2.0, section 3.3)."""
    address = with_query(service_address(url, "results"), user_id=posting.user_id)
    for item in items_of(client, address, posting.scopes, RESULTS_TYPE, score_failure):
        if str(item.get("userId")) == posting.user_id:
            return Result(_share(item), _instant(item.get("timestamp")))
    return Result()


def service_address(url: str, name: str) -> str:
    """The address of `scores` or `results`: at the end of the path, before the query.

    >>> service_address("https://lms.example/2/lineitem?type_id=3", "scores")
    'https://lms.example/2/lineitem/scores?type_id=3'
    """
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}"))


def _post(client: ServiceClient, posting: Posting, url: str, sent_at: datetime) -> ServiceAnswer:
    """Post a final score (AGS 2.0, section 3.4) as one line of JSON: Moodle repeats the body in a
    header, and a line break there hides its refusal."""
    grade = (
        Grade()
        .set_user_id(posting.user_id)
        .set_score_given(posting.score_given)
        .set_score_maximum(posting.score_maximum)
        .set_activity_progress("Completed")
        .set_grading_progress("FullyGraded")
        .set_timestamp(sent_at.astimezone(UTC).isoformat(timespec="milliseconds"))
        .set_comment(posting.comment)
    )
    if posting.is_canvas:
        # Without these a score is a new attempt, and takes precedence over a teacher's grade.
        grade.set_extra_claims(
            {CANVAS: {"new_submission": False, "prioritize_non_tool_grade": True}}
        )
    return client.request(
        "POST",
        service_address(url, "scores"),
        posting.scopes,
        content_type=SCORE_TYPE,
        body=grade.get_value(),
    )


def _later_than(*instants: datetime | None, now: datetime) -> datetime:
    """Now, but in a later whole second than these: Moodle compares without fractions, and a second
    milestone or a clock set back must not lose against the first."""
    return max([now, *(at + ONE_SECOND for at in instants if at is not None)])


def _note(
    sessions: sessionmaker[Session], posting: Posting, share: float | None, sent_at: datetime
) -> None:
    """Note, before it leaves, what is sent; and that the LMS holds what it holds as ours."""
    with sessions.begin() as session:
        score = session.get_one(Score, posting.score_id)
        if share is not None:
            score.posted_score = share * posting.score_maximum
        score.sent_score, score.sent_at = posting.score_given, sent_at


def _same(share: float, score: float, posting: Posting) -> bool:
    return abs(share - score / posting.score_maximum) <= SAME


def _share(item: dict[str, Any]) -> float | None:
    score, maximum = _number(item.get("resultScore")), _number(item.get("resultMaximum", 1))
    return None if score is None or not maximum else score / maximum


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None


def _instant(text: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo is not None else None
