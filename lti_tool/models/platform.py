"""Platforms, keyed by (issuer, client_id), and their deployments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.database import Base, HasId

ADDRESS_LENGTH = 2000


class Platform(HasId, Base):
    """One registration of this tool at one LMS.

    The issuer alone is no key: all of hosted Canvas shares one. `state` is pending until an
    operator approves, then approved. `key_set` is the platform's JWKS as last fetched.
    """

    __tablename__ = "platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    issuer: Mapped[str] = mapped_column(String(500))
    client_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    product_family: Mapped[str] = mapped_column(String(64), default="")
    authorization_endpoint: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    token_endpoint: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    token_audience: Mapped[str | None] = mapped_column(String(ADDRESS_LENGTH))
    jwks_uri: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    state: Mapped[str] = mapped_column(String(16))
    key_set: Mapped[dict[str, Any] | None]
    key_set_fetched_at: Mapped[datetime | None]
    # When each of the last refetches for an unknown kid happened: the rate limit, shared by all
    # processes. A list of ISO instants, oldest first.
    key_set_refetches: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]

    deployments: Mapped[list["Deployment"]] = relationship(back_populates="platform")


class Deployment(HasId, Base):
    """Where in the LMS a platform placed the tool; discovered at the first launch."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"))
    deployment_id: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]

    platform: Mapped[Platform] = relationship(back_populates="deployments")


class Invitation(HasId, Base):
    """Leave to register one platform: a one-time code, stored hashed."""

    __tablename__ = "invitation"

    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    uses_left: Mapped[int]
    approve: Mapped[bool]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
