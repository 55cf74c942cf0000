"""Dynamic registration: what gets registered, and every way in which nothing does."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.models import Deployment, Invitation, Platform
from lti_tool.registration import invite
from tests.support.platform import (
    ABSENT,
    ON_ONE_DATABASE,
    TOOL_URL,
    Answer,
    FakePlatform,
    json_answer,
    network_of,
)

TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"


@pytest.fixture
def lms(app: Flask) -> FakePlatform:
    """An LMS that the tool does not know yet and that offers registration."""
    lms = FakePlatform(network_of(app))
    lms.offer_registration()
    return lms


@pytest.fixture
def address(app: Flask) -> str:
    """A registration address for one platform."""
    return _invite(app)


def _invite(app: Flask, **kwargs: Any) -> str:
    with app.app_context():
        url = invite(db.session(), TOOL_URL, datetime.now(UTC), **kwargs)
        db.session.commit()
    return url.removeprefix(TOOL_URL)


def _send(
    client: FlaskClient, address: str, lms: FakePlatform, method: str = "POST", **changes: Any
) -> TestResponse:
    values = {"openid_configuration": lms.configuration_address, "registration_token": "t0ken"}
    values = {name: v for name, v in {**values, **changes}.items() if v is not ABSENT}
    if method == "GET":
        return client.get(address, query_string=values, base_url=TOOL_URL)
    return client.post(address, data=values, base_url=TOOL_URL)


def _platforms(app: Flask) -> list[Platform]:
    with app.app_context():
        return list(db.session.scalars(select(Platform)))


def _uses_left(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Invitation.uses_left)).one()


def _assert_refused(app: Flask, answer: TestResponse, status: int, code: str) -> None:
    assert (answer.status_code, code in answer.text) == (status, True), answer.text
    assert _platforms(app) == []


def test_the_page_names_the_lms_and_what_is_asked_for_and_registers_nothing(
    app: Flask, client: FlaskClient, lms: FakePlatform, address: str
) -> None:
    page = _send(client, address, lms, "GET")
    assert page.status_code == 200
    for words in ("lms.example", "Moodle", "gradebook", "who is in a course", ">Register<"):
        assert words in page.text
    assert "frame-ancestors https://lms.example" in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers
    assert lms.network.calls("https://lms.example/register") == []
    assert (_platforms(app), _uses_left(app)) == ([], 1)


def test_a_registered_platform_waits_for_approval(
    app: Flask, client: FlaskClient, lms: FakePlatform, address: str
) -> None:
    page = _send(client, address, lms)
    assert page.status_code == 200
    assert "press Activate" in page.text
    [platform] = _platforms(app)
    assert str(platform.id) in page.text
    assert (platform.issuer, platform.client_id, platform.state) == (
        "https://lms.example",
        "client-1",
        "pending",
    )
    assert (platform.jwks_uri, platform.token_endpoint, platform.token_audience) == (
        "https://lms.example/jwks",
        "https://lms.example/token",
        None,
    )
    with app.app_context():
        assert db.session.scalars(select(Deployment.deployment_id)).all() == ["3"]
    assert platform.product_family == "moodle"
    assert lms.login(client).response.status_code == 403


def test_an_approving_address_lets_it_launch_at_once(
    app: Flask, client: FlaskClient, lms: FakePlatform
) -> None:
    page = _send(client, _invite(app, approve=True), lms)
    assert (page.status_code, "approve the registration" in page.text) == (200, False)
    assert lms.launch(client).status_code == 303


def test_what_is_sent_satisfies_moodle_and_canvas(
    client: FlaskClient, lms: FakePlatform, address: str
) -> None:
    _send(client, address, lms)
    [sent] = lms.network.calls("https://lms.example/register")
    assert sent.headers["Authorization"] == "Bearer t0ken"
    assert sent.headers["Content-Type"] == "application/json"
    document = json.loads(sent.body)
    tool = document[TOOL_CONFIGURATION]
    assert document["application_type"] == "web"
    assert document["response_types"] == ["id_token"]
    assert set(document["grant_types"]) == {"implicit", "client_credentials"}
    assert document["token_endpoint_auth_method"] == "private_key_jwt"
    assert document["initiate_login_uri"] == f"{TOOL_URL}/lti/login"
    assert document["redirect_uris"] == [f"{TOOL_URL}/lti/launch"]
    assert document["jwks_uri"] == f"{TOOL_URL}/lti/jwks"
    assert len(document["scope"].split()) == 4
    assert (tool["domain"], tool["target_link_uri"]) == ("tool.example", f"{TOOL_URL}/")
    assert {"name", "given_name", "family_name"} <= set(tool["claims"])
    assert "email" not in tool["claims"]
    assert all(isinstance(value, str) for value in tool["custom_parameters"].values())
    assert [message["type"] for message in tool["messages"]] == ["LtiResourceLinkRequest"]
    assert "placements" not in tool["messages"][0]


def test_canvas(app: Flask, client: FlaskClient, address: str) -> None:
    canvas = FakePlatform(
        network_of(app), issuer="https://canvas.instructure.com", product_family="canvas"
    )
    configuration = canvas.configuration(
        authorization_endpoint="https://sso.canvaslms.com/api/lti/authorize_redirect",
        jwks_uri="https://sso.canvaslms.com/api/lti/security/jwks",
        registration_endpoint="https://school.instructure.com/api/lti/registrations",
        authorization_server="canvas.instructure.com",
    )
    canvas.offer_registration(configuration)
    endpoint = "https://school.instructure.com/api/lti/registrations"
    canvas.network.answers[endpoint] = json_answer({"client_id": 10000000000001})
    page = _send(client, address, canvas)
    assert (page.status_code, "Canvas" in page.text) == (200, True)
    [sent] = canvas.network.calls(endpoint)
    tool = json.loads(sent.body)[TOOL_CONFIGURATION]
    assert tool["messages"][0]["placements"] == ["course_navigation"]
    assert tool["https://canvas.instructure.com/lti/privacy_level"] == "name_only"
    [asked] = canvas.network.calls(canvas.configuration_address)
    assert asked.headers["Authorization"] == "Bearer t0ken"
    [platform] = _platforms(app)
    assert (platform.client_id, platform.token_audience) == (
        "10000000000001",
        "canvas.instructure.com",
    )


def test_d2l_sends_no_token_and_gets_no_header(
    client: FlaskClient, lms: FakePlatform, address: str
) -> None:
    assert _send(client, address, lms, registration_token=ABSENT).status_code == 200
    assert not any("Authorization" in sent.headers for sent in lms.network.requests)


def test_only_services_that_the_platform_has_are_asked_for(
    client: FlaskClient, lms: FakePlatform, address: str
) -> None:
    score = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    lms.offer_registration(lms.configuration(scopes_supported=["openid", score]))
    _send(client, address, lms)
    [sent] = lms.network.calls("https://lms.example/register")
    assert json.loads(sent.body)["scope"] == score


def test_the_page_closes_its_frame_by_a_file_and_not_inline(
    client: FlaskClient, lms: FakePlatform, address: str
) -> None:
    page = _send(client, address, lms)
    assert "data-close-registration" in page.text
    with client.get("/static/registration.js") as script:
        assert "org.imsglobal.lti.close" in script.text
    assert "postMessage" not in page.text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("url", "code"),
    [
        (ABSENT, "R-12"),
        ("", "R-12"),
        ("file:///etc/passwd", "R-12"),
        ("ftp://lms.example/x", "R-12"),
        ("gopher://lms.example/x", "R-12"),
        ("data:application/json,{}", "R-12"),
        ("javascript:alert(1)", "R-12"),
        ("<script>alert(1)</script>", "R-12"),
        ("https://user:pw@lms.example/", "R-12"),
        ("https://[", "R-12"),
        ("https://lms.example:99999/", "R-12"),
        ("https://lms.example/" + "x" * 3000, "R-12"),
    ],
)
@ON_ONE_DATABASE
def test_r01_configuration_address_that_is_none(
    app: Flask,
    client: FlaskClient,
    lms: FakePlatform,
    address: str,
    method: str,
    url: Any,
    code: str,
) -> None:
    answer = _send(client, address, lms, method, openid_configuration=url)
    _assert_refused(app, answer, 400, code)
    assert "<script>alert" not in answer.text
    assert (lms.network.requests, _uses_left(app)) == ([], 1)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:169.254.169.254]/",
        "https://127.0.0.1:1/",
        "https://2130706433/",
        "http://lms.example/",
    ],
)
@ON_ONE_DATABASE
def test_r02_configuration_at_a_private_address(
    app: Flask, client: FlaskClient, address: str, lms: FakePlatform, method: str, url: str
) -> None:
    session: requests.Session = app.extensions["http_session"]
    app.extensions["http_session"] = type(session)(app.config["SETTINGS"], (1, 1), 1000)
    answer = _send(client, address, lms, method, openid_configuration=url)
    _assert_refused(app, answer, 400, "R-13")


def _hang(_: requests.PreparedRequest) -> Answer:
    raise requests.ReadTimeout


CONFIGURATIONS: dict[str, Answer | Callable[[requests.PreparedRequest], Answer]] = {
    "HTML": (200, {}, b"<html>"),
    "a list": json_answer([]),
    "too large": (200, {}, b" " * 1_000_001),
    "a redirect": (302, {"Location": "https://canary.example/"}, b""),
    "nested": (200, {}, b"[" * 100_000),
    "status 500": json_answer({}, 500),
    "status 401": json_answer({}, 401),
    "hangs": _hang,
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("served", CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
@ON_ONE_DATABASE
def test_r03_configuration_that_is_none(
    app: Flask,
    client: FlaskClient,
    lms: FakePlatform,
    address: str,
    method: str,
    served: Answer,
) -> None:
    lms.network.answers[lms.configuration_address] = served
    _assert_refused(app, _send(client, address, lms, method), 400, "R-13")
    assert (len(lms.network.requests), _uses_left(app)) == (1, 1)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "changes",
    [
        {"registration_endpoint": "https://canary.example/register"},
        {"registration_endpoint": "https://lms.example:8443/register"},
        {"registration_endpoint": "http://lms.example/register"},
        {"registration_endpoint": ABSENT},
        {"issuer": "https://other.example"},
        {"issuer": "https://canvas.instructure.com"},
        {"issuer": ABSENT},
        {"issuer": ["https://lms.example"]},
        {"issuer": "https://lms.example/" + "x" * 600},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://evil.example/auth"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://lms.example/\x00"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"token_endpoint": 5},
    ],
    ids=str,
)
@ON_ONE_DATABASE
def test_r04_r05_configuration_that_names_somebody_else(
    app: Flask,
    client: FlaskClient,
    lms: FakePlatform,
    address: str,
    method: str,
    changes: dict[str, Any],
) -> None:
    lms.offer_registration(lms.configuration(**changes))
    _assert_refused(app, _send(client, address, lms, method), 400, "R-14")
    assert (len(lms.network.requests), _uses_left(app)) == (1, 1)  # the token went nowhere else


ANSWERS: dict[str, Answer] = {
    "no client_id": json_answer({}),
    "client_id empty": json_answer({"client_id": ""}),
    "client_id object": json_answer({"client_id": {}}),
    "client_id too long": json_answer({"client_id": "x" * 300}),
    "client_id with NUL": json_answer({"client_id": "a\x00"}),
    "list": json_answer([]),
    "HTML": (200, {}, b"<html>"),
    "401": (401, {}, b"missing_registration_token"),
    "422": json_answer({"errors": ["Invalid scopes"]}, 422),
    "500": (500, {}, b""),
    "redirect": (307, {"Location": "https://canary.example/"}, b""),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
@ON_ONE_DATABASE
def test_r06_answer_without_a_client(
    app: Flask, client: FlaskClient, lms: FakePlatform, address: str, answer: Answer
) -> None:
    lms.offer_registration(answer=answer)
    _assert_refused(app, _send(client, address, lms), 400, "R-15")
    assert _uses_left(app) == 1
    lms.offer_registration()
    assert _send(client, address, lms).status_code == 200


def test_r06_markup_in_what_the_platform_says(
    app: Flask, client: FlaskClient, lms: FakePlatform, address: str
) -> None:
    lms.product_family = "<script>alert(1)</script>"
    tool = {TOOL_CONFIGURATION: {"deployment_id": "<b>3</b>"}}
    lms.offer_registration(answer=json_answer({"client_id": "<i>1</i>", **tool}))
    for method in ("GET", "POST"):
        page = _send(client, address, lms, method)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<i>" not in page.text
    assert _platforms(app)[0].client_id == "<i>1</i>"


def test_r07_a_registration_is_never_overwritten(
    app: Flask, client: FlaskClient, lms: FakePlatform
) -> None:
    with app.app_context():
        lms.store(db.session())
    lms.offer_registration(lms.configuration(jwks_uri="https://lms.example/evil-jwks"))
    answer = _send(client, _invite(app, approve=True), lms)
    assert (answer.status_code, "R-16" in answer.text) == (409, True)
    [platform] = _platforms(app)
    assert platform.jwks_uri == "https://lms.example/jwks"
    assert lms.launch(client).status_code == 303


def test_r08_the_address_used_twice(
    app: Flask, client: FlaskClient, lms: FakePlatform, address: str
) -> None:
    assert _send(client, address, lms).status_code == 200
    asked = len(lms.network.requests)
    for method in ("GET", "POST"):
        answer = _send(client, address, lms, method)
        assert (answer.status_code, "R-11" in answer.text) == (410, True)
    assert (len(lms.network.requests), len(_platforms(app))) == (asked, 1)


def test_r08_the_address_used_twice_at_once(app: Flask, lms: FakePlatform, address: str) -> None:
    numbers = iter(range(100))

    def accept(_: requests.PreparedRequest) -> Answer:
        return json_answer({"client_id": f"client-{next(numbers)}"})

    lms.network.answers["https://lms.example/register"] = accept
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: _send(app.test_client(), address, lms), range(4))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]
    assert len(_platforms(app)) == 1


def test_an_address_for_several_platforms(app: Flask, client: FlaskClient) -> None:
    address = _invite(app, uses=2)
    network = network_of(app)
    statuses = []
    for number in range(3):
        lms = FakePlatform(network, issuer=f"https://lms{number}.example")
        lms.offer_registration()
        statuses.append(_send(client, address, lms).status_code)
    assert statuses == [200, 200, 410]


def test_r08_the_address_after_its_time(
    app: Flask, client: FlaskClient, lms: FakePlatform, address: str
) -> None:
    with app.app_context():
        past = datetime.now(UTC) - timedelta(seconds=1)
        db.session.execute(update(Invitation).values(expires_at=past))
        db.session.commit()
    _assert_refused(app, _send(client, address, lms), 410, "R-11")
    assert lms.network.requests == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("code", ["wrong", "%00", "ä", "x" * 5000])
def test_r09_an_address_that_was_never_given_out(
    app: Flask, client: FlaskClient, lms: FakePlatform, address: str, method: str, code: str
) -> None:
    _assert_refused(app, _send(client, f"/lti/register/{code}", lms, method), 403, "R-10")
    assert lms.network.requests == []


def test_r09_no_code(app: Flask, client: FlaskClient, lms: FakePlatform) -> None:
    for address in ("/lti/register", "/lti/register/"):
        _assert_refused(app, _send(client, address, lms, "GET"), 404, "P-404")


def test_the_code_is_stored_hashed(app: Flask, address: str) -> None:
    code = address.rpartition("/")[2]
    assert len(code) >= 43
    with app.app_context():
        assert code not in db.session.scalars(select(Invitation.code_hash)).one()


def test_commands(app: Flask, client: FlaskClient, lms: FakePlatform) -> None:
    runner = app.test_cli_runner()
    made = runner.invoke(args=["platform", "invite", "--uses", "2", "--hours", "1"])
    [line] = made.stdout.splitlines()
    assert line.startswith(f"{TOOL_URL}/lti/register/")
    assert _send(client, line.removeprefix(TOOL_URL), lms).status_code == 200
    listed = runner.invoke(args=["platform", "list"]).stdout.split("\t")
    assert listed[1:4] == ["pending", "https://lms.example", "client-1"]
    assert lms.login(client).response.status_code == 403
    approved = runner.invoke(args=["platform", "approve", listed[0]])
    assert (approved.exit_code, "may launch" in approved.stdout) == (0, True)
    assert lms.launch(client).status_code == 303


def test_command_for_a_platform_that_is_not_there(app: Flask) -> None:
    runner = app.test_cli_runner()
    unknown = runner.invoke(args=["platform", "approve", "00000000-0000-0000-0000-000000000000"])
    assert (unknown.exit_code, "platform list" in unknown.stderr) == (1, True)
    assert runner.invoke(args=["platform", "approve", "x"]).exit_code == 2
    assert runner.invoke(args=["platform", "invite", "--uses", "0"]).exit_code == 2
    assert "platform invite" in runner.invoke(args=["platform", "list"]).stderr
