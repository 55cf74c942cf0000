"""Everybody's first steps: through the LMS into its frame, with third-party cookies blocked."""

import pytest
from playwright.sync_api import Locator, expect

from lti_tool.practice_lms.people import COACHES, LEARNERS, OWNER
from tests.journeys.conftest import PHONE, Enter, NewPage, Picture
from tests.journeys.services import Services

pytestmark = pytest.mark.browser

ANA, NEVER_WELCOMED = LEARNERS[0], LEARNERS[22]
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_an_activity_opens_before_there_is_a_cohort(services: Services, enter: Enter) -> None:
    heading = enter(ANA).get_by_role("heading", level=1)

    expect(heading).to_be_visible()
    expect(heading).not_to_contain_text("Week")


def test_each_person_enters_the_demo_as_themselves(
    services: Services, enter: Enter, new_page: NewPage, picture: Picture
) -> None:
    services.open_demo()

    frame = enter(ANA)
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Week 7 of 13")
    expect(frame.get_by_text("Campaign brief for product launches")).to_be_visible()
    picture("learner-home")

    frame = enter(NEVER_WELCOMED)
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Welcome")

    frame = enter(COACHES[0])
    expect(frame.get_by_role("banner")).to_contain_text(COACHES[0].name)
    expect(frame.get_by_role("banner")).not_to_contain_text(NEVER_WELCOMED.name)

    services.clock.advance(weeks=2)
    phone = new_page(PHONE)
    phone.goto(services.activity(OWNER))
    heading: Locator = phone.frame_locator("iframe.tool").get_by_role("heading", level=1)
    expect(heading).to_contain_text("Week 9 of 13")
    assert not heading.evaluate(TOO_WIDE)
    picture("owner-phone", phone)


def test_what_the_demo_recorded_arrives_once(services: Services) -> None:
    services.open_demo()
    assert services.statements() == [] and services.grades() == {}

    services.deliver()
    services.deliver()

    found = services.statements()
    enrolled = [each for each in found if each["verb"]["id"].endswith("/registered")]
    assert len(enrolled) == len(LEARNERS)
    assert len({each["id"] for each in found}) == len(found)
    assert services.grades()[ANA.name] == {"Literacy": "1 / 1", "Fluency": "1 / 1"}
    assert services.grades()[NEVER_WELCOMED.name] == {}
