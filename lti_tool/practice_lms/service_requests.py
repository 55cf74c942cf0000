"""Reading a service request: media types, JSON bodies, numbers, pages."""

import json
from math import isfinite
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, abort, request

from lti_tool.practice_lms.lms import course_or_404
from lti_tool.practice_lms.tables import Tool

Item = TypeVar("Item")


def require_course(course_id: int, tool: Tool) -> None:
    """404 for another course, 403 where the query does not say `type_id` of this tool.

    A tool that puts its path after the query, or drops the query, is caught here.
    """
    course_or_404(course_id)
    if request.args.get("type_id") != str(tool.id):
        abort(403, f"Invalid LTI id supplied: the address must keep its ?type_id={tool.id}.")


def require_accept(media_type: str) -> None:
    """400 unless `Accept` is exactly the media type, `*/*` or absent (as Moodle)."""
    accept = request.headers.get("Accept", "*/*").strip()
    if accept not in ("*/*", media_type):
        abort(400, f"No handler found for {request.path} {accept}: ask for {media_type}.")


def read_body(media_type: str) -> dict[str, Any]:
    """The JSON object of the body; 400 for another media type or anything else than an object."""
    if request.mimetype != media_type:
        abort(400, f"No handler found for {request.path} {request.mimetype}: send {media_type}.")
    try:
        body = json.loads(request.get_data())
        json.dumps(body, ensure_ascii=False).encode()  # lone surrogates are no text
    except (ValueError, RecursionError):
        abort(400, "The body is not JSON.")
    if not isinstance(body, dict):
        abort(400, "The body is not a JSON object.")
    return body


def finite_number(value: Any) -> float | None:
    """A JSON number as a float; None for anything else, NaN and infinity included."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def text_field(body: dict[str, Any], name: str) -> str:
    """An optional text of a body, empty where it is absent; 400 where it is no text."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        abort(400, f"{name} must be text.")
    return value


def page_of(items: list[Item], url: str, largest: int | None) -> tuple[list[Item], str | None]:
    """One page of `items` and the `Link` header to the next (RFC 8288), None on the last page.

    The query says `limit` and `from`; without `limit` a page has `largest` items, or all. The
    filters of the request stay in the address of the next page.
    """
    limit = _whole_number("limit", largest or len(items) or 1)
    size = min(limit, largest) if largest else limit
    start = _whole_number("from", 0)
    if size < 1:
        abort(400, "limit must be 1 or more.")
    if start + size >= len(items):
        return items[start:], None
    query = request.args.to_dict() | {"limit": str(size), "from": str(start + size)}
    return items[start : start + size], f'<{url.partition("?")[0]}?{urlencode(query)}>; rel="next"'


def service_answer(
    body: Any, media_type: str, status: int = 200, link: str | None = None
) -> Response:
    """A JSON answer in an IMS media type."""
    answer = Response(json.dumps(body), status, content_type=f"{media_type}; charset=utf-8")
    if link:
        answer.headers["Link"] = link
    return answer


def _whole_number(name: str, default: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        abort(400, f"{name} must be a whole number.")
    return int(text)
