"""Launches that get in: what they need, what they store, where they land."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cohorts import programs
from cohorts.enrolment import open_cohort
from cohorts.models import Cohort, Enrolment, Person
from lti_tool.database import db
from lti_tool.models import (
    Context,
    Deployment,
    LaunchSession,
    LtiUser,
    Membership,
    Platform,
    ResourceLink,
)
from tests.lti_tool.launch.refused import stored
from tests.support.platform import (
    ABSENT,
    INSTITUTION_ADMINISTRATOR,
    INSTRUCTOR,
    LEARNER,
    TOOL_URL,
    FakePlatform,
    FromNow,
    rsa_key,
)

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"aud": ["client-1"]},
        {"aud": ["client-1", "other"], "azp": "client-1"},
        {"azp": "client-1"},
        {"name": ABSENT},
        {"roles": []},
        {"sub": 5},
        {"iat": FromNow(5)},  # L-02: the platform's clock is ahead
        {"iat": FromNow(20), "exp": FromNow(-20)},
        {AGS: ABSENT, NRPS: ABSENT, "launch_presentation": ABSENT},
        {"target_link_uri": ABSENT},
    ],
    ids=str,
)
def test_l01_good_launch(
    app: Flask, client: FlaskClient, platform: FakePlatform, method: str, claims: dict[str, Any]
) -> None:
    answer = platform.launch(client, claims, begun=platform.login(client, method))
    assert (answer.status_code, answer.location) == (303, "/")
    assert stored(app) == [1, 1, 1, 1, 1]


def test_l01_one_person_however_often(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    for claims in ({}, {"sub": 5}, {"resource_link": {"id": "6"}}):
        assert platform.launch(client, claims).status_code == 303
    assert stored(app) == [1, 1, 1, 1, 3]


def test_login_sends_the_browser_to_the_platform_with_what_it_demands(
    client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client)
    assert (begun.response.status_code, begun.address) == (302, "https://lms.example/auth")
    assert begun.parameters == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "client-1",
        "redirect_uri": f"{TOOL_URL}/lti/launch",
        "login_hint": "5",
        "lti_message_hint": '{"cmid":5,"launchid":"x y&z"}',
        "state": begun.state,
        "nonce": begun.nonce,
    }


def test_authorization_endpoint_with_a_query_of_its_own(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    with app.app_context():
        row = db.session.scalars(select(Platform)).one()
        row.authorization_endpoint = "https://lms.example/auth?tenant=7"
        db.session.commit()
    begun = platform.login(client)
    assert (begun.address, begun.parameters["tenant"]) == ("https://lms.example/auth", "7")
    assert begun.response.location.count("?") == 1


def test_issuer_with_one_client_needs_none_named(
    client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client, client_id=ABSENT)
    assert platform.launch(client, begun=begun).status_code == 303


def test_cookies_are_kept_in_a_frame_and_by_this_host_only(
    client: FlaskClient, platform: FakePlatform
) -> None:
    begun = platform.login(client)
    answer = platform.launch(client, begun=begun)
    for name, response in (("__Host-login", begun.response), ("__Host-launch", answer)):
        [cookie] = response.headers.getlist("Set-Cookie")
        assert cookie.startswith(f"{name}=")
        parts = set(cookie.split("; ")[1:])
        assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"} <= parts
        assert not any(part.startswith("Domain") for part in parts)


def test_several_logins_of_one_browser_at_once(client: FlaskClient, platform: FakePlatform) -> None:
    begun = [platform.login(client) for _ in range(3)]
    assert [platform.launch(client, begun=each).status_code for each in reversed(begun)] == [
        303
    ] * 3


def test_what_a_launch_stores(app: Flask, client: FlaskClient, platform: FakePlatform) -> None:
    item = {"lineitem": "https://lms.example/2/lineitems/9/lineitem?type_id=3"}
    scopes = ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]
    grades = {"lineitems": "https://lms.example/2/lineitems?type_id=3", "scope": scopes, **item}
    platform.launch(client, {AGS: grades})
    with app.app_context():
        context = db.session.scalars(select(Context)).one()
        link = db.session.scalars(select(ResourceLink)).one()
        user = db.session.scalars(select(LtiUser)).one()
        session = db.session.scalars(select(LaunchSession)).one()
        assert db.session.scalars(select(Deployment.deployment_id)).one() == "3"
        assert (context.context_id, context.title, context.label) == (
            "2",
            "Cohort Course",
            "COHORT",
        )
        assert (context.lineitems_url, context.ags_scopes) == (grades["lineitems"], scopes)
        assert context.memberships_url == "https://lms.example/2/memberships"
        assert (link.resource_link_id, link.title) == ("5", "Workflows")
        assert link.lineitem_url == item["lineitem"]
        assert (user.sub, user.person.display_name) == ("5", "Ada Lindqvist")
        assert (session.role, session.locale) == ("learner", "en")
        assert session.return_url == "https://lms.example/mod/lti/return.php?course=2"


def test_a_later_launch_brings_names_and_services_up_to_date(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    platform.launch(client)
    platform.launch(client, {"name": "Ada Holm", AGS: ABSENT, "context": {"id": "2", "title": "N"}})
    platform.launch(client, {"name": ABSENT, AGS: ABSENT, "context": {"id": "2"}})
    with app.app_context():
        context = db.session.scalars(select(Context)).one()
        assert (context.title, context.label) == ("N", "COHORT")
        assert (context.lineitems_url, context.ags_scopes) == (None, [])
        assert db.session.scalars(select(Person.display_name)).one() == "Ada Holm"


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": ABSENT, "given_name": "Ada", "family_name": "Holm"}, "Ada Holm"),
        ({"name": ABSENT, "given_name": "Ada"}, "Ada"),
        ({"name": "  \u202eAda\n Holm "}, "\u202eAda Holm"),
        ({"name": "A\x00d\ud800a"}, "A d a"),
        ({"name": "x" * 1000}, "x" * 255),
        ({"name": "<script>alert(1)</script>{{7777*7777}}"}, None),
        ({"name": "=cmd|' /C calc'!A0"}, None),
        ({"name": "🦉"}, None),
    ],
    ids=repr,
)
def test_l30_l31_names_as_they_come(
    app: Flask,
    client: FlaskClient,
    platform: FakePlatform,
    claims: dict[str, Any],
    name: str | None,
) -> None:
    title = {"id": "2", "title": "t\x00" + "T" * 100_000, "label": 7}
    assert platform.launch(client, {**claims, "context": title}).status_code == 303
    with app.app_context():
        stored_name = db.session.scalars(select(Person.display_name)).one()
        context = db.session.scalars(select(Context)).one()
    assert stored_name == (name if name is not None else claims["name"])
    assert (len(context.title), context.label) == (500, "7")


@pytest.mark.parametrize(("role", "word"), [(LEARNER, "Learner"), (INSTRUCTOR, "Member")])
def test_person_without_a_name_gets_one(
    app: Flask, client: FlaskClient, platform: FakePlatform, role: str, word: str
) -> None:
    platform.launch(client, {"name": ABSENT, "roles": [role]})
    with app.app_context():
        person = db.session.scalars(select(Person)).one()
    assert person.display_name == f"{word} {person.id.hex[:3].upper()}"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "javascript:alert(1)",
        "https://tool.example/lti/launch",
        "https://tool.example//evil.example",
        "https://tool.example\\@evil.example/",
        "https://tool.example@evil.example/",
    ],
)
def test_l32_target_link_uri_lands_at_home(
    client: FlaskClient, platform: FakePlatform, target: str
) -> None:
    answer = platform.launch(client, {"target_link_uri": target})
    assert (answer.status_code, answer.location) == (303, "/")


def test_l32_return_url_of_another_kind_is_not_kept(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    platform.launch(client, {"launch_presentation": {"return_url": "javascript:alert(1)"}})
    with app.app_context():
        assert db.session.scalars(select(LaunchSession.return_url)).one() is None


def test_same_ids_at_two_platforms_are_two_people_in_two_courses(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    other = FakePlatform(
        platform.network, issuer="https://other.example", keys={"key-1": rsa_key("other")}
    )
    with app.app_context():
        other.store(db.session())
    assert platform.launch(client).status_code == 303
    assert other.launch(client).status_code == 303
    assert stored(app) == [2, 2, 2, 2, 2]


def test_an_unknown_deployment_of_an_approved_platform_is_taken_in(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    for deployment_id in ("3", "4"):
        assert platform.launch(client, {"deployment_id": deployment_id}).status_code == 303
    assert stored(app) == [1, 1, 2, 2, 2]


def test_parallel_first_launches_of_a_new_course(app: Flask, platform: FakePlatform) -> None:
    def launch(number: int) -> int:
        browser = app.test_client()
        return platform.launch(browser, {"sub": f"user-{number // 2}"}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(launch, range(16))) == [303] * 16
    assert stored(app) == [8, 8, 1, 1, 16]


@pytest.mark.parametrize(
    ("roles", "role", "enrolled_as"),
    [
        ([LEARNER], "learner", "learner"),
        ([INSTRUCTOR], "instructor", "coach"),
        ([INSTRUCTOR, INSTITUTION_ADMINISTRATOR], "administrator", "owner"),
        ([INSTITUTION_ADMINISTRATOR], "observer", None),
        ([], "observer", None),
    ],
)
def test_a_launch_enrols_where_the_course_has_a_cohort(
    app: Flask,
    client: FlaskClient,
    platform: FakePlatform,
    cohort: Cohort,
    roles: list[str],
    role: str,
    enrolled_as: str | None,
) -> None:
    platform.launch(client, {"sub": "9", "roles": roles})
    with app.app_context():
        member = select(Membership.role).join(LtiUser).where(LtiUser.sub == "9")
        assert db.session.scalars(member).one() == role
        enrolment = select(Enrolment.role).join(LtiUser, LtiUser.person_id == Enrolment.person_id)
        assert db.session.scalars(enrolment).one_or_none() == enrolled_as


def test_a_returning_learner_is_enrolled_once(
    app: Flask, client: FlaskClient, platform: FakePlatform, cohort: Cohort
) -> None:
    for _ in range(3):
        platform.launch(client, {"sub": "9"})
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 1


@pytest.fixture
def cohort(app: Flask, client: FlaskClient, platform: FakePlatform) -> Cohort:
    """A cohort in the course that launches come from."""
    platform.launch(client, {"roles": [INSTRUCTOR]})
    with app.app_context():
        context = db.session.scalars(select(Context)).one()
        context.cohort = open_cohort(
            db.session(),
            document=programs.shipped()["sales"],
            name="Spring",
            starts_on=date(2026, 1, 5),
            time_zone="Europe/Berlin",
            home_page=TOOL_URL,
            now=datetime.now(UTC),
        )
        db.session.commit()
        return context.cohort
