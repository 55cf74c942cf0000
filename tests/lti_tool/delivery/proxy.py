"""A proxy in front of a real LRS, which sees every request and can act around it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Literal

import requests

Moment = Literal["before it arrives", "after it is stored", "after the answer"]
Watch = Callable[[Moment], None]
PASSED_ON = ("Authorization", "Content-Type", "X-Experience-API-Version", "Accept")


class Proxy(ThreadingHTTPServer):
    """Passes requests on to `target`; `watch` is called at each moment. `posted` are the bodies."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = target
        self.posted: list[bytes] = []
        self.watch: Watch = lambda moment: None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.command == "POST":
            self.server.posted.append(body)
        self.server.watch("before it arrives")
        answer = requests.request(
            self.command,
            self.server.target + self.path,
            data=body,
            headers={name: self.headers[name] for name in PASSED_ON if name in self.headers},
            timeout=30,
        )
        self.server.watch("after it is stored")
        try:
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)
        except OSError:
            self.close_connection = True  # whoever asked is dead
        self.server.watch("after the answer")

    do_GET = do_POST

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def proxy_to(target: str) -> Iterator[Proxy]:
    """A running proxy."""
    proxy = Proxy(target)
    thread = Thread(target=proxy.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()
