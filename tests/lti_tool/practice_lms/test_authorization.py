import json
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from flask import Flask

from lti_tool.practice_lms import vocabulary as v
from lti_tool.practice_lms.client import read_form
from lti_tool.practice_lms.keys import rotate_keys
from lti_tool.practice_lms.lms import practice_lms
from lti_tool.practice_lms.platform import claims_for_launch, sign_with_platform_key
from tests.lti_tool.practice_lms.tool_double import (
    LMS,
    REDIRECT,
    SAME_ORIGIN,
    TOOL,
    Clock,
    ToolDouble,
    registration_request,
)

LTI = v.LTI


def test_login_is_a_form_post_with_moodles_fields(tool: ToolDouble) -> None:
    login = tool.begin_launch("6")
    assert login.action == f"{TOOL}/login"
    assert set(login.fields) == {
        "iss",
        "client_id",
        "lti_message_hint",
        "target_link_uri",
        "lti_deployment_id",
        "login_hint",
    }
    assert login.fields["iss"] == LMS
    assert json.loads(login.fields["lti_message_hint"])["cmid"] == 1


def test_answer_is_a_form_post_with_the_state_unchanged(tool: ToolDouble) -> None:
    state = 'a"b<c>&d é +%20'
    page = tool.authorize(tool.begin_launch(), state=state)
    form = read_form(page.text)
    assert form.action == REDIRECT
    assert form.fields["state"] == state
    assert "<button" in page.text


def test_authorization_by_post_works_too(tool: ToolDouble) -> None:
    asked = tool.authorization_request(tool.begin_launch())
    page = tool.http.post("/auth", data=asked, headers={"Origin": TOOL})
    assert "id_token" in read_form(page.text).fields


def test_state_is_optional(tool: ToolDouble) -> None:
    form = read_form(tool.authorize(tool.begin_launch(), "state").text)
    assert set(form.fields) == {"id_token"}


def test_id_token_has_the_shape_of_a_recorded_moodle_launch(tool: ToolDouble, clock: Clock) -> None:
    claims = tool.launch("6")
    assert claims["nonce"] == "the-nonce"
    assert claims["iss"] == LMS
    assert claims["aud"] == tool.client_id
    assert claims["sub"] == "6"
    assert claims["iat"] == int(clock().timestamp())
    assert claims[f"{LTI}deployment_id"] == "1"
    assert claims[f"{LTI}version"] == "1.3.0"
    assert claims[f"{LTI}message_type"] == "LtiResourceLinkRequest"
    assert claims[f"{LTI}target_link_uri"] == f"{TOOL}/cohort"
    assert claims[f"{LTI}roles"] == [v.LEARNER]
    assert claims[f"{LTI}context"]["label"] == "COHORT"
    assert claims[f"{LTI}resource_link"] == {"id": "1", "title": "Cohort home", "description": ""}
    assert claims[v.AGS_CLAIM]["lineitems"] == f"{LMS}/services/2/lineitems?type_id=1"
    assert "lineitem" not in claims[v.AGS_CLAIM]
    roster = claims[v.NRPS_CLAIM]["context_memberships_url"]
    assert claims[f"{LTI}custom"]["context_memberships_url"] == roster
    assert claims["name"] == "Ana Sofía Ramírez Núñez"
    assert claims[f"{LTI}ext"]["user_username"] == "ana.ramirez"


def test_id_token_lives_60_seconds(tool: ToolDouble) -> None:
    claims = tool.launch()
    assert claims["exp"] - claims["iat"] == 60


def test_one_word_name_has_no_family_name(tool: ToolDouble) -> None:
    claims = tool.launch("11")
    assert claims["name"] == "Wirawati"
    assert "family_name" not in claims


@pytest.mark.parametrize("user_id", ["3", "4", "5"])
def test_owner_and_both_coaches_launch_as_instructor(tool: ToolDouble, user_id: str) -> None:
    assert tool.launch(user_id)[f"{LTI}roles"] == [v.INSTRUCTOR]


def test_administrator_launches_with_moodles_three_roles(tool: ToolDouble) -> None:
    assert tool.launch("2")[f"{LTI}roles"] == [
        v.INSTITUTION_ADMINISTRATOR,
        v.INSTRUCTOR,
        v.SYSTEM_ADMINISTRATOR,
    ]


def test_custom_parameters_are_expanded_and_come_in_lower_case_too(tool: ToolDouble) -> None:
    custom = tool.launch()[f"{LTI}custom"]
    assert custom["Who"] == custom["who"] == "ana.ramirez"
    assert custom["when"] == ""


def test_names_the_tool_did_not_ask_for_are_not_sent(stranger: ToolDouble) -> None:
    body = registration_request()
    body[v.TOOL_CONFIGURATION]["claims"] = ["sub", "name"]
    stranger.register(body)
    stranger.activate()
    claims = stranger.launch()
    assert "name" in claims
    assert not {"given_name", "family_name", "email"} & set(claims)


