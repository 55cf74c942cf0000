from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from lti_tool.practice_lms import PracticeLmsSettings, create_practice_lms
from lti_tool.practice_lms import vocabulary as v
from lti_tool.practice_lms.client import read_form
from tests.lti_tool.practice_lms.tool_double import LMS, TOOL, Clock, ToolDouble

SETTINGS = f"{v.DEEP_LINKING}deep_linking_settings"
DATA = f"{v.DEEP_LINKING}data"
ITEMS = f"{v.DEEP_LINKING}content_items"


def ask(tool: ToolDouble) -> dict[str, Any]:
    """The claims of a deep linking request to the program owner."""
    login = tool.login(f"/course/2/deep-linking/{tool.deployment_id}/launch?as=3")
    return tool.claims(read_form(tool.authorize(login).text).fields["id_token"])


def link(**fields: Any) -> dict[str, Any]:
    return {"type": "ltiResourceLink", "title": "Week one", "url": f"{TOOL}/week/1"} | fields


def response_claims(tool: ToolDouble, asked: dict[str, Any], *items: Any) -> dict[str, Any]:
    now = int(tool.clock().timestamp())
    claims = {
        "iss": tool.client_id,
        "aud": LMS,
        "iat": now - 5,
        "exp": now + 60,
        "nonce": uuid4().hex,
        f"{v.LTI}deployment_id": tool.deployment_id,
        f"{v.LTI}message_type": "LtiDeepLinkingResponse",
        f"{v.LTI}version": "1.3.0",
        ITEMS: list(items),
    }
    if "data" in asked[SETTINGS]:
        claims[DATA] = asked[SETTINGS]["data"]
    return claims


def send(tool: ToolDouble, asked: dict[str, Any], claims: Any, **headers: Any) -> TestResponse:
    jwt_text = claims if isinstance(claims, str) else tool.signed(claims, **headers)
    url = asked[SETTINGS]["deep_link_return_url"]
    return tool.http.post(url, data={"JWT": jwt_text}, headers={"Origin": TOOL})


def activities(tool: ToolDouble) -> int:
    return tool.http.get("/").text.count("Tool double</bdi>")


def test_request_has_the_shape_of_moodles(tool: ToolDouble) -> None:
    asked = ask(tool)
    assert asked[f"{v.LTI}message_type"] == "LtiDeepLinkingRequest"
    assert asked[f"{v.LTI}target_link_uri"] == f"{TOOL}/choose"
    assert asked[SETTINGS]["accept_types"] == ["ltiResourceLink"]
    assert asked[SETTINGS]["accept_multiple"] is True
    assert f"{v.LTI}resource_link" not in asked
    assert v.NRPS_CLAIM not in asked
    assert "lineitem" not in asked[v.AGS_CLAIM]


@pytest.mark.parametrize("user_id", ["5", "6"])
def test_only_an_editing_teacher_adds_activities(tool: ToolDouble, user_id: str) -> None:
    assert tool.http.get(f"/course/2/add?as={user_id}").status_code == 403
    assert tool.http.get(f"/course/2/deep-linking/1/launch?as={user_id}").status_code == 403


def test_links_appear_in_the_course_and_launch_with_their_custom(tool: ToolDouble) -> None:
    asked = ask(tool)
    items = [
        link(custom={"resource_uuid": "abc", "who": "$User.id"}, text="Begin here"),
        link(title="Week two", url=f"{TOOL}/week/2"),
    ]
    page = send(tool, asked, response_claims(tool, asked, *items))
    assert page.status_code == 200
    assert "2 activities added" in page.text
    course = tool.http.get("/").text
    assert "Week one" in course
    assert "Week two" in course
    claims = tool.launch("6", 2)
    assert claims[f"{v.LTI}target_link_uri"] == f"{TOOL}/week/1"
    assert claims[f"{v.LTI}resource_link"]["description"] == "Begin here"
    custom = claims[f"{v.LTI}custom"]
    assert (custom["resource_uuid"], custom["who"]) == ("abc", "ana.ramirez")


def test_line_item_becomes_the_coupled_column(service: ToolDouble) -> None:
    asked = ask(service)
    line_item = {"scoreMaximum": 20, "resourceId": "r", "tag": "t"}
    send(service, asked, response_claims(service, asked, link(lineItem=line_item)))
    (column,) = service.call("GET", service.line_items_url()).get_json()
    assert column["resourceLinkId"] == "2"
    assert (column["label"], column["scoreMaximum"]) == ("Week one", 20)
    assert (column["resourceId"], column["tag"]) == ("r", "t")
    assert service.launch("6", 2)[v.AGS_CLAIM]["lineitem"] == column["id"]
    assert "Week one" in service.http.get("/course/2/gradebook").text


