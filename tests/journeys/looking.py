"""Look at a page of the tool as its people do: in the frame of the LMS, and by axe-core."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Frame, FrameLocator, Page
from sqlalchemy import select

from cohorts.models import Delivery, Destination, Enrolment, Workflow
from cohorts.models import Person as Somebody
from lti_tool.practice_lms.people import LEARNERS, Person
from tests.journeys.services import Services, running
from tests.support.clock import Clock

FRIDAY = datetime(2026, 1, 16, 10, 0, tzinfo=UTC)
WHO = {person.username: person for person in LEARNERS}
DESKTOP, PHONE, NARROW = (1280, 900), (390, 844), (320, 700)
# Together they show every width and both colour schemes; with --pictures all four are kept.
VIEWS = ((DESKTOP, "light"), (PHONE, "dark"))
MORE_VIEWS = ((DESKTOP, "dark"), (PHONE, "light"))
# Dark and narrow a page has the same elements; only colours and sizes differ.
RULES = {
    "light": ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
    "dark": ("color-contrast", "target-size"),
}
# A page of its own has nothing that pokes out to the right, and no control that is cut off.
SIDEWAYS = """() => {
  const page = document.documentElement, wide = page.clientWidth;
  const out = [...document.querySelectorAll("main *, header *")].filter((each) => {
    const box = each.getBoundingClientRect();
    return box.width && box.right > wide + 1 && !each.closest(".nav, .table-wide, .hidden, thead");
  });
  const name = (each) => each.tagName + "." + each.className + " " + each.textContent.slice(0, 40);
  return page.scrollWidth > wide ? ["scrolls sideways", ...out.slice(-3).map(name)]
    : out.slice(-3).map(name);
}"""
HEIGHT = "() => document.documentElement.scrollHeight"
# What has the focus: its name, and whether a ring of three pixels shows it. A hidden radio button
# shows it on the face beside it.
FOCUS = """() => {
  const it = document.activeElement;
  const words = it.labels?.length ? it.labels[0].textContent : it.textContent;
  const rings = [it, it.nextElementSibling].filter(Boolean).map((each) => getComputedStyle(each));
  const ringed = rings.some((ring) => ring.outlineStyle !== "none" && ring.outlineWidth >= "3px");
  return [words.replace(/\\s+/g, " ").trim(), ringed || it === document.body];
}"""
STRETCH = "(height) => document.querySelector('iframe').style.height = height + 'px'"
MOST_TABS = 60


@contextmanager
def demo_cohort(folder: Path, template: Path) -> Iterator[Services]:
    """The demo cohort on the Friday of its seventh week; `template` is a migrated database."""
    database = shutil.copy(template, folder / "tool.db")
    with running(folder, f"sqlite:///{database}", Clock(FRIDAY)) as services:
        services.open_demo()
        yield services


def part(services: Services, username: str) -> str:
    """The id of somebody's part in the cohort, as addresses have it."""
    name = Enrolment.person.has(Somebody.display_name == WHO[username].name)
    with services.sessions() as session:
        return str(session.scalars(select(Enrolment.id).where(name)).one())


def work(services: Services, username: str, place: int = 0) -> str:
    """The address of a learner's workflow; coaches have it below /coach."""
    name = Workflow.author.has(Enrolment.person.has(Somebody.display_name == WHO[username].name))
    with services.sessions() as session:
        found = session.scalars(select(Workflow.id).where(name).order_by(Workflow.created_at))
        return f"/workflows/{list(found)[place]}"


def stop_the_lrs_and_hold_a_score(services: Services) -> None:
    """What an owner has to see to: a refused password, and two scores that did not get through."""
    with services.sessions.begin() as session:
        destination = session.scalars(select(Destination)).one()
        destination.paused = True
        destination.problem = "The LRS does not accept the name and password it was given (401)."
        scores = select(Delivery).where(Delivery.score_id.is_not(None)).limit(2)
        held, failed = session.scalars(scores)
        held.state, held.problem = "held", "The gradebook shows a grade set by a person."
        failed.state, failed.problem = "parked", "The gradebook answered 403: no such learner."


