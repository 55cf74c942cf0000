from typing import Any

import pytest

from lti_tool.practice_lms import vocabulary as v
from lti_tool.practice_lms.client import read_frame
from tests.lti_tool.practice_lms.tool_double import (
    LMS,
    SAME_ORIGIN,
    TOOL,
    Clock,
    ToolDouble,
    registration_request,
)


def changed(path: str, value: Any) -> dict[str, Any]:
    """A registration with one field changed (`tool.domain` is in the tool configuration)."""
    body = registration_request()
    where = body[v.TOOL_CONFIGURATION] if path.startswith("tool.") else body
    where[path.removeprefix("tool.")] = value
    return body


def without(path: str) -> dict[str, Any]:
    body = registration_request()
    where = body[v.TOOL_CONFIGURATION] if path.startswith("tool.") else body
    del where[path.removeprefix("tool.")]
    return body


def test_configuration_names_every_endpoint_on_our_address(stranger: ToolDouble) -> None:
    configuration = stranger.http.get("/.well-known/openid-configuration").get_json()
    assert configuration["issuer"] == LMS
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"):
        assert configuration[name].startswith(f"{LMS}/")
    assert set(v.SERVICE_SCOPES) < set(configuration["scopes_supported"])
    messages = configuration[v.PLATFORM_CONFIGURATION]["messages_supported"]
    assert [message["type"] for message in messages] == [
        v.RESOURCE_LINK_REQUEST,
        v.DEEP_LINKING_REQUEST,
    ]


def test_answer_has_client_id_and_deployment_id(stranger: ToolDouble) -> None:
    answer = stranger.register().get_json()
    assert answer["client_id"]
    assert answer[v.TOOL_CONFIGURATION]["deployment_id"] == "1"
    assert set(answer["scope"].split()) == set(v.SERVICE_SCOPES)


def test_tool_arrives_pending_and_waits_for_activation(stranger: ToolDouble) -> None:
    stranger.register()
    assert "Pending" in stranger.http.get("/admin/tools").text
    stranger.activate()
    assert stranger.http.get("/admin/tools.json").get_json()[0]["state"] == "active"
    assert "Pending" not in stranger.http.get("/admin/tools").text


def test_pending_tool_gets_no_token_and_no_launch(stranger: ToolDouble) -> None:
    stranger.register()
    assert stranger.ask_token().get_json()["error"] == "unauthorized_client"
    page = stranger.http.get("/course/2/activity/1/launch?as=6")
    assert page.status_code == 409


@pytest.mark.parametrize(
    "field",
    [
        "application_type",
        "response_types",
        "grant_types",
        "initiate_login_uri",
        "redirect_uris",
        "client_name",
        "jwks_uri",
        "token_endpoint_auth_method",
        "scope",
        "tool.domain",
        "tool.target_link_uri",
        "tool.claims",
        "tool.messages",
    ],
)
def test_required_field_is_required(stranger: ToolDouble, field: str) -> None:
    response = stranger.register(without(field))
    assert response.status_code == 400
    assert response.mimetype == "text/plain"
    assert field.removeprefix("tool.") in response.text
    assert stranger.http.get("/admin/tools.json").get_json() == []


def test_tool_configuration_is_required(stranger: ToolDouble) -> None:
    response = stranger.register(without(v.TOOL_CONFIGURATION))
    assert (response.status_code, v.TOOL_CONFIGURATION in response.text) == (400, True)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("application_type", "native", "application_type"),
        ("token_endpoint_auth_method", "client_secret_basic", "private_key_jwt"),
        ("response_types", ["code"], "id_token"),
        ("grant_types", ["implicit"], "client_credentials"),
        ("grant_types", "implicit client_credentials", "grant_types"),
        ("redirect_uris", [], "redirect_uris"),
        ("redirect_uris", ["javascript:alert(1)"], "redirect_uris"),
        ("redirect_uris", f"{TOOL}/launch", "redirect_uris"),
        ("jwks_uri", "file:///etc/passwd", "jwks_uri"),
        ("initiate_login_uri", "//localhost/login", "initiate_login_uri"),
        ("scope", "https://example.com/scope/unknown", "Invalid scopes"),
        ("scope", None, "scope"),
        ("tool.domain", "http://localhost:8102", "domain"),
        ("tool.domain", "localhost", "domain_targetlinkuri_mismatch"),
        ("tool.target_link_uri", "http://other.example/", "domain_targetlinkuri_mismatch"),
        ("tool.custom_parameters", {"number": 5}, "custom_parameters"),
        ("tool.claims", "name email", "claims"),
        ("tool.messages", [], "messages"),
        ("tool.messages", [{"type": "LtiUnheardOfRequest"}], "type"),
        (
            "tool.messages",
            [{"type": v.DEEP_LINKING_REQUEST, "placements": ["front_page"]}],
            "placement",
        ),
    ],
)
def test_wrong_field_is_refused_by_name(
    stranger: ToolDouble, field: str, value: Any, reason: str
) -> None:
    response = stranger.register(changed(field, value))
    assert response.status_code == 400
    assert reason in response.text


