"""A cohort with one of everything, for those who have no business there."""

from dataclasses import replace

import pytest
from flask import Flask

from config.settings import Settings
from tests.support.clock import Clock
from tests.support.cohort import Course
from tests.support.everything import Everything
from tests.support.platform import TOOL_URL, FakePlatform


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of every test, at an https address: the session's cookie needs it."""
    return replace(settings, tool_url=TOOL_URL)


@pytest.fixture
def course(app: Flask, platform: FakePlatform, clock: Clock) -> Course:
    """A course without a cohort; `course.open()` opens one."""
    return Course(app, platform, clock)


@pytest.fixture
def world(course: Course) -> Everything:
    """A cohort with one of everything."""
    return Everything(course)
