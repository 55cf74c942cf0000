"""The session on real pages: planted, left over, run out, carried another way, taken back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, event, update

from lti_tool.database import db
from lti_tool.launch.session import SESSION_COOKIE, csrf_token
from lti_tool.models import LaunchSession, Platform
from tests.support.cohort import Course, Member
from tests.support.everything import Everything, rows
from tests.support.platform import INSTRUCTOR, LEARNER, ON_ONE_DATABASE, TOOL_URL

CANVAS = {"title": "Mine", "unit": "one", "cadence": "weekly", "action": "save"}


def token_of(browser: FlaskClient) -> str:
    cookie = browser.get_cookie(SESSION_COOKIE, domain="tool.example")
    assert cookie is not None
    return str(cookie.value)


def plant(browser: FlaskClient, token: str) -> None:
    browser.set_cookie(SESSION_COOKIE, token, domain="tool.example", secure=True)


def launch(course: Course, browser: FlaskClient, name: str, role: str = LEARNER) -> None:
    claims = {"sub": f"2-{name}", "name": name, "roles": [role], "context": {"id": "2"}}
    assert course.platform.launch(browser, claims).status_code == 303


@pytest.mark.parametrize("planted", ["chosen", "the attacker's own"])
def test_s04_a_planted_session_never_becomes_the_victims(
    app: Flask, course: Course, planted: str
) -> None:
    course.open()
    attacker = course.learner("Mallory")
    token = token_of(attacker.client) if planted != "chosen" else "chosen-by-the-attacker"
    victim = app.test_client()
    plant(victim, token)
    launch(course, victim, "Vic Victim")
    assert token_of(victim) != token
    thief = app.test_client()
    plant(thief, token)
    page = thief.get("/welcome", base_url=TOOL_URL)
    assert "Vic Victim" not in page.text
    assert page.status_code == (401 if planted == "chosen" else 200)
    assert "Mallory" not in victim.get("/welcome", base_url=TOOL_URL).text


def test_s11_who_is_a_learner_now_does_not_review_from_an_old_tab(
    app: Flask, world: Everything
) -> None:
    before = rows(world.course)
    address = f"/coach/workflows/{world.waiting}/review"
    with world.coach.client:
        world.coach.get("/help")
        old = csrf_token()
    launch(world.course, app.test_client(), "Lin Coach", LEARNER)
    data = {"csrf_token": old, "decision": "request_changes", "comment": "Late.", "seen_version": 1}
    assert world.coach.client.post(address, data=data, base_url=TOOL_URL).status_code == 401
    assert rows(world.course)["review"] == before["review"]


def test_s11_a_session_of_another_role_has_the_role_of_today(app: Flask, world: Everything) -> None:
    """The row says what somebody may do, not the tab; even where a session outlived the change."""
    spared = app.test_client()
    launch(world.course, spared, "Lin Coach", INSTRUCTOR)
    token = token_of(spared)
    launch(world.course, app.test_client(), "Lin Coach", LEARNER)
    plant(spared, token)
    assert spared.get("/coach/queue", base_url=TOOL_URL).status_code == 401
    launch(world.course, spared, "Lin Coach", LEARNER)
    assert spared.get("/coach/queue", base_url=TOOL_URL).status_code == 403


@pytest.mark.parametrize(
    "passed", [{"seen_at": timedelta(hours=8)}, {"expires_at": timedelta(seconds=1)}]
)
def test_s23_a_form_sent_after_the_session_ended(
    app: Flask, course: Course, passed: dict[str, timedelta]
) -> None:
    course.open()
    ada = course.learner("Ada")
    with ada.client:
        ada.get("/help")
        token = csrf_token()
    with course.change() as session:
        values = {name: datetime.now(UTC) - age for name, age in passed.items()}
        session.execute(update(LaunchSession).values(values))
    before = rows(course)
    data = {**CANVAS, "csrf_token": token}
    answer = ada.client.post("/workflows/new/own-task", data=data, base_url=TOOL_URL)
    assert answer.status_code == 401
    assert "open the activity again" in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert rows(course) == before


def test_a_bearer_token_carries_a_form_too(app: Flask, course: Course) -> None:
    course.open()
    ada = course.learner("Ada")
    token = token_of(ada.client)
    stranger = app.test_client(use_cookies=False)
    bearer = {"Authorization": f"Bearer {token}"}
    with stranger:
        assert stranger.get("/", base_url=TOOL_URL, headers=bearer).status_code == 200
        form = csrf_token()
    for headers, status in (({"X-CSRF-Token": form}, 303), ({}, 403)):
        answer = stranger.post(
            "/workflows/new/own-task", data=CANVAS, headers=bearer | headers, base_url=TOOL_URL
        )
        assert answer.status_code == status


@ON_ONE_DATABASE
@pytest.mark.parametrize("place", ["query", "form", "cookie of another name", "basic", "hash"])
def test_a_session_is_presented_in_no_other_way(app: Flask, course: Course, place: str) -> None:
    course.open()
    token = token_of(course.learner("Ada").client)
    with course.change() as session:
        stored = session.query(LaunchSession.token_hash).order_by(LaunchSession.created_at).all()
    given: dict[str, dict[str, Any]] = {
        "query": {"query_string": {"token": token, "session": token, "launch": token}},
        "form": {"data": {"token": token, SESSION_COOKIE: token}},
        "cookie of another name": {"headers": {"Cookie": f"launch={token}; session={token}"}},
        "basic": {"headers": {"Authorization": f"Basic {token}"}},
        "hash": {"headers": {"Authorization": f"Bearer {stored[-1][0]}"}},
    }
    answer = app.test_client().get("/", base_url=TOOL_URL, **given[place])
    assert answer.status_code == 401


@ON_ONE_DATABASE
def test_a_token_that_is_none_of_ours(app: Flask, course: Course) -> None:
    course.open()
    browser = app.test_client(use_cookies=False)
    for value in ("", " ", "\x00", "ä", "\xff\xfe", "x" * 100_000, "' OR 1=1 --", "Bearer"):
        for headers in (
            {"Authorization": f"Bearer {value}"},
            {"Cookie": f"{SESSION_COOKIE}={value}"},
        ):
            answer = browser.get("/", base_url=TOOL_URL, headers=headers)
            assert answer.status_code == 401, headers


def test_sessions_end_with_the_approval_of_their_platform(course: Course) -> None:
    course.open()
    ada = course.learner("Ada")
    with ada.client:
        assert ada.get("/").status_code == 200
        form = {**CANVAS, "csrf_token": csrf_token()}
    with course.change() as session:
        session.execute(update(Platform).values(state="pending"))
    before = rows(course)
    assert ada.get("/").status_code == 401
    answer = ada.client.post("/workflows/new/own-task", data=form, base_url=TOOL_URL)
    assert answer.status_code == 401
    assert rows(course) == before


def test_a_session_that_is_revoked_while_it_is_loaded(app: Flask, course: Course) -> None:
    """The request that would keep it alive finds no row any more: signed out, not broken."""
    course.open()
    ada: Member = course.learner("Ada")
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with course.change() as session:
        session.execute(update(LaunchSession).values(seen_at=long_ago))
    revoked = False

    def revoke(connection: Any, statement: Any, *_: Any) -> None:
        nonlocal revoked
        if not revoked and str(statement).startswith("UPDATE launch_session"):
            revoked = True
            connection.execute(delete(LaunchSession))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_execute", revoke)
    try:
        assert ada.get("/").status_code == 401
    finally:
        event.remove(engine, "before_execute", revoke)
    assert revoked
