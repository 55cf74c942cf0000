import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from lti_tool.practice_lms import PracticeLmsSettings, create_practice_lms
from lti_tool.practice_lms.people import PEOPLE
from lti_tool.practice_lms.settings import NotLoopback
from tests.lti_tool.practice_lms.tool_double import LMS, TOOL, ToolDouble

PAGES = [
    "/",
    "/course/2/gradebook",
    "/course/2/roster",
    "/course/2/add?as=3",
    "/admin/tools",
    "/course/2/activity/1?as=6",
]


def test_healthz_says_ok(app: Flask) -> None:
    response = app.test_client().get("/healthz")
    assert (response.status_code, response.text) == (200, "ok")


@pytest.mark.parametrize("path", PAGES)
def test_pages_stand_before_a_tool_is_registered(app: Flask, path: str) -> None:
    page = app.test_client().get(path)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1


@pytest.mark.parametrize("path", PAGES)
def test_only_the_tool_may_be_framed_and_nobody_frames_us(tool: ToolDouble, path: str) -> None:
    headers = tool.http.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert f"frame-src 'self' {TOOL};" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-inline" not in policy
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Cache-Control"] == "no-store"


def test_course_page_offers_everybody(tool: ToolDouble) -> None:
    page = tool.http.get("/").text
    for person in PEOPLE:
        assert f"/course/2/activity/1?as={person.user_id}" in page


def test_activity_frames_the_launch_and_says_who_you_are(tool: ToolDouble) -> None:
    page = tool.http.get("/course/2/activity/1?as=9").text
    assert "ليلى الحداد" in page
    assert 'src="/course/2/activity/1/launch?as=9"' in page
    assert 'title="Cohort home, from Tool double"' in page
    assert "Enter as somebody else" in page


@pytest.mark.parametrize(
    "path",
    [
        "/course/2/activity/1",
        "/course/2/activity/1?as=999",
        "/course/2/activity/99?as=6",
        "/course/3/activity/1?as=6",
        "/course/2/gradebook/1/6",
        "/course/2/gradebook/1/delete",
        "/admin/tools/9/delete",
        "/nowhere",
    ],
)
def test_unknown_things_are_a_404_page(tool: ToolDouble, path: str) -> None:
    page = tool.http.get(path)
    assert page.status_code == 404
    assert "Back to the course" in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": TOOL},
        {"Referer": f"{TOOL}/page"},
        {"Origin": "https://evil.example", "Referer": f"{LMS}/"},
    ],
)
def test_form_from_elsewhere_is_403(stranger: ToolDouble, headers: dict[str, str]) -> None:
    stranger.register()
    for path in (
        "/admin/tools",
        "/admin/tools/1/activate",
        "/admin/tools/1/delete",
        "/course/2/gradebook/1/6",
        "/course/2/gradebook/1/delete",
        "/course/2/roster/6",
    ):
        assert stranger.http.post(path, headers=headers).status_code == 403
    assert stranger.http.get("/admin/tools.json").get_json()[0]["state"] == "pending"


def test_form_with_our_referer_alone_is_taken(stranger: ToolDouble) -> None:
    stranger.register()
    answer = stranger.http.post("/admin/tools/1/activate", headers={"Referer": f"{LMS}/admin"})
    assert answer.status_code == 303


def test_other_host_name_is_sent_to_our_address(app: Flask) -> None:
    browser = app.test_client()
    answer = browser.get("/course/2/roster?x=1", base_url="http://localhost:8101")
    assert (answer.status_code, answer.location) == (307, f"{LMS}/course/2/roster?x=1")
    assert browser.post("/token", base_url="http://evil.example").status_code == 403


def test_state_does_not_change_by_get(tool: ToolDouble) -> None:
    assert tool.http.get("/admin/tools/1/activate").status_code == 405


def test_tools_words_are_escaped_on_return(app: Flask) -> None:
    page = app.test_client().get("/course/2/return?lti_errormsg=<script>x</script>").text
    assert "&lt;script&gt;" in page
    assert "<script>x" not in page


def test_gradebook_says_that_it_is_empty(tool: ToolDouble) -> None:
    assert "There are no columns yet" in tool.http.get("/course/2/gradebook").text


def test_gradebook_shows_value_maximum_comment_and_sender(service: ToolDouble) -> None:
    column = service.create_line_item(label="First <workflow>")["id"]
    service.post_score(column, comment="Shipped <b>")
    page = service.http.get("/course/2/gradebook").text
    assert "40 / 50" in page
    assert "Shipped &lt;b&gt;" in page
    assert "First &lt;workflow&gt;" in page
    assert "1 March 2027, 09:00:00 UTC, sent by the tool" in page


def test_state_survives_a_restart(service: ToolDouble, settings: PracticeLmsSettings) -> None:
    column = service.create_line_item()["id"]
    again = create_practice_lms(settings)
    service.http = again.test_client()
    assert service.post_score(column).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://0.0.0.0:8101",
        "http://practice.example:8101",
        "http://192.168.1.5:8101",
        "https://127.0.0.1:8101",
        "http://127.0.0.1.example.com:8101",
        "http://127.0.0.1:8101/lms",
        "http://127.0.0.1:8101/",
        "http://127.0.0.1@192.168.1.5:8101",
        "http://somebody@127.0.0.1:8101",
        "",
    ],
)
def test_address_that_is_not_loopback_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(NotLoopback, match="this machine only"):
        create_practice_lms(PracticeLmsSettings(url=url, database=tmp_path / "x.db"))
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize("url", ["http://localhost:8101", "http://127.0.0.1:1", "http://[::1]:80"])
def test_loopback_addresses_are_taken(url: str, tmp_path: Path) -> None:
    app = create_practice_lms(PracticeLmsSettings(url=url, database=tmp_path / "x.db"))
    assert app.test_client().get("/").status_code == 200


def test_it_imports_nothing_of_the_tool_and_needs_nothing_of_it() -> None:
    code = (
        "import sys, lti_tool.practice_lms, lti_tool.practice_lms.client\n"
        "loaded = [name for name in sys.modules if name.split('.')[0] in"
        " ('cohorts', 'xapi', 'lti_tool')]\n"
        "print([name for name in loaded if name != 'lti_tool'"
        " and not name.startswith('lti_tool.practice_lms')])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout.strip() == "[]"
