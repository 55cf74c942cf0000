"""Workflows: the object of the whole product, their submitted versions and their reviews."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cohorts.models.cohort import Enrolment
from config.database import Base, HasId


class Workflow(HasId, Base):
    """A repeatable piece of a learner's own work that AI helps with.

    `state` is what people decided: draft, in_review, changes_requested, approved, shipped,
    retired. Live, lapsing and dormant are never stored; `rules.liveness` computes them.
    `content` is the working copy (see `cohorts.rules.workflows.Content`); each submission freezes
    one as a `WorkflowVersion`. `revision` rises with every save and settles edit conflicts.
    """

    __tablename__ = "workflow"

    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohort.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), index=True)
    state: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(120))
    cadence: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    shipped_on: Mapped[date | None]
    place: Mapped[str | None] = mapped_column(String(500))
    baseline_waiver: Mapped[str | None] = mapped_column(Text)
    baseline_waived_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolment.id"))
    standard_owner: Mapped[str | None] = mapped_column(String(255))
    standard_published_at: Mapped[datetime | None]
    retired_reason: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    author: Mapped[Enrolment] = relationship(foreign_keys=author_id, lazy="joined", innerjoin=True)
    authors: Mapped[list["WorkflowAuthor"]] = relationship(back_populates="workflow")
    versions: Mapped[list["WorkflowVersion"]] = relationship(
        back_populates="workflow", order_by="WorkflowVersion.number"
    )
    reviews: Mapped[list["Review"]] = relationship(
        back_populates="workflow", order_by="Review.decided_at"
    )


class WorkflowAuthor(Base):
    """Who made a workflow. Authors and co-authors never review or confirm their own work."""

    __tablename__ = "workflow_author"

    workflow_id: Mapped[UUID] = mapped_column(ForeignKey("workflow.id"), primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    contribution: Mapped[str] = mapped_column(String(280), default="")

    workflow: Mapped[Workflow] = relationship(back_populates="authors")


class WorkflowVersion(HasId, Base):
    """The content of a workflow as it was submitted."""

    __tablename__ = "workflow_version"
    __table_args__ = (UniqueConstraint("workflow_id", "number"),)

    workflow_id: Mapped[UUID] = mapped_column(ForeignKey("workflow.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime]

    workflow: Mapped[Workflow] = relationship(back_populates="versions")


class Review(HasId, Base):
    """A coach's decision on one version: exactly one a version, whoever is first."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("workflow_id", "version"),)

    workflow_id: Mapped[UUID] = mapped_column(ForeignKey("workflow.id"))
    version: Mapped[int]
    coach_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    decision: Mapped[str] = mapped_column(String(24))
    levels: Mapped[dict[str, Any]]
    notes: Mapped[dict[str, Any]]
    gates_confirmed: Mapped[bool]
    comment: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]

    workflow: Mapped[Workflow] = relationship(back_populates="reviews")
    coach: Mapped[Enrolment] = relationship(lazy="joined", innerjoin=True)
