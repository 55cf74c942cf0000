"""Evidence: what happened in the work. Natural keys are unique, so a double click is one row."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Float, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, HasId


class HasEvidence(HasId):
    """What every piece of evidence carries.

    `strength`: 1 claimed, 2 linked, 3 corroborated, 4 verified by a coach. `revision` rises when
    the fact is corrected, and makes the id of the correcting statement new.
    """

    strength: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(500))


class TaskMap(HasEvidence, Base):
    """A learner's own tasks and whether AI fits them; accepted by a coach for Literacy.

    `entries` is a list of {task, fit, why}; `state` is draft, with_coach or accepted.
    """

    __tablename__ = "task_map"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    entries: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(16))
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolment.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]


class Attestation(HasEvidence, Base):
    """A learner has read one version of the red lines."""

    __tablename__ = "attestation"
    __table_args__ = (UniqueConstraint("enrolment_id", "red_lines_version"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    red_lines_version: Mapped[int]


class TimedRun(HasEvidence, Base):
    """One timed run of a task: human minutes for one unit. `stage` is baseline or follow_up."""

    __tablename__ = "timed_run"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    workflow_id: Mapped[UUID] = mapped_column(ForeignKey("workflow.id"), index=True)
    stage: Mapped[str] = mapped_column(String(16))
    minutes: Mapped[float] = mapped_column(Float)
    size: Mapped[str] = mapped_column(String(1))
    method: Mapped[str] = mapped_column(String(16))
    timed_on: Mapped[date]
    submission_key: Mapped[str] = mapped_column(String(64), unique=True)


class WeeklyAnswer(HasEvidence, Base):
    """What a learner said about one workflow in one program week.

    The week is a field of its own, never inferred from the time of the answer. `late` marks an
    answer filed after the grace period.
    """

    __tablename__ = "weekly_answer"
    __table_args__ = (UniqueConstraint("workflow_id", "enrolment_id", "week"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    workflow_id: Mapped[UUID] = mapped_column(ForeignKey("workflow.id"))
    week: Mapped[int]
    answer: Mapped[str] = mapped_column(String(16))
    times: Mapped[int | None]
    minutes: Mapped[float | None] = mapped_column(Float)
    link: Mapped[str | None] = mapped_column(String(2000))
    reason: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(String(280))
    late: Mapped[bool] = mapped_column(default=False)
    strengthened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolment.id"))


class PublishedPrompt(HasEvidence, Base):
    """A reusable prompt in the cohort's library, with a note on tool or model choice."""

    __tablename__ = "published_prompt"
    __table_args__ = (UniqueConstraint("enrolment_id", "title"),)

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohort.id"), index=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    workflow_id: Mapped[UUID] = mapped_column(ForeignKey("workflow.id"))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    tool_note: Mapped[str] = mapped_column(String(500))
