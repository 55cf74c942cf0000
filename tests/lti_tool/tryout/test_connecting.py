"""Registration and demo cohort are each made once, also after a start that broke off."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from cohorts.models import Cohort, Enrolment
from lti_tool.models import Deployment, Platform
from lti_tool.practice_lms.client import registered_tools
from lti_tool.tryout.connecting import connect, open_demo
from lti_tool.tryout.folder import CannotStart, Folder
from lti_tool.tryout.visiting import WentWrong, launch, register
from tests.journeys.services import Services, running
from tests.support.clock import Clock

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


class BreaksOff(Exception):
    """Somebody pressed Ctrl-C."""


@pytest.fixture
def services(tmp_path: Path, sqlite_template: Path) -> Iterator[Services]:
    """The trio, registered."""
    database = tmp_path / "tool.db"
    shutil.copy(sqlite_template, database)
    with running(tmp_path, f"sqlite:///{database}", Clock(NOW)) as services:
        yield services


def connect_again(services: Services) -> bool:
    folder = Folder(Path("var"))
    return connect(services.sessions, folder, services.lms_url, services.tool_url, NOW)


def demo(services: Services, before_each: Callable[[], None] = lambda: None) -> bool:
    return open_demo(services.sessions, services.lms_url, services.tool_url, NOW, before_each)


def test_what_is_registered_is_left_alone(services: Services) -> None:
    assert connect_again(services) is False
    assert [each["state"] for each in registered_tools(services.lms_url)] == ["active"]


def test_a_demo_that_broke_off_is_opened_once_by_the_next_start(services: Services) -> None:
    launches = iter(range(5))

    def break_off_after_five() -> None:
        if next(launches, None) is None:
            raise BreaksOff

    with pytest.raises(BreaksOff):
        demo(services, break_off_after_five)
    assert demo(services) is True
    assert demo(services) is False

    with services.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Cohort)) == 1
        assert session.scalar(select(func.count()).select_from(Enrolment)) == 27


def test_a_tool_that_the_lms_lost_is_not_registered_over(services: Services) -> None:
    with services.sessions.begin() as session:
        platform = session.scalars(select(Platform)).one()
        platform.client_id = "of another day"

    with pytest.raises(CannotStart, match="do not belong together.*rm -r var"):
        connect_again(services)


def test_a_platform_that_the_tool_lost_is_not_registered_over(services: Services) -> None:
    with services.sessions.begin() as session:
        session.execute(delete(Deployment))
        session.execute(delete(Platform))

    with pytest.raises(CannotStart, match="do not belong together.*rm -r var"):
        connect_again(services)
    assert len(registered_tools(services.lms_url)) == 1


def test_another_port_of_the_lms_is_refused_with_the_remedy(services: Services) -> None:
    with services.sessions.begin() as session:
        session.scalars(select(Platform)).one().issuer = "http://127.0.0.1:8001"

    with pytest.raises(CannotStart, match="practice LMS at http://127.0.0.1:8001.*rm -r var"):
        connect_again(services)


def test_another_port_of_the_tool_is_refused_with_the_remedy(services: Services) -> None:
    demo(services)
    with services.sessions.begin() as session:
        session.scalars(select(Cohort)).one().home_page = "http://localhost:8000"

    with pytest.raises(CannotStart, match="tool at http://localhost:8000.*rm -r var"):
        connect_again(services)


def test_a_registration_without_a_valid_code_is_an_error_in_words(services: Services) -> None:
    with pytest.raises(WentWrong, match="the registration page was answered with status 4"):
        register(services.lms_url, f"{services.tool_url}/lti/register/not-a-code")


def test_a_launch_that_is_refused_is_an_error_in_words(services: Services) -> None:
    with pytest.raises(WentWrong, match="the activity was answered with status 404"):
        launch(services.lms_url, "nobody")
