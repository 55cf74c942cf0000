"""Lists in pages of 25. The address keeps search, filter and place."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

PAGE_SIZE = 25
# What an address may hand on: names of `url_for` itself, such as _scheme, must not get through.
KEPT = ("whose", "show", "q", "state", "to", "page", "awards")


@dataclass(frozen=True)
class Paging:
    """Where in a list of `total` rows the visitor is; `name` is the parameter of the address."""

    total: int
    name: str = "page"

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max((self.total - 1) // PAGE_SIZE + 1, 1)

    @property
    def number(self) -> int:
        """The page asked for, or the nearest that exists."""
        return min(max(request.args.get(self.name, 1, type=int), 1), self.last)

    @property
    def offset(self) -> int:
        """How many rows lie before this page."""
        return (self.number - 1) * PAGE_SIZE

    @property
    def limit(self) -> int:
        """How many rows a page has."""
        return PAGE_SIZE

    @property
    def shown(self) -> slice:
        """The rows of this page out of the whole list."""
        return slice(self.offset, self.offset + PAGE_SIZE)

    @property
    def summary(self) -> str:
        """Such as 26 to 50 of 87."""
        return f"{self.offset + 1} to {min(self.offset + PAGE_SIZE, self.total)} of {self.total}"

    @property
    def previous_url(self) -> str | None:
        """The page before, if there is one."""
        return self._url(self.number - 1) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        """The page after, if there is one."""
        return self._url(self.number + 1) if self.number < self.last else None

    def _url(self, number: int) -> str:
        return here(**{self.name: number})


def here(**changes: Any) -> str:
    """The address of this page with other parameters; an empty one is left out."""
    asked = {name: request.args[name] for name in KEPT if name in request.args}
    values = {name: value for name, value in {**asked, **changes}.items() if value}
    return url_for(str(request.endpoint), **{**values, **(request.view_args or {})})
