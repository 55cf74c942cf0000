"""Access tokens and authorised calls: what PyLTI1p3 leaves open is closed here."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import jwt
import pytest
from pylti1p3.names_roles import NamesRolesProvisioningService
from sqlalchemy import select

from lti_tool.models import AccessToken, Platform, ToolKey
from lti_tool.practice_lms.vocabulary import (
    LINE_ITEM_CONTAINER_TYPE,
    LINE_ITEM_TYPE,
    MEMBERSHIP_CONTAINER_TYPE,
    SCOPE_LINE_ITEM,
    SCOPE_ROSTER,
)
from lti_tool.services import PARK, RETRY, WAIT, ServiceClient, ServiceError, failure_of
from lti_tool.services import open_client as open_services
from lti_tool.services.failures import KEY_REFUSED, OTHER_HOST
from tests.lti_tool.delivery.far_side import FOR_EVER, answer, drop, silence
from tests.lti_tool.delivery.world import LMS, World

SCOPES = (SCOPE_LINE_ITEM,)


@pytest.fixture
def database() -> str:
    """Nothing here depends on the kind of database."""
    return "sqlite"


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    world = World(tmp_path, database_url)
    yield world
    world.close()


def client_of(world: World) -> ServiceClient:
    return open_services(world.sessions, world.settings, world.http, world.platform_id, world.clock)


def line_items(world: World) -> int:
    found = client_of(world).request(
        "GET", world.lineitems_url, SCOPES, accept=LINE_ITEM_CONTAINER_TYPE
    )
    return found.status


def assertions(world: World) -> list[dict[str, object]]:
    """The claims of the signed assertions that the token endpoint got."""
    forms = [parse_qs(call.body) for call in world.lms.calls("/token")]
    return [
        jwt.decode(form["client_assertion"][0], options={"verify_signature": False})
        for form in forms
    ]


def test_a_token_serves_every_client_until_shortly_before_it_ends(world: World) -> None:
    assert [line_items(world) for _ in range(3)] == [200, 200, 200]
    assert len(world.lms.calls("/token")) == 1

    world.clock.advance(3600 - 61)
    line_items(world)
    assert len(world.lms.calls("/token")) == 1
    world.clock.advance(1)
    assert line_items(world) == 200
    assert len(world.lms.calls("/token")) == 2


def test_a_token_is_for_its_scopes_in_any_order(world: World) -> None:
    client = client_of(world)
    client.get_access_token([SCOPE_LINE_ITEM, SCOPE_ROSTER])
    client.get_access_token([SCOPE_ROSTER, SCOPE_LINE_ITEM, SCOPE_ROSTER])
    client.get_access_token([SCOPE_ROSTER])
    assert len(world.lms.calls("/token")) == 2


def test_the_assertion_says_who_we_are_to_whom_and_for_how_long(world: World) -> None:
    client_of(world).get_access_token(SCOPES)
    client_of(world).get_access_token([SCOPE_ROSTER])

    now = int(world.clock().timestamp())
    first, second = assertions(world)
    assert (first["iss"], first["sub"], first["aud"]) == ("tool-1", "tool-1", f"{LMS}/token")
    assert (first["iat"], first["exp"]) == (now - 5, now + 60)
    assert first["jti"] != second["jti"]
    form = parse_qs(world.lms.calls("/token")[0].body)
    header = jwt.get_unverified_header(form["client_assertion"][0])
    with world.sessions() as session:
        assert header["kid"] == session.scalars(select(ToolKey.kid)).one()


def test_a_platform_with_its_own_audience_gets_that_one(world: World) -> None:
    """D2L wants one fixed audience for all its customers."""
    world.change(Platform, token_audience="https://api.brightspace.com/auth/token")
    with pytest.raises(ServiceError):
        client_of(world).get_access_token(SCOPES)
    assert assertions(world)[0]["aud"] == "https://api.brightspace.com/auth/token"


def test_tokens_are_not_kept_in_the_clear(world: World) -> None:
    token = client_of(world).get_access_token(SCOPES)
    with world.sessions() as session:
        assert token.encode() not in session.scalars(select(AccessToken.token)).one()


@pytest.mark.parametrize(
    ("told", "serves"), [(3600, 3540), ("600", 540), (10, 5), (None, 3540), ("soon", 3540)]
)
def test_how_long_a_token_is_used(world: World, told: object, serves: float) -> None:
    world.lms.fault("/token", answer(200, json.dumps({"access_token": "t", "expires_in": told})))
    client_of(world).get_access_token(SCOPES)
    with world.sessions() as session:
        expires_at = session.scalars(select(AccessToken.expires_at)).one()
    assert (expires_at - world.clock()).total_seconds() == serves


def test_a_refused_token_is_replaced_once(world: World) -> None:
    line_items(world)
    world.forget_tokens()
    assert line_items(world) == 200
    assert len(world.lms.calls("/token")) == 2


def test_a_token_that_is_refused_again_is_the_end(world: World) -> None:
    world.lms.fault("lineitems", answer(401), FOR_EVER)
    with pytest.raises(ServiceError, match=KEY_REFUSED[:30]) as error:
        line_items(world)
    assert error.value.kind == PARK
    assert (len(world.lms.calls("/token")), len(world.lms.calls("lineitems"))) == (2, 2)


def test_a_token_that_another_process_replaced_is_used(world: World) -> None:
    first, second = client_of(world), client_of(world)
    token = first.get_access_token(SCOPES)
    world.forget_tokens()
    second.request("GET", world.lineitems_url, SCOPES, accept=LINE_ITEM_CONTAINER_TYPE)
    assert first._new_token(SCOPES, token) == second.get_access_token(SCOPES) != token
    assert len(world.lms.calls("/token")) == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://collector.example/lineitems",
        f"{LMS}.collector.example/lineitems",
        "http://127.0.0.1:8172/lineitems",
        "http://127.0.0.1:8171@collector.example/lineitems",
        "ftp://127.0.0.1:8171/lineitems",
        "",
    ],
)
def test_the_token_goes_to_no_other_host(world: World, url: str) -> None:
    with pytest.raises(ServiceError) as error:
        client_of(world).request("GET", url, SCOPES)
    assert (error.value.message, error.value.kind) == (OTHER_HOST, PARK)
    assert world.lms.seen == []


def test_hosted_canvas_serves_a_course_on_the_institutions_host(world: World) -> None:
    world.change(Platform, issuer="https://canvas.instructure.com")
    world.http.mount("https://school.instructure.com", world.lms)
    world.lms.fault("/api/lti", answer(200, "[]"))
    url = "https://school.instructure.com/api/lti/courses/1/line_items"
    assert client_of(world).request("GET", url, SCOPES).ok


def test_a_success_that_says_it_is_a_failure_is_one(world: World) -> None:
    """Moodle's status line is dropped by PHP when the reason holds a line break."""
    world.lms.fault("lineitems", answer(200, '{"status": 400, "reason": "No"}'))
    assert line_items(world) == 400


