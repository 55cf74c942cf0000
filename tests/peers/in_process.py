"""A session of requests that talks to a WSGI application in this process, without a socket."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from werkzeug.test import Client


class _WsgiAdapter(BaseAdapter):
    def __init__(self, application: Any) -> None:
        super().__init__()
        self._client = Client(application)

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        url = urlsplit(request.url or "")
        answer = self._client.open(
            path=url.path,
            query_string=url.query,
            base_url=f"{url.scheme}://{url.netloc}",
            method=request.method or "GET",
            headers=list(request.headers.items()),
            data=request.body,
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers = CaseInsensitiveDict(answer.headers)
        response.raw = HTTPResponse(BytesIO(answer.data), preload_content=False)
        response.url = request.url or ""
        response.request = request
        return response

    def close(self) -> None:
        pass


def session_to(application: Any) -> requests.Session:
    """A session whose every request is answered by the application, whatever its address."""
    session = requests.Session()
    session.trust_env = False
    session.adapters.clear()
    session.mount("http://", _WsgiAdapter(application))
    return session
