"""The tables of the practice LMS, apart from those of the tool and made without migrations."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from config.database import UtcDateTime


class Base(DeclarativeBase):
    """Base of every table of the practice LMS."""

    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: JSON, list[str]: JSON}


class SigningKey(Base):
    """A key pair of the platform. The newest signs; all that are not withdrawn are published."""

    __tablename__ = "signing_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(unique=True)
    private_pem: Mapped[str]
    withdrawn_at: Mapped[datetime | None]


class RegistrationLink(Base):
    """A registration an administrator began; its token can be used once."""

    __tablename__ = "registration_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Tool(Base):
    """A registered tool. Its id is also its deployment id and the `type_id` of its services."""

    __tablename__ = "tool"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=False)
    initiate_login_uri: Mapped[str]
    redirect_uris: Mapped[list[str]]
    jwks_uri: Mapped[str]
    domain: Mapped[str]
    target_link_uri: Mapped[str]
    deep_linking_uri: Mapped[str | None]
    custom_parameters: Mapped[dict[str, Any]]
    scopes: Mapped[list[str]]
    claims: Mapped[list[str]]
    registered_at: Mapped[datetime]

    @property
    def deployment_id(self) -> str:
        """One deployment a tool, as in Moodle."""
        return str(self.id)


class Activity(Base):
    """A resource link of the course. Without a tool it waits for the first one activated."""

    __tablename__ = "activity"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    tool_id: Mapped[int | None] = mapped_column(ForeignKey("tool.id", ondelete="SET NULL"))
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]
    custom: Mapped[dict[str, Any]]
    deep_linked: Mapped[bool] = mapped_column(default=False)


class Enrolment(Base):
    """Whether a person is Active, Inactive or Removed in the course."""

    __tablename__ = "enrolment"
    user_id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]


class LineItem(Base):
    """A column of the gradebook (AGS 2.0, line item)."""

    __tablename__ = "line_item"
    __table_args__ = {"sqlite_autoincrement": True}
    id: Mapped[int] = mapped_column(primary_key=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    label: Mapped[str]
    score_maximum: Mapped[float]
    tag: Mapped[str] = mapped_column(default="")
    resource_id: Mapped[str] = mapped_column(default="")


class Grade(Base):
    """What stands in one cell. `score` is in points of the column; None is an empty grade.

    `graded_at` is the time the next score is compared with, in whole seconds.
    """

    __tablename__ = "grade"
    __table_args__ = (UniqueConstraint("line_item_id", "user_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_item.id", ondelete="CASCADE"))
    user_id: Mapped[str]
    score: Mapped[float | None]
    comment: Mapped[str] = mapped_column(default="")
    graded_at: Mapped[datetime]
    by_teacher: Mapped[bool] = mapped_column(default=False)


class Launch(Base):
    """A login that was begun. `hint` is its `lti_message_hint`; no activity means deep linking."""

    __tablename__ = "launch"
    hint: Mapped[str] = mapped_column(primary_key=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"))
    user_id: Mapped[str]
    started_at: Mapped[datetime]


class ContentRequest(Base):
    """A deep linking request that was sent and not yet answered."""

    __tablename__ = "content_request"
    token: Mapped[str] = mapped_column(primary_key=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    user_id: Mapped[str]
    data: Mapped[str | None]


class AccessToken(Base):
    """A bearer token of a tool."""

    __tablename__ = "access_token"
    token: Mapped[str] = mapped_column(primary_key=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    scopes: Mapped[list[str]]
    expires_at: Mapped[datetime]


class UsedToken(Base):
    """The `jti` of a client assertion or the `nonce` of a deep linking response, seen once."""

    __tablename__ = "used_token"
    tool_id: Mapped[int] = mapped_column(
        ForeignKey("tool.id", ondelete="CASCADE"), primary_key=True
    )
    value: Mapped[str] = mapped_column(primary_key=True)
