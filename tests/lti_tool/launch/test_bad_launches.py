"""Launches that must not get in, one test a rule. The ids are those of the project's list."""

import json
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lti_tool.database import db
from lti_tool.messages import MESSAGES
from lti_tool.models import LoginState, Platform
from tests.lti_tool.launch.refused import assert_refused, stored
from tests.support.platform import (
    ABSENT,
    INSTRUCTOR,
    LEARNER,
    ON_ONE_DATABASE,
    TOOL_URL,
    FakePlatform,
    FromNow,
    jwk,
    rsa_key,
)

NUL_AND_SURROGATE = "a\x00b\ud800c"


@pytest.fixture
def other(app: Flask, platform: FakePlatform) -> FakePlatform:
    """A second approved platform."""
    other = FakePlatform(
        platform.network, issuer="https://other.example", keys={"key-1": rsa_key("other")}
    )
    with app.app_context():
        other.store(db.session())
    return other


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"iss": "https://unknown.example"}, 404, "L-05"),
        ({"client_id": "unknown"}, 404, "L-05"),
        ({"iss": "<script>alert(1)</script>"}, 404, "L-05"),
        ({"client_id": "<b>"}, 404, "L-05"),
        ({"iss": "x" * 5000}, 404, "L-05"),
        ({"iss": "https://lms.example\x00"}, 404, "L-05"),
        ({"client_id": "client-1\x00"}, 404, "L-05"),
        ({"iss": ABSENT}, 400, "L-07"),
        ({"iss": ""}, 400, "L-07"),
        ({"login_hint": ABSENT}, 400, "L-07"),
        ({"login_hint": "x" * 10_000}, 400, "L-07"),
        ({"iss": ["https://lms.example", "https://lms.example"]}, 400, "L-07"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_l03_login_of_an_unknown_or_incomplete_platform(
    app: Flask,
    client: FlaskClient,
    platform: FakePlatform,
    method: str,
    changes: dict[str, Any],
    status: int,
    code: str,
) -> None:
    answer = platform.login(client, method, **changes).response
    assert "Location" not in answer.headers
    assert "<script>" not in answer.text
    assert_refused(app, answer, status, code)


def test_l03_client_of_another_issuer(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    other = FakePlatform(platform.network, issuer="https://other.example", client_id="client-2")
    with app.app_context():
        other.store(db.session())
    assert_refused(app, platform.login(client, client_id="client-2").response, 404, "L-05")


def test_l03_issuer_with_two_clients_and_none_named(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    with app.app_context():
        FakePlatform(platform.network, client_id="client-2").store(db.session())
    assert_refused(app, platform.login(client, client_id=ABSENT).response, 404, "L-05")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/x",
        "javascript:alert(1)",
        "http://evil.example\\@tool.example/",
        "//evil.example",
        "https://[",
        "https://tool.example.evil.example/",
        "",
    ],
)
@ON_ONE_DATABASE
def test_l04_target_link_uri_never_becomes_the_redirect_uri(
    client: FlaskClient, platform: FakePlatform, target: str
) -> None:
    begun = platform.login(client, target_link_uri=target)
    assert begun.response.status_code == 302
    assert begun.address == platform.authorization_endpoint
    assert begun.parameters["redirect_uri"] == f"{TOOL_URL}/lti/launch"


@ON_ONE_DATABASE
def test_l05_nothing_in_the_request_changes_where_the_login_goes(
    client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(
        client,
        redirect_uri="https://evil.example",
        next="https://evil.example",
        authorization_endpoint="https://evil.example",
        login_hint="5\r\nSet-Cookie: a=b",
    )
    assert begun.address == platform.authorization_endpoint
    assert begun.parameters["redirect_uri"] == f"{TOOL_URL}/lti/launch"
    assert "a=b" not in "".join(begun.response.headers.getlist("Set-Cookie"))
    assert begun.parameters["login_hint"] == "5\r\nSet-Cookie: a=b"


@ON_ONE_DATABASE
def test_l05_nothing_in_the_headers_changes_where_the_login_goes(
    client: FlaskClient, platform: FakePlatform
) -> None:
    answer = client.post(
        "/lti/login",
        data={"iss": platform.issuer, "client_id": platform.client_id, "login_hint": "5"},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    assert answer.location.startswith(platform.authorization_endpoint)
    assert "evil" not in answer.location


def test_l06_state_and_nonce_are_new_and_long(client: FlaskClient, platform: FakePlatform) -> None:
    begun = [platform.login(client) for _ in range(2)]
    values = {value for each in begun for value in (each.state, each.nonce)}
    assert len(values) == 4
    assert all(len(value) >= 43 for value in values)  # 256 bits


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", ABSENT, ["RS256"], "RS512", "HS256", 7])
@ON_ONE_DATABASE
def test_l07_algorithm_other_than_rs256(
    app: Flask, client: FlaskClient, platform: FakePlatform, alg: Any
) -> None:
    assert_refused(app, platform.launch(client, header={"alg": alg}), 401, "L-09")


@ON_ONE_DATABASE
def test_l08_hs256_with_public_material_as_its_secret(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    public = rsa_key("key-1").public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, json.dumps(jwk(rsa_key("key-1"), "key-1")).encode(), b""):
        begun = platform.login(client)
        token = _hs256(platform.claims(begun.nonce), secret)
        answer = platform.launch(client, begun=begun, form={"id_token": token})
        assert_refused(app, answer, 401, "L-09")


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "key-1"},
        {"kid": "unknown"},
        {"kid": ABSENT},
        {"kid": "unknown", "jwk": jwk(rsa_key("stranger"), "unknown")},
        {"kid": "key-1", "jwk": jwk(rsa_key("stranger"), "key-1")},
        {"kid": "unknown", "jku": "https://canary.example/jwks"},
        {"kid": "unknown", "x5u": "https://canary.example/cert"},
    ],
)
@ON_ONE_DATABASE
def test_l09_l10_a_strangers_key(
    app: Flask, client: FlaskClient, platform: FakePlatform, header: dict[str, Any]
) -> None:
    answer = platform.launch(client, header=header, key=rsa_key("stranger"))
    assert_refused(app, answer, 401, "L-09")
    assert platform.network.calls("https://canary.example/jwks") == []


