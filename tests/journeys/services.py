"""The tool, the practice LMS and the practice LRS for journeys in a browser.

All three run in threads of the test's own process, on free loopback ports, so that a test can move
the cohort's clock between two clicks. The LMS is at 127.0.0.1 and the tool at localhost: two sites,
as in reality.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from threading import Thread
from typing import Any

import requests
from flask import Flask
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.serving import make_server

from config.settings import LrsSettings, Settings
from lti_tool.app import create_app
from lti_tool.database import db
from lti_tool.delivery import engine_of
from lti_tool.loopback import BIND_HOST, open_port
from lti_tool.practice_lms import PracticeLmsSettings, create_practice_lms
from lti_tool.practice_lms.lms import FIRST_ACTIVITY_ID, practice_lms
from lti_tool.practice_lms.people import COURSE_ID, Person
from lti_tool.practice_lrs import PracticeLrsSettings, create_practice_lrs
from lti_tool.registration import invite
from lti_tool.tryout.connecting import open_demo
from lti_tool.tryout.visiting import launch, register
from tests.support.clock import Clock

LRS_ACCOUNT = ("practice", "practice")
TIMEOUT = 10
Grades = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Services:
    """A running trio; the tool is registered at the LMS and active there.

    `clock` is the cohort's, in which pages and use cases live; logins, tokens and deliveries follow
    the real one. Nothing is delivered until `deliver` is called.
    """

    tool: Flask
    tool_url: str
    lms_url: str
    lrs_url: str
    clock: Clock
    sessions: sessionmaker[Session]

    def invitation(self) -> str:
        """A registration address that approves by itself, as the operator's command prints it."""
        with self.sessions.begin() as session:
            return invite(session, self.tool_url, datetime.now(UTC), approve=True)

    def activity(self, person: Person, activity: int = FIRST_ACTIVITY_ID) -> str:
        """The page of the LMS on which somebody sees the tool in its frame."""
        return f"{self.lms_url}/course/{COURSE_ID}/activity/{activity}?as={person.user_id}"

    def launch(self, person: Person) -> None:
        """Let somebody launch without a browser."""
        launch(self.lms_url, person.user_id)

    def open_demo(self) -> None:
        """Fill the course with the demo cohort, in its seventh week at the clock's instant."""
        open_demo(self.sessions, self.lms_url, self.tool_url, self.clock(), lambda: None)

    def deliver(self) -> None:
        """Deliver everything that is due, by the tool's own delivery."""
        engine = engine_of(self.tool)
        while engine.drain().claimed:
            pass
        engine.stop()
        engine.run()  # ends at once, and closes its connections

    def statements(self, **wanted: str) -> list[dict[str, Any]]:
        """What the LRS holds, newest first; `wanted` are parameters of xAPI's GET statements."""
        found: list[dict[str, Any]] = []
        more: str | None = "/xapi/statements"
        while more:
            answer = requests.get(
                f"{self.lrs_url}{more}",
                params=None if found else wanted,
                auth=LRS_ACCOUNT,
                headers={"X-Experience-API-Version": "1.0.3"},
                timeout=TIMEOUT,
            )
            answer.raise_for_status()
            page = answer.json()
            found += page["statements"]
            more = page.get("more")
        return found

    def grades(self) -> Grades:
        """The gradebook of the LMS: name of the learner, label of the column, such as `1 / 1`."""
        answer = requests.get(f"{self.lms_url}/course/{COURSE_ID}/gradebook", timeout=TIMEOUT)
        answer.raise_for_status()
        reader = _Gradebook()
        reader.feed(answer.text)
        return reader.grades


@contextmanager
def running(
    folder: Path, database_url: str, clock: Clock, registered: bool = True
) -> Iterator[Services]:
    """The trio, until the end of the block. `database_url` is a migrated database of its own."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    listeners = [open_port(0) for _ in range(3)]
    tool_port, lms_port, lrs_port = (each.getsockname()[1] for each in listeners)
    tool_url, lms_url = f"http://localhost:{tool_port}", f"http://{BIND_HOST}:{lms_port}"
    lrs_url = f"http://localhost:{lrs_port}"
    tool = create_app(
        Settings(
            tool_url=tool_url,
            secret_key="k" * 32,
            database_url=database_url,
            lrs=LrsSettings(f"{lrs_url}/xapi", *LRS_ACCOUNT),
            private_hosts=frozenset({f"{BIND_HOST}:{lms_port}", f"localhost:{lrs_port}"}),
            log_level="WARNING",
        ),
        now=clock,
    )
    lms = create_practice_lms(PracticeLmsSettings(lms_url, folder / "lms.db", tool_url))
    lrs = create_practice_lrs(PracticeLrsSettings(lrs_url, folder / "lrs.db", *LRS_ACCOUNT))
    with tool.app_context():
        engine = db.engine
    with ExitStack() as stack:
        for dispose in (
            engine.dispose,
            practice_lms(lms).sessions.kw["bind"].dispose,
            lrs.extensions["engine"].dispose,
            tool.extensions["http_session"].close,
        ):
            stack.callback(dispose)
        for app, listener in zip((tool, lms, lrs), listeners, strict=True):
            stack.enter_context(_served(app, listener))
        sessions = sessionmaker(engine, expire_on_commit=False)
        services = Services(tool, tool_url, lms_url, lrs_url, clock, sessions)
        if registered:
            register(lms_url, services.invitation())
        yield services


@contextmanager
def _served(app: Flask, listener: Any) -> Iterator[None]:
    with listener:
        server = make_server(BIND_HOST, 0, app, threaded=True, fd=listener.fileno())
    thread = Thread(target=server.serve_forever, args=(0.05,), name=f"serves {app.name}")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Gradebook(HTMLParser):
    """Reads the table of the gradebook page: one row a learner, one labelled cell a column."""

    def __init__(self) -> None:
        super().__init__()
        self.grades: Grades = {}
        self._row: dict[str, str] = {}
        self._reading = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if (tag, told.get("scope")) == ("th", "row"):
            self._reading, self._text = "learner", ""
        elif tag == "td":
            self._reading, self._column = "", told.get("data-label") or ""
        elif tag == "summary":
            self._reading, self._text = "grade", ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "th" and self._reading == "learner":
            self._row = self.grades.setdefault(self._text.strip(), {})
        elif tag == "summary" and self._reading == "grade":
            self._row[self._column] = self._text.strip()
        else:
            return
        self._reading = ""
