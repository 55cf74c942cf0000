"""The demo cohort, in its seventh week: every story told through the real use cases.

Each step has its own instant. The steps of all learners run in the order of time, up to `now`, so
that evidence, outbox and every derived state look as if people had done it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy.orm import Session

from cohorts import enrolment, programs
from cohorts.models import Cohort, Person
from cohorts.rules.calendar import Calendar
from cohorts.rules.program import Program
from lti_tool import opening
from lti_tool.models import Context
from lti_tool.practice_lms.people import COACHES, OWNER
from lti_tool.tryout.acting import Acting
from lti_tool.tryout.stories import STORIES
from lti_tool.tryout.stories.story import Story, Work, instant

PROGRAM = "marketing"
TIME_ZONE = "Europe/Berlin"
CURRENT_WEEK = 7
OPENED = "-1 wed 10:00"
COACHES_JOIN = ("-1 thu 09:00", "-1 thu 14:00")
SEASONS = ("winter", "spring", "summer", "autumn")
SHORTLY = timedelta(minutes=9)


class Step(NamedTuple):
    """Something that somebody does at an instant; the action is told that instant."""

    at: datetime
    action: Callable[[datetime], None]


def seed(
    session: Session, context: Context, people: Mapping[str, Person], tool_url: str, now: datetime
) -> Cohort:
    """Open the demo cohort in a course, and tell its stories so far.

    The week of `now` is its seventh. `people` are those of the practice course by user name.
    Raises Stale where the course has a cohort. Commits nothing.
    """
    document = programs.shipped()[PROGRAM]
    plan = plan_at(now, Program.from_document(document))
    cohort = opening.open_in_course(
        session,
        context,
        document=document,
        name=f"Marketing, {SEASONS[plan.starts_on.month % 12 // 3]}",
        starts_on=plan.starts_on,
        time_zone=plan.time_zone,
        teams=None,
        home_page=tool_url,
        now=instant(plan, OPENED),
    )
    enrolment.make_owner(session, cohort, people[OWNER.username], instant(plan, OPENED))
    for coach, moment in zip(COACHES, COACHES_JOIN, strict=True):
        person, at = people[coach.username], instant(plan, moment)
        enrolment.admit(session, cohort=cohort, person=person, role="instructor", now=at)
    steps: list[Step] = []
    for number, story in enumerate(STORIES):
        learner = Acting(session, cohort, people[story.username], story, number)
        steps += _steps(plan, story, learner, number)
    for step in sorted(steps, key=lambda step: step.at):
        if step.at <= now:
            step.action(step.at)
    session.flush()
    return cohort


def plan_at(now: datetime, program: Program) -> Calendar:
    """The calendar of a cohort that began on a Monday and is in its seventh week at `now`."""
    today = Calendar(now.date(), TIME_ZONE, program).today(now)
    monday = today - timedelta(days=today.weekday(), weeks=CURRENT_WEEK - 1)
    return Calendar(monday, TIME_ZONE, program)


def _steps(plan: Calendar, story: Story, learner: Acting, number: int) -> Iterator[Step]:
    at = partial(instant, plan)
    yield Step(at(story.joins), learner.join)
    if story.maps:
        yield Step(at(story.joins) + SHORTLY, learner.welcome)
        yield Step(at(story.maps), learner.map_tasks)
        if story.red_lines:
            yield Step(at(story.maps) + SHORTLY, learner.attest)
    if story.returned:
        moment, words = story.returned
        yield Step(at(moment), partial(learner.answer_map, False, words))
    if story.accepted:
        yield Step(at(story.accepted), partial(learner.answer_map, True, ""))
        if story.red_lines and story.literate:
            yield Step(at(story.accepted) + SHORTLY, partial(learner.confirm, "literacy"))
    if story.not_yet:
        moment, reason = story.not_yet
        yield Step(at(moment), partial(learner.defer, "fluency", reason))
    if story.fluent:
        yield Step(at(story.fluent), partial(learner.confirm, "fluency"))
    for place, work in enumerate(story.works):
        yield from _until_approved(plan, work, learner, place, number)
        yield from _in_use(plan, work, learner, place, number)


def _until_approved(
    plan: Calendar, work: Work, learner: Acting, place: int, number: int
) -> Iterator[Step]:
    at = partial(instant, plan)
    yield Step(at(work.starts), partial(learner.start, place, work.first or work.text))
    for count, moment in enumerate(work.submits):
        if count and work.first:
            yield Step(at(moment) - SHORTLY, partial(learner.save, place, work.text))
        yield Step(at(moment), partial(learner.submit, place))
    for review in work.reviews:
        yield Step(at(review.at), partial(learner.review, place, review))
    for count, run in enumerate(work.runs):
        key = f"demo-{number}-{place}-{count}"
        yield Step(at(run.at), partial(learner.time, place, run, key))
    if work.waived:
        moment, reason = work.waived
        yield Step(at(moment), partial(learner.waive, place, reason))


def _in_use(plan: Calendar, work: Work, learner: Acting, place: int, number: int) -> Iterator[Step]:
    at = partial(instant, plan)
    if work.ships:
        yield Step(at(work.ships), partial(learner.ship, place, work.place))
    for week, said in work.weeks.items():
        # Spread over the first day and a half after the check-in opens.
        opened = plan.opens_at(week) + timedelta(minutes=17 + 97 * number + place)
        yield Step(opened, partial(learner.answer, place, week, said))
        if said.verified:
            checked = at(f"{week + 1} mon 10:05") + timedelta(minutes=number)
            yield Step(checked, partial(learner.verify, place, week))
    if work.prompt:
        yield Step(at(work.prompt.at), partial(learner.publish, place, work.prompt))
    if work.standard:
        yield Step(at(work.standard), partial(learner.make_standard, place))
    if work.retires:
        moment, reason = work.retires
        yield Step(at(moment), partial(learner.retire, place, reason))