@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null",
        "' OR 1=1 --",
        "<script>",
        ["key-1"],
        {"a": 1},
        "",
        "\ud800",
        "x" * 999,
    ],
)
@ON_ONE_DATABASE
def test_l11_hostile_key_identifier(
    app: Flask, client: FlaskClient, platform: FakePlatform, kid: Any
) -> None:
    assert_refused(app, platform.launch(client, header={"kid": kid}), 401, "L-09")


@pytest.mark.parametrize("crit", [["hl9"], [], "hl9", None])
@ON_ONE_DATABASE
def test_l12_critical_header_extension(
    app: Flask, client: FlaskClient, platform: FakePlatform, crit: Any
) -> None:
    assert_refused(app, platform.launch(client, header={"crit": crit}), 401, "L-09")


@ON_ONE_DATABASE
def test_l13_payload_changed_under_the_signature(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client)
    header, _, signature = platform.id_token(begun.nonce).split(".")
    raised = json.dumps(platform.claims(begun.nonce, roles=[INSTRUCTOR])).encode()
    for token in (f"{header}.{_b64(raised)}.{signature}", f"{header}.{_b64(raised)}."):
        answer = platform.launch(client, begun=begun, form={"id_token": token})
        assert_refused(app, answer, 401, "L-09")


@ON_ONE_DATABASE
def test_l14_claims_of_one_platform_signed_by_another(
    app: Flask, client: FlaskClient, platform: FakePlatform, other: FakePlatform
) -> None:
    answer = platform.launch(client, key=other.keys["key-1"])
    assert_refused(app, answer, 401, "L-09")


@pytest.mark.parametrize(
    "token",
    [
        "x.y.z",
        "a.b",
        "a.b.c.d.e",
        ".",
        "..",
        "\x00.\x00.\x00",
        "ä.ö.ü",
        "e30.e30.e30",
        "bnVsbA.e30.e30",
        "=.=.=",
    ],
)
@ON_ONE_DATABASE
def test_l15_rubbish_in_place_of_a_token(
    app: Flask, client: FlaskClient, platform: FakePlatform, token: str
) -> None:
    assert_refused(app, platform.launch(client, form={"id_token": token}), 401, "L-09")


@pytest.mark.parametrize(
    "payload",
    [b"[]", b"null", b"\xff\xfe", b"{", b"[" * 100_000, b'{"a":' * 20_000, b'"text"', b"1" * 9_999],
    ids=["list", "null", "not utf-8", "broken", "nested", "nested objects", "text", "number"],
)
@ON_ONE_DATABASE
def test_l15_payload_that_is_no_object(
    app: Flask, client: FlaskClient, platform: FakePlatform, payload: bytes
) -> None:
    assert_refused(app, platform.launch(client, payload), 401, "L-09")


