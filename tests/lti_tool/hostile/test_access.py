"""Who gets where: every route, tried by everybody who has no business there."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_tool.database import db
from lti_tool.launch.session import csrf_token
from tests.support.clock import Clock
from tests.support.cohort import Course, Member
from tests.support.everything import Ask, Everything, rows
from tests.support.platform import ON_ONE_DATABASE, TOOL_URL, FakePlatform, network_of, rsa_key

# Whoever adds a route says here whom it is for, and adds the right request to `Everything`.
PUBLIC = {"static", "help.page", "health.alive", "health.ready", "launch.login", "launch.launch",
          "launch.jwks", "registration.offer", "registration.register"}  # fmt: skip
EVERYBODY_LAUNCHED = {"home.page", "owner.open_cohort"}
LEARNERS = {"home.welcome", "task_map.page", "task_map.red_lines", "workflow.choose",
            "workflow.create", "workflow.edit", "workflow.page", "workflow.submit",
            "workflow.ship", "workflow.publish_standard", "workflow.publish_prompt",
            "workflow.retire", "runs.page", "check_in.page", "check_in.answer"}  # fmt: skip
COACHES = {"coach.queue", "coach.roster", "coach.learner", "coach.verify", "coach.proposals",
           "reviews.workflow", "reviews.review", "reviews.waive", "reviews.task_map",
           "milestones.check", "milestones.confirm", "milestones.not_yet"}  # fmt: skip
OWNERS = {"owner.overview", "owner.people", "owner.champion", "deliveries.page",
          "deliveries.retry", "deliveries.retry_failed", "deliveries.resume"}  # fmt: skip
KINDS = (PUBLIC, EVERYBODY_LAUNCHED, LEARNERS, COACHES, OWNERS)


def send(app: Flask, member: Member, ask: Ask) -> TestResponse:
    """This request, by this person, with their own form token."""
    address = ask.address(app)
    return member.get(address) if ask.fields is None else member.post(address, **ask.fields)


def changes(world: Everything) -> Iterator[Ask]:
    """The requests that store something."""
    return (ask for ask in world.asks if ask.fields is not None)


def test_every_route_is_classified_and_tried(app: Flask, world: Everything) -> None:
    rules = list(app.url_map.iter_rules())
    assert {rule.endpoint for rule in rules} == set.union(*KINDS)
    assert sum(map(len, KINDS)) == len(set.union(*KINDS))
    tried = {(ask.endpoint, "GET" if ask.fields is None else "POST") for ask in world.asks}
    for rule in rules:
        if rule.endpoint not in PUBLIC | {"owner.open_cohort"}:
            for method in (rule.methods or set()) & {"GET", "POST"}:
                assert (rule.endpoint, method) in tried, f"Add {rule.endpoint} to Everything."


def test_who_may_gets_through(app: Flask, world: Everything) -> None:
    for ask in world.asks:
        answer = send(app, world.member(ask.who), ask)
        assert answer.status_code == (200 if ask.fields is None else 303), (ask, answer.text)


def test_without_a_session_there_is_nothing(
    app: Flask, world: Everything, client: FlaskClient
) -> None:
    before = rows(world.course)
    for ask in [*world.asks, Ask("owner", "owner.open_cohort"),
                Ask("owner", "owner.open_cohort", {}, {"name": "Mine"})]:  # fmt: skip
        address, method = ask.address(app), "GET" if ask.fields is None else "POST"
        answer = client.open(address, method=method, data=ask.fields, base_url=TOOL_URL)
        assert answer.status_code == 401, ask
        assert "Ada" not in answer.text and "open the activity again" in answer.text
    assert rows(world.course) == before


def test_s10_another_role_in_the_same_cohort_is_refused(app: Flask, world: Everything) -> None:
    before = rows(world.course)
    others = {
        "learner": (world.coach, world.owner),
        "coach": (world.learner, world.peer),
        "owner": (world.learner, world.peer, world.coach),
    }
    for ask in world.asks:
        for other in others[ask.who] if ask.endpoint != "home.page" else ():
            assert send(app, other, ask).status_code == 403, (other.name, ask)
    assert rows(world.course) == before


def test_s07_another_learner_of_the_cohort_finds_nothing(app: Flask, world: Everything) -> None:
    before = rows(world.course)
    for ask in world.asks:
        if ask.who == "learner" and ask.names_an_object:
            answer = send(app, world.peer, ask)
            assert (answer.status_code, "Ada" in answer.text) == (404, False), ask
    peers_week = Ask("peer", "check_in.answer", {}, {f"w2-{world.shipped}-answer": "used"})
    assert send(app, world.peer, peers_week).status_code == 422
    assert rows(world.course) == before


@pytest.fixture(params=["another course", "another platform"])
def elsewhere(request: pytest.FixtureRequest, app: Flask, course: Course, clock: Clock) -> Course:
    """A course that shares the tool with ours and nothing else."""
    if request.param == "another course":
        return Course(app, course.platform, clock, context_id="other")
    far = FakePlatform(
        network_of(app), "https://far.example", "client-far", {"far": rsa_key("far")}
    )
    with app.app_context():
        far.store(db.session())
    return Course(app, far, clock, context_id="far")


def test_s05_s06_s09_people_from_elsewhere_find_nothing(
    app: Flask, world: Everything, elsewhere: Course
) -> None:
    strangers = {
        "owner": elsewhere.open("Ola Other"),
        "coach": elsewhere.coach("Cam Other"),
        "learner": elsewhere.learner("Liv Other"),
    }
    before = rows(world.course)
    for ask in world.asks:
        answer = None
        if ask.names_an_object:
            answer = send(app, strangers[ask.who], ask)
            assert answer.status_code == 404, ask
        elif ask.fields is None:
            answer = send(app, strangers[ask.who], ask)
            assert answer.status_code in (200, 303), ask
        for name in ("Ada", "Lovett", "Cyd", "Lin Coach", "Cohort of course 2"):
            assert answer is None or name not in answer.text, ask
    assert rows(world.course) == before


def test_s12_a_form_without_its_own_token_stores_nothing(app: Flask, world: Everything) -> None:
    before = rows(world.course)
    with world.peer.client:
        world.peer.get("/help")
        foreign = csrf_token()
    evil = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
    for ask in changes(world):
        browser = world.member(ask.who).client
        for extra, headers in (
            ({}, {}),
            ({}, evil),
            ({"csrf_token": ""}, {}),
            ({"csrf_token": foreign}, evil),
            ({}, {"X-CSRF-Token": foreign}),
        ):
            data = {**(ask.fields or {}), **extra}
            answer = browser.post(ask.address(app), data=data, headers=headers, base_url=TOOL_URL)
            assert answer.status_code == 403, (ask, extra, headers)
    assert rows(world.course) == before


def test_s13_nothing_is_changed_by_another_method(app: Flask, world: Everything) -> None:
    before = rows(world.course)
    for ask in changes(world):
        member, address = world.member(ask.who), ask.address(app)
        with member.client:
            member.get("/help")
            token = csrf_token()
        query = {**(ask.fields or {}), "csrf_token": token, "_method": "POST"}
        for method in ("GET", "HEAD"):
            answer = member.client.open(
                address, method=method, query_string=query, base_url=TOOL_URL
            )
            also_a_page = Ask(ask.who, ask.endpoint, ask.arguments) in world.asks
            of_another = ask.endpoint in ("milestones.confirm", "check_in.answer", "workflow.edit")
            assert answer.status_code == (200 if also_a_page or of_another else 405), ask
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"):
            headers = {"X-CSRF-Token": token, "X-HTTP-Method-Override": "POST"}
            answer = member.client.open(
                address, method=method, data=ask.fields, headers=headers, base_url=TOOL_URL
            )
            assert answer.status_code == (200 if method == "OPTIONS" else 405), (method, ask)
    assert rows(world.course) == before


@ON_ONE_DATABASE
def test_an_address_that_nobody_gave_is_no_page(course: Course) -> None:
    owner = course.open()
    for path in (
        "/workflows/" + "0" * 36,
        "/coach/workflows/00000000-0000-0000-0000-000000000000",
        "/coach/milestones/00000000-0000-0000-0000-000000000000/literacy",
        "/workflows/not-a-uuid/edit",
        "/check-in/../owner",
        "/static/../wsgi.py",
        "/static/%2e%2e/%2e%2e/wsgi.py",
    ):
        answer = owner.client.get(path, base_url=TOOL_URL, follow_redirects=True)
        assert answer.status_code == 404, path
        assert "There is nothing here" in answer.text
    learner = course.learner()
    for template in ("%00", "%ED%A0%80", "..%2f..%2fetc%2fpasswd", "x" * 5000, "%F0%9F%98%80"):
        assert learner.get(f"/workflows/new/{template}").status_code == 404, template
    for number in ("0", "9" * 18, "9" * 19, "9" * 5000, "-1", "1.5", "²", "١"):
        assert owner.post(f"/owner/deliveries/{number}/retry").status_code == 404, number
