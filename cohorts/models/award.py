"""Awards of milestones, and a coach's reasoned "not yet". A person decides every one of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cohorts.models.cohort import Enrolment
from config.database import Base, HasId


class Award(HasId, Base):
    """A milestone confirmed by a coach, under the rules of that day.

    `evidence` is the list of statement ids that earned it, so that one can walk from a grade to
    its evidence. `reference` is what a person quotes, such as M-4F2A.
    """

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("enrolment_id", "milestone"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    milestone: Mapped[str] = mapped_column(String(32))
    confirmed_by_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    confirmed_at: Mapped[datetime]
    confirmed_on: Mapped[date]
    rules_version: Mapped[str] = mapped_column(String(64))
    evidence: Mapped[list[Any]]
    reference: Mapped[str] = mapped_column(String(16))

    confirmed_by: Mapped[Enrolment] = relationship(foreign_keys=confirmed_by_id)


class Deferral(HasId, Base):
    """A coach said "not yet" to a proposal; the learner reads the reason."""

    __tablename__ = "deferral"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    milestone: Mapped[str] = mapped_column(String(32))
    coach_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    reason: Mapped[str] = mapped_column(Text)
    deferred_at: Mapped[datetime]
