"""The outbox: what has to leave the tool, written in the transaction of the fact itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from config.database import Base, HasId

# SQLite gives out rising row numbers only for a plain INTEGER primary key.
RisingNumber = BigInteger().with_variant(Integer, "sqlite")


class StatementRecord(Base):
    """A finished xAPI statement, frozen as the bytes that every destination will get."""

    __tablename__ = "statement"

    number: Mapped[int] = mapped_column(RisingNumber, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohort.id"), index=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]


class Score(HasId, Base):
    """The grade a learner should have for one milestone: a state, not an event.

    `posted_score` and `posted_at` are what the LMS last took from us, `sent_score` and `sent_at`
    what was last sent, noted before it leaves, for the answer may be lost. A stored grade that
    differs from all of them belongs to a person and is never overwritten.
    """

    __tablename__ = "score"
    __table_args__ = (UniqueConstraint("enrolment_id", "milestone"),)

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohort.id"), index=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    milestone: Mapped[str] = mapped_column(String(32))
    score_given: Mapped[float] = mapped_column(Float)
    score_maximum: Mapped[float] = mapped_column(Float)
    comment: Mapped[str] = mapped_column(String(500))
    posted_score: Mapped[float | None] = mapped_column(Float)
    posted_at: Mapped[datetime | None]
    sent_score: Mapped[float | None] = mapped_column(Float)
    sent_at: Mapped[datetime | None]


class Destination(HasId, Base):
    """Where statements go. `hold_until` keeps the order after a failure; `paused` needs a person.

    The destination that the environment names has `source` "environment"; its credentials stay in
    the environment.
    """

    __tablename__ = "destination"

    name: Mapped[str] = mapped_column(String(120), unique=True)
    source: Mapped[str] = mapped_column(String(16))
    endpoint: Mapped[str] = mapped_column(String(2000))
    paused: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None] = mapped_column(String(500))
    failures: Mapped[int] = mapped_column(default=0)
    hold_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Delivery(Base):
    """One thing on its way to one place: a statement to a destination, or a score to the LMS.

    `state` is waiting, delivered, held (a person has to decide) or parked (it will not go by
    itself). A claim is `lease_until` with `claimed_by`, committed before anything is sent; a
    process that dies leaves a lease that runs out.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("destination_id", "statement_id"),
        UniqueConstraint("score_id"),
        Index("ix_delivery_waiting", "state", "due_at", "id"),
    )

    id: Mapped[int] = mapped_column(RisingNumber, primary_key=True, autoincrement=True)
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohort.id"), index=True)
    destination_id: Mapped[UUID | None] = mapped_column(ForeignKey("destination.id"))
    statement_id: Mapped[UUID | None] = mapped_column(ForeignKey("statement.id"))
    score_id: Mapped[UUID | None] = mapped_column(ForeignKey("score.id"))
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    problem: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]

    statement: Mapped[StatementRecord | None] = relationship()
    score: Mapped[Score | None] = relationship()
    destination: Mapped[Destination | None] = relationship()
