"""What a platform's service answered, with the traps of the answers taken out."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests


@dataclass(frozen=True)
class ServiceAnswer:
    """A status with its reason phrase, the body as text and as JSON, and where the next page is.

    `data` is None for an empty body and for one that is not JSON.
    """

    status: int
    reason: str
    text: str
    data: Any
    next_url: str | None
    headers: dict[str, str]

    @property
    def ok(self) -> bool:
        """Whether the service did what was asked."""
        return 200 <= self.status < 300


def read_answer(response: requests.Response) -> ServiceAnswer:
    """The answer in a response.

    A 200 whose JSON says `{"status": 400}` is a 400: Moodle puts the status into a header line
    that PHP drops when the reason holds a line break. The `Link` header (RFC 8288) keeps its
    case, which PyLTI1p3 loses.
    """
    text = response.content.decode("utf-8", "replace")
    data = _json(text)
    status = response.status_code
    told = data.get("status") if isinstance(data, dict) else None
    if response.ok and isinstance(told, int) and 400 <= told < 600:
        status = told
    following = response.links.get("next", {}).get("url")
    return ServiceAnswer(
        status=status,
        reason=response.reason or "",
        text=text,
        data=data,
        next_url=urljoin(response.url, following) if following else None,
        headers={name.lower(): value for name, value in response.headers.items()},
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
