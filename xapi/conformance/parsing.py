"""From bytes to JSON values, refusing what JSON parsers quietly let pass."""

import json
import math
from typing import Any

MAX_DEPTH = 60


class MalformedJson(ValueError):
    """The bytes are not the JSON we accept; the message says why, in one sentence."""


def parse_json(body: bytes) -> Any:
    """The value that the UTF-8 JSON in `body` stands for.

    Raises MalformedJson for anything else: another encoding, NaN and Infinity (also as the
    overflow of a number such as 1e999), a property that occurs twice in one object (xAPI-Data
    2.2), half of a surrogate pair, and nesting deeper than MAX_DEPTH. Never RecursionError.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJson(f"byte {error.start} is not UTF-8; send UTF-8") from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object_without_repeats,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise MalformedJson(_too_deep()) from error
    except UnicodeEncodeError as error:
        raise MalformedJson("a \\u escape holds half of a surrogate pair") from error
    except MalformedJson:
        raise
    except ValueError as error:  # broken JSON, and integers of several thousand digits
        raise MalformedJson(f"not valid JSON: {error}") from error
    if _depth_exceeds(value, MAX_DEPTH):
        raise MalformedJson(_too_deep())
    return value


def _object_without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise MalformedJson(f"the property {name[:100]!r} occurs twice in one object")
            seen.add(name)
    return result


def _no_constant(name: str) -> None:
    raise MalformedJson(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise MalformedJson(f"the number {digits[:40]} is too large")
    return number


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(limit):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, (dict, list))
        ]
    return bool(level)


def _too_deep() -> str:
    return f"nested deeper than {MAX_DEPTH} levels"