def test_empty_scope_and_canvas_placements_are_taken(stranger: ToolDouble) -> None:
    body = changed("scope", "")
    body[v.TOOL_CONFIGURATION]["messages"][1]["placements"] = ["ContentArea", "link_selection"]
    assert stranger.register(body).get_json()["scope"] == ""


@pytest.mark.parametrize("body", [[], "text", 5])
def test_body_must_be_an_object(stranger: ToolDouble, body: Any) -> None:
    assert stranger.register(body).status_code == 400


def test_missing_token_is_401(stranger: ToolDouble) -> None:
    response = stranger.http.post("/register", json=registration_request())
    assert (response.status_code, response.text) == (401, "missing_registration_token")


@pytest.mark.parametrize("token", ["x", "a.b.c", "null"])
def test_foreign_token_is_401(stranger: ToolDouble, token: str) -> None:
    response = stranger.register(token=token)
    assert (response.status_code, response.text) == (401, "invalid_registration_token")


def test_token_signed_by_somebody_else_is_401(stranger: ToolDouble) -> None:
    stranger.registration_token()
    forged = stranger.signed({"jti": "1", "scope": "reg"})
    assert stranger.register(token=forged).text == "invalid_registration_token"


def test_id_token_is_no_registration_token(tool: ToolDouble) -> None:
    from_launch = tool.authorize(tool.begin_launch()).text.partition('name="id_token" value="')[2]
    response = tool.register(token=from_launch.partition('"')[0])
    assert response.text == "invalid_registration_token"


def test_token_works_once(stranger: ToolDouble) -> None:
    token = stranger.registration_token()
    assert stranger.register(token=token).status_code == 200
    second = stranger.register(token=token)
    assert (second.status_code, second.text) == (401, "token_already_used")


def test_refused_registration_does_not_use_the_token_up(stranger: ToolDouble) -> None:
    token = stranger.registration_token()
    assert stranger.register(without("scope"), token).status_code == 400
    assert stranger.register(token=token).status_code == 200


def test_token_lives_one_hour(stranger: ToolDouble, clock: Clock) -> None:
    token = stranger.registration_token()
    clock.advance(3600)
    assert stranger.register(token=token).text == "registration_token_expired"


def test_address_with_a_query_keeps_it(stranger: ToolDouble) -> None:
    page = stranger.http.post(
        "/admin/tools",
        data={"registration_address": f"{TOOL}/register?invitation=abc"},
        headers=SAME_ORIGIN,
        follow_redirects=True,
    )
    source = read_frame(page.text)
    assert source.startswith(f"{TOOL}/register?invitation=abc&openid_configuration=http%3A%2F%2F")
    assert "&registration_token=" in source
    assert TOOL in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["", "localhost:8102/register", "javascript:alert(1)"])
def test_registration_address_must_be_an_address(stranger: ToolDouble, address: str) -> None:
    page = stranger.http.post(
        "/admin/tools", data={"registration_address": address}, headers=SAME_ORIGIN
    )
    assert page.status_code == 400
    assert "Paste the whole registration address" in page.text
    assert f'value="{address}"' in page.text


def test_finished_registration_page_is_gone(stranger: ToolDouble) -> None:
    assert stranger.register().status_code == 200
    assert stranger.http.get("/admin/tools/registration/1").status_code == 404


def test_deleting_a_tool_ends_its_access(service: ToolDouble) -> None:
    service.create_line_item()
    path = f"/admin/tools/{service.deployment_id}/delete"
    assert "Delete" in service.http.get(path).text
    assert service.http.post(path, headers=SAME_ORIGIN).status_code == 303
    assert service.call("GET", service.line_items_url()).status_code == 401
    assert service.ask_token().status_code == 401
    assert service.http.get("/course/2/activity/1/launch?as=6").status_code == 409
    assert "no columns yet" in service.http.get("/course/2/gradebook").text


def test_next_tool_takes_the_first_activity_over(tool: ToolDouble) -> None:
    first = tool.client_id
    tool.register()
    tool.activate()
    assert tool.begin_launch().fields["client_id"] == first
    tool.http.post("/admin/tools/1/delete", headers=SAME_ORIGIN)
    assert tool.begin_launch().fields["client_id"] == tool.client_id != first
