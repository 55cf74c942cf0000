"""The whole of it: from an LMS that does not know the tool to three milestones in its gradebook.

What is asserted is what people and peers see: the pages in the frame, the gradebook of the LMS and
the statements in the LRS, read over HTTP.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from lti_tool.practice_lms.people import COACHES, LEARNERS, OWNER, Person
from tests.journeys.conftest import Enter
from tests.journeys.services import Services, running
from tests.support.clock import Clock
from xapi import vocabulary as v

pytestmark = pytest.mark.browser

ANA, COACH = LEARNERS[0], COACHES[0]
BRIEF = "Campaign brief"


@pytest.fixture
def services(tmp_path: Path, sqlite_template: Path, clock: Clock) -> Iterator[Services]:
    """The trio, strangers to each other: the LMS does not know the tool yet."""
    database = tmp_path / "tool.db"
    shutil.copy(sqlite_template, database)
    with running(tmp_path, f"sqlite:///{database}", clock, registered=False) as services:
        yield services


@dataclass
class Course:
    """The course as people use it: each entry is a fresh launch in the LMS's frame."""

    page: Page
    services: Services
    enter: Enter

    def open(self, person: Person, *links: str) -> FrameLocator:
        """Enter as somebody and follow these links."""
        frame = self.enter(person)
        for name in links:
            frame.get_by_role("link", name=name).first.click()
        return frame

    def to_week(self, week: int, days: int = 3) -> None:
        """Move the clock to a day of a program week; its Thursday unless said otherwise."""
        start = self.services.clock.now.replace(year=2026, month=1, day=12, hour=12)
        self.services.clock.now = start + timedelta(weeks=week - 1, days=days)


def said(frame: FrameLocator, text: str) -> None:
    """The page says in its live region what was done."""
    expect(frame.get_by_role("status").first).to_contain_text(text)


def test_a_cohort_from_registration_to_the_gradebook(
    page: Page, services: Services, enter: Enter
) -> None:
    course = Course(page, services, enter)
    register_in_the_lms(page, services)
    open_the_cohort(course)
    course.open(COACH)  # who teaches there coaches in the cohort from now on
    lay_foundations(course)
    draft_and_submit(course)
    ask_for_changes(course)
    submit_again(course)
    approve(course)
    time_the_task(course, "Before: the old way", (80, 85, 90))
    ship(course)
    confirm(course, "Literacy")
    check_in_through_week(course, 9)
    publish_prompt_and_standard(course)
    time_the_task(course, "After: with the workflow", (50, 52, 55))
    back_up_a_week(course)
    confirm(course, "Fluency")
    confirm(course, "Competence")
    services.deliver()
    gradebook_and_lrs_show_it(services)
    owner_sees_that_everything_arrived(course)


def register_in_the_lms(page: Page, services: Services) -> None:
    """The administrator pastes the address, presses Register, and activates the tool."""
    page.goto(f"{services.lms_url}/admin/tools")
    page.get_by_label("registration address").fill(services.invitation())
    page.get_by_role("button", name="Register").click()
    frame = page.frame_locator("iframe#registration")
    frame.get_by_role("button", name="Register").click()
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Registered")
    frame.get_by_role("button", name="Close and return").click()
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("● Active")).to_be_visible()


def open_the_cohort(course: Course) -> None:
    """A learner is told to wait; the owner opens the cohort; a wrong name is refused."""
    frame = course.open(ANA)
    expect(frame.get_by_text("You did nothing wrong")).to_be_visible()
    frame = course.open(OWNER)
    frame.get_by_label("Name").fill("")
    frame.get_by_role("button", name="Open the cohort").click()
    expect(frame.get_by_text("Not saved yet")).to_be_visible()
    frame.get_by_label("Name").fill("Marketing, winter")
    frame.get_by_label("First day").fill("2026-01-12")
    frame.get_by_label("Time zone").select_option("Europe/Berlin")
    frame.get_by_role("button", name="Open the cohort").click()
    expect(frame.get_by_role("banner")).to_contain_text("Program owner")


