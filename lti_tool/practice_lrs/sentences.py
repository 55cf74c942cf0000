"""A statement as a sentence for people: who, did what, to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Sentence:
    """The three parts of a statement in words; `target_id` where the object is a statement."""

    actor: str
    verb: str
    object: str
    target_id: str | None = None


def sentence(statement: Mapping[str, Any]) -> Sentence:
    """The sentence of a valid statement or SubStatement."""
    obj = statement["object"]
    kind = obj.get("objectType", "Activity")
    return Sentence(
        actor=actor_name(statement["actor"]),
        verb=_in_english(statement["verb"].get("display")) or last_part(statement["verb"]["id"]),
        object=_object_name(obj, kind),
        target_id=obj["id"] if kind == "StatementRef" else None,
    )


def actor_name(agent: Mapping[str, Any]) -> str:
    """What an Agent or Group is called, or else how it is identified."""
    if agent.get("name"):
        return str(agent["name"])
    if "account" in agent:
        return str(agent["account"]["name"]) or str(agent["account"]["homePage"])
    if "mbox" in agent:
        return str(agent["mbox"]).removeprefix("mailto:")
    if "member" in agent:
        return ", ".join(actor_name(member) for member in agent["member"])
    return str(agent.get("openid") or agent.get("mbox_sha1sum") or "somebody")


def last_part(iri: str) -> str:
    """The readable end of an IRI: `shipped` of `https://example.org/verbs/shipped`."""
    path = iri.rstrip("/#").replace("#", "/")
    return unquote(path.rpartition("/")[2]) or iri


def _object_name(obj: Mapping[str, Any], kind: str) -> str:
    if kind in ("Agent", "Group"):
        return actor_name(obj)
    if kind == "StatementRef":
        return f"statement {obj['id'][:8]}"
    if kind == "SubStatement":
        inner = sentence(obj)
        return f"{inner.actor} {inner.verb} {inner.object}"
    return _in_english(obj.get("definition", {}).get("name")) or str(obj["id"])


def _in_english(language_map: Mapping[str, str] | None) -> str:
    """The English text of a language map, or else its first."""
    if not language_map:
        return ""
    english = [text for tag, text in language_map.items() if tag.lower().split("-")[0] == "en"]
    return next(iter([*english, *language_map.values()]))