@ON_ONE_DATABASE
def test_l16_token_or_body_of_a_megabyte(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    assert_refused(app, platform.launch(client, {"custom": {"a": "x" * 200_000}}), 413, "P-413")
    assert_refused(app, platform.launch(client, {"custom": {"a": "x" * 900_000}}), 413, "P-413")
    assert_refused(app, platform.launch(client, form={"more": "x" * 3_000_000}), 413, "P-413")


@pytest.mark.parametrize(
    "aud",
    ["client-2", "client-", "client-11", [], ABSENT, {"client-1": 1}, [["client-1"]], None, 1],
)
@ON_ONE_DATABASE
def test_l17_audience_is_not_this_tool(
    app: Flask, client: FlaskClient, platform: FakePlatform, aud: Any
) -> None:
    assert_refused(app, platform.launch(client, {"aud": aud}), 401, "L-09")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["client-1", "other"]},
        {"aud": ["client-1", "other"], "azp": "other"},
        {"azp": "other"},
        {"azp": ["client-1"]},
    ],
)
@ON_ONE_DATABASE
def test_l18_authorized_party_is_not_this_tool(
    app: Flask, client: FlaskClient, platform: FakePlatform, claims: dict[str, Any]
) -> None:
    assert_refused(app, platform.launch(client, claims), 401, "L-09")


@pytest.mark.parametrize(
    "iss", ["https://evil.example", "https://lms.example/", ABSENT, ["https://lms.example"], None]
)
@ON_ONE_DATABASE
def test_l19_issuer_is_not_the_platform(
    app: Flask, client: FlaskClient, platform: FakePlatform, iss: Any
) -> None:
    assert_refused(app, platform.launch(client, {"iss": iss}), 401, "L-09")


@pytest.mark.parametrize(
    "claims",
    [
        {"iat": FromNow(-660), "exp": FromNow(-600)},
        {"exp": FromNow(-32)},
        {"exp": ABSENT},
        {"exp": "soon"},
        {"exp": "99999999999"},
        {"exp": True},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"exp": 10**40},
        {"exp": -1},
        {"iat": FromNow(3600)},
        {"iat": ABSENT},
        {"iat": "now"},
        {"iat": []},
        {"nbf": FromNow(3600)},
        {"nbf": "later"},
    ],
    ids=str,
)
@ON_ONE_DATABASE
def test_l20_outside_its_time(
    app: Flask, client: FlaskClient, platform: FakePlatform, claims: dict[str, Any]
) -> None:
    assert_refused(app, platform.launch(client, claims), 401, "L-09")


@pytest.mark.parametrize("nonce", [ABSENT, "", "wrong", ["x"], {"x": 1}, 5, "\ud800"])
@ON_ONE_DATABASE
def test_l21_nonce_is_not_the_one_sent(
    app: Flask, client: FlaskClient, platform: FakePlatform, nonce: Any
) -> None:
    assert_refused(app, platform.launch(client, {"nonce": nonce}), 401, "L-09")


def test_l21_nonce_of_another_login(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    first, second = platform.login(client), platform.login(client)
    answer = platform.launch(client, {"nonce": first.nonce}, begun=second)
    assert_refused(app, answer, 401, "L-09")


def test_l22_the_same_launch_twice(app: Flask, client: FlaskClient, platform: FakePlatform) -> None:
    begun = platform.login(client)
    token = {"id_token": platform.id_token(begun.nonce)}
    assert platform.launch(client, begun=begun, form=token).status_code == 303
    again = platform.launch(client, begun=begun, form=token)
    in_new_login = platform.launch(client, form=token)
    in_strange_browser = platform.launch(app.test_client(), begun=begun, form=token)
    assert [again.status_code, in_new_login.status_code, in_strange_browser.status_code] == [
        400,
        401,
        400,
    ]
    assert "L-02" in again.text
    assert stored(app) == [1, 1, 1, 1, 1]  # the session of the first launch is unharmed


def test_l23_one_launch_posted_eight_times_at_once(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client)
    cookie = client.get_cookie("__Host-login", domain="tool.example").value
    data = {"id_token": platform.id_token(begun.nonce), "state": begun.state}

    def post(_: int) -> int:
        browser = app.test_client()
        browser.set_cookie("__Host-login", cookie, domain="tool.example")
        return browser.post("/lti/launch", data=data, base_url=TOOL_URL).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(post, range(8)))
    assert answers == [303] + [400] * 7


