"""The small grammar in which the shapes of a statement are written down.

A check is a function of a value and its path that yields one sentence for each problem. `fields`,
`list_of` and `map_of` build checks out of checks, so a shape reads like the table it follows.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Check = Callable[[Any, str], Iterator[str]]

PRIMITIVE_NAMES = {dict: "an object", list: "an array", str: "a string", bool: "a boolean"}


def problem(path: str, message: str, section: str) -> str:
    """One sentence: where, what, and the section of xAPI-Data that asks for it."""
    return f"{path}: {message} (xAPI-Data {section})"


def shown(value: Any) -> str:
    """A value as JSON, short enough for a message."""
    if isinstance(value, (dict, list)):
        return PRIMITIVE_NAMES[type(value)]
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:77] + "..."


def one(test: Callable[[Any], bool], wanted: str, section: str) -> Check:
    """A single value that passes `test`; `wanted` finishes the sentence "... is not"."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not test(value):
            yield problem(path, f"{shown(value)} is not {wanted}", section)

    return check


def choice(*allowed: str, section: str) -> Check:
    """One of the given words, in exactly this case (xAPI-Data 2.2)."""
    return one(lambda value: value in allowed, " or ".join(allowed), section)


def fields(
    section: str, required: Mapping[str, Check], optional: Mapping[str, Check] | None = None
) -> Check:
    """An object with these properties and no others, none of them null."""
    known = {**required, **(optional or {})}

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem(path, f"{shown(value)} is not an object", section)
            return
        for name in required:
            if name not in value:
                yield problem(path, f"the property {name!r} is missing", section)
        for name, item in value.items():
            inner = f"{path}.{name[:60]}"
            if name not in known:
                yield problem(inner, "this property is not allowed here", section)
            elif item is None:
                yield problem(inner, "null is not allowed; leave the property out", "2.2")
            else:
                yield from known[name](item, inner)

    return check


def list_of(item_check: Check, section: str, least: int = 0) -> Check:
    """An array of at least `least` items, each of which passes."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem(path, f"{shown(value)} is not an array", section)
            return
        if len(value) < least:
            yield problem(path, "the array is empty", section)
        for index, item in enumerate(value):
            yield from item_check(item, f"{path}[{index}]")

    return check


def map_of(key_test: Callable[[str], bool], wanted: str, item_check: Check, section: str) -> Check:
    """An object whose names pass `key_test` and whose values pass `item_check`."""

    def check(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem(path, f"{shown(value)} is not an object", section)
            return
        for name, item in value.items():
            if not key_test(name):
                yield problem(path, f"the key {shown(name)} is not {wanted}", section)
            yield from item_check(item, f"{path}[{shown(name)}]")

    return check


def anything(value: Any, path: str) -> Iterator[str]:
    """No demand at all: the inside of an extension (xAPI-Data 4.1)."""
    yield from ()