def test_services_without_a_scope_are_not_announced(stranger: ToolDouble) -> None:
    stranger.register(registration_request() | {"scope": ""})
    stranger.activate()
    claims = stranger.launch()
    assert v.AGS_CLAIM not in claims
    assert v.NRPS_CLAIM not in claims


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("scope", "openid email", "invalid_scope"),
        ("response_type", "code", "unsupported_response_type"),
        ("response_mode", "query", "invalid_request"),
        ("prompt", "login", "invalid_request"),
        ("nonce", "", "invalid_request"),
        ("login_hint", "7", "login_required"),
        ("login_hint", "", "invalid_request"),
        ("lti_message_hint", '{"cmid":1,"launchid":"made-up"}', "launch_no_longer_valid"),
        ("lti_message_hint", "", "invalid_request"),
    ],
)
def test_wrong_parameter_comes_back_as_an_error_with_state(
    tool: ToolDouble, name: str, value: str, error: str
) -> None:
    page = tool.authorize(tool.begin_launch(), **{name: value})
    form = read_form(page.text)
    assert form.action == REDIRECT
    assert form.fields["error"] == error
    assert form.fields["error_description"]
    assert form.fields["state"] == "the-state"
    assert "id_token" not in form.fields


@pytest.mark.parametrize(
    "name",
    [
        "scope",
        "response_type",
        "response_mode",
        "prompt",
        "nonce",
        "login_hint",
        "lti_message_hint",
    ],
)
def test_missing_parameter_is_an_error(tool: ToolDouble, name: str) -> None:
    page = tool.authorize(tool.begin_launch(), name)
    assert "error" in read_form(page.text).fields


@pytest.mark.parametrize(
    "redirect_uri",
    [
        f"{REDIRECT}?a=1",
        f"{REDIRECT}/",
        f"{TOOL}/",
        "https://evil.example/launch",
        "javascript:alert(1)",
        "",
    ],
)
def test_unregistered_redirect_uri_gets_a_page_and_nothing_is_sent(
    tool: ToolDouble, redirect_uri: str
) -> None:
    page = tool.authorize(tool.begin_launch(), redirect_uri=redirect_uri)
    assert page.status_code == 400
    assert "redirect_uri" in page.text
    assert "<form" not in page.text


def test_unknown_client_gets_a_page(tool: ToolDouble) -> None:
    page = tool.authorize(tool.begin_launch(), client_id="stranger")
    assert page.status_code == 400
    assert "client_id" in page.text


def test_launch_is_single_use(tool: ToolDouble) -> None:
    login = tool.begin_launch()
    assert "id_token" in read_form(tool.authorize(login).text).fields
    again = read_form(tool.authorize(login).text)
    assert again.fields["error"] == "launch_no_longer_valid"


def test_same_launch_eight_times_at_once_is_one_id_token(tool: ToolDouble, app: Flask) -> None:
    asked = tool.authorization_request(tool.begin_launch())

    def authorize(_: int) -> set[str]:
        return set(read_form(app.test_client().get("/auth", query_string=asked).text).fields)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(authorize, range(8)))
    assert sum("id_token" in fields for fields in answers) == 1
    assert sum("error" in fields for fields in answers) == 7


def test_launch_is_valid_for_ten_minutes(tool: ToolDouble, clock: Clock) -> None:
    login = tool.begin_launch()
    clock.advance(601)
    assert read_form(tool.authorize(login).text).fields["error"] == "launch_no_longer_valid"


def test_hint_of_another_tool_is_refused(tool: ToolDouble) -> None:
    login = tool.begin_launch()
    tool.register()
    tool.activate()
    form = read_form(tool.authorize(login).text)
    assert form.fields["error"] == "launch_no_longer_valid"


def test_removed_member_cannot_launch(tool: ToolDouble) -> None:
    login = tool.begin_launch("6")
    tool.http.post("/course/2/roster/6", data={"status": "Inactive"}, headers=SAME_ORIGIN)
    assert read_form(tool.authorize(login).text).fields["error"] == "login_required"
    assert tool.http.get("/course/2/activity/1?as=6").status_code == 403


def test_keys_rotate_and_the_old_one_stays_published(tool: ToolDouble, app: Flask) -> None:
    before = read_form(tool.authorize(tool.begin_launch()).text).fields["id_token"]
    lms = practice_lms(app)
    with lms.sessions.begin() as session:
        rotate_keys(session, lms.now())
    after = read_form(tool.authorize(tool.begin_launch()).text).fields["id_token"]
    assert jwt.get_unverified_header(before)["kid"] != jwt.get_unverified_header(after)["kid"]
    assert tool.claims(before)["sub"] == tool.claims(after)["sub"] == "6"


def test_withdrawn_key_is_no_longer_published(tool: ToolDouble, app: Flask) -> None:
    before = tool.http.get("/jwks").get_json()["keys"]
    lms = practice_lms(app)
    with lms.sessions.begin() as session:
        rotate_keys(session, lms.now(), withdraw_old=True)
    after = tool.http.get("/jwks").get_json()["keys"]
    assert len(before) == len(after) == 1
    assert before[0]["kid"] != after[0]["kid"]


def test_key_set_holds_public_keys_only(tool: ToolDouble) -> None:
    for key in tool.http.get("/jwks").get_json()["keys"]:
        assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}


def test_a_test_can_craft_a_hostile_launch_with_the_real_key(tool: ToolDouble, app: Flask) -> None:
    claims = claims_for_launch(app, "6", "nonce") | {"sub": 6, "iss": ["nobody"]}
    token = sign_with_platform_key(app, claims, {"crit": ["x"], "x": 1})
    key = jwt.PyJWKSet.from_dict(tool.http.get("/jwks").get_json()).keys[0]
    header, body, signature = token.split(".")
    assert json.loads(jwt.utils.base64url_decode(body))["sub"] == 6
    signed = f"{header}.{body}".encode()
    assert key.Algorithm.verify(signed, key.key, jwt.utils.base64url_decode(signature))
