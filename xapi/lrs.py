"""The client of a record store: sends finished statements and says what became of each.

tincan builds statements but does not send them: its transport has no timeout and opens a
connection for every request, and it pairs a batch's answer with its statements by position, which
writes ids onto the wrong statements as soon as a store answers with the new ids only.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from xapi.conformance import MalformedJson, equivalent, is_uuid, parse_json
from xapi.lrs_http import LrsConnection
from xapi.lrs_outcomes import LrsError, Outcome

__all__ = ["LrsClient", "LrsError", "Outcome"]

MAX_PAGES = 1_000

_ABOUT_THE_STATEMENTS = (400, 409, 413, 422)  # Ralph says 422 where others say 400
_CREDENTIALS_REFUSED = (401, 403)


@dataclass(frozen=True)
class _Item:
    position: int
    statement_id: str
    text: str


class LrsClient:
    """One record store, one kept-alive connection; not to be shared between threads.

    `endpoint` is the xAPI endpoint, with or without a trailing slash. `auth` is a user name and a
    password, or the finished value of the Authorization header. `session` is what sends; without
    one a plain session of requests with our User-Agent. `version` is the xAPI version of requests.
    Redirects are never followed: the credentials are for this address only.
    """

    def __init__(
        self,
        endpoint: str,
        auth: str | tuple[str, str],
        session: requests.Session | None = None,
        version: str = "1.0.3",
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._connection = LrsConnection(self.endpoint, auth, session, version)

    def close(self) -> None:
        """Close the connection, also that of a session that was handed in."""
        self._connection.close()

    def send(self, statements: Sequence[str]) -> None:
        """POST finished JSON texts as one array, each byte for byte as it is given.

        Returns when the store has taken them all. Raises LrsError for every other answer.
        """
        body = f"[{','.join(statements)}]".encode()
        response = self._connection.request(
            "POST",
            f"{self.endpoint}/statements",
            data=body,
            headers={"Content-Type": "application/json"},
        )
        if response.status_code != 204 and not _is_list_of_ids(response.content):
            raise self._connection.not_a_store(response)

    def deliver(self, statements: Sequence[str]) -> list[Outcome]:
        """Send the statements and find out about each; outcomes are in the order given.

        A refused batch is halved until the statement at fault is alone (400, 413); one with known
        ids (409) is sent one by one, and what is known counts as stored only after the store has
        shown that it holds the same. Raises LrsError where the store as a whole fails.
        """
        outcomes: dict[int, Outcome] = {}
        sendable = []
        for position, text in enumerate(statements):
            checked = _checked(position, text)
            if isinstance(checked, _Item):
                sendable.append(checked)
            else:
                outcomes[position] = checked
        parts = [sendable] if sendable else []
        try:
            while parts:
                parts += self._deliver_part(parts.pop(), outcomes)
        except LrsError as error:
            error.settled = tuple(outcomes[position] for position in sorted(outcomes))
            raise
        return [outcomes[position] for position in range(len(statements))]

    def get(self, statement_id: str, voided: bool = False) -> dict[str, Any] | None:
        """The statement with this id, or the voided one; None if the store shows none."""
        name = "voidedStatementId" if voided else "statementId"
        try:
            response = self._connection.request(
                "GET", f"{self.endpoint}/statements", params={name: statement_id}
            )
        except LrsError as error:
            if error.status == 404:
                return None
            raise
        answer = self._connection.json_object(response)
        # Ralph wraps even a single statement into a result, and an unknown one is an empty result.
        candidates = answer.get("statements", [answer])
        for candidate in candidates if isinstance(candidates, list) else []:
            if isinstance(candidate, dict):
                found = candidate.get("id")
                if isinstance(found, str) and found.lower() == statement_id.lower():
                    return candidate
        return None

    def query(self, **filters: Any) -> list[dict[str, Any]]:
        """Statements that pass the filters of the statements resource, over all pages.

        Booleans, aware datetimes and Agents may be given as such; `limit` is the size of a page.
        """
        url = f"{self.endpoint}/statements"
        parameters: dict[str, str] | None = {
            name: _parameter(value) for name, value in filters.items()
        }
        found: list[dict[str, Any]] = []
        for _ in range(MAX_PAGES):
            response = self._connection.request("GET", url, params=parameters)
            answer = self._connection.json_object(response)
            found += answer.get("statements") or []
            more = answer.get("more")
            if not more:
                return found
            url, parameters = urljoin(url, more), None
            if urlsplit(url)[:2] != urlsplit(self.endpoint)[:2]:
                raise LrsError(
                    f"{self._connection.name} continues its answer elsewhere: {more}", True
                )
        raise LrsError(f"{self._connection.name} has more than {MAX_PAGES} pages.", True)

    def about(self) -> dict[str, Any]:
        """What the store says of itself, with the list `version` (xAPI-Communication 2.8)."""
        return self._connection.json_object(
            self._connection.request("GET", f"{self.endpoint}/about")
        )

    def _deliver_part(self, part: list[_Item], outcomes: dict[int, Outcome]) -> list[list[_Item]]:
        """Send a part and note its outcomes; returns the parts still to send, the first last."""
        try:
            self.send([item.text for item in part])
        except LrsError as error:
            if error.status not in _ABOUT_THE_STATEMENTS:
                raise
            if len(part) == 1:
                outcomes[part[0].position] = self._outcome_of_refused(part[0], error)
                return []
            if error.status == 409:
                return [[item] for item in reversed(part)]
            middle = len(part) // 2
            return [part[middle:], part[:middle]]
        for item in part:
            outcomes[item.position] = Outcome(item.statement_id, stored=True)
        return []

    def _outcome_of_refused(self, item: _Item, error: LrsError) -> Outcome:
        if error.status != 409:
            return Outcome(item.statement_id, stored=False, reason=str(error))
        try:
            # A statement of ours that was voided meanwhile is shown only when asked for as such.
            existing = self.get(item.statement_id) or self.get(item.statement_id, voided=True)
        except LrsError as unreadable:
            if unreadable.status not in _CREDENTIALS_REFUSED:
                raise
            reason = "a statement with this id is there, and these credentials may not read it"
            return Outcome(item.statement_id, stored=False, reason=f"{error} ({reason})")
        if existing is None:
            reason = "yet it shows no statement with this id"
            return Outcome(item.statement_id, stored=False, reason=f"{error} ({reason})")
        if equivalent(parse_json(item.text.encode()), existing):
            return Outcome(item.statement_id, stored=True)
        return Outcome(
            item.statement_id,
            stored=False,
            reason=f"{self._connection.name} holds another statement under this id.",
            existing=json.dumps(existing),
        )


def _checked(position: int, text: str) -> _Item | Outcome:
    """What would spoil a whole batch, or could not be found again, is refused before sending."""
    try:
        statement = parse_json(text.encode())
    except (MalformedJson, UnicodeEncodeError) as error:
        return Outcome(None, stored=False, reason=f"Not sent: {error}")
    statement_id = statement.get("id") if isinstance(statement, dict) else None
    if not is_uuid(statement_id):
        return Outcome(None, stored=False, reason="Not sent: without an id it would be doubled")
    return _Item(position, statement_id, text)


def _is_list_of_ids(content: bytes) -> bool:
    try:
        value = parse_json(content)
    except MalformedJson:
        return False
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _parameter(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict) else str(value)
