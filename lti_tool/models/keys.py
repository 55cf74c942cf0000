"""The tool's own signing keys and the access tokens that platforms gave us, encrypted at rest."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, HasId


class ToolKey(Base):
    """One RSA key pair. The newest that is not retired signs; all that are published verify."""

    __tablename__ = "tool_key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_jwk: Mapped[dict[str, Any]]
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class AccessToken(HasId, Base):
    """A platform's bearer token for one set of scopes, kept until shortly before it expires."""

    __tablename__ = "access_token"
    __table_args__ = (UniqueConstraint("platform_id", "scopes"),)

    platform_id: Mapped[UUID] = mapped_column(ForeignKey("platform.id"))
    scopes: Mapped[str] = mapped_column(String(1000))
    token: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