def lay_foundations(course: Course) -> None:
    """Ana chooses team and track, maps her tasks, reads the red lines; the coach accepts."""
    frame = course.open(ANA)
    frame.get_by_label("Your team").select_option("Brand")
    frame.get_by_label("Marketing", exact=True).check()
    frame.get_by_role("button", name="Start").click()
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Week 1 of 13")
    frame.get_by_role("link", name="Map your tasks").click()
    tasks = (("Campaign briefs", "fits"), ("Social posts", "fits"), ("Salary talks", "do_not_use"))
    for number, (task, fit) in enumerate(tasks):
        frame.locator(f"#entries-{number}-task").fill(task)
        frame.locator(f"#entries-{number}-fit").select_option(fit)
        frame.locator(f"#entries-{number}-why").fill("I know the work")
    frame.get_by_role("button", name="Send to my coach").click()
    said(frame, "Your task map is with your coach")
    frame.get_by_role("link", name="Read the red lines").click()
    frame.get_by_label("I have read the red lines").check()
    frame.get_by_role("button", name="Confirm").click()
    said(frame, "You have read the current red lines")
    frame = course.open(COACH, "Task map of")
    frame.get_by_role("button", name="Accept").click()
    said(frame, "Your answer is with the learner")


def draft_and_submit(course: Course) -> None:
    """Ana adapts an example; what is missing is named before she can submit."""
    course.to_week(2)
    frame = course.open(ANA)
    frame.get_by_role("link", name="Start your first workflow").click()
    frame.get_by_role("link", name=BRIEF).click()
    frame.get_by_role("button", name="Save", exact=True).click()
    expect(frame.get_by_text("Name the tool or model for this step").first).to_be_visible()
    frame.get_by_role("link", name="Continue writing").click()
    frame.get_by_label("Tool or model, and why").first.wait_for()
    for tool in frame.get_by_label("Tool or model, and why").all():
        tool.fill("The house model: it may see our briefs")
    for kept in frame.get_by_label("Kept in this workflow").all():
        kept.check()
    frame.get_by_role("button", name="Save", exact=True).click()
    frame.get_by_role("button", name="Submit for review").click()
    said(frame, "Submitted")


def rate(frame: FrameLocator, level: str) -> None:
    """Give every criterion of the rubric this level."""
    frame.get_by_label(level, exact=True).first.wait_for()
    for choice in frame.get_by_label(level, exact=True).all():
        choice.check()


def ask_for_changes(course: Course) -> None:
    """Without a comment the coach cannot ask for changes."""
    frame = course.open(COACH, BRIEF)
    rate(frame, "2 Works")
    frame.get_by_role("button", name="Request changes").click()
    expect(frame.get_by_text("Say in a sentence what to change first").first).to_be_visible()
    frame.get_by_label("Comment for the learner").fill("Name who opens the sources.")
    frame.get_by_role("button", name="Request changes").click()
    said(frame, "Your decision is with the learner")


def submit_again(course: Course) -> None:
    """Ana reads the comment, changes a step and submits version 2."""
    frame = course.open(ANA)
    frame.get_by_role("link", name="Answer the review").click()
    expect(frame.get_by_text("Name who opens the sources.").first).to_be_visible()
    frame.get_by_role("link", name="Edit").click()
    frame.get_by_label("What happens").first.fill("First research; the author opens each source")
    frame.get_by_role("button", name="Save", exact=True).click()
    frame.get_by_role("button", name="Submit for review").click()
    said(frame, "Submitted")


def approve(course: Course) -> None:
    """The coach sees what changed and approves."""
    frame = course.open(COACH, BRIEF)
    expect(frame.get_by_text("First research; the author opens each source").first).to_be_visible()
    rate(frame, "2 Works")
    frame.get_by_label("Each gate names a person and what they check").check()
    frame.get_by_role("button", name="Approve").click()
    said(frame, "Your decision is with the learner")


def time_the_task(course: Course, heading: str, minutes: tuple[int, ...]) -> None:
    """Ana times the task once for each of these."""
    frame = course.open(ANA, BRIEF)
    frame.get_by_role("link", name="Timed runs").first.click()
    expect(frame.get_by_role("heading", name=heading)).to_be_visible()
    for each in minutes:
        frame.get_by_label("Minutes of your own work").fill(str(each))
        frame.get_by_role("button", name="Save this run").click()
        said(frame, "Timed run saved")


