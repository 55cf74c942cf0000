"""The launch session: who carries it, when it ends, what it protects."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, g, jsonify
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.launch.session import csrf_is_valid, csrf_token, purge
from lti_tool.models import LaunchSession, LoginState
from tests.support.platform import INSTRUCTOR, LEARNER, TOOL_URL, FakePlatform


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application with a page that tells who launched."""

    @app.get("/probe")
    def probe() -> Any:
        if g.launch is None:
            return jsonify(None)
        launch: LaunchSession = g.launch
        return jsonify(
            role=launch.role,
            name=launch.lti_user.person.display_name,
            course=launch.context.title,
            form=csrf_token(),
        )

    @app.post("/probe")
    def post() -> Any:
        return jsonify(csrf_is_valid())

    return app


def test_the_cookie_opens_the_page(client: FlaskClient, platform: FakePlatform) -> None:
    assert _probe(client) is None
    platform.launch(client)
    seen = _probe(client)
    assert (seen["role"], seen["name"], seen["course"]) == (
        "learner",
        "Ada Lindqvist",
        "Cohort Course",
    )


def test_a_bearer_token_does_too(app: Flask, client: FlaskClient, platform: FakePlatform) -> None:
    token = _token(platform.launch(client))
    stranger = app.test_client()
    assert _probe(stranger, {"Authorization": f"Bearer {token}"})["role"] == "learner"
    assert _probe(stranger, {"Authorization": "Bearer wrong"}) is None
    assert _probe(stranger, {"Authorization": f"Basic {token}"}) is None


def test_the_platform_and_nobody_else_may_frame_the_page(
    client: FlaskClient, platform: FakePlatform
) -> None:
    platform.launch(
        client, {"launch_presentation": {"return_url": "https://course.lms.example/back?sesskey=1"}}
    )
    policy = client.get("/probe", base_url=TOOL_URL).headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors https://lms.example https://course.lms.example")


def test_only_a_hash_of_the_token_is_stored(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    token = _token(platform.launch(client))
    assert len(token) >= 43  # 256 bits
    with app.app_context():
        stored = db.session.scalars(select(LaunchSession.token_hash)).one()
    assert (len(stored), token in stored) == (64, False)


def test_s04_every_launch_has_a_token_of_its_own(
    client: FlaskClient, platform: FakePlatform
) -> None:
    assert _token(platform.launch(client)) != _token(platform.launch(client))


@pytest.mark.parametrize(
    ("column", "age", "in_force"),
    [
        ("seen_at", timedelta(hours=7, minutes=59), True),
        ("seen_at", timedelta(hours=8), False),
        ("expires_at", timedelta(seconds=1), False),
    ],
)
def test_s23_a_session_ends(
    app: Flask,
    client: FlaskClient,
    platform: FakePlatform,
    column: str,
    age: timedelta,
    in_force: bool,
) -> None:
    platform.launch(client)
    with app.app_context():
        db.session.execute(update(LaunchSession).values({column: datetime.now(UTC) - age}))
        db.session.commit()
    assert (_probe(client) is not None) is in_force


def test_a_request_keeps_the_session_alive(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    platform.launch(client)
    long_ago = datetime.now(UTC) - timedelta(hours=7)
    with app.app_context():
        db.session.execute(update(LaunchSession).values(seen_at=long_ago))
        db.session.commit()
    assert _probe(client)["name"] == "Ada Lindqvist"
    with app.app_context():
        seen_at = db.session.scalars(select(LaunchSession.seen_at)).one()
    assert datetime.now(UTC) - seen_at < timedelta(minutes=1)


def test_s11_another_role_in_the_course_ends_older_sessions(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    tab, other_course, colleague = (app.test_client() for _ in range(3))
    platform.launch(tab, {"roles": [INSTRUCTOR]})
    platform.launch(other_course, {"roles": [INSTRUCTOR], "context": {"id": "3"}})
    platform.launch(colleague, {"roles": [INSTRUCTOR], "sub": "6"})
    platform.launch(client, {"roles": [LEARNER]})
    assert _probe(tab) is None
    assert _probe(client)["role"] == "learner"
    assert _probe(other_course)["role"] == _probe(colleague)["role"] == "instructor"


def test_a_second_launch_in_the_same_role_ends_nothing(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    tab = app.test_client()
    platform.launch(tab)
    platform.launch(client)
    assert _probe(tab)["role"] == "learner"


def test_s12_form_token_of_the_session_is_asked_for(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    other = app.test_client()
    platform.launch(client)
    platform.launch(other)
    own, foreign = _probe(client)["form"], _probe(other)["form"]
    assert _post(client, data={"csrf_token": own}) == 200
    assert _post(client, headers={"X-CSRF-Token": own}) == 200
    assert _post(client) == 403
    assert _post(client, data={"csrf_token": foreign}) == 403
    assert _post(client, data={"csrf_token": "ä"}) == 403
    assert _post(app.test_client(), data={"csrf_token": own}) == 401


def test_purge_deletes_what_has_run_out_and_nothing_else(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    platform.launch(client)
    platform.login(client)
    now = datetime.now(UTC)
    with app.app_context():
        assert purge(db.session(), now) == 0
        assert purge(db.session(), now + timedelta(minutes=11)) == 1
        assert purge(db.session(), now + timedelta(hours=9)) == 1
        for model in (LoginState, LaunchSession):
            assert db.session.scalar(select(func.count()).select_from(model)) == 0


def _probe(client: FlaskClient, headers: dict[str, str] | None = None) -> Any:
    return client.get("/probe", base_url=TOOL_URL, headers=headers).json


def _post(client: FlaskClient, **kwargs: Any) -> int:
    return client.post("/probe", base_url=TOOL_URL, **kwargs).status_code


def _token(answer: TestResponse) -> str:
    [cookie] = answer.headers.getlist("Set-Cookie")
    return cookie.partition("=")[2].partition(";")[0]
