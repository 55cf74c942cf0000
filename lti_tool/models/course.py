"""What a launch tells about the course, the link, the person and the services offered there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cohorts.models import Cohort, Person
from config.database import Base, HasId
from lti_tool.models.platform import ADDRESS_LENGTH, Deployment

ID_LENGTH = 255
TITLE_LENGTH = 500


class Context(HasId, Base):
    """A course of one deployment, and the services the platform offered at the last launch."""

    __tablename__ = "context"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"))
    context_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    label: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    cohort_id: Mapped[UUID | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    lineitems_url: Mapped[str | None] = mapped_column(String(ADDRESS_LENGTH))
    ags_scopes: Mapped[list[Any]] = mapped_column(default=list)
    memberships_url: Mapped[str | None] = mapped_column(String(ADDRESS_LENGTH))
    created_at: Mapped[datetime]

    deployment: Mapped[Deployment] = relationship()
    cohort: Mapped[Cohort | None] = relationship()


class ResourceLink(HasId, Base):
    """One placement of the tool in a course."""

    __tablename__ = "resource_link"
    __table_args__ = (UniqueConstraint("context_pk", "resource_link_id"),)

    context_pk: Mapped[UUID] = mapped_column(ForeignKey("context.id"))
    resource_link_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    lineitem_url: Mapped[str | None] = mapped_column(String(ADDRESS_LENGTH))
    created_at: Mapped[datetime]


class LtiUser(HasId, Base):
    """A platform's subject. One subject of one platform is one person of ours."""

    __tablename__ = "lti_user"
    __table_args__ = (UniqueConstraint("platform_id", "sub"),)

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"))
    sub: Mapped[str] = mapped_column(String(ID_LENGTH))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class Membership(Base):
    """The role of a person in one course as the last launch told it, from context roles only."""

    __tablename__ = "membership"

    context_pk: Mapped[UUID] = mapped_column(ForeignKey("context.id"), primary_key=True)
    lti_user_id: Mapped[UUID] = mapped_column(ForeignKey("lti_user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    launched_at: Mapped[datetime]


class LineItem(HasId, Base):
    """The gradebook column of one milestone in one course, found or made once."""

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("context_pk", "milestone"),)

    context_pk: Mapped[UUID] = mapped_column(ForeignKey("context.id"))
    milestone: Mapped[str] = mapped_column(String(32))
    url: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    score_maximum: Mapped[float]
    created_at: Mapped[datetime]
