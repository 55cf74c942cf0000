"""What every answer carries, what the log never holds, and what is said when the database fails."""

import logging
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError, TimeoutError
from werkzeug.test import TestResponse

from cohorts import home
from config import database
from config.settings import Settings
from lti_tool.app import create_app
from lti_tool.database import db
from lti_tool.launch.session import csrf_token
from lti_tool.log import logger
from tests.support.cohort import Course, Member
from tests.support.everything import Ask, Everything
from tests.support.platform import ON_ONE_DATABASE, TOOL_URL, FakePlatform

pytestmark = ON_ONE_DATABASE
CANVAS = {"title": "Mine", "unit": "one", "cadence": "weekly", "action": "save"}
BAD_PAGES = ("/nowhere", "/workflows/00000000-0000-0000-0000-000000000000", "/check-in/x")


def check_headers(answer: TestResponse, framed_by: str) -> None:
    """S-02, S-24: the headers of one page, and nothing in it that they would refuse."""
    policy = answer.headers["Content-Security-Policy"]
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert parts["default-src"] == "'self'" and parts["object-src"] == "'none'"
    assert parts["base-uri"] == "'none'" and parts["form-action"] == "'self'"
    assert parts["frame-ancestors"] == framed_by
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert "X-Frame-Options" not in answer.headers
    page = answer.text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    for link in re.findall(r"""(?:src|action|<link[^>]*href)=["']?([^"'\s>]+)""", page):
        assert re.match(r"#|/(?!/)", link), link


def follow(member: Member, start: list[str]) -> Iterator[tuple[str, TestResponse]]:
    """Every page that can be reached by links."""
    waiting, seen = list(start), set(start)
    while waiting:
        address = waiting.pop()
        answer = member.get(address)
        yield address, answer
        found = re.findall(r'href="(/[^"#]*)', answer.text)
        if answer.location:
            found.append(answer.location)
        for link in {each.replace("&amp;", "&") for each in found} - seen:
            if not link.startswith("/static/"):
                seen.add(link)
                waiting.append(link)


def test_s02_s24_every_page_that_can_be_reached(app: Flask, world: Everything) -> None:
    visited = set()
    for who in ("learner", "peer", "coach", "owner"):
        start = [ask.address(app) for ask in world.asks if ask.who == who and ask.fields is None]
        for address, answer in follow(world.member(who), ["/", *start, *BAD_PAGES]):
            expected = (403, 404) if address in BAD_PAGES else (200, 303)
            assert answer.status_code in expected, (who, address)
            check_headers(answer, "https://lms.example")
            visited.add(address.partition("?")[0])
    assert len(visited) > 25


def test_answers_without_a_session_have_the_headers_too(
    app: Flask, world: Everything, client: FlaskClient
) -> None:
    for ask in [*world.asks, Ask("owner", "owner.open_cohort")]:
        answer = client.get(ask.address(app), base_url=TOOL_URL)
        assert answer.status_code in (401, 405)
        check_headers(answer, "*")
    for path in ("/help", "/nowhere", "/lti/register/x"):
        answer = client.get(path, base_url=TOOL_URL)
        assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
        assert answer.status_code < 500


def test_s20_the_log_holds_no_secret_and_no_name(
    app: Flask, course: Course, platform: FakePlatform, caplog: pytest.LogCaptureFixture
) -> None:
    logger.setLevel(logging.DEBUG)
    logger.addHandler(caplog.handler)
    caplog.set_level(logging.DEBUG)
    secrets = ["Ada Lovett", "Lovett", "ada@x.example", "Brief-of-Ada"]
    try:
        course.open()
        browser = app.test_client()
        for claims in (
            {"name": "Ada Lovett", "email": "ada@x.example"},
            {"name": "Ada Lovett", "aud": "someone-else"},
            {"name": "Ada Lovett", "sub": {"a": "ada@x.example"}},
            {"name": "Ada Lovett", "exp": 1},
            b"Ada Lovett",
        ):
            begun = platform.login(browser)
            token = platform.id_token(begun.nonce, claims)
            data = {"id_token": token, "state": begun.state}
            for _ in range(2):
                browser.post("/lti/launch", data=data, base_url=TOOL_URL)
            secrets += [token, token.split(".")[1], begun.state, begun.nonce]
        ada = course.learner("Ada Lovett")
        cookie = ada.client.get_cookie("__Host-launch", domain="tool.example")
        assert cookie is not None
        with ada.client:
            ada.get("/help?q=Lovett")
            secrets += [str(cookie.value), csrf_token()]
        ada.post("/workflows/new/own-task", **{**CANVAS, "title": "Brief-of-Ada"})
        ada.post("/workflows/new/own-task", **{**CANVAS, "title": ""})
        bearer = {"Authorization": f"Bearer {cookie.value}x"}
        app.test_client().get("/?q=Lovett", headers=bearer, base_url=TOOL_URL)
        ada.client.post("/task-map", data={"entries-0-task": "Brief-of-Ada"}, base_url=TOOL_URL)
    finally:
        logger.removeHandler(caplog.handler)
        logger.setLevel(app.config["SETTINGS"].log_level)
    assert "refused" in caplog.text and "POST" in caplog.text
    for secret in secrets:
        assert secret not in caplog.text