def answer_the_login(page: Page, services: Services, person: Person) -> FrameLocator:
    """Open the activity without scripts, up to the second button that stands for one."""
    page.goto(services.activity(person))
    frame = page.frame_locator("iframe.tool")
    frame.get_by_role("button", name="Continue").click()
    frame.locator("[name=id_token]").wait_for(state="attached")
    return frame


def enter_without_scripts(
    services: Services, new_page: Callable[..., Page], person: Person
) -> FrameLocator:
    """Open the activity as somebody whose browser runs no script."""
    frame = answer_the_login(new_page(java_script_enabled=False), services, person)
    frame.get_by_role("button", name="Continue").click()
    frame.get_by_role("banner").wait_for()
    return frame


class Look:
    """One window; `at` notes what is wrong with the page on show, and `problems` keeps it."""

    def __init__(self, page: Page, services: Services, pictures: str | None) -> None:
        self.page, self.services = page, services
        self.pictures = Path(pictures) if pictures else None
        self.problems: list[str] = []

    @property
    def frame(self) -> Frame:
        """The tool's frame; the window itself where a page is not in a frame."""
        inner = [frame for frame in self.page.frames if frame.parent_frame]
        return inner[0] if inner else self.page.main_frame

    def enter(self, person: Person) -> Frame:
        """Open the activity in the LMS as somebody."""
        self.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        self.page.goto(self.services.activity(person))
        self.page.frame_locator("iframe.tool").get_by_role("banner").wait_for()
        return self.frame

    def go(self, path: str) -> Frame:
        """Open an address of the tool in the frame."""
        self.frame.goto(f"{self.services.tool_url}{path}")
        return self.frame

    def press(self, button: str) -> None:
        """Press a button that answers with another page."""
        with self.page.expect_event("framenavigated"):
            self.frame.get_by_role("button", name=button, exact=True).first.click()
        self.frame.wait_for_load_state()

    def at(self, name: str, path: str = "") -> None:
        """Look at the page that is open, or at an address: widths, colours, axe-core, pictures."""
        if path:
            self.go(path)
        for size, scheme in VIEWS:
            self._view(size, scheme)
            self._sideways(f"{name} at {size[0]}")
            for line in self._violations(RULES[scheme]):
                self.problems.append(f"{name} at {size[0]}, {scheme}: {line}")
            self._picture(name, size, scheme)
        if self.pictures:
            for size, scheme in MORE_VIEWS:
                self._view(size, scheme)
                self._picture(name, size, scheme)
        self._view(NARROW, "light")
        self._sideways(f"{name} at {NARROW[0]}")
        self._view(*VIEWS[0])

    def tab_to(self, name: str) -> None:
        """Press Tab until what is called `name` has the focus; all on the way show it."""
        for _ in range(MOST_TABS):
            self.key("Tab")
            words, ringed = self.frame.evaluate(FOCUS)
            if not ringed:
                self.problems.append(f"no ring around {words!r} at {self.frame.url}")
            if words == name:
                return
        raise AssertionError(f"Tab does not reach {name!r} at {self.frame.url}")

    def key(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)

    def _view(self, size: tuple[int, int], scheme: Any) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def _sideways(self, where: str) -> None:
        self.problems += [f"{where}: {each}" for each in self.frame.evaluate(SIDEWAYS)]

    def _violations(self, rules: tuple[str, ...]) -> Iterator[str]:
        if not self.frame.evaluate("() => 'axe' in window"):
            self.frame.evaluate(AXE_SCRIPT)
        answer = self.frame.evaluate("(rules) => axe.run({runOnly: rules})", list(rules))
        for found in answer["violations"]:
            for node in found["nodes"]:
                yield f"{found['id']} {node['target']} {node['html'][:120]}"

    def _picture(self, name: str, size: tuple[int, int], scheme: str) -> None:
        if not self.pictures:
            return
        path = self.pictures / f"{name}-{size[0]}-{scheme}.png"
        if self.page.locator("iframe").count():
            # What lies outside the window is not drawn in a frame of another site.
            self.page.evaluate(STRETCH, self.frame.evaluate(HEIGHT) + 4)
            height = self.page.evaluate(HEIGHT)
            self.page.set_viewport_size({"width": size[0], "height": height})
            self.page.screenshot(path=path)
            self.page.evaluate(STRETCH, 600)
        else:
            self.page.screenshot(path=path, full_page=True)
