"""A person at their browser: opens pages, fills in forms by the names that the page gave them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.platform import TOOL_URL, FakePlatform


@dataclass
class PageForm:
    """One form of a page: where it goes, and what its fields hold."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[PageForm] = []
        self.inside: PageForm | None = None
        self.text_of: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = PageForm(values.get("action") or self.address)
            self.forms.append(self.inside)
        if self.inside is None:
            return
        name = values.get("name", "")
        if tag == "input" and name:
            chosen = values.get("type") not in ("radio", "checkbox") or "checked" in values
            if chosen and values.get("type") != "submit":
                self.inside.fields[name] = values.get("value", "")
        elif tag == "textarea":
            self.text_of = name
            self.inside.fields[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select is not None:
            first = self.select not in self.inside.fields
            if first or "selected" in values:
                self.inside.fields[self.select] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "textarea":
            self.text_of = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.inside is not None and self.text_of:
            self.inside.fields[self.text_of] += data.lstrip("\n")


@dataclass
class Visitor:
    """Somebody who launched. `address` is the page they look at, `text` its source."""

    client: FlaskClient
    address: str = "/"
    text: str = ""
    status: int = 0

    @classmethod
    def launch(
        cls, platform: FlaskClient | FakePlatform, client: FlaskClient, **claims: Any
    ) -> "Visitor":
        """Enter from the LMS, with these claims changed."""
        assert isinstance(platform, FakePlatform)
        response = platform.launch(client, claims=claims)
        assert response.status_code == 303, response.text
        return cls(client).open("/")

    def open(self, address: str) -> "Visitor":
        """Go to a page, following what it redirects to."""
        self.address = address
        return self._arrive(self.client.get(address, base_url=TOOL_URL))

    def send(self, to: str = "", /, **fields: str) -> "Visitor":
        """Send the form of this page that goes to `to` (or the first), some fields changed."""
        form = self.form(to)
        data = form.fields | fields
        return self._arrive(self.client.post(form.action, data=data, base_url=TOOL_URL))

    def form(self, action: str = "") -> PageForm:
        """The first form of this page whose address ends with `action`."""
        reader = _Forms(self.address)
        reader.feed(self.text)
        for form in reader.forms:
            if form.action.endswith(action):
                return form
        raise AssertionError(f"{self.address} has no form that goes to {action!r}")

    def _arrive(self, response: TestResponse) -> "Visitor":
        while response.status_code in (302, 303):
            parts = urlsplit(response.headers["Location"])
            self.address = parts.path
            query = f"?{parts.query}" if parts.query else ""
            response = self.client.get(parts.path + query, base_url=TOOL_URL)
        self.text, self.status = response.text, response.status_code
        return self
