"""From the body of a POST or PUT to statements that may be stored."""

from typing import Any

from xapi.conformance import MalformedJson, parse_json, problems

_SHOWN_PROBLEMS = 5


class BadSubmission(ValueError):
    """Something in the request is not acceptable; the message says where and why."""


def read_statements(body: bytes, version: str, single: bool = False) -> list[dict[str, Any]]:
    """The statements of a request's body, each of them valid.

    A body holds one statement or, unless `single`, an array of them. Raises BadSubmission: one
    refused statement refuses them all (xAPI-Communication 3.2), and so does an id that occurs
    twice (2.1.2).
    """
    try:
        value = parse_json(body)
    except MalformedJson as error:
        raise BadSubmission(f"The body is {error}.") from error
    if isinstance(value, list) and single:
        raise BadSubmission("PUT stores one statement; send an object, not an array.")
    statements = value if isinstance(value, list) else [value]
    for index, statement in enumerate(statements):
        wrong = problems(statement, version) or _without_data(statement)
        if wrong:
            raise BadSubmission(_sentence(wrong, index if isinstance(value, list) else None))
    _refuse_repeated_ids(statements)
    return statements


def _without_data(statement: dict[str, Any]) -> list[str]:
    """Attachments whose data is nowhere: in JSON each needs a fileUrl (1.5.2)."""
    return [
        f"$.attachments[{index}]: without a fileUrl its data would be lost; this receiver keeps "
        "no attachments (xAPI-Communication 1.5.2)"
        for index, attachment in enumerate(statement.get("attachments", []))
        if "fileUrl" not in attachment
    ]


def _refuse_repeated_ids(statements: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for statement in statements:
        statement_id = statement.get("id", "").lower()
        if statement_id and statement_id in seen:
            raise BadSubmission(f"The id {statement_id} occurs twice in this request.")
        seen.add(statement_id)


def _sentence(wrong: list[str], index: int | None) -> str:
    where = "" if index is None else f"Statement {index + 1} of the array: "
    more = len(wrong) - _SHOWN_PROBLEMS
    tail = f"; and {more} more" if more > 0 else ""
    return f"{where}{'; '.join(wrong[:_SHOWN_PROBLEMS])}{tail}."
