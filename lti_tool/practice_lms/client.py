"""What an administrator does on the tools page, for a script; and reading forms from pages."""

from html.parser import HTMLParser
from typing import Any, NamedTuple

import requests

from lti_tool.practice_lms.fetching import CONNECT_SECONDS, READ_SECONDS, USER_AGENT

TIMEOUT = (CONNECT_SECONDS, READ_SECONDS)


class Form(NamedTuple):
    """The first form of a page, with the fields that have a value."""

    action: str
    fields: dict[str, str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.frame: str | None = None
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action, self.inside = values.get("action", ""), True
        elif tag == "iframe" and self.frame is None:
            self.frame = values.get("src")
        elif tag == "input" and self.inside and values.get("name"):
            self.fields[values["name"]] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def read_form(page: str) -> Form:
    """The form of a page such as a login or an id_token on its way. Raises `ValueError`."""
    reader = _Reader()
    reader.feed(page)
    if reader.action is None:
        raise ValueError("the page has no form")
    return Form(reader.action, reader.fields)


def read_frame(page: str) -> str:
    """The address of the frame of a page. Raises `ValueError`."""
    reader = _Reader()
    reader.feed(page)
    if reader.frame is None:
        raise ValueError("the page has no frame")
    return reader.frame


def begin_registration(lms_url: str, registration_address: str) -> str:
    """Begin a registration; the address where the tool's registration page opens."""
    answer = requests.post(
        f"{lms_url}/admin/tools",
        data={"registration_address": registration_address},
        headers=_headers(lms_url),
        timeout=TIMEOUT,
    )
    answer.raise_for_status()
    return read_frame(answer.text)


def registered_tools(lms_url: str) -> list[dict[str, Any]]:
    """The registered tools, oldest first: id, name, state, client_id, deployment_id."""
    answer = requests.get(f"{lms_url}/admin/tools.json", headers=_headers(lms_url), timeout=TIMEOUT)
    answer.raise_for_status()
    tools: list[dict[str, Any]] = answer.json()
    return tools


def activate_tool(lms_url: str, tool_id: int) -> None:
    """Activate a pending tool."""
    answer = requests.post(
        f"{lms_url}/admin/tools/{tool_id}/activate", headers=_headers(lms_url), timeout=TIMEOUT
    )
    answer.raise_for_status()


def _headers(lms_url: str) -> dict[str, str]:
    return {"User-Agent": USER_AGENT, "Origin": lms_url}
