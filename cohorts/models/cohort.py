"""Cohorts and who takes part in them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cohorts.models.person import Person
from config.database import Base, HasId


class Cohort(HasId, Base):
    """One run of a program in one course.

    `program` is a frozen copy of the program document: later edits of the file change nothing
    here. `rules_version` names that copy and is stored with every award. `home_page` is the
    address of the tool when the cohort opened: actors and activities keep it if the tool moves.
    """

    __tablename__ = "cohort"

    name: Mapped[str] = mapped_column(String(255))
    program_id: Mapped[str] = mapped_column(String(64))
    program: Mapped[dict[str, Any]]
    rules_version: Mapped[str] = mapped_column(String(64))
    starts_on: Mapped[date]
    time_zone: Mapped[str] = mapped_column(String(64))
    teams: Mapped[list[Any]] = mapped_column(default=list)
    home_page: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime]

    enrolments: Mapped[list["Enrolment"]] = relationship(back_populates="cohort")


class Enrolment(HasId, Base):
    """A person in a cohort. The id is the xAPI registration of all that they do there.

    `role` is one of learner, coach, owner. A champion is a learner who also supports a team.
    `welcomed_at` is set once a learner has chosen team and track; before that they only see the
    welcome page.
    """

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohort.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))
    is_champion: Mapped[bool] = mapped_column(default=False)
    team: Mapped[str | None] = mapped_column(String(120))
    track: Mapped[str | None] = mapped_column(String(64))
    coach_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolment.id"))
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    welcomed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship(back_populates="enrolments")
    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    coach: Mapped["Enrolment | None"] = relationship(remote_side="Enrolment.id")
