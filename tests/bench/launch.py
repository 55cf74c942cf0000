"""CPU of one complete launch, and of the least that any launch has to do.

A complete launch is what a browser asks for from the click in the LMS to a learner's home: POST
/lti/login, POST /lti/launch, GET /. The application is called as a WSGI server calls it; the
platform's signature, the browser and the parsing of its answers are outside the clock.

The floor is measured between the launches, in the same process and on the same database: one RS256
signature verified with a key at hand, one transaction that inserts one row, one template (the very
page of a learner's home, with its values at hand).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from io import BytesIO
from time import process_time
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import jwt
from flask import Flask, template_rendered
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lti_tool.database import db
from lti_tool.models import LoginState, Platform
from lti_tool.secrets import hash_token, new_token
from tests.bench import world
from tests.support.platform import TOOL_URL, FakePlatform

HOST = urlsplit(TOOL_URL).netloc


class Sample(NamedTuple):
    """CPU seconds of one launch in its three parts, and of one floor in its three."""

    login: float
    launch: float
    page: float
    verify: float
    write: float
    render: float


class Answer(NamedTuple):
    """What the application answered, and the CPU seconds it took."""

    seconds: float
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next(value for key, value in self.headers if key == name)


def ask(
    app: Flask,
    method: str,
    path: str,
    cookies: Mapping[str, str],
    form: Mapping[str, str] | None = None,
) -> Answer:
    """One request, as a WSGI server hands it over."""
    body = urlencode(form or {}).encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": HOST,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "192.0.2.1",
        "HTTP_HOST": HOST,
        "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if form else "",
        "CONTENT_LENGTH": str(len(body)) if form else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _info: Any = None) -> None:
        started[:] = status, headers

    begun = process_time()
    chunks = app(environ, start_response)
    answer = b"".join(chunks)
    chunks.close()  # type: ignore[attr-defined]
    return Answer(process_time() - begun, int(started[0][:3]), started[1], answer)


class Browser:
    """A learner's browser inside the LMS: it keeps cookies from launch to launch."""

    def __init__(self, app: Flask, platform: FakePlatform, subject: str) -> None:
        self.app = app
        self.platform = platform
        self.subject = subject
        self.cookies: dict[str, str] = {}

    def launch(self) -> tuple[float, float, float]:
        """One complete launch; the CPU seconds of login, launch and page."""
        login = self._ask("POST", "/lti/login", 302, self._login_form())
        sent = parse_qs(urlsplit(login.header("Location")).query)
        token = self.platform.id_token(sent["nonce"][0], {"sub": self.subject})
        form = {"id_token": token, "state": sent["state"][0]}
        launch = self._ask("POST", "/lti/launch", 303, form)
        page = self._ask("GET", launch.header("Location"), 200)
        return login.seconds, launch.seconds, page.seconds

    def _login_form(self) -> dict[str, str]:
        return {
            "iss": self.platform.issuer,
            "client_id": self.platform.client_id,
            "login_hint": self.subject,
            "lti_message_hint": '{"cmid":5,"launchid":"x"}',
            "target_link_uri": f"{TOOL_URL}/",
        }

    def _ask(
        self, method: str, path: str, status: int, form: Mapping[str, str] | None = None
    ) -> Answer:
        answer = ask(self.app, method, path, self.cookies, form)
        if answer.status != status:
            raise RuntimeError(f"{path} answered {answer.status}:\n{answer.body.decode()}")
        for name, value in answer.headers:
            if name == "Set-Cookie":
                # The parser of Python 3.11 does not know Partitioned.
                cookie = SimpleCookie(value.partition(";")[0])
                self.cookies.update((each.key, each.value) for each in cookie.values())
        return answer


class Floor:
    """The least that any launch has to do, each part ready to run."""

    def __init__(self, app: Flask, platform: FakePlatform, session: Session) -> None:
        self.app = app
        self.token = platform.id_token("a nonce")
        self.key = platform.keys["key-1"].public_key()
        self.audience = platform.client_id
        self.platform_id: UUID = session.scalars(select(Platform.id)).one()
        self.template, self.values = self._rendered(Browser(app, platform, "0"))

    def run(self) -> tuple[float, float, float]:
        """The CPU seconds of verification, transaction and template."""
        verify = _seconds(self._verify)
        with self.app.app_context():
            write = _seconds(self._write)
        with self.app.test_request_context("/", base_url=TOOL_URL):
            render = _seconds(lambda: self.template.render(self.values))
        return verify, write, render

    def _verify(self) -> None:
        options: Any = {"verify_exp": False}
        jwt.decode(
            self.token, self.key, algorithms=["RS256"], audience=self.audience, options=options
        )

    def _write(self) -> None:
        now = datetime.now(UTC)
        values = {
            "state_hash": hash_token(new_token()),
            "platform_id": self.platform_id,
            "nonce_hash": hash_token(new_token()),
            "browser_hash": hash_token(new_token()),
            "target_link_uri": f"{TOOL_URL}/",
            "expires_at": now + timedelta(minutes=10),
        }
        with db.engine.begin() as connection:
            connection.execute(insert(LoginState), values)

    def _rendered(self, browser: Browser) -> tuple[Any, dict[str, Any]]:
        """The template of a real home page with the values it was rendered with."""
        seen: list[tuple[Any, dict[str, Any]]] = []

        def note(_app: Flask, template: Any, context: dict[str, Any], **_: Any) -> None:
            seen.append((template, context))

        with template_rendered.connected_to(note, self.app):
            browser.launch()
        return seen[-1]


def samples(app: Flask, platform: FakePlatform, rounds: int) -> list[Sample]:
    """Launch again and again, one learner after the other, with a floor after every launch."""
    browsers = [Browser(app, platform, str(number)) for number in range(world.LEARNERS)]
    with app.app_context():
        floor = Floor(app, platform, db.session())
    return [
        Sample(*browsers[number % world.LEARNERS].launch(), *floor.run())
        for number in range(rounds)
    ]


def _seconds(action: Callable[[], object]) -> float:
    begun = process_time()
    action()
    return process_time() - begun
