"""Registration and demo cohort, each made once: what is there already is left alone.

What counts as "there" is what the two databases say, so that a first start that was interrupted is
completed by the next one.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from cohorts.models import Person
from lti_tool.models import Context, Deployment, LtiUser, Platform
from lti_tool.practice_lms.client import activate_tool, registered_tools
from lti_tool.practice_lms.people import BY_USER_ID, COACHES, COURSE_ID, LEARNERS, OWNER
from lti_tool.registration import invite
from lti_tool.tryout.folder import CannotStart, Folder
from lti_tool.tryout.seed import seed
from lti_tool.tryout.visiting import launch, register

FAMILY = "practice-lms"


def connect(
    sessions: sessionmaker[Session], folder: Folder, lms_url: str, tool_url: str, now: datetime
) -> bool:
    """Register the tool at the practice LMS and activate it there; whether that was still to do.

    Raises CannotStart where the folder was made with other addresses or lacks a half of itself.
    """
    tools = registered_tools(lms_url)
    with sessions.begin() as session:
        platforms = session.scalars(select(Platform).where(Platform.product_family == FAMILY)).all()
        _check(session, platforms, tools, folder, lms_url, tool_url)
        known = {platform.client_id for platform in platforms}
        invitation = "" if platforms else invite(session, tool_url, now, approve=True)
    if invitation:
        register(lms_url, invitation)
        return True
    pending = [each for each in tools if each["client_id"] in known and each["state"] == "pending"]
    for tool in pending:
        activate_tool(lms_url, tool["id"])
    return bool(pending)


def _check(
    session: Session,
    platforms: Sequence[Platform],
    tools: list[dict[str, Any]],
    folder: Folder,
    lms_url: str,
    tool_url: str,
) -> None:
    """Raise CannotStart unless both databases tell of one registration, or of none."""
    start_over = f"or start over: rm -r {folder.path}"
    for platform in platforms:
        if platform.issuer != lms_url:
            raise CannotStart(
                f"{folder.path} was made with the practice LMS at {platform.issuer}. Start with "
                f"that port again, {start_over}"
            )
        context = course(session, lms_url)
        if context and context.cohort and context.cohort.home_page != tool_url:
            raise CannotStart(
                f"{folder.path} was made with the tool at {context.cohort.home_page}. Start with "
                f"that port again, {start_over}"
            )
    known = {platform.client_id for platform in platforms}
    registered = {tool["client_id"] for tool in tools}
    active = {tool["client_id"] for tool in tools if tool["state"] == "active"}
    if (known and not known & registered) or (not known and active):
        raise CannotStart(
            f"{folder.database} and the database of the practice LMS do not belong together. Put "
            f"back the one that is missing, {start_over}"
        )


def course(session: Session, lms_url: str) -> Context | None:
    """The practice course, once somebody has launched from it."""
    return session.scalar(
        select(Context)
        .join(Deployment)
        .join(Platform)
        .where(Platform.issuer == lms_url, Platform.product_family == FAMILY)
        .where(Context.context_id == str(COURSE_ID))
    )


def open_demo(
    sessions: sessionmaker[Session],
    lms_url: str,
    tool_url: str,
    now: datetime,
    before_each: Callable[[], None],
) -> bool:
    """Let everybody launch once, then open the demo cohort in one transaction; whether that was
    still to do. `before_each` launch may raise to break off."""
    with sessions.begin() as session:
        context = course(session, lms_url)
        if context is not None and context.cohort_id is not None:
            return False
    for person in (OWNER, *COACHES, *LEARNERS):
        before_each()
        launch(lms_url, person.user_id)
    with sessions.begin() as session:
        context = course(session, lms_url)
        assert context is not None, "everybody has launched"
        seed(session, context, _people(session, context), tool_url, now)
    return True


def _people(session: Session, context: Context) -> dict[str, Person]:
    users = session.scalars(
        select(LtiUser).where(LtiUser.platform_id == context.deployment.platform_id)
    )
    return {BY_USER_ID[user.sub].username: user.person for user in users if user.sub in BY_USER_ID}