@pytest.fixture
def impatient(
    settings: Settings, database_url: str, course: Course, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The tool on the same database, waiting a moment only for the lock."""
    monkeypatch.setattr(database, "SQLITE_BUSY_SECONDS", 0.05)
    app = create_app(replace(settings, database_url=database_url), now=course.clock)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_t08_a_locked_database_is_said_and_nothing_is_stored(
    impatient: Flask, course: Course, database_url: str
) -> None:
    course.open()
    ada = course.learner("Ada")
    cookie = ada.client.get_cookie("__Host-launch", domain="tool.example")
    assert cookie is not None
    headers = {"Authorization": f"Bearer {cookie.value}"}
    with ada.client:
        ada.get("/help")
        data = {**CANVAS, "csrf_token": csrf_token()}
    browser = impatient.test_client()

    def send() -> TestResponse:
        address = "/workflows/new/own-task"
        return browser.post(address, data=data, headers=headers, base_url=TOOL_URL)

    lock = sqlite3.connect(str(make_url(database_url).database), isolation_level=None)
    try:
        lock.execute("BEGIN IMMEDIATE")
        answers = [send(), browser.get("/", headers=headers, base_url=TOOL_URL)]
        answers.append(course.platform.login(browser).response)
        lock.execute("ROLLBACK")
    finally:
        lock.close()
    for answer in answers:
        assert answer.status_code == 503
        assert "What you just sent has not been saved." in answer.text
        assert "Wait a moment and send it again." in answer.text
        assert "Retry-After" in answer.headers
    assert send().status_code == 303


@pytest.mark.parametrize("kind", [OperationalError, TimeoutError, IntegrityError])
def test_a_database_that_goes_away_in_the_middle_of_a_request(
    app: Flask, course: Course, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    """The page of the refusal asks it nothing any more."""
    course.open()
    ada = course.learner("Ada")
    gone = sqlite3.OperationalError("the server closed the connection")

    def fail(*_: object, **__: object) -> None:
        monkeypatch.setattr(db.session, "scalar", fail)
        monkeypatch.setattr(db.session, "execute", fail)
        db.session.remove()
        raise kind() if kind is TimeoutError else kind("SELECT 1", {}, gone)

    monkeypatch.setattr(home, "of_learner", fail)
    answer = ada.get("/")
    assert answer.status_code == (500 if kind is IntegrityError else 503)
    assert "Nothing you saved is lost" in answer.text or "has not been saved" in answer.text
    assert "Traceback" not in answer.text and "the server closed" not in answer.text
    assert answer.headers["Content-Security-Policy"].endswith("https://lms.example")


def test_as_many_queries_for_60_learners_as_for_5(app: Flask, course: Course) -> None:
    owner = course.open()
    ada = course.learner("Ada")
    pages = [
        (ada, "/"),
        *((owner, page) for page in ("/owner", "/owner/people", "/owner/deliveries")),
    ]
    asked: list[object] = []

    def fill(count: int) -> dict[str, int]:
        for learner in [ada.id, *course.learners(count)]:
            course.submitted(learner)
            if learner != ada.id:
                course.literate(learner, owner)
        counts = {}
        for member, page in pages:
            asked.clear()
            assert member.get(page).status_code == 200
            counts[page] = len(asked)
        return counts

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    few = fill(5)
    assert all(few.values())
    assert fill(55) == few
