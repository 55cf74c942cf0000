from typing import Any

import jwt
import pytest

from lti_tool.practice_lms import vocabulary as v
from tests.lti_tool.practice_lms.tool_double import (
    KEY_SET,
    LMS,
    Clock,
    ToolDouble,
    public_jwk,
    registration_request,
)


def test_token_answer_has_moodles_shape(tool: ToolDouble) -> None:
    response = tool.ask_token(v.SCOPE_SCORE)
    answer = response.get_json()
    assert response.status_code == 200
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    assert answer["scope"] == v.SCOPE_SCORE
    assert response.headers["Cache-Control"] == "no-store"


def test_scopes_are_intersected_with_the_granted_ones(stranger: ToolDouble) -> None:
    stranger.register(registration_request() | {"scope": v.SCOPE_SCORE})
    stranger.activate()
    answer = stranger.ask_token(v.SCOPE_ROSTER, v.SCOPE_SCORE).get_json()
    assert answer["scope"] == v.SCOPE_SCORE


@pytest.mark.parametrize("scope", [v.SCOPE_ROSTER, "", "openid"])
def test_no_granted_scope_is_400_invalid_scope(stranger: ToolDouble, scope: str) -> None:
    stranger.register(registration_request() | {"scope": v.SCOPE_SCORE})
    stranger.activate()
    response = stranger.ask_token(scope=scope)
    assert (response.status_code, response.get_json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "somebody-else"),
        ("sub", "somebody-else"),
        ("sub", None),
        ("aud", LMS),
        ("aud", [f"{LMS}/token/"]),
        ("aud", None),
        ("exp", None),
        ("exp", "tomorrow"),
        ("exp", 0),
        ("iat", None),
        ("iat", True),
        ("iat", 10**12),
        ("jti", None),
        ("jti", ""),
        ("jti", 5),
    ],
)
def test_assertion_with_a_wrong_claim_is_refused(tool: ToolDouble, claim: str, value: Any) -> None:
    claims = tool.assertion_claims() | {claim: value}
    response = tool.ask_token(assertion=tool.signed(claims))
    assert (response.status_code, response.get_json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat", "jti"])
def test_assertion_without_a_claim_is_refused(tool: ToolDouble, claim: str) -> None:
    claims = tool.assertion_claims()
    del claims[claim]
    assert tool.ask_token(assertion=tool.signed(claims)).status_code == 401


def test_audience_may_be_a_list(tool: ToolDouble) -> None:
    claims = tool.assertion_claims() | {"aud": ["https://other.example", f"{LMS}/token"]}
    assert tool.ask_token(assertion=tool.signed(claims)).status_code == 200


def test_assertion_expires(tool: ToolDouble, clock: Clock) -> None:
    assertion = tool.signed(tool.assertion_claims())
    clock.advance(60)
    response = tool.ask_token(assertion=assertion)
    assert "expired" in response.get_json()["error_description"]


def test_jti_is_single_use(tool: ToolDouble) -> None:
    assertion = tool.signed(tool.assertion_claims())
    assert tool.ask_token(assertion=assertion).status_code == 200
    second = tool.ask_token(assertion=assertion)
    assert second.status_code == 401
    assert "jti was used before" in second.get_json()["error_description"]


def test_signature_by_another_key_is_refused(tool: ToolDouble) -> None:
    forged = tool.signed(tool.assertion_claims(), "other", kid="tool")
    response = tool.ask_token(assertion=forged)
    assert "signature" in response.get_json()["error_description"]


def test_unknown_kid_is_refused(tool: ToolDouble) -> None:
    forged = tool.signed(tool.assertion_claims(), "other")
    assert tool.ask_token(assertion=forged).status_code == 401


def test_algorithm_other_than_rs256_is_refused(tool: ToolDouble) -> None:
    secret = "a secret of the tool that is long enough"
    weak = jwt.encode(tool.assertion_claims(), secret, "HS256", headers={"kid": "tool"})
    unsigned = jwt.encode(tool.assertion_claims(), None, "none", headers={"kid": "tool"})
    for assertion in (weak, unsigned):
        response = tool.ask_token(assertion=assertion)
        assert response.get_json()["error_description"].endswith("alg must be RS256")


def test_unknown_crit_header_is_refused(tool: ToolDouble) -> None:
    assertion = tool.signed(tool.assertion_claims(), crit=["x"], x=1)
    assert tool.ask_token(assertion=assertion).status_code == 401


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "é.é.é", "." * 20])
def test_rubbish_is_refused(tool: ToolDouble, assertion: str) -> None:
    response = tool.ask_token(client_assertion=assertion)
    assert (response.status_code, response.get_json()["error"]) == (401, "invalid_client")


def test_new_key_of_the_tool_is_found_at_once(tool: ToolDouble) -> None:
    tool.key_sets[KEY_SET] = {"keys": [public_jwk("new"), public_jwk("tool")]}
    assert tool.ask_token(assertion=tool.signed(tool.assertion_claims(), "new")).status_code == 200


@pytest.mark.parametrize(
    "key_set", [{"keys": {"keys": []}}, [], {}, None, {"keys": ["x"]}, {"keys": [{"kid": "tool"}]}]
)
def test_key_set_must_be_a_json_web_key_set(tool: ToolDouble, key_set: Any) -> None:
    tool.key_sets[KEY_SET] = key_set
    response = tool.ask_token()
    assert response.status_code == 401
    assert KEY_SET in response.get_json()["error_description"]


def test_unreachable_key_set_is_said(tool: ToolDouble) -> None:
    del tool.key_sets[KEY_SET]
    description = tool.ask_token().get_json()["error_description"]
    assert f"the key set {KEY_SET} cannot be read" in description


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("grant_type", "password", "unsupported_grant_type"),
        ("client_assertion_type", "bearer", "invalid_request"),
    ],
)
def test_wrong_form_field_is_refused(tool: ToolDouble, field: str, value: str, error: str) -> None:
    response = tool.ask_token(**{field: value})
    assert (response.status_code, response.get_json()["error"]) == (400, error)


def test_token_request_must_be_a_form(tool: ToolDouble) -> None:
    response = tool.http.post("/token", json={"grant_type": "client_credentials"})
    assert (response.status_code, response.get_json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer made-up", "Basic abc"])
def test_bad_bearer_is_401(tool: ToolDouble, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    response = tool.http.get(tool.line_items_url(), headers=headers)
    assert response.status_code == 401
    assert response.is_json


def test_expired_bearer_is_401(service: ToolDouble, clock: Clock) -> None:
    clock.advance(3599)
    assert service.call("GET", service.line_items_url()).status_code == 200
    clock.advance(1)
    assert service.call("GET", service.line_items_url()).status_code == 401


def test_insufficient_scope_is_403(tool: ToolDouble) -> None:
    tool.with_scopes(v.SCOPE_LINE_ITEM_READ)
    assert tool.call("GET", tool.line_items_url()).status_code == 200
    body = {"label": "x", "scoreMaximum": 1}
    created = tool.call("POST", tool.line_items_url(), body, v.LINE_ITEM_TYPE)
    assert created.status_code == 403
    roster = f"{LMS}/services/CourseSection/2/bindings/1/memberships"
    assert tool.call("GET", roster).status_code == 403
