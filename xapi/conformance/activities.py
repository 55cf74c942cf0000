"""Activities and their definitions, with the interaction types (xAPI-Data 2.4.4.1)."""

from collections.abc import Iterator
from typing import Any

from xapi.conformance import formats
from xapi.conformance.checks import anything, choice, fields, list_of, map_of, one, problem

COMPONENT_LISTS = {
    "true-false": (),
    "choice": ("choices",),
    "fill-in": (),
    "long-fill-in": (),
    "matching": ("source", "target"),
    "performance": ("steps",),
    "sequencing": ("choices",),
    "likert": ("scale",),
    "numeric": (),
    "other": (),
}
_ALL_LISTS = ("choices", "scale", "source", "target", "steps")

iri = one(formats.is_iri, "an IRI", "4.3")
text = one(formats.is_string, "a string", "2.2")
language_map = map_of(formats.is_language_tag, "a language tag after RFC 5646", text, "4.2")
extensions = map_of(formats.is_iri, "an IRI", anything, "4.1")

_component = fields("2.4.4.1", required={"id": text}, optional={"description": language_map})


def _components(value: Any, path: str) -> Iterator[str]:
    yield from list_of(_component, "2.4.4.1")(value, path)
    if isinstance(value, list):
        ids = [item.get("id") for item in value if isinstance(item, dict)]
        names = [name for name in ids if isinstance(name, str)]
        if len(set(names)) != len(names):
            yield problem(path, "two components have the same id", "2.4.4.1")


_definition_fields = fields(
    "2.4.4.1",
    required={},
    optional={
        "name": language_map,
        "description": language_map,
        "type": iri,
        "moreInfo": iri,
        "extensions": extensions,
        "interactionType": choice(*COMPONENT_LISTS, section="2.4.4.1"),
        "correctResponsesPattern": list_of(text, "2.4.4.1"),
        **dict.fromkeys(_ALL_LISTS, _components),
    },
)


def definition(value: Any, path: str) -> Iterator[str]:
    """An Activity Definition; interaction properties need a fitting interactionType."""
    yield from _definition_fields(value, path)
    if not isinstance(value, dict):
        return
    lists = [name for name in _ALL_LISTS if name in value]
    kind = value.get("interactionType")
    if kind is None and (lists or "correctResponsesPattern" in value):
        yield problem(path, "interaction properties need an 'interactionType'", "2.4.4.1")
    if isinstance(kind, str) and kind in COMPONENT_LISTS:
        for name in lists:
            if name not in COMPONENT_LISTS[kind]:
                yield problem(
                    f"{path}.{name}", f"the interactionType {kind} has no such list", "2.4.4.1"
                )


activity = fields(
    "2.4.4.1",
    required={"id": iri},
    optional={"objectType": choice("Activity", section="2.4.4"), "definition": definition},
)


def one_or_more_activities(value: Any, path: str) -> Iterator[str]:
    """An array of Activities; a single one is accepted for the sake of 0.95 (2.4.6.2)."""
    if isinstance(value, dict):
        yield from activity(value, path)
    else:
        yield from list_of(activity, "2.4.6.2")(value, path)