def test_no_items_change_nothing(tool: ToolDouble) -> None:
    asked = ask(tool)
    claims = response_claims(tool, asked) | {f"{v.DEEP_LINKING}msg": "Nothing chosen <b>"}
    del claims[ITEMS]
    page = send(tool, asked, claims)
    assert page.status_code == 200
    assert "Nothing chosen &lt;b&gt;" in page.text
    assert activities(tool) == 1


def test_response_is_single_use(tool: ToolDouble) -> None:
    asked = ask(tool)
    claims = response_claims(tool, asked, link())
    assert send(tool, asked, claims).status_code == 200
    assert send(tool, asked, claims | {"nonce": "new"}).status_code == 400
    assert activities(tool) == 2


def test_nonce_is_single_use(tool: ToolDouble) -> None:
    first, second = ask(tool), ask(tool)
    claims = response_claims(tool, first, link())
    assert send(tool, first, claims).status_code == 200
    again = response_claims(tool, second, link()) | {"nonce": claims["nonce"]}
    assert "nonce was used before" in send(tool, second, again).text
    assert activities(tool) == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", LMS),
        ("aud", "https://other.example"),
        ("exp", 1),
        ("exp", None),
        ("iat", 10**12),
        ("iat", None),
        ("nonce", None),
        (f"{v.LTI}deployment_id", "2"),
        (f"{v.LTI}message_type", "LtiDeepLinkingRequest"),
        (f"{v.LTI}version", "1.1.0"),
        (DATA, "made up"),
        (DATA, None),
        (ITEMS, "x"),
        (ITEMS, [5]),
    ],
)
def test_wrong_claim_is_refused_and_nothing_is_added(
    tool: ToolDouble, name: str, value: Any
) -> None:
    asked = ask(tool)
    page = send(tool, asked, response_claims(tool, asked, link()) | {name: value})
    assert page.status_code == 400
    assert "deep linking response was refused" in page.text
    assert activities(tool) == 1


def test_data_is_required_back_where_it_was_sent(tool: ToolDouble) -> None:
    asked = ask(tool)
    claims = response_claims(tool, asked, link())
    del claims[DATA]
    assert send(tool, asked, claims).status_code == 400


def test_data_is_refused_where_none_was_sent(
    settings: PracticeLmsSettings, clock: Clock, key_sets: dict[str, Any]
) -> None:
    app = create_practice_lms(replace(settings, deep_linking_data=False))
    tool = ToolDouble(app, clock, key_sets)
    tool.register()
    tool.activate()
    asked = ask(tool)
    assert "data" not in asked[SETTINGS]
    claims = response_claims(tool, asked, link())
    assert send(tool, asked, claims | {DATA: None}).status_code == 400
    assert send(tool, asked, claims).status_code == 200


@pytest.mark.parametrize("key", ["other"])
def test_signature_is_checked_against_the_tools_key_set(tool: ToolDouble, key: str) -> None:
    asked = ask(tool)
    claims = response_claims(tool, asked, link())
    assert send(tool, asked, tool.signed(claims, key)).status_code == 400
    assert send(tool, asked, tool.signed(claims, key, kid="tool")).status_code == 400
    assert send(tool, asked, "").status_code == 400


@pytest.mark.parametrize(
    "item",
    [
        {"type": "link", "url": f"{TOOL}/"},
        link(url="https://other.example/"),
        link(url="javascript:alert(1)"),
        link(url=5),
        link(title=5),
        link(custom=[]),
        link(lineItem={}),
        link(lineItem={"scoreMaximum": 0}),
        link(lineItem="x"),
    ],
)
def test_wrong_content_item_is_refused_as_a_whole(tool: ToolDouble, item: Any) -> None:
    asked = ask(tool)
    page = send(tool, asked, response_claims(tool, asked, link(), item))
    assert page.status_code == 400
    assert activities(tool) == 1


def test_unknown_request_is_refused(tool: ToolDouble) -> None:
    page = tool.http.post("/course/2/deep-linking/return?request=made-up", data={"JWT": "x"})
    assert page.status_code == 400


def test_deleting_the_tool_takes_its_activities_along(tool: ToolDouble) -> None:
    asked = ask(tool)
    send(tool, asked, response_claims(tool, asked, link()))
    tool.http.post("/admin/tools/1/delete", headers={"Origin": LMS})
    course = tool.http.get("/").text
    assert "Week one" not in course
    assert "Cohort home" in course
