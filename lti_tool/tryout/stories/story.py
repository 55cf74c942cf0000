"""How the story of a learner in the demo cohort is told. The stories are beside this module.

A moment is written `"3 tue 14:20"`: the program week, the weekday and the time in the cohort's
zone. Week 0 is the week before the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import NamedTuple

from cohorts.rules.calendar import WEEKDAYS, Calendar
from lti_tool.tryout.stories.texts import Text


class Said(NamedTuple):
    """One weekly answer, as `AnswerFacts` has it; `verified` by the coach days later."""

    answer: str
    times: int | None = None
    minutes: float | None = None
    link: str = ""
    reason: str = ""
    note: str = ""
    verified: bool = False


class Run(NamedTuple):
    """A task timed the old way."""

    at: str
    minutes: float
    size: str
    method: str = "stopwatch"


class Verdict(NamedTuple):
    """A review: one level for each criterion, in the order of the rubric. With a level below 2 it
    asks for changes, and `notes` says for each such criterion what would make it work."""

    at: str
    comment: str
    levels: str = "222222"
    notes: Mapping[str, str] = {}


class Prompt(NamedTuple):
    """A prompt in the library."""

    at: str
    title: str
    text: str
    tool_note: str


@dataclass(frozen=True)
class Work:
    """One workflow from its first draft on. What has not happened is left out.

    `first` is an earlier text, replaced by `text` before the second submission.
    """

    text: Text
    starts: str
    first: Text | None = None
    submits: tuple[str, ...] = ()
    runs: tuple[Run, ...] = ()
    reviews: tuple[Verdict, ...] = ()
    waived: tuple[str, str] | None = None
    ships: str | None = None
    place: str = ""
    weeks: Mapping[int, Said] = field(default_factory=dict)
    prompt: Prompt | None = None
    standard: str | None = None
    retires: tuple[str, str] | None = None


@dataclass(frozen=True)
class Story:
    """One learner. `joins` is the first launch; without `maps` they have not chosen a team yet.

    `accepted` is when the coach accepts the task map, `returned` when they ask for a talk and
    about what. `literate` says whether Literacy was confirmed after that.
    """

    username: str
    team: str
    joins: str
    maps: str | None = None
    accepted: str | None = None
    returned: tuple[str, str] | None = None
    red_lines: bool = True
    literate: bool = True
    track: str = "marketing"
    champion: bool = False
    works: tuple[Work, ...] = ()
    fluent: str | None = None
    not_yet: tuple[str, str] | None = None


BRAND, DEMAND, CONTENT = "Brand", "Demand generation", "Content and channels"
FILES = "https://intranet.example.com/marketing"

NO_OCCASION = Said("no_occasion")
AWAY = Said("away")


def used(
    times: int, minutes: float, link: str = "", verified: bool = False, note: str = ""
) -> Said:
    """A week in which the workflow was used; a link makes it linked evidence."""
    return Said("used", times, minutes, link, note=note, verified=verified)


def unused(reason: str, note: str = "") -> Said:
    """A week in which the task came up and was done another way."""
    return Said("not_used", reason=reason, note=note)


def instant(plan: Calendar, moment: str) -> datetime:
    """The aware instant of a moment such as `"3 tue 14:20"`."""
    week, weekday, clock = moment.split()
    day = plan.first_day(int(week)) + timedelta(days=WEEKDAYS.index(weekday))
    return datetime.combine(day, time.fromisoformat(clock), plan.zone)
