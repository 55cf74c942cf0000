"""What a journey may ask for: running services, a strict browser, a way in, a picture."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Page, sync_playwright

from lti_tool.practice_lms.people import Person
from tests.journeys.services import Services, running
from tests.support.clock import Clock

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING = (
    "No Chromium was found, and these tests drive one. Install it with 'apt-get install chromium', "
    "or leave these tests out with -m 'not browser'."
)
# As strict as browsers are about to be: no cookies of another site in a frame, unless Partitioned.
STRICT = "--test-third-party-cookie-phaseout"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = (1100, 900)
PHONE = (390, 844)
STEP_MILLISECONDS = 15_000

Enter = Callable[[Person], FrameLocator]
NewPage = Callable[..., Page]
Picture = Callable[..., None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pictures", metavar="FOLDER", help="keep the pictures that journeys take in this folder"
    )


@pytest.fixture
def now() -> datetime:
    """Monday of the first week, in the morning; the cohort's clock stands here at first."""
    return datetime(2026, 1, 12, 8, 0, tzinfo=UTC)


@pytest.fixture
def services(tmp_path: Path, sqlite_template: Path, clock: Clock) -> Iterator[Services]:
    """The tool, the practice LMS and the practice LRS, with nobody in them yet."""
    database = tmp_path / "tool.db"
    shutil.copy(sqlite_template, database)
    with running(tmp_path, f"sqlite:///{database}", clock) as services:
        yield services


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium that blocks third-party cookies."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.exit(MISSING, returncode=pytest.ExitCode.USAGE_ERROR)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*QUIET, STRICT])
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Open a window of a browser of its own, at the size given: `new_page(PHONE)`.

    At the end no window may have had an error in a script or have tried what its policy forbids.
    """
    contexts, problems = [], []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            problems.append(message.text)

    def open_page(size: tuple[int, int] = DESKTOP, **options: object) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, locale="en-GB", **options)
        contexts.append(context)
        context.set_default_timeout(STEP_MILLISECONDS)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on("console", note)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A window on a desktop."""
    return new_page()


@pytest.fixture
def enter(services: Services, page: Page) -> Enter:
    """Open the activity in the LMS as somebody; the tool in its frame: `enter(LEARNERS[0])`."""

    def as_person(person: Person) -> FrameLocator:
        page.goto(services.activity(person))
        frame = page.frame_locator("iframe.tool")
        frame.get_by_role("heading", level=1).wait_for()
        return frame

    return as_person


@pytest.fixture
def picture(page: Page, request: pytest.FixtureRequest) -> Picture:
    """Keep a picture of the window, or of another: `picture("home")`, `picture("home", phone)`.

    Without --pictures it takes none.
    """
    folder = request.config.getoption("pictures", default=None)

    def take(name: str, of: Page | None = None) -> None:
        if folder:
            (of or page).screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take
