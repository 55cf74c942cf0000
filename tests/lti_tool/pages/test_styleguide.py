"""The visual language: readable in light and dark, sound HTML, forms that say what is missing."""

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from playwright.sync_api import Page, sync_playwright
from werkzeug.datastructures import MultiDict
from werkzeug.serving import make_server
from wtforms import FieldList, Form, FormField, HiddenField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from lti_tool.pages import styleguide

SHEET = Path(styleguide.__file__).parents[1] / "static" / "style.css"


@pytest.fixture
def guide(app: Flask) -> Flask:
    """The application as it is in development."""
    if "styleguide" not in app.blueprints:
        app.register_blueprint(styleguide.bp)
    return app


@pytest.fixture
def part(guide: Flask) -> Iterator[Any]:
    """Macros by the name of their file: part("states").status_tag("live")."""
    with guide.test_request_context():
        yield lambda name: guide.jinja_env.get_template(f"_parts/{name}.html").module


class Tags(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.all if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [str(attrs[attribute]) for _, attrs in self.all if attribute in attrs]


def words(html: Any) -> str:
    """What a person reads of a piece of HTML."""
    return " ".join(re.sub(r"<[^>]+>", " ", str(html)).split())


# ---------- the sheet ----------


def tokens(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{([^}]*--ink[^}]*)\}", SHEET.read_text(encoding="utf-8"))
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    return found | dict(
        re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark if scheme == "dark" else "")
    )


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


KINDS = ("success", "warning", "danger")
PLAIN = [(ink, ground) for ink in ("ink", "muted", "accent") for ground in ("surface", "raised")]
TEXT_PAIRS = [
    *PLAIN,
    ("surface", "accent"),
    ("surface", "danger-text"),
    *((f"{kind}-text", ground) for kind in KINDS for ground in ("surface", "raised")),
    *((ink, f"{kind}-surface") for kind in KINDS for ink in (f"{kind}-text", "ink", "muted")),
]
EDGE_PAIRS = [
    (f"{kind}-border", ground)
    for kind in KINDS
    for ground in ("surface", "raised", f"{kind}-surface")
] + [(edge, f"{kind}-surface") for kind in KINDS for edge in ("muted", "accent")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("least", "pair"),
    [*((4.5, pair) for pair in TEXT_PAIRS), *((3.0, pair) for pair in EDGE_PAIRS)],
)
def test_colours_that_meet_are_far_enough_apart(
    scheme: str, least: float, pair: tuple[str, str]
) -> None:
    colours = tokens(scheme)
    ratio = contrast(colours[pair[0]], colours[pair[1]])
    assert ratio >= least, f"{scheme}: {pair[0]} on {pair[1]} is {ratio:.2f}:1"


def test_rules_take_their_colours_from_the_tokens() -> None:
    rules = SHEET.read_text(encoding="utf-8").split("/* ---------- 2 Ground")[1]
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", rules)) == {"#ffffff"}  # paper, when printed


# ---------- the pages ----------


def refusal(**more: Any) -> str:
    message = {
        "title": "There is nothing here",
        "what_happened": "This page does not exist.",
        "what_is_safe": "Nothing you saved is lost.",
        "what_to_do": "Open the activity again.",
        "code": "P-404",
        "reference": "7F3A91C2",
    }
    return render_template("errors/refusal.html", **(message | more))


@pytest.fixture(params=["styleguide", "refusal"])
def page(request: pytest.FixtureRequest, guide: Flask) -> Tags:
    if request.param == "styleguide":
        answer = guide.test_client().get("/styleguide")
        assert answer.status_code == 200
        return Tags(answer.text)
    with guide.test_request_context():
        return Tags(refusal())


def test_a_page_has_one_heading_of_the_first_level_and_its_landmarks(page: Tags) -> None:
    assert [len(page.named(tag)) for tag in ("h1", "header", "main")] == [1, 1, 1]
    assert page.named("html")[0]["lang"] == "en"
    assert page.named("meta")[1]["content"] == "width=device-width, initial-scale=1"


