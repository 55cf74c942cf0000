"""Requests to a record store over one kept-alive connection, and every failure as one error."""

import base64
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from config import VERSION
from xapi.conformance import MalformedJson, parse_json
from xapi.lrs_outcomes import LrsError

USER_AGENT = f"cohort-programs/{VERSION}"
TIMEOUT_SECONDS = (3.0, 10.0)  # to connect, and to wait for the next piece of an answer
MAX_REASON_LENGTH = 500
MAX_RETRY_AFTER_SECONDS = 86_400.0


class LrsConnection:
    """Sends requests with version, credentials and timeouts; follows no redirect."""

    def __init__(
        self,
        endpoint: str,
        auth: str | tuple[str, str],
        session: requests.Session | None,
        version: str,
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._auth = _Authorization(auth)
        self._session = session or _plain_session()
        self._version = version

    def close(self) -> None:
        """Close the session."""
        self._session.close()

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """The answer, if its status is 2xx; everything else is an LrsError."""
        headers = {
            "X-Experience-API-Version": self._version,
            "Accept": "application/json",
            **options.pop("headers", {}),
        }
        try:
            response = self._session.request(
                method,
                url,
                headers=headers,
                auth=self._auth,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                **options,
            )
        except requests.RequestException as error:
            raise self._no_answer(error) from error
        if not 200 <= response.status_code < 300:
            raise self._refusal(response)
        return response

    @property
    def name(self) -> str:
        """How the store is called in messages: by its host, never with credentials."""
        return f"The record store at {urlsplit(self.endpoint).netloc}"

    def _no_answer(self, error: requests.RequestException) -> LrsError:
        # A guarded session says itself whether trying again can help; of what requests raises,
        # only an unusable address (a ValueError) cannot.
        permanent = bool(getattr(error, "permanent", isinstance(error, ValueError)))
        status = error.response.status_code if error.response is not None else None
        return LrsError(f"{self.name} could not be asked: {_cause(error)}.", permanent, status)

    def _refusal(self, response: requests.Response) -> LrsError:
        status = response.status_code
        reason = _excerpt(response.content)
        if 300 <= status < 400:
            reason = "a redirect, which is not followed; enter the address it leads to"
        transient = status in (408, 429) or status >= 500
        message = f"{self.name} answered {status}" + (f": {reason}" if reason else "")
        retry_after = _retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        return LrsError(message, not transient, status, retry_after if transient else None)

    def json_object(self, response: requests.Response) -> dict[str, Any]:
        """The JSON object that the store answered with."""
        try:
            value = parse_json(response.content)
        except MalformedJson as error:
            raise self.not_a_store(response) from error
        if not isinstance(value, dict):
            raise self.not_a_store(response)
        return value

    def not_a_store(self, response: requests.Response) -> LrsError:
        """The error for an answer that no record store gives.

        Not permanent: during an outage a proxy may answer with a page and 200.
        """
        message = f"{self.name} answered {response.status_code}, but not as a record store does"
        return LrsError(f"{message}: {_excerpt(response.content)}", False, response.status_code)


class _Authorization(AuthBase):
    """Sets the header itself: requests would read passwords as Latin-1, and prefer a .netrc."""

    def __init__(self, auth: str | tuple[str, str]) -> None:
        if isinstance(auth, tuple):
            pair = base64.b64encode(":".join(auth).encode()).decode()
            auth = f"Basic {pair}"
        self._value = auth

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._value
        return request


def _plain_session() -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = USER_AGENT
    return session


def _cause(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its TLS certificate is not trusted"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return str(error)[:MAX_REASON_LENGTH]


def _excerpt(content: bytes) -> str:
    text = content[: 4 * MAX_REASON_LENGTH].decode("utf-8", "replace")
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:MAX_REASON_LENGTH]


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait, from seconds or an HTTP date; at most a day, None if it says nothing."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value), MAX_RETRY_AFTER_SECONDS)
    try:
        instant = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
    return min(max((instant - now).total_seconds(), 0.0), MAX_RETRY_AFTER_SECONDS)
