"""What the measured database holds: a cohort in its seventh week, whose learners use workflows."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from cohorts import awarding, enrolment, programs
from cohorts.models import (
    Attestation,
    Cohort,
    Enrolment,
    Person,
    PublishedPrompt,
    Review,
    TaskMap,
    TimedRun,
    WeeklyAnswer,
    Workflow,
)
from lti_tool.models import Context, Deployment, LtiUser, Platform

LEARNERS = 24
SHIPPED_IN_WEEK = (2, 3)  # one workflow each
WEEK = 7
SIX_WEEKS = timedelta(weeks=6)


def furnish(session: Session, platform: Platform, tool_url: str) -> None:
    """Give the course of `FakePlatform`'s launches such a cohort; the subjects are "0", "1", ..."""
    now = datetime.now(UTC)
    document = programs.shipped()["marketing"]
    opened = now - SIX_WEEKS - timedelta(days=7)
    monday = (now - SIX_WEEKS).date() - timedelta(days=now.weekday())
    cohort = enrolment.open_cohort(
        session,
        document=document,
        name="Marketing, spring",
        starts_on=monday,
        time_zone="Europe/Berlin",
        home_page=tool_url,
        now=opened,
    )
    deployment = Deployment(platform_id=platform.id, deployment_id="3", created_at=opened)
    session.add(deployment)
    session.flush()
    session.add(
        Context(deployment_id=deployment.id, context_id="2", cohort_id=cohort.id, created_at=opened)
    )
    coach = _enrolled(session, cohort, "A coach", "instructor", opened)
    for number in range(LEARNERS):
        learner = _enrolled(session, cohort, f"Learner {number}", "learner", opened)
        session.add(
            LtiUser(
                platform_id=platform.id,
                sub=str(number),
                person_id=learner.person_id,
                created_at=opened,
            )
        )
        team, track = document["teams"][0], document["tracks"][0]["id"]
        enrolment.welcome(session, learner, team=team, track=track, now=opened)
        _foundations(session, learner, opened)
        for week in SHIPPED_IN_WEEK:
            _workflow(session, learner, coach, week, opened)
        awarding.confirm(session, learner, "literacy", coach, now)
    session.commit()


def _enrolled(session: Session, cohort: Cohort, name: str, role: str, now: datetime) -> Enrolment:
    person = Person(display_name=name, created_at=now)
    session.add(person)
    session.flush()
    found = enrolment.admit(session, cohort=cohort, person=person, role=role, now=now)
    assert found is not None, "observers are not asked for"
    return found


def _foundations(session: Session, learner: Enrolment, now: datetime) -> None:
    entries = [
        {"task": f"Task {number}", "fit": fit, "why": "Because."}
        for number, fit in enumerate(("fit", "with_approval", "do_not_use"))
    ]
    session.add(
        TaskMap(enrolment_id=learner.id, entries=entries, state="accepted", recorded_at=now)
    )
    version = learner.cohort.program["red_lines"]["version"]
    session.add(Attestation(enrolment_id=learner.id, red_lines_version=version, recorded_at=now))
    session.flush()


def _workflow(
    session: Session, learner: Enrolment, coach: Enrolment, week: int, now: datetime
) -> None:
    """A workflow in use: reviewed, timed three times, shipped, answered for every week since."""
    cohort = learner.cohort
    shipped_on = cohort.starts_on + timedelta(weeks=week - 1)
    steps = [
        {"kind": "human", "text": "Collect what is known already"},
        {"kind": "ai", "text": "Draft the brief", "tool": "The model of our document suite"},
        {"kind": "gate", "text": "Check every number", "who": "The campaign lead"},
    ]
    workflow = Workflow(
        cohort_id=cohort.id,
        author_id=learner.id,
        state="shipped",
        title=f"Campaign brief for product launches, {week}",
        unit="one brief",
        cadence="weekly",
        content={"task": "Turn a request into a brief.", "steps": steps},
        version=1,
        shipped_at=now,
        shipped_on=shipped_on,
        created_at=now,
        updated_at=now,
    )
    session.add(workflow)
    session.flush()
    of_workflow = {"enrolment_id": learner.id, "workflow_id": workflow.id, "recorded_at": now}
    session.add(
        Review(
            workflow_id=workflow.id,
            version=1,
            coach_id=coach.id,
            decision="approve",
            levels={criterion["id"]: 2 for criterion in cohort.program["rubric"]["criteria"]},
            notes={},
            gates_confirmed=True,
            comment="A real task.",
            decided_at=now,
        )
    )
    session.add_all(
        TimedRun(
            **of_workflow,
            stage="baseline",
            minutes=90 + run,
            size="M",
            method="stopwatch",
            timed_on=shipped_on,
            submission_key=f"{workflow.id.hex}-{run}",
        )
        for run in range(3)
    )
    session.add_all(
        WeeklyAnswer(**of_workflow, week=answered, answer="used", times=2, minutes=50.0, strength=2)
        for answered in range(week, WEEK)
    )
    session.add(
        PublishedPrompt(
            **of_workflow,
            cohort_id=cohort.id,
            title=f"Prompt {week}",
            text="Name what the request leaves open.",
            tool_note="The model of our document suite.",
        )
    )
