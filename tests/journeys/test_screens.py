"""Every screen as its people see it, in the LMS's frame: nothing cut off, and WCAG 2.2 AA by axe.

One demo cohort serves the whole module. Run with --pictures FOLDER to look at them yourself.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lti_tool.pages import styleguide
from lti_tool.practice_lms.people import COACHES, OWNER
from tests.journeys.conftest import NewPage
from tests.journeys.looking import (
    FRIDAY,
    WHO,
    Look,
    answer_the_login,
    demo_cohort,
    part,
    stop_the_lrs_and_hold_a_score,
    work,
)
from tests.journeys.services import Services, running
from tests.support.clock import Clock

pytestmark = pytest.mark.browser

NOOR, TOMAS = COACHES


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Services]:
    """The demo cohort on the Friday of its seventh week."""
    with demo_cohort(tmp_path_factory.mktemp("demo"), sqlite_template) as services:
        yield services


@pytest.fixture
def look(demo: Services, new_page: NewPage, request: pytest.FixtureRequest) -> Iterator[Look]:
    """A window to look through; at the end nothing may be wrong with what it saw."""
    demo.clock.now = FRIDAY
    look = Look(new_page(), demo, request.config.getoption("pictures", default=None))
    yield look
    assert not look.problems, "\n".join(look.problems)


def test_a_learner_begins(look: Look, demo: Services) -> None:
    look.enter(WHO["ruth.avrahami"])
    look.at("welcome")
    look.press("Start")
    look.at("welcome-errors")
    look.at("check-in-nothing-shipped", "/check-in")
    look.at("task-map-empty", "/task-map")
    look.press("Send to my coach")
    look.at("task-map-errors")
    look.at("red-lines-unread", "/red-lines")
    look.press("Confirm")
    look.at("red-lines-errors")
    look.at("choose", "/workflows/new")
    look.enter(WHO["tomas.dvoracek"])
    look.at("home-only-a-task-map")
    look.at("task-map-with-coach", "/task-map")
    look.enter(WHO["kaiulani.nakamura"])
    look.at("home-map-returned")
    look.at("task-map-returned", "/task-map")


def test_a_learner_writes(look: Look, demo: Services) -> None:
    look.enter(WHO["jean-baptiste.lefevre"])
    look.at("home-draft")
    look.at("workflow-draft", work(demo, "jean-baptiste.lefevre"))
    look.at("write-new", "/workflows/new/own-task")
    look.press("Save")
    look.at("write-errors")
    look.at("refused-P-404-of-somebody-else", f"{work(demo, 'caglar.yildiz')}/edit")
    look.enter(WHO["siobhan.nibhriain"])
    draft = work(demo, "siobhan.nibhriain")
    frame = look.go(f"{draft}/edit")
    look.at("write-edit")
    frame.get_by_label("Name of the workflow").fill("Meinekundengeschichtenvorlage" * 6)
    look.press("Save")
    look.at("workflow-long-title")
    look.enter(WHO["siobhan.nibhriain"])
    look.at("home-long-title")
    frame = look.go(f"{draft}/edit")
    frame.locator("input[name=revision]").evaluate("(field) => { field.value = '1'; }")
    look.press("Save")
    look.at("write-conflict")


def test_a_learner_in_every_state(look: Look, demo: Services) -> None:
    for username, name in (
        ("seoyeon.kim", "in-review"),
        ("giorgos.papadakis", "changes-requested"),
        ("hina.sato", "approved-no-baseline"),
        ("maria.vasconcelos", "dormant"),
        ("zoe.brandstaetter", "shipped-and-waived"),
        ("ana.ramirez", "live"),
    ):
        look.enter(WHO[username])
        look.at(f"workflow-{name}", work(demo, username))
    for username, name in (
        ("temitope.olatunji", "proposed-and-not-yet"),
        ("priya.raghunathan", "two-workflows"),
        ("wirawati", "lapsing"),
        ("caglar.yildiz", "retired"),
    ):
        look.enter(WHO[username])
        look.at(f"home-{name}")
    look.enter(WHO["wirawati"])
    look.at("workflow-lapsing", work(demo, "wirawati"))
    look.enter(WHO["caglar.yildiz"])
    look.at("workflow-retired", work(demo, "caglar.yildiz"))
    look.at("refused-P-409", f"{work(demo, 'caglar.yildiz')}/edit")


def test_timed_runs(look: Look, demo: Services) -> None:
    look.enter(WHO["hina.sato"])
    look.at("runs-baseline", f"{work(demo, 'hina.sato')}/runs")
    look.press("Save this run")
    look.at("runs-errors")
    look.go(work(demo, "hina.sato"))
    look.press("Ship it")
    look.at("workflow-ship-errors")
    look.enter(WHO["lukasz.wisniewski"])
    runs = f"{work(demo, 'lukasz.wisniewski')}/runs"
    look.at("runs-follow-up-blocked", runs)
    demo.clock.now = FRIDAY + timedelta(weeks=3)
    frame = look.go(runs)
    look.at("runs-follow-up-open")
    for minutes in ("50", "52", "55"):
        frame.get_by_label("Minutes of your own work").fill(minutes)
        look.press("Save this run")
    look.at("runs-complete")
    look.at("workflow-pair", work(demo, "lukasz.wisniewski"))


def test_check_ins(look: Look, demo: Services) -> None:
    look.enter(WHO["ana.ramirez"])
    look.at("check-in-answered", "/check-in")
    look.enter(WHO["priya.raghunathan"])
    demo.clock.now = FRIDAY - timedelta(days=2)
    look.at("check-in-wednesday", "/check-in")
    look.enter(WHO["lukasz.wisniewski"])
    demo.clock.now = FRIDAY
    look.at("check-in-two-weeks", "/check-in")
    look.press("Save check-in")
    look.at("check-in-nothing-chosen")
    frame = look.go("/check-in")
    frame.get_by_label("Used", exact=True).first.check()
    frame.locator("details").first.evaluate("(details) => { details.open = true; }")
    frame.get_by_label("How many times").first.fill("often")
    frame.get_by_label("Link to what came out").first.fill("C:\\Briefs")
    look.press("Save check-in")
    look.at("check-in-errors")
    look.enter(WHO["priya.raghunathan"])
    demo.clock.now = FRIDAY + timedelta(weeks=2)
    look.at("check-in-catch-up", "/check-in")
    demo.clock.now = FRIDAY + timedelta(weeks=1, days=5)
    look.at("check-in-nothing-open", "/check-in")


def test_a_coach(look: Look, demo: Services) -> None:
    look.enter(TOMAS)
    look.at("coach-queue-of-the-other")
    look.enter(NOOR)
    look.at("coach-queue")
    look.at("coach-queue-mine", "/coach/queue?whose=mine")
    look.at("coach-review", f"/coach{work(demo, 'seoyeon.kim')}")
    look.press("Approve")
    look.at("coach-review-errors")
    look.at("coach-review-second-version", f"/coach{work(demo, 'fatoumata.diabate')}")
    seen = look.frame.locator("[name=seen_version]")
    seen.evaluate("(field) => { field.value = '1'; }")
    look.press("Approve")
    look.at("coach-review-stale")
    look.at("coach-workflow-live", f"/coach{work(demo, 'ana.ramirez')}")
    look.at("coach-workflow-draft", f"/coach{work(demo, 'siobhan.nibhriain')}")
    look.at("coach-task-map", f"/coach/task-maps/{part(demo, 'tomas.dvoracek')}")
    look.press("Ask for a talk")
    look.at("coach-task-map-errors")
    look.at("coach-roster", "/coach/learners")
    look.at("coach-roster-nobody", "/coach/learners?q=zzz")
    for username in ("ana.ramirez", "layla.alhaddad", "grace.oconnell"):
        look.at(f"coach-learner-{username}", f"/coach/learners/{part(demo, username)}")
    look.at("coach-milestones", "/coach/milestones")
    look.at("coach-milestone-open", f"/coach/milestones/{part(demo, 'siobhan.nibhriain')}/literacy")
    frame = look.go("/coach/milestones")
    frame.get_by_role("link", name="Check evidence").first.click()
    frame.get_by_role("button", name="Say not yet").wait_for()
    look.at("coach-milestone-proposed")
    look.press("Say not yet")
    look.at("coach-milestone-errors")
    look.at("coach-milestone-confirmed", f"/coach/milestones/{part(demo, 'ana.ramirez')}/literacy")


def test_an_owner(look: Look, demo: Services) -> None:
    look.enter(OWNER)
    look.at("owner-overview")
    look.at("owner-people", "/owner/people")
    look.at("deliveries-waiting", "/owner/deliveries")
    demo.deliver()
    look.at("deliveries-delivered", "/owner/deliveries")
    look.at("deliveries-none-held", "/owner/deliveries?state=held")
    stop_the_lrs_and_hold_a_score(demo)
    look.at("deliveries-held", "/owner/deliveries?state=held")
    look.at("deliveries-lrs-paused", "/owner/deliveries")
    look.at("owner-overview-troubled", "/owner")
    look.at("help", "/help")
    look.at("refused-P-404", "/nothing-here")
    look.at("refused-P-403", "/check-in")


def test_before_there_is_a_cohort(
    new_page: NewPage, tmp_path: Path, sqlite_template: Path, request: pytest.FixtureRequest
) -> None:
    shutil.copy(sqlite_template, tmp_path / "tool.db")
    database = f"sqlite:///{tmp_path / 'tool.db'}"
    with running(tmp_path, database, Clock(FRIDAY), registered=False) as services:
        look = Look(new_page(), services, request.config.getoption("pictures", default=None))
        services.tool.register_blueprint(styleguide.bp)  # as in development
        look.page.goto(f"{services.tool_url}/styleguide")
        look.at("styleguide")
        invitation = services.invitation()
        page = look.page
        page.goto(f"{services.lms_url}/admin/tools")
        page.get_by_label("registration address").fill(invitation)
        page.get_by_role("button", name="Register").click()
        page.frame_locator("iframe#registration").get_by_role("button", name="Register").wait_for()
        look.at("registration-offer")
        look.press("Register")
        look.frame.get_by_role("button", name="Close and return").wait_for()
        look.at("registration-done")
        page.goto(f"{services.lms_url}/admin/tools")
        page.get_by_role("button", name="Activate").click()
        page.goto(invitation)
        look.at("registration-refused")
        look.enter(WHO["ana.ramirez"])
        look.at("refused-L-03")
        frame = look.enter(OWNER)
        look.at("open-cohort")
        frame.get_by_label("Name").fill("")
        look.press("Open the cohort")
        look.at("open-cohort-errors")
        page.context.clear_cookies()
        look.at("refused-P-401", "/check-in")
    assert not look.problems, "\n".join(look.problems)


def test_a_browser_that_keeps_no_cookie(look: Look, demo: Services) -> None:
    look.page.route("**/form_post.js", lambda route: route.abort())
    frame = answer_the_login(look.page, demo, WHO["wirawati"])
    look.page.context.clear_cookies()
    frame.get_by_role("button", name="Continue").click()
    frame.get_by_role("banner").wait_for()
    look.at("refused-L-01")