def test_l24_launch_begun_in_an_attackers_browser(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(app.test_client())
    platform.login(client)  # the victim has a browser cookie of its own
    assert_refused(app, platform.launch(client, begun=begun), 403, "L-06")


def test_l24_browser_that_kept_no_cookie(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client)
    answer = platform.launch(app.test_client(), begun=begun)
    assert_refused(app, answer, 403, "L-01")
    assert 'target="_blank"' in answer.text
    assert "https://lms.example/mod/lti/return.php?course=2" in answer.text
    assert "frame-ancestors https://lms.example" in answer.headers["Content-Security-Policy"]
    # The launch was not used up: in the browser that began it, it still works.
    assert platform.launch(client, begun=begun).status_code == 303


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [("altered", 400, "L-02"), (ABSENT, 400, "L-10"), ("", 400, "L-10"), ("\x00", 400, "L-02")],
)
def test_l25_state_altered_or_missing(
    app: Flask, client: FlaskClient, platform: FakePlatform, state: Any, status: int, code: str
) -> None:
    assert_refused(app, platform.launch(client, form={"state": state}), status, code)


def test_l26_login_at_one_platform_completed_with_a_token_of_another(
    app: Flask, client: FlaskClient, platform: FakePlatform, other: FakePlatform
) -> None:
    begun = platform.login(client)
    assert_refused(app, other.launch(client, begun=begun), 401, "L-09")


@pytest.mark.parametrize(
    "deployment_id", [ABSENT, "", ["3"], {"id": 3}, "x" * 5000, "a\x00b", True]
)
def test_l27_deployment_missing_or_of_a_wrong_type(
    app: Flask, client: FlaskClient, platform: FakePlatform, deployment_id: Any
) -> None:
    answer = platform.launch(client, {"deployment_id": deployment_id})
    assert_refused(app, answer, 400, "L-10")


@pytest.mark.parametrize(
    "claims",
    [
        {"version": "1.1.0"},
        {"version": ABSENT},
        {"version": ["1.3.0"]},
        {"message_type": "basic-lti-launch-request"},
        {"message_type": ABSENT},
        {"message_type": ["LtiResourceLinkRequest"]},
    ],
)
@ON_ONE_DATABASE
def test_l28_version_or_message_type(
    app: Flask, client: FlaskClient, platform: FakePlatform, claims: dict[str, Any]
) -> None:
    assert_refused(app, platform.launch(client, claims), 400, "L-10")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"sub": ABSENT}, "L-14"),
        ({"sub": ""}, "L-14"),
        ({"sub": {"id": 5}}, "L-10"),
        ({"sub": True}, "L-10"),
        ({"resource_link": ABSENT}, "L-15"),
        ({"resource_link": {}}, "L-15"),
        ({"resource_link": "5"}, "L-10"),
        ({"roles": ABSENT}, "L-10"),
        ({"roles": LEARNER}, "L-10"),
        ({"roles": [{"role": LEARNER}]}, "L-10"),
        ({"context": ABSENT}, "L-15"),
        ({"context": ["2"]}, "L-10"),
        ({"context": {"id": ["2"]}}, "L-10"),
    ],
)
def test_l29_claims_missing_or_of_a_wrong_type(
    app: Flask, client: FlaskClient, platform: FakePlatform, claims: dict[str, Any], code: str
) -> None:
    assert_refused(app, platform.launch(client, claims), 400, code)


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": NUL_AND_SURROGATE},
        {"sub": "x" * 1000},
        {"context": {"id": NUL_AND_SURROGATE}},
        {"resource_link": {"id": "x" * 300}},
        {"https://purl.imsglobal.org/spec/lti/claim/custom": ["a"]},
        {"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": "text"},
        {"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {"scope": "text"}},
        {"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {"lineitems": 5}},
        {"https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": []},
        {"launch_presentation": "iframe"},
        {"name": {"first": "Ada"}},
        {"given_name": ["Ada"], "name": ABSENT},
    ],
    ids=str,
)
def test_l30_values_that_no_column_can_hold(
    app: Flask, client: FlaskClient, platform: FakePlatform, claims: dict[str, Any]
) -> None:
    assert_refused(app, platform.launch(client, claims), 400, "L-10")


