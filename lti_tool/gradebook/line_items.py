"""The column of a milestone: found, made once, and kept by its address (AGS 2.0, section 3.2)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pylti1p3.lineitem import LineItem as LineItemMessage
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from lti_tool.gradebook.failures import NO_COLUMN_MADE, container_failure, unreadable
from lti_tool.gradebook.postings import Posting
from lti_tool.models import Context, LineItem
from lti_tool.models.platform import ADDRESS_LENGTH
from lti_tool.services import RETRY, ServiceAnswer, ServiceClient, ServiceError

LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
CONTAINER_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
MOST_PAGES = 50


def line_item_url(
    sessions: sessionmaker[Session], client: ServiceClient, posting: Posting, now: datetime
) -> str:
    """The address of the milestone's column; found in the LMS or made there where not yet known.

    Raises ServiceError. Only one worker at a time posts to a platform, and a column that was made
    before its address could be stored is found again by `tag` and `resourceId`.
    """
    if posting.line_item_url is not None:
        return posting.line_item_url
    url = _find(client, posting) or _make(client, posting)
    if len(url) > ADDRESS_LENGTH:
        raise ServiceError(NO_COLUMN_MADE, RETRY)
    return _keep(sessions, posting, url, now)


def forget_line_item(session: Session, context: Context, milestone: str) -> None:
    """Forget a column that was deleted in the LMS; the next score finds or makes another one.

    For a person's decision only: a new column is never made silently. Commits nothing.
    """
    session.execute(
        delete(LineItem).where(LineItem.context_pk == context.id, LineItem.milestone == milestone)
    )


def items_of(
    client: ServiceClient,
    url: str,
    scopes: tuple[str, ...],
    accept: str,
    failure: Callable[[ServiceAnswer], ServiceError],
) -> Iterator[dict[str, Any]]:
    """The objects of a container, page by page.

    `limit` is never sent: Moodle pages only when asked to, and then its Link header is broken.
    """
    for _ in range(MOST_PAGES):
        answer = client.request("GET", url, scopes, accept=accept)
        if not answer.ok:
            raise failure(answer)
        if not isinstance(answer.data, list):
            raise unreadable()
        yield from (item for item in answer.data if isinstance(item, dict))
        if answer.next_url is None:
            return
        url = answer.next_url


def with_query(url: str, **parameters: str) -> str:
    """The address with these parameters added to its query, which Moodle's already have."""
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *parameters.items()]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _names(posting: Posting) -> tuple[str, str]:
    return f"milestone:{posting.milestone}", f"cohort:{posting.cohort_id}"


def _find(client: ServiceClient, posting: Posting) -> str | None:
    tag, resource_id = _names(posting)
    url = with_query(posting.lineitems_url, tag=tag, resource_id=resource_id)
    for item in items_of(client, url, posting.scopes, CONTAINER_TYPE, container_failure):
        # A platform may not know a filter and answer with every line item.
        if item.get("tag") == tag and item.get("resourceId") == resource_id:
            found = item.get("id")
            if isinstance(found, str):
                return found
    return None


def _make(client: ServiceClient, posting: Posting) -> str:
    tag, resource_id = _names(posting)
    message = (
        LineItemMessage()
        .set_label(posting.milestone.capitalize())
        .set_score_maximum(posting.score_maximum)
        .set_tag(tag)
        .set_resource_id(resource_id)
    )
    answer = client.request(
        "POST",
        posting.lineitems_url,
        posting.scopes,
        accept=LINE_ITEM_TYPE,
        content_type=LINE_ITEM_TYPE,
        body=message.get_value(),
    )
    if not answer.ok:
        raise container_failure(answer)
    made = answer.data.get("id") if isinstance(answer.data, dict) else None
    if not isinstance(made, str):
        raise ServiceError(NO_COLUMN_MADE, RETRY)
    return made


def _keep(sessions: sessionmaker[Session], posting: Posting, url: str, now: datetime) -> str:
    """Store the address, unless somebody else stored one meanwhile: then theirs is the column."""
    known = select(LineItem.url).where(
        LineItem.context_pk == posting.context_pk, LineItem.milestone == posting.milestone
    )
    try:
        with sessions.begin() as session:
            session.add(
                LineItem(
                    context_pk=posting.context_pk,
                    milestone=posting.milestone,
                    url=url,
                    score_maximum=posting.score_maximum,
                    created_at=now,
                )
            )
        return url
    except IntegrityError:
        with sessions.begin() as session:
            return session.scalars(known).one()