def test_a_page_keeps_to_the_content_security_policy(page: Tags) -> None:
    assert not page.named("style")
    assert not [name for _, attrs in page.all for name in attrs if re.match(r"style$|on", name)]
    assert page.values("src") == ["/static/app.js"]
    assert {link["href"] for link in page.named("link")} == {
        "/static/icon.svg",
        "/static/style.css",
    }


def test_ids_are_unique_and_what_points_at_them_arrives(page: Tags) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    wanted = [href[1:] for href in page.values("href") if href.startswith("#")]
    for attribute in ("for", "aria-describedby", "aria-labelledby"):
        wanted += " ".join(page.values(attribute)).split()
    assert set(wanted) <= set(ids)


def test_the_guide_is_not_there_in_production(client: FlaskClient) -> None:
    assert client.get("/styleguide").status_code == 404


def test_a_refusal_says_its_four_parts_and_offers_its_action(guide: Flask) -> None:
    form = {"url": "/lti/open", "fields": {"code": "abc"}, "new_window": True}
    with guide.test_request_context():
        bare, full = refusal(), refusal(action={"label": "Open in a new window", "form": form})
    for sentence in ("This page does not exist.", "Nothing you saved is lost.", "P-404 · 7F3A91C2"):
        assert sentence in words(bare)
    assert "<form" not in bare
    assert Tags(full).named("form") == [
        {"method": "post", "action": "/lti/open", "target": "_blank"}
    ]
    assert {"type": "hidden", "name": "code", "value": "abc"} in Tags(full).named("input")


# ---------- states ----------


@pytest.mark.parametrize(
    "family",
    [
        "idea draft in_review changes_requested approved shipped live lapsing dormant retired"
        " at_risk paused",
        "waiting delivered retrying held parked",
        "not_yet proposed confirmed under_review withdrawn",
    ],
)
def test_states_of_a_family_differ_in_word_and_in_shape(part: Any, family: str) -> None:
    tags = [str(part("states").status_tag(state)) for state in family.split()]
    assert len({words(tag) for tag in tags}) == len(tags)
    assert len({re.sub(r".*?(<svg.*</svg>).*", r"\1", tag) for tag in tags}) == len(tags)


def test_a_state_nobody_knows_still_shows_its_words(part: Any) -> None:
    assert words(part("states").status_tag("sent_back")) == "Sent back"


def test_week_squares_differ_in_shape_and_are_read_out(part: Any) -> None:
    answers = ["used", "not_used", "no_occasion", "away", "unknown"]
    assert len({str(part("shapes").week_shape(answer)) for answer in answers}) == 5
    weeks = [SimpleNamespace(week=4, answer="used", late=True), {"week": 5, "answer": "away"}]
    row = part("states").week_squares(weeks)
    assert 'aria-label="Used in 1 of 2 weeks"' in row
    assert "Week 4: used, filed late" in words(row) and "Week 5: away" in words(row)


@pytest.mark.parametrize(
    ("week", "line"),
    [(0, "Before day 1"), (4, "Week 4 of 13 · Skill"), (14, "All 13 weeks are over")],
)
def test_the_page_head_says_where_the_cohort_stands(part: Any, week: int, line: str) -> None:
    phase = "Before day 1" if week == 0 else "Skill"
    head = str(part("page_head").page_head("Spring", week, 13, phase, "Thu 12 March", pauses=[8]))
    assert f"<h1>{line}</h1>" in head
    assert "pause in week 8" in head
    assert len(re.findall(r'class="[^"]*\bnow\b', head)) == (week == 4)


# ---------- fields ----------


class Step(Form):
    who = StringField("Who checks", [DataRequired("Name who checks.")])


class Sample(Form):
    ticket = HiddenField()
    title = StringField("Title", [DataRequired("Give it a title.")])
    minutes = IntegerField("Minutes", [NumberRange(1, 480, "Enter a number from 1 to 480.")])
    track = RadioField("Role", [InputRequired("Choose one.")], choices=[SelectChoice("a", "A")])
    steps = FieldList(FormField(Step), "Steps", [Length(3, message="Add a step.")], min_entries=1)


def sent(**fields: str) -> Sample:
    form = Sample(MultiDict(fields))
    form.validate()
    return form