@pytest.mark.parametrize("role", [LEARNER, INSTRUCTOR])
@pytest.mark.parametrize(
    "message", ["LtiDeepLinkingRequest", "LtiSubmissionReviewRequest", "DataPrivacyLaunchRequest"]
)
@ON_ONE_DATABASE
def test_l33_messages_that_are_not_offered_yet(
    app: Flask, client: FlaskClient, platform: FakePlatform, message: str, role: str
) -> None:
    answer = platform.launch(client, {"message_type": message, "roles": [role]})
    assert_refused(app, answer, 400, "L-13")


def test_l35_launch_by_another_method_or_form(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client)
    data = {"id_token": platform.id_token(begun.nonce), "state": begun.state}
    assert_refused(app, client.get("/lti/launch", query_string=data), 405, "P-405")
    assert_refused(app, client.post("/lti/launch", json=data), 400, "L-10")
    assert_refused(app, client.post("/lti/launch"), 400, "L-10")
    twice = {**data, "id_token": [data["id_token"]] * 2}
    assert_refused(app, client.post("/lti/launch", data=twice), 400, "L-07")
    assert_refused(app, platform.launch(client, begun=begun, form={"id_token": ""}), 400, "L-10")


def test_l35_the_platform_answers_with_an_error(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client)
    data = {
        "error": "login_required",
        "error_description": "<script>alert(1)</script>",
        "state": begun.state,
    }
    answer = client.post("/lti/launch", data=data, base_url=TOOL_URL)
    assert "alert" not in answer.text
    assert "open the activity again" in answer.text
    assert "frame-ancestors https://lms.example" in answer.headers["Content-Security-Policy"]
    assert_refused(app, answer, 400, "L-11")


def test_l42_state_older_than_ten_minutes(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client)
    with app.app_context():
        long_ago = datetime.now(UTC) - timedelta(seconds=1)
        db.session.execute(update(LoginState).values(expires_at=long_ago))
        db.session.commit()
    assert_refused(app, platform.launch(client, begun=begun), 400, "L-02")


def test_r12_platform_that_waits_for_approval(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client)
    with app.app_context():
        db.session.execute(update(Platform).values(state="pending"))
        db.session.commit()
    assert_refused(app, platform.login(client).response, 403, "L-08")
    assert_refused(app, platform.launch(client, begun=begun), 403, "L-08")
    with app.app_context():
        db.session.execute(update(Platform).values(state="approved"))
        db.session.commit()
    assert platform.launch(client).status_code == 303


def test_preview_user_leaves_no_trace(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    test_user = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
    answer = platform.launch(client, {"roles": [LEARNER, test_user]})
    assert_refused(app, answer, 403, "L-04")


def test_a_refused_launch_can_be_seen_in_the_frame_of_its_platform(
    client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client)
    platform.launch(client, begun=begun)
    answer = platform.launch(client, begun=begun)
    assert "frame-ancestors https://lms.example" in answer.headers["Content-Security-Policy"]
    unknown = platform.login(client, iss="https://new.example; script-src *").response
    assert "script-src" not in unknown.headers["Content-Security-Policy"]


def test_s20_logs_of_refused_launches_name_code_and_reference_only(
    app: Flask,
    client: FlaskClient,
    platform: FakePlatform,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lti_tool.log.logger.propagate", True)
    begun = platform.login(client)
    token = platform.id_token(begun.nonce, {"exp": FromNow(-100)})
    answer = platform.launch(client, begun=begun, form={"id_token": token})
    [line] = {r.getMessage() for r in caplog.records if "refused" in r.getMessage()}
    assert "L-09" in line
    assert line.split()[0] in answer.text
    for secret in (token, token.split(".")[2], begun.state, begun.nonce, "Ada"):
        assert secret not in caplog.text


def test_every_refusal_of_a_launch_says_what_happened_what_is_safe_and_what_to_do() -> None:
    for code, message in MESSAGES.items():
        if code.startswith(("L-", "R-")):
            assert 400 <= message.status < 504
            assert message.title and message.what_happened and message.what_is_safe
            assert message.what_to_do.endswith(".")
            assert "!" not in f"{message}"


def _hs256(claims: dict[str, Any], secret: bytes) -> str:
    header = {"alg": "HS256", "kid": "key-1"}
    unsigned = ".".join(_b64(json.dumps(part).encode()) for part in (header, claims))
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{unsigned}.{_b64(algorithm.sign(unsigned.encode(), secret))}"


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
