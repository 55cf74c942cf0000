"""The two tables of a statement store, apart from those of the tool."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, MetaData, String, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from config.database import NAMING_CONVENTION, UtcDateTime
from lti_tool.receiver.filters import agent_key

AGENT, ACTIVITY = "agent", "activity"


class ReceiverBase(DeclarativeBase):
    """Base of the receiver's tables."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UtcDateTime, UUID: Uuid()}


class ReceivedStatement(ReceiverBase):
    """One statement as it is given out again, and what is needed to find it.

    `document` is text and not a JSON column: it keeps the order of the properties, and PostgreSQL
    could not hold the escape \\u0000, which is valid in a statement, in binary JSON.
    """

    __tablename__ = "received_statement"

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(unique=True)
    stored_at: Mapped[datetime] = mapped_column(index=True)
    verb: Mapped[str] = mapped_column(Text)
    actor_key: Mapped[str | None] = mapped_column(String(64), index=True)
    registration: Mapped[UUID | None] = mapped_column(index=True)
    target_id: Mapped[UUID | None] = mapped_column(index=True)
    document: Mapped[str] = mapped_column(Text)
    mentions: Mapped[list["Mention"]] = relationship(cascade="all, delete-orphan")


class Mention(ReceiverBase):
    """A statement names an Agent or an Activity; `related` where it does so only broadly."""

    __tablename__ = "received_mention"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    sequence: Mapped[int] = mapped_column(
        ForeignKey("received_statement.sequence", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    )
    related: Mapped[bool]


def statement_row(statement: dict[str, Any], stored_at: datetime) -> ReceivedStatement:
    """The row of a valid and completed statement."""
    obj = statement["object"]
    registration = statement.get("context", {}).get("registration")
    narrow = set(_agents(statement, related=False)), set(_activities(statement, related=False))
    broad = set(_agents(statement, related=True)), set(_activities(statement, related=True))
    return ReceivedStatement(
        statement_id=UUID(statement["id"]),
        stored_at=stored_at,
        verb=statement["verb"]["id"],
        actor_key=agent_key(statement["actor"]),
        registration=UUID(registration) if registration else None,
        target_id=UUID(obj["id"]) if obj.get("objectType") == "StatementRef" else None,
        document=json.dumps(statement, separators=(",", ":")),
        mentions=[
            Mention(kind=kind, key=key, related=key not in direct)
            for kind, direct, every in zip((AGENT, ACTIVITY), narrow, broad, strict=True)
            for key in sorted(every)
        ],
    )


def activity_key(activity_id: str) -> str:
    """A digest of an Activity's id: IRIs have no greatest length, and an index has."""
    return hashlib.sha256(activity_id.encode()).hexdigest()


def _agents(statement: dict[str, Any], related: bool) -> Iterator[str]:
    """Keys of actor and object; with `related` of every Agent (`related_agents`, 2.1.3)."""
    context = statement.get("context", {})
    places = [statement["actor"]]
    if statement["object"].get("objectType") in ("Agent", "Group"):
        places.append(statement["object"])
    if related:
        places += [statement.get("authority"), context.get("instructor"), context.get("team")]
        places += [role["agent"] for role in context.get("contextAgents", [])]
        places += [role["group"] for role in context.get("contextGroups", [])]
        if statement["object"].get("objectType") == "SubStatement":
            yield from _agents(statement["object"], related=True)
    for place in filter(None, places):
        for agent in (place, *place.get("member", [])):
            if key := agent_key(agent):
                yield key


def _activities(statement: dict[str, Any], related: bool) -> Iterator[str]:
    """Keys of the object; with `related` of every Activity (`related_activities`, 2.1.3)."""
    obj = statement["object"]
    if obj.get("objectType", "Activity") == "Activity":
        yield activity_key(obj["id"])
    if related:
        if obj.get("objectType") == "SubStatement":
            yield from _activities(obj, related=True)
        for items in statement.get("context", {}).get("contextActivities", {}).values():
            for item in items if isinstance(items, list) else [items]:
                yield activity_key(item["id"])