def test_the_summary_links_to_each_field_with_one_message(part: Any) -> None:
    form = sent(title="", minutes="an hour", **{"steps-0-who": ""})
    summary = str(part("fields").error_summary(form, [{"field": "", "message": "Ship first."}]))
    assert re.findall(r'href="#([^"]+)">([^<]+)<', summary) == [
        ("title", "Give it a title."),
        ("minutes", "Enter a number from 1 to 480."),
        ("track-0", "Choose one."),
        ("steps", "Add a step."),
        ("steps-0-who", "Name who checks."),
    ]
    assert "<li>Ship first.</li>" in summary


def test_there_is_no_summary_without_errors(part: Any) -> None:
    entries = {f"steps-{number}-who": "Lin" for number in range(3)}
    form = sent(title="Brief", minutes="85", track="a", **entries)
    assert not form.errors
    assert words(part("fields").error_summary(form)) == ""


def test_a_field_shows_its_error_and_keeps_what_was_entered(part: Any) -> None:
    form = sent(title='<b>"x"', minutes="an hour")
    number = str(part("fields").number(form.minutes, "minutes"))
    assert (
        Tags(number).named("input")[0]
        | {
            "type": "text",
            "value": "an hour",
            "aria-describedby": "minutes-error",
            "aria-invalid": "true",
        }
        == Tags(number).named("input")[0]
    )
    title = str(part("fields").text(form.title, hint="In your words"))
    assert Tags(title).named("input")[0]["value"] == '<b>"x"' and "<b>" not in title
    assert Tags(title).named("input")[0]["aria-describedby"] == "title-hint"
    assert words(title) == "Title required In your words"


def test_the_head_of_a_form_carries_its_hidden_fields(part: Any) -> None:
    head = part("fields").form_head(sent(ticket="7"), csrf_token="t0k3n")
    assert [(field["name"], field["value"]) for field in Tags(str(head)).named("input")] == [
        ("csrf_token", "t0k3n"),
        ("ticket", "7"),
    ]


# ---------- in a browser ----------


@pytest.fixture
def address(guide: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, guide, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser_page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        yield browser.new_page()
        browser.close()


TOO_SMALL = """least => [...document.querySelectorAll(least.of)]
  .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
  .filter(([_, box]) => box.height && box.height < least.pixels).map(([html]) => html)"""


@pytest.mark.browser
def test_nothing_scrolls_sideways_and_everything_can_be_hit(
    browser_page: Page, address: str
) -> None:
    for width in (320, 372, 880, 1280):
        browser_page.set_viewport_size({"width": width, "height": 600})
        browser_page.goto(f"{address}/styleguide")
        assert browser_page.evaluate("document.documentElement.scrollWidth") == width
        primary = {"of": ".button-primary, .control, .answer, .choice label", "pixels": 44}
        assert browser_page.evaluate(TOO_SMALL, primary) == []
        assert browser_page.evaluate(TOO_SMALL, {"of": "button, nav a, .top a", "pixels": 24}) == []


@pytest.mark.browser
def test_the_frame_is_told_the_height_of_the_page(browser_page: Page, address: str) -> None:
    browser_page.goto(f"{address}/healthz")
    message = browser_page.evaluate("""() => new Promise(told => {
      addEventListener('message', event => told(event.data));
      const frame = document.createElement('iframe');
      frame.src = '/styleguide';
      document.body.append(frame); })""")
    assert message["subject"] == "lti.frameResize"
    assert message["height"] > 2000


@pytest.mark.browser
def test_focus_keys_and_double_clicks(browser_page: Page, address: str) -> None:
    browser_page.goto(f"{address}/styleguide")
    assert browser_page.evaluate("document.activeElement.className") == "error-summary"

    browser_page.locator("#answer-brief-0").focus()
    browser_page.keyboard.press("ArrowRight")
    assert browser_page.locator("#answer-brief-1").is_checked()

    browser_page.evaluate("""() => { window.sent = 0; const form = document.forms[0];
      document.addEventListener('submit', e => { if (!e.defaultPrevented) window.sent++;
        e.preventDefault(); });
      form.requestSubmit(); form.requestSubmit(); }""")
    assert browser_page.evaluate("window.sent") == 1