def test_the_next_page_keeps_its_case(world: World) -> None:
    link = f'<{world.lineitems_url}&bookmark=AbC>; rel="next", <{LMS}/first>; rel="first"'
    world.lms.fault("lineitems", answer(200, "[]", Link=link))
    found = client_of(world).request("GET", world.lineitems_url, SCOPES)
    assert found.next_url == f"{world.lineitems_url}&bookmark=AbC"


def test_a_line_item_can_be_replaced_and_deleted(world: World) -> None:
    client = client_of(world)
    body = '{"label":"Literacy","scoreMaximum":1}'
    as_line_item = {"accept": LINE_ITEM_TYPE, "content_type": LINE_ITEM_TYPE}
    made = client.request("POST", world.lineitems_url, SCOPES, body=body, **as_line_item)
    body = '{"label":"Fluency","scoreMaximum":1}'
    assert client.request("PUT", made.data["id"], SCOPES, body=body, **as_line_item).ok
    assert [column.label for column in world.columns()] == ["Fluency"]
    assert client.request("DELETE", made.data["id"], SCOPES).status == 204
    assert world.columns() == []


def test_the_librarys_service_classes_work_with_it(world: World) -> None:
    url = f"{LMS}/services/CourseSection/2/bindings/1/memberships"
    roster = NamesRolesProvisioningService(client_of(world), {"context_memberships_url": url})
    members = roster.get_members()
    assert len(members) == 27  # three pages of the practice LMS
    assert len(world.lms.calls("/token")) == 1
    accepts = {call.headers["Accept"] for call in world.lms.calls("memberships")}
    assert accepts == {MEMBERSHIP_CONTAINER_TYPE}


def test_a_refusal_reaches_the_librarys_caller_as_our_error(world: World) -> None:
    world.lms.fault("memberships", answer(403))
    url = f"{LMS}/services/CourseSection/2/bindings/1/memberships"
    roster = NamesRolesProvisioningService(client_of(world), {"context_memberships_url": url})
    with pytest.raises(ServiceError):
        roster.get_members()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (drop, WAIT),
        (silence, WAIT),
        (answer(500), WAIT),
        (answer(429, Retry_After="7"), WAIT),
        (answer(200, "<html>"), WAIT),
        (answer(200, '{"access_token": ""}'), WAIT),
        (answer(200, '{"access_token": "a\\nb"}'), WAIT),
        (answer(200, '{"access_token": ["a"]}'), WAIT),
        (answer(400, '{"error": "invalid_client"}'), PARK),
        (answer(401), PARK),
        (answer(302, Location="https://collector.example/"), PARK),
    ],
)
def test_what_a_token_endpoint_without_a_token_means(
    world: World, fault: object, kind: str
) -> None:
    world.lms.fault("/token", fault)
    with pytest.raises(ServiceError) as error:
        client_of(world).get_access_token(SCOPES)
    assert error.value.kind == kind
    with world.sessions() as session:
        assert session.scalars(select(AccessToken)).all() == []


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (400, "", PARK),
        (401, "", PARK),
        (403, "", PARK),
        (403, "403 Forbidden (Rate Limit Exceeded)", WAIT),
        (404, "", PARK),
        (408, "", WAIT),
        (429, "", WAIT),
        (500, "", RETRY),
        (503, "", WAIT),
    ],
)
def test_what_an_answer_means(world: World, status: int, text: str, kind: str) -> None:
    client = client_of(world)
    client.get_access_token(SCOPES)
    world.lms.fault("lineitems", answer(status, text), FOR_EVER)
    try:
        failure = failure_of(client.request("GET", world.lineitems_url, SCOPES))
    except ServiceError as error:
        failure = error
    assert failure.kind == kind


def test_a_platform_that_is_not_approved_gets_nothing(world: World) -> None:
    world.change(Platform, state="pending")
    with pytest.raises(ServiceError) as error:
        client_of(world)
    assert error.value.kind == PARK
    assert world.lms.seen == []