def ship(course: Course) -> None:
    """Ana puts it into use, in week 2."""
    frame = course.open(ANA, BRIEF)
    frame.get_by_role("button", name="Ship it").click()
    expect(frame.get_by_text("Say where it now lives").first).to_be_visible()
    frame.get_by_label("Where it now lives").fill("https://drive.example/briefs")
    frame.get_by_role("button", name="Ship it").click()
    said(frame, "Shipped")


def check_in_through_week(course: Course, last: int) -> None:
    """Ana answers every week, on the day it opens; in one of them the task did not come up."""
    for week in range(3, last + 1):
        course.to_week(week)
        frame = course.open(ANA, "Check-in")
        card = frame.get_by_role("group", name=BRIEF).first
        card.get_by_label("Did not come up" if week == 5 else "Used", exact=True).check()
        if week in (4, 6):
            frame.get_by_text("Add a detail").first.click()
            frame.get_by_label("Link to what came out").first.fill(f"https://drive.example/{week}")
        frame.get_by_role("button", name="Save check-in").click()
        said(frame, "Check-in saved")
    frame = course.open(ANA)
    expect(frame.get_by_text("Live", exact=True)).to_be_visible()


def publish_prompt_and_standard(course: Course) -> None:
    """One prompt for the library, and the workflow as a standard with a named owner."""
    frame = course.open(ANA, BRIEF)
    frame.locator("#publish-prompt summary").click()
    frame.get_by_label("Name of the prompt").fill("Brief from a request")
    frame.get_by_label("The prompt", exact=True).fill("Turn this request into a brief: ...")
    frame.locator("#publish-prompt").get_by_label("Tool or model, and why").fill("House model")
    frame.get_by_role("button", name="Publish the prompt").click()
    said(frame, "The prompt is in the library")
    frame.get_by_text("Publish as a standard", exact=True).first.click()
    frame.get_by_label("Named owner").fill(ANA.name)
    frame.get_by_role("button", name="Publish as a standard").click()
    said(frame, "Published as a standard")


def back_up_a_week(course: Course) -> None:
    """The coach looks at one week's use and confirms it."""
    frame = course.open(COACH, "Learners", ANA.name)
    frame.get_by_role("button", name="Verify week 6").click()
    said(frame, "This week's use is confirmed by you")


def confirm(course: Course, milestone: str) -> None:
    """The coach checks the evidence of a proposal and confirms it."""
    frame = course.open(COACH, "Milestones")
    frame.get_by_role("link", name="Check evidence").first.click()
    frame.get_by_role("button", name=f"Confirm {milestone}").click()
    said(frame, "Confirmed")


def gradebook_and_lrs_show_it(services: Services) -> None:
    """Three columns of the LMS hold Ana's milestones; the LRS holds what earned them."""
    grades = services.grades()
    assert grades[ANA.name] == {"Literacy": "1 / 1", "Fluency": "1 / 1", "Competence": "1 / 1"}
    assert not any(grades[learner.name] for learner in LEARNERS[1:])
    found = services.statements()
    assert len({each["id"] for each in found}) == len(found)
    verbs = [each["verb"]["id"] for each in found]
    assert verbs.count(v.SHIPPED) == 1
    assert verbs.count(v.MEASURED) == 6
    assert verbs.count(v.ASSERTED) == 3
    assert verbs.count(v.HAD_NO_OCCASION) == 1
    competence = next(each for each in found if each["object"]["id"].endswith("/competence"))
    earned_by = competence["context"]["extensions"][v.EVIDENCE]
    held = {each["id"]: each for each in found}
    assert {v.SHIPPED, v.MEASURED, v.USE, v.ASSERTED} <= {
        held[statement]["verb"]["id"] for statement in earned_by
    }
    for each in found:
        assert ANA.name not in str(each)
        assert COACH.name not in str(each)


def owner_sees_that_everything_arrived(course: Course) -> None:
    """The deliveries page has nothing waiting and nothing failed."""
    frame = course.open(OWNER, "Deliveries")
    expect(frame.get_by_text("Delivered").first).to_be_visible()
    expect(frame.get_by_role("button", name="Retry")).to_have_count(0)
