"""A person as the tool knows them: an opaque id and the name the LMS gave."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, HasId

NAME_LENGTH = 255


class Person(HasId, Base):
    """Somebody of one platform. The id is what leaves the tool; the name never does."""

    __tablename__ = "person"

    display_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    created_at: Mapped[datetime]
