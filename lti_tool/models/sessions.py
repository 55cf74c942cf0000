"""Short-lived rows of the launch: login states and launch sessions. Only hashes are stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.database import Base
from lti_tool.models.course import Context, LtiUser
from lti_tool.models.platform import Platform


class LoginState(Base):
    """One started login, consumed by exactly one launch.

    It names the platform it was begun at (an answer of another platform is refused) and the
    browser that began it.
    """

    __tablename__ = "login_state"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"))
    nonce_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64))
    target_link_uri: Mapped[str] = mapped_column(String(2000))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LaunchSession(Base):
    """What a launch opened: one person, one course, one role, for a few hours."""

    __tablename__ = "launch_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"))
    context_pk: Mapped[UUID] = mapped_column(ForeignKey("context.id"))
    lti_user_id: Mapped[UUID] = mapped_column(ForeignKey("lti_user.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    return_url: Mapped[str | None] = mapped_column(String(2000))
    locale: Mapped[str] = mapped_column(String(35), default="en")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    platform: Mapped[Platform] = relationship(lazy="joined", innerjoin=True)
    context: Mapped[Context] = relationship(lazy="joined", innerjoin=True)
    lti_user: Mapped[LtiUser] = relationship(lazy="joined", innerjoin=True)
