"""Leave to register: an address with a code, for some platforms and some hours."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.errors import Refusal
from lti_tool.models import Invitation
from lti_tool.secrets import hash_token, new_token

PATH = "/lti/register"


def invite(
    session: Session,
    tool_url: str,
    now: datetime,
    *,
    uses: int = 1,
    hours: int = 24,
    approve: bool = False,
) -> str:
    """Make an invitation and return its address. The code is in nothing but the address.

    `approve` lets the platforms that use it launch at once; others wait for an operator. Commits
    nothing.
    """
    code = new_token()
    session.add(
        Invitation(
            code_hash=hash_token(code),
            uses_left=uses,
            approve=approve,
            expires_at=now + timedelta(hours=hours),
            created_at=now,
        )
    )
    return f"{tool_url}{PATH}/{code}"


def check(session: Session, code: str, now: datetime) -> None:
    """Raises Refusal: R-10 for a code that was never given out, R-11 when it is used up or over."""
    invitation = session.scalar(select(Invitation).where(Invitation.code_hash == hash_token(code)))
    if invitation is None:
        raise Refusal("R-10", "registration code unknown")
    if invitation.uses_left <= 0 or invitation.expires_at <= now:
        raise Refusal("R-11", f"invitation {invitation.id} is used up or over")


def take(session: Session, code: str, now: datetime) -> bool:
    """Use the invitation once and commit; returns whether it approves.

    Raises Refusal as `check` does. Of two that take the last use at once, one is refused.
    """
    taken = (
        update(Invitation)
        .where(Invitation.code_hash == hash_token(code))
        .where(Invitation.uses_left > 0, Invitation.expires_at > now)
        .values(uses_left=Invitation.uses_left - 1)
        .returning(Invitation.approve)
    )
    approve = session.scalar(taken)
    session.commit()
    if approve is None:
        check(session, code, now)
        raise Refusal("R-11", "the last use was just taken")
    return approve


def give_back(session: Session, code: str) -> None:
    """Undo `take`, because no platform was registered with it. Commits."""
    given = (
        update(Invitation)
        .where(Invitation.code_hash == hash_token(code))
        .values(uses_left=Invitation.uses_left + 1)
    )
    session.execute(given)
    session.commit()
