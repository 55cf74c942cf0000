"""With the keyboard alone, and without scripts: the check-in, a review and a workflow."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from lti_tool.practice_lms.people import COACHES
from tests.journeys.conftest import NewPage
from tests.journeys.looking import WHO, Look, demo_cohort, enter_without_scripts
from tests.journeys.services import Services

pytestmark = pytest.mark.browser

NOOR = COACHES[0]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Services]:
    """The demo cohort on the Friday of its seventh week."""
    with demo_cohort(tmp_path_factory.mktemp("demo"), sqlite_template) as services:
        yield services


@pytest.fixture
def look(demo: Services, new_page: NewPage) -> Iterator[Look]:
    """A window whose every focus has to be visible."""
    look = Look(new_page(), demo, None)
    yield look
    assert not look.problems, "\n".join(look.problems)


def test_the_check_in_by_keyboard_alone(look: Look, demo: Services) -> None:
    frame = look.enter(WHO["soren.ostergard"])
    look.tab_to("Check-in")
    look.key("Enter")
    frame.get_by_role("heading", name="Check-in").wait_for()
    look.tab_to("Used")
    look.key("Space")
    look.key("ArrowRight")
    expect(frame.get_by_label("Not used", exact=True).first).to_be_checked()
    look.key("ArrowLeft")
    look.tab_to("Add a detail optional")
    look.key("Enter")
    look.tab_to("How many times")
    look.page.keyboard.type("2")
    look.tab_to("Save check-in")
    look.key("Enter")
    expect(frame.get_by_role("status").first).to_contain_text("Check-in saved")
    expect(frame.get_by_label("Used", exact=True).first).to_be_checked()


def test_a_review_by_keyboard_alone(look: Look, demo: Services) -> None:
    frame = look.enter(NOOR)
    look.tab_to("Lead quality note for sales of Aarav Krishnamurthy")
    look.key("Enter")
    frame.get_by_role("heading", name="Lead quality note for sales").wait_for()
    for _ in range(frame.locator(".rating").count()):
        look.tab_to("0 Missing")
        look.key("Space")
        look.key("ArrowRight")
        look.key("ArrowRight")
    look.tab_to("Each gate names a person and what they check")
    look.key("Space")
    look.tab_to("Approve")
    look.key("Enter")
    expect(frame.get_by_role("status").first).to_contain_text("Your decision is with the learner")


def test_the_check_in_without_scripts(demo: Services, new_page: NewPage) -> None:
    frame = enter_without_scripts(demo, new_page, WHO["wirawati"])
    frame.get_by_role("link", name="Check-in").first.click()
    frame.get_by_label("Did not come up", exact=True).first.check()
    frame.get_by_role("button", name="Save check-in").click()
    expect(frame.get_by_role("status").first).to_contain_text("Check-in saved")
    expect(frame.get_by_label("Did not come up", exact=True).first).to_be_checked()


def test_a_workflow_without_scripts(demo: Services, new_page: NewPage) -> None:
    frame = enter_without_scripts(demo, new_page, WHO["olena.shevchuk"])
    frame.get_by_role("link", name="Product page refresh", exact=True).click()
    frame.get_by_role("link", name="Edit").click()
    steps = frame.get_by_role("group", name=re.compile("^Step"))
    first = steps.nth(0).get_by_label("What happens").input_value()
    steps.nth(0).get_by_role("button", name="Move down").click()
    expect(steps.nth(1).get_by_label("What happens")).to_have_value(first)
    frame.get_by_role("button", name="Add: approval gate").click()
    expect(steps).to_have_count(4)
    steps.nth(3).get_by_label("What happens").fill("Legal reads the page")
    frame.get_by_role("button", name="Save", exact=True).click()
    expect(frame.get_by_role("status").first).to_contain_text("Saved")
    expect(frame.get_by_text("Legal reads the page")).to_be_visible()
    expect(frame.locator(".steps > li").nth(1)).to_contain_text(first)
