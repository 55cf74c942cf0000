"""The far side of the outgoing session: WSGI applications in this process, with faults on order.

lms.fault("/scores", DROP_AFTER)          the next score is stored, and the answer lost
lms.fault("/token", answer(503), times=5)
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse
from werkzeug.test import Client

Send = Callable[[], HTTPResponse]
Fault = Callable[[Send], HTTPResponse]
FOR_EVER = 1_000_000


def answer(status: int, body: str = "", **headers: str) -> Fault:
    """Answer this instead of asking the application."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = body.encode()
    return lambda _: HTTPResponse(BytesIO(raw), named, status, preload_content=False)


def drop(send: Send) -> HTTPResponse:
    """Nothing arrives."""
    raise requests.ConnectionError("dropped")


def drop_after(send: Send) -> HTTPResponse:
    """It arrives and is done, but the answer is lost."""
    send()
    raise requests.ConnectionError("dropped after")


def silence(send: Send) -> HTTPResponse:
    """No answer within the time we wait."""
    raise requests.ReadTimeout("silence")


def meanwhile(act: Callable[[], Any]) -> Fault:
    """Do something else first, such as what another worker does, then answer."""

    def both(send: Send) -> HTTPResponse:
        act()
        return send()

    return both


@dataclass
class _Order:
    where: str
    fault: Fault
    times: int


class FarSide(BaseAdapter):
    """One application behind one address. `seen` are the requests that were sent to it."""

    def __init__(self, application: Any) -> None:
        super().__init__()
        self.application = application
        self.seen: list[requests.PreparedRequest] = []
        self._orders: list[_Order] = []

    def fault(self, where: str, fault: Fault, times: int = 1) -> None:
        """Let the next requests whose address holds `where` meet a fault."""
        self._orders.append(_Order(where, fault, times))

    def mend(self) -> None:
        """No more faults."""
        self._orders.clear()

    def calls(self, where: str, method: str | None = None) -> list[requests.PreparedRequest]:
        """The requests whose address holds `where`."""
        return [
            sent for sent in self.seen if where in str(sent.url) and method in (None, sent.method)
        ]

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        self.seen.append(request)
        for order in self._orders:
            if order.times and order.where in str(request.url):
                order.times -= 1
                raw = order.fault(lambda: self._ask(request))
                break
        else:
            raw = self._ask(request)
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        pass

    def _ask(self, request: requests.PreparedRequest) -> HTTPResponse:
        url = urlsplit(str(request.url))
        got = Client(self.application).open(
            path=url.path,
            query_string=url.query,
            base_url=f"{url.scheme}://{url.netloc}",
            method=request.method or "GET",
            headers=list(request.headers.items()),
            data=request.body,
        )
        return HTTPResponse(
            BytesIO(got.data),
            dict(got.headers),
            got.status_code,
            reason=got.status.partition(" ")[2],
            preload_content=False,
        )
