"""The demo cohort: complete, believable, and never ahead of its clock."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cohorts import awarding, evidence
from cohorts.models import (
    Cohort,
    Enrolment,
    Person,
    PublishedPrompt,
    Review,
    StatementRecord,
    TaskMap,
    WeeklyAnswer,
)
from cohorts.refusals import Stale
from lti_tool.models import Context, Deployment, Platform
from lti_tool.practice_lms.people import COACHES, LEARNERS, OWNER
from lti_tool.tryout.seed import seed
from lti_tool.tryout.stories import STORIES

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 0, 1, tzinfo=BERLIN)
# The week's first and last minute, an ordinary moment, and the check-in just before and after it
# opens; the week in which the clocks change lies inside of the last two cohorts.
MOMENTS = [
    MONDAY,
    MONDAY + timedelta(days=1, hours=11),
    datetime(2026, 11, 26, 8, 59, tzinfo=BERLIN),
    datetime(2026, 11, 27, 18, 0, tzinfo=BERLIN),
    datetime(2026, 11, 29, 23, 59, tzinfo=BERLIN),
    datetime(2027, 4, 20, 10, 0, tzinfo=BERLIN),
    datetime(2027, 1, 1, 0, 30, tzinfo=BERLIN),
]
STATES = {
    "draft",
    "in_review",
    "changes_requested",
    "approved",
    "shipped",
    "live",
    "lapsing",
    "dormant",
    "retired",
}


@pytest.fixture
def context(session: Session, now: datetime) -> Context:
    """A course without a cohort."""
    platform = Platform(
        issuer="http://127.0.0.1:8001",
        client_id="tool",
        name="The practice LMS",
        authorization_endpoint="http://127.0.0.1:8001/auth",
        token_endpoint="http://127.0.0.1:8001/token",
        jwks_uri="http://127.0.0.1:8001/jwks",
        state="approved",
        created_at=now,
    )
    deployment = Deployment(platform=platform, deployment_id="1", created_at=now)
    context = Context(deployment=deployment, context_id="2", created_at=now)
    session.add(context)
    session.flush()
    return context


@pytest.fixture
def people(session: Session, now: datetime) -> dict[str, Person]:
    """Everybody of the practice course by user name."""
    everybody = {
        each.username: Person(display_name=each.name, created_at=now)
        for each in (OWNER, *COACHES, *LEARNERS)
    }
    session.add_all(everybody.values())
    session.flush()
    return everybody


def open_at(
    session: Session, context: Context, people: dict[str, Person], moment: datetime
) -> Cohort:
    return seed(session, context, people, "http://localhost:8000", moment.astimezone(UTC))


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment:%Y-%m-%d_%H%M}")
def test_it_is_the_seventh_week_and_every_state_can_be_seen(
    session: Session, context: Context, people: dict[str, Person], moment: datetime
) -> None:
    cohort = open_at(session, context, people, moment)

    records = evidence.of_cohort(session, cohort, moment.astimezone(UTC))
    assert {record.week for record in records.values()} == {7}
    states = Counter(
        record.state(workflow) for record in records.values() for workflow in record.workflows
    )
    assert set(states) == STATES


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: f"{moment:%Y-%m-%d_%H%M}")
def test_nothing_happened_after_now(
    session: Session, context: Context, people: dict[str, Person], moment: datetime
) -> None:
    open_at(session, context, people, moment)

    newest = session.scalar(select(func.max(StatementRecord.recorded_at)))
    assert newest is not None and moment - timedelta(days=14) < newest <= moment
    in_order = session.scalars(
        select(StatementRecord.recorded_at).order_by(StatementRecord.number)
    ).all()
    assert in_order == sorted(in_order)


def test_coaches_find_work_and_learners_find_results(
    session: Session, context: Context, people: dict[str, Person]
) -> None:
    cohort = open_at(session, context, people, MOMENTS[1])

    records = evidence.of_cohort(session, cohort, MOMENTS[1].astimezone(UTC))
    proposed = Counter(verdict.milestone for _, verdict in awarding.proposals(records))
    confirmed = Counter(award.milestone for each in records.values() for award in each.awards)
    assert proposed == {"fluency": 2, "literacy": 1}
    assert confirmed == {"literacy": 18, "fluency": 1}
    assert session.scalar(select(func.count()).where(TaskMap.state == "with_coach")) == 1
    strengths = set(session.scalars(select(WeeklyAnswer.strength)))
    assert strengths == {1, 2, 4}


def test_people_have_the_places_that_the_practice_lms_gives_them(
    session: Session, context: Context, people: dict[str, Person]
) -> None:
    cohort = open_at(session, context, people, MOMENTS[1])

    enrolled = session.scalars(select(Enrolment).where(Enrolment.cohort_id == cohort.id)).all()
    assert Counter(each.role for each in enrolled) == {"learner": 24, "coach": 2, "owner": 1}
    champions = {each.person.display_name for each in enrolled if each.is_champion}
    assert champions == {each.name for each in LEARNERS if each.champion}
    assert {each.team for each in enrolled if each.is_champion} == set(cohort.teams)
    load = Counter(each.coach_id for each in enrolled if each.role == "learner")
    assert sorted(load.values()) == [12, 12]


def test_what_people_wrote_is_their_own(
    session: Session, context: Context, people: dict[str, Person]
) -> None:
    open_at(session, context, people, MOMENTS[1])

    comments = session.scalars(select(Review.comment)).all()
    prompts = session.scalars(select(PublishedPrompt.text)).all()
    assert len(set(comments)) == len(comments) == 18
    assert len(set(prompts)) == len(prompts) == 5


def test_there_is_a_story_for_every_learner_of_the_course() -> None:
    assert {story.username for story in STORIES} == {each.username for each in LEARNERS}
    assert len(STORIES) == len(LEARNERS) == 24


def test_a_course_that_has_a_cohort_gets_no_second_one(
    session: Session, context: Context, people: dict[str, Person]
) -> None:
    open_at(session, context, people, MOMENTS[1])

    with pytest.raises(Stale):
        open_at(session, context, people, MOMENTS[1])
