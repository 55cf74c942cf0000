"""Every form of every page, filled in by somebody who means harm or has leaned on the keyboard."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from cohorts.models import TimedRun, WeeklyAnswer, Workflow
from lti_tool.launch.session import csrf_token
from tests.support.cohort import Course, Member
from tests.support.everything import Ask, Everything, rows
from tests.support.platform import INSTRUCTOR, ON_ONE_DATABASE, TOOL_URL

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{7777*7777}} ${7777*7777}"
VALUES = [
    "",
    " \t\r\n ",
    SCRIPT,
    "javascript:alert(1)",
    "\0",
    "a\0b",
    "\u202e\u200f\u2066",
    "x" * 20_000,
    "-1",
    "9" * 5000,
    "nan",
    "\u00b2",
    "9999-12-31",
    "0001-01-01",
]
# What no form of Werkzeug's test client sends, written as it would come over the wire.
WIRE = ["%ED%A0%80", "%FF%FE", "%C0%80", "%", "%zz", "%00%00", "+" * 2000]


@dataclass
class Form:
    """A form of a page: whose it is, where it goes, every name in it with what it holds."""

    who: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, who: str, address: str) -> None:
        super().__init__()
        self.who, self.address = who, address
        self.forms: list[Form] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = values.get("method", "").lower() == "post"
            if self.open:
                self.forms.append(Form(self.who, values.get("action") or self.address))
        elif self.open and (name := values.get("name")):
            chosen = values.get("type") not in ("radio", "checkbox") or "checked" in values
            if chosen or name not in self.forms[-1].fields:
                self.forms[-1].fields[name] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = False


def forms_of(app: Flask, world: Everything) -> list[Form]:
    """Every form that somebody of the cohort finds on a page, one of each kind, with what is right
    to send there where the world knows it."""
    pages = [ask for ask in world.asks if ask.fields is None]
    pages += [
        Ask("learner", "workflow.page", {"workflow_id": each})
        for each in (world.approved, world.shipped)
    ]
    pages.append(Ask("peer", "task_map.red_lines"))
    right = {ask.address(app): ask.fields for ask in world.asks if ask.fields is not None}
    found: dict[str, Form] = {}
    for ask in pages:
        address = ask.address(app)
        reader = _Reader(ask.who, address)
        reader.feed(world.member(ask.who).get(address).text)
        for form in reader.forms:
            form.fields |= right.get(form.action, {})
            form.fields.pop("csrf_token", None)
            kind = re.sub(r"[0-9a-f-]{36}|\d+", "", form.action)
            if kind not in found or form.action in right:
                found[kind] = form
    return list(found.values())


def token_of(member: Member) -> str:
    with member.client:
        member.get("/help")
        return csrf_token()


def check(answer: Any, what: Any) -> None:
    """An answer without a fault of ours in which nothing that was sent is alive."""
    assert answer.status_code in (200, 303, 400, 403, 404, 409, 413, 415, 422), (what, answer.text)
    for alive in ("<script>alert", "<img src=x", "60481729", 'href="javascript', "Traceback"):
        assert alive not in answer.text, (what, alive)


def post(member: Member, action: str, data: Any, **more: Any) -> Any:
    return member.client.post(action, data=data, base_url=TOOL_URL, **more)


def test_every_form_is_tried(app: Flask, world: Everything) -> None:
    kinds = {re.sub(r"[0-9a-f-]{36}|\d+", "*", form.action) for form in forms_of(app, world)}
    addresses = {
        re.sub(r"[0-9a-f-]{36}|\d+", "*", ask.address(app))
        for ask in world.asks
        if ask.fields is not None
    }
    # Milestones have two forms a page; a retry is offered for what waits or failed.
    assert addresses - kinds <= {"/owner/deliveries/*/retry", "/owner/deliveries/resume",
                                 "/owner/deliveries/retry"}  # fmt: skip


def test_whatever_a_form_holds(app: Flask, world: Everything) -> None:
    for form in forms_of(app, world):
        member = world.member(form.who)
        token = token_of(member)
        for value in VALUES:
            filled = {**dict.fromkeys(form.fields, value), "csrf_token": token}
            check(post(member, form.action, filled), (form.action, value[:20]))
    for ask in world.asks:
        if ask.fields is None:
            check(world.member(ask.who).get(ask.address(app)), ask)


@ON_ONE_DATABASE
def test_refused_is_not_half_stored(app: Flask, world: Everything) -> None:
    for form in forms_of(app, world):
        member = world.member(form.who)
        before = rows(world.course)
        for value in (SCRIPT, "9" * 5000, "x" * 20_000):
            filled = {**dict.fromkeys(form.fields, value), "csrf_token": token_of(member)}
            answer = post(member, form.action, filled)
            if answer.status_code == 303:
                before = rows(world.course)
            assert rows(world.course) == before, (form.action, value[:20])


def test_bytes_that_no_browser_sends(app: Flask, world: Everything) -> None:
    for form in forms_of(app, world):
        member = world.member(form.who)
        token = token_of(member)
        for raw in WIRE:
            parts = [f"csrf_token={token}", *(f"{name}={raw}" for name in form.fields)]
            answer = post(
                member, form.action, "&".join(parts),
                content_type="application/x-www-form-urlencoded",
            )  # fmt: skip
            check(answer, (form.action, raw[:10]))


@pytest.mark.parametrize(
    "names",
    [
        [f"{part}-{number}-text" for part in ("steps", "red_lines") for number in range(1000)],
        [f"entries-{number}-task" for number in range(1000)],
        ["steps-\u00b2-text", "red_lines-\u00b2-kept", "entries-\u00b2-task", "stepsX\u00b2"],
        ["steps-\u0663-text", "entries-\u0663-task"],
        [f"{part}-{'9' * 5000}-text" for part in ("steps", "red_lines", "entries")],
        [f"{part}-{'9' * 50}-text" for part in ("steps", "red_lines", "entries")],
        ["steps", "steps-", "steps--", "steps-0", "steps-0-", "steps-0-0-0", "entries-0"],
        ["x" * 100_000, "", "\0", "w2-", "w-1-answer", "__class__", "data", "errors", "meta"],
    ],
    ids=["steps", "rows", "square", "arabic", "long", "large", "odd", "other"],
)
@ON_ONE_DATABASE
def test_names_that_no_form_has(course: Course, names: list[str]) -> None:
    course.open()
    ada = course.learner("Ada")
    brief, token = course.draft(ada.id), token_of(ada)
    for address in ("/workflows/new/own-task", f"/workflows/{brief}/edit", "/task-map", "/check-in",
                    f"/workflows/{brief}/runs"):  # fmt: skip
        for action in ("save", "add-ai"):
            data = {**dict.fromkeys(names, "1"), "csrf_token": token, "action": action}
            check(post(ada, address, data), (address, names[0][:20], action))


@ON_ONE_DATABASE
def test_a_button_that_no_page_has(course: Course) -> None:
    course.open()
    ada = course.learner("Ada")
    token = token_of(ada)
    odd = ["up-\u00b2", "up-" + "9" * 5000, "down--1", "remove-99", "add-", "add-gate-0", "-"]
    for address in ("/workflows/new/campaign-brief", f"/workflows/{course.draft(ada.id)}/edit"):
        for action in (*odd, "x" * 9000, SCRIPT, "up-\u0663"):
            data = {"csrf_token": token, "title": "T", "steps-0-text": "One", "action": action}
            answer = post(ada, address, data)
            check(answer, action[:20])
            assert answer.status_code == 200 and 'value="One"' in answer.text, action[:20]


@ON_ONE_DATABASE
def test_every_field_twice(app: Flask, world: Everything) -> None:
    for form in forms_of(app, world):
        member = world.member(form.who)
        twice = [(name, value) for name in form.fields for value in (form.fields[name], SCRIPT)]
        data = urlencode([("csrf_token", token_of(member)), *twice])
        kind = "application/x-www-form-urlencoded"
        check(post(member, form.action, data, content_type=kind), form.action)


@ON_ONE_DATABASE
def test_another_kind_of_content(app: Flask, world: Everything) -> None:
    """JSON and plain text are no form, files no text, and 1 MB is the most that is read."""
    for form in forms_of(app, world):
        member = world.member(form.who)
        token = token_of(member)
        before = rows(world.course)
        fields = {**form.fields, "csrf_token": token}
        for kind in ("application/json", "text/plain", "multipart/form-data", "x" * 300):
            answer = post(member, form.action, b'{"csrf_token": 1}', content_type=kind)
            assert answer.status_code in (400, 403), (form.action, kind)
        for much in (b"csrf_token=" + b"x" * 1_000_001, urlencode(fields).encode() + b"&" * 10**6):
            kind = "application/x-www-form-urlencoded"
            answer = post(member, form.action, much, content_type=kind)
            assert answer.status_code == 413, form.action
            assert "This is too large" in answer.text
        assert rows(world.course) == before
        files = {name: (BytesIO(b"\x89PNG<script>"), "../../x.png") for name in form.fields}
        answer = post(member, form.action, {**files, "csrf_token": token},
                      content_type="multipart/form-data")  # fmt: skip
        check(answer, form.action)


def test_an_empty_body_with_the_token_in_a_header(app: Flask, world: Everything) -> None:
    for form in forms_of(app, world):
        member = world.member(form.who)
        headers = {"X-CSRF-Token": token_of(member)}
        check(post(member, form.action, b"", headers=headers), form.action)


@pytest.fixture
def shipper(course: Course) -> tuple[Member, Member, UUID]:
    """An owner, a learner, and a workflow that the learner is asked about in week 2."""
    owner = course.open()
    ada = course.learner("Ada")
    shipped = course.shipped(ada.id, owner)
    course.clock.advance(days=11)
    return owner, ada, shipped


Shipper = tuple[Member, Member, UUID]


@ON_ONE_DATABASE
def test_figures_that_are_none(course: Course, shipper: Shipper) -> None:
    _, ada, shipped = shipper
    draft, name = course.draft(ada.id), f"w2-{shipped}"
    for value in ("1e400", "-inf", "nan", "0", "481", "\u0663\u0664e9", "1_0_0"):
        used = {f"{name}-answer": "used", f"{name}-minutes": value, f"{name}-times": value}
        check(ada.post("/check-in", **used), value)
        run = {"minutes": value, "size": "M", "method": "stopwatch", "timed_on": "2026-01-12"}
        check(ada.post(f"/workflows/{draft}/runs", **run), value)
    with course.change() as session:
        stored = [
            *session.scalars(select(TimedRun.minutes)),
            *session.scalars(select(WeeklyAnswer.minutes)),
        ]
    assert all(0 < minutes <= 480 for minutes in stored if minutes is not None)


NO_ADDRESSES = [
    *("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example"),
    *("https://", "http://[", "http://[::1", "https:///path", "https:evil", "HTTPS//x.example"),
    *("https://a b", "https://a\nb/", "https://a:99999/", "https://user:word@host.example/"),
    *("https://x.example/" + "y" * 10_000, "\u202ehttps://x.example", "https://\u202e/"),
    "\\\\evil\\share",
]


@ON_ONE_DATABASE
def test_s14_a_link_that_is_no_web_address(course: Course, shipper: Shipper) -> None:
    _, ada, shipped = shipper
    name = f"w2-{shipped}"
    for link in NO_ADDRESSES:
        answer = ada.post("/check-in", **{f"{name}-answer": "used", f"{name}-link": link})
        assert answer.status_code == 422, link
        assert f'href="#{name}-link"' in answer.text, link
    with course.change() as session:
        assert session.scalars(select(WeeklyAnswer)).all() == []


@ON_ONE_DATABASE
def test_links_lead_out_without_a_trace(shipper: Shipper) -> None:
    owner, ada, shipped = shipper
    name = f"w2-{shipped}"
    for link in ("https://x.example/ä?q=1#a", "http://10.0.0.1:8080/a", "HTTPS://x.example"):
        fields = {f"{name}-answer": "used", f"{name}-link": link}
        assert ada.post("/check-in", **fields).status_code == 303
        page = owner.get(f"/coach/learners/{ada.id}").text
        [anchor] = re.findall(r"<a [^>]*target=[^>]*>", page)
        assert f'href="{link}"' in anchor
        assert 'rel="noopener noreferrer nofollow"' in anchor


@ON_ONE_DATABASE
def test_where_a_workflow_lives_is_text(course: Course, shipper: Shipper) -> None:
    owner, ada, shipped = shipper
    for place in ("javascript:alert(1)", "data:text/html,<b>x", SCRIPT):
        with course.change() as session:
            session.get_one(Workflow, shipped).place = place
        pages = (f"/coach/learners/{ada.id}", f"/coach/workflows/{shipped}")
        for page in (ada.get(f"/workflows/{shipped}"), *map(owner.get, pages)):
            check(page, place)
            assert 'href="data:' not in page.text


@ON_ONE_DATABASE
def test_a_run_is_not_lost_to_the_key_of_another(course: Course) -> None:
    """A key makes one run of two clicks on one page; elsewhere it is another run."""
    course.open()
    ada, ben = course.learner("Ada"), course.learner("Ben")
    run = {"minutes": 85, "size": "M", "method": "stopwatch", "timed_on": "2026-01-12", "key": "k"}
    for member in (ada, ben):
        brief = course.draft(member.id)
        for _ in range(2):
            assert member.post(f"/workflows/{brief}/runs", **run).status_code == 303
    with course.change() as session:
        assert len(session.scalars(select(TimedRun)).all()) == 2


@ON_ONE_DATABASE
def test_s15_text_without_a_letter_is_none(course: Course) -> None:
    blank = (" ", "\u202e\u200f\u2066", "\u200b\u2060\ufeff", "\0", "\u3000")
    teacher = course.visitor("Tea Teacher", INSTRUCTOR)
    opened = {"program": "marketing", "starts_on": "2026-01-19", "time_zone": "Europe/Berlin"}
    for name in blank:
        assert teacher.post("/cohort/new", name=name, **opened).status_code == 422, ascii(name)
    course.open("Tea Teacher")
    ada = course.learner("Ada")
    for title in blank:
        canvas = {"title": title, "unit": "one", "cadence": "weekly", "action": "save"}
        answer = ada.post("/workflows/new/own-task", **canvas)
        assert answer.status_code == 422, ascii(title)
