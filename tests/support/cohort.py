"""A course with a cohort for tests of pages: people launch, and facts come from the use cases.

course = Course(app, platform, clock)
owner = course.open("Olu")
ada = course.learner("Ada")
brief = course.workflow(ada, "Campaign brief")
owner.get(f"/coach/workflows/{brief}")
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cohorts import awarding, checking_in, drafting, enrolment, programs, recording, reviewing
from cohorts.checking_in import AnswerFacts
from cohorts.models import Cohort, Enrolment, Person, TaskMap, WeeklyAnswer, Workflow
from cohorts.recording import RunFacts
from cohorts.rules.program import Program
from lti_tool import opening
from lti_tool.database import db
from lti_tool.launch.session import csrf_token
from lti_tool.models import Context
from tests.support.clock import Clock
from tests.support.platform import INSTRUCTOR, LEARNER, FakePlatform

GOOD_LEVELS = dict.fromkeys(
    (
        "task_fit",
        "prompt_structure",
        "model_choice",
        "human_gates",
        "red_lines",
        "measurement_plan",
    ),
    2,
)
CONTENT: dict[str, Any] = {
    "task": "Turn a campaign request into an approved brief.",
    "steps": [
        {"kind": "ai", "text": "Draft the brief in our template", "tool": "the team's chat tool"},
        {"kind": "gate", "text": "Check the claims", "who": "Campaign lead", "checks": "sources"},
    ],
    "red_lines": [
        {"text": "no customer names", "kept": True, "because": ""},
        {"text": "no embargoed material", "kept": False, "because": "there is none in briefs"},
    ],
    "measure": {"time": "minutes per brief", "quality": "rounds of rework"},
    "fallback": "Write it by hand from the checklist.",
}
TASKS = [
    {"task": "Write the brief", "fit": "fits_with_approval", "why": "the lead approves it"},
    {"task": "Sum up a call", "fit": "fits", "why": "only for ourselves"},
    {"task": "Decide on pay", "fit": "do_not_use", "why": "it is about people"},
]


def words(html: str) -> str:
    """The text of a page, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@dataclass
class Member:
    """Somebody who launched, with a browser of their own."""

    name: str
    client: FlaskClient
    tool_url: str
    id: UUID | None = None

    def get(self, address: str) -> TestResponse:
        """Open a page."""
        return self.client.get(address, base_url=self.tool_url)

    def post(self, address: str, /, **fields: Any) -> TestResponse:
        """Send a form that carries the token of this session."""
        with self.client:
            self.client.get("/help", base_url=self.tool_url)
            token = csrf_token()
        data = {"csrf_token": token, **fields}
        return self.client.post(address, data=data, base_url=self.tool_url)


@dataclass
class Course:
    """One course of the platform. Without `open` it has no cohort."""

    app: Flask
    platform: FakePlatform
    clock: Clock
    context_id: str = "2"
    members: dict[str, Member] = field(default_factory=dict)

    @contextmanager
    def change(self) -> Iterator[Session]:
        """A session whose changes are committed at the end."""
        with self.app.app_context():
            session = db.session()
            yield session
            session.commit()

    def visitor(self, name: str, role: str = LEARNER) -> Member:
        """Somebody launches from this course."""
        client = self.app.test_client()
        answer = self.platform.launch(
            client,
            {
                "sub": f"{self.context_id}-{name}",
                "name": name,
                "roles": [role],
                "context": {"id": self.context_id, "title": f"Course {self.context_id}"},
            },
        )
        assert answer.status_code == 303, answer.text
        member = Member(name, client, self.platform.network.tool_url)
        with self.change() as session:
            member.id = session.scalar(
                select(Enrolment.id)
                .join(Person)
                .join(Context, Context.cohort_id == Enrolment.cohort_id)
                .where(Person.display_name == name, Context.context_id == self.context_id)
            )
        self.members[name] = member
        return member

    def open(
        self, owner: str = "Olu Owner", starts_on: date | None = None, program: str = "marketing"
    ) -> Member:
        """A teacher opens a cohort here and owns it."""
        member = self.visitor(owner, INSTRUCTOR)
        with self.change() as session:
            cohort = opening.open_in_course(
                session,
                self._context(session),
                document=programs.shipped()[program],
                name=f"Cohort of course {self.context_id}",
                starts_on=starts_on or self.clock().date(),
                time_zone="Europe/Berlin",
                teams=None,
                home_page="https://tool.example",
                now=self.clock(),
            )
            person = session.scalars(select(Person).where(Person.display_name == owner)).one()
            member.id = enrolment.make_owner(session, cohort, person, self.clock()).id
        return member

    def coach(self, name: str = "Lin Coach") -> Member:
        """A teacher launches and so becomes coach."""
        return self.visitor(name, INSTRUCTOR)

    def learner(self, name: str = "Ada Learner", team: str = "Brand") -> Member:
        """A learner launches and chooses team and track."""
        member = self.visitor(name)
        with self.change() as session:
            learner = session.get_one(Enrolment, member.id)
            enrolment.welcome(session, learner, team=team, track="marketing", now=self.clock())
        return member

    def learners(self, count: int) -> list[UUID]:
        """Many learners who joined, without a browser each."""
        with self.change() as session:
            cohort = self._cohort(session)
            found = []
            for number in range(count):
                person = Person(display_name=f"Learner {number:03}", created_at=self.clock())
                session.add(person)
                session.flush()
                row = enrolment.admit(
                    session, cohort=cohort, person=person, role="learner", now=self.clock()
                )
                assert row is not None
                found.append(row.id)
        return found

    def task_map(self, learner: UUID | None, accept_by: Member | None = None) -> None:
        """A learner sends a task map, and perhaps a coach accepts it."""
        with self.change() as session:
            who = session.get_one(Enrolment, learner)
            recording.save_task_map(session, who, list(TASKS), self.clock(), submit=True)
            session.flush()
            if accept_by is not None:
                row = session.scalars(select(TaskMap).where(TaskMap.enrolment_id == who.id)).one()
                coach = session.get_one(Enrolment, accept_by.id)
                reviewing.answer_task_map(
                    session, row, who, coach, accept=True, answer="", now=self.clock()
                )

    def literate(self, learner: UUID | None, coach: Member) -> None:
        """Everything that Literacy asks for, but nobody has confirmed it."""
        self.task_map(learner, accept_by=coach)
        with self.change() as session:
            who = session.get_one(Enrolment, learner)
            version = Program.from_document(who.cohort.program).red_lines.version
            recording.attest_red_lines(session, who, version, self.clock())

    def draft(self, learner: UUID | None, title: str = "Campaign brief") -> UUID:
        """A workflow that is only drafted."""
        with self.change() as session:
            who = session.get_one(Enrolment, learner)
            draft = drafting.Draft(title, "one brief", "weekly", CONTENT)
            return drafting.start(session, who, draft, self.clock()).id

    def submitted(self, learner: UUID | None, title: str = "Campaign brief") -> UUID:
        """A workflow that waits for its review."""
        workflow_id = self.draft(learner, title)
        self.submit(workflow_id)
        return workflow_id

    def submit(self, workflow_id: UUID, **content: Any) -> None:
        """The author submits, after changing this part of the content."""
        with self.change() as session:
            workflow = session.get_one(Workflow, workflow_id)
            if content:
                changed = drafting.Draft(
                    workflow.title, workflow.unit, workflow.cadence, {**workflow.content, **content}
                )
                drafting.save(session, workflow, changed, workflow.revision, self.clock())
            drafting.submit(session, workflow, self.clock())

    def decide(self, workflow_id: UUID, coach: Member, decision: str = "approve") -> None:
        """A coach decides on the submitted version."""
        with self.change() as session:
            workflow = session.get_one(Workflow, workflow_id)
            reviewing.review(
                session,
                workflow,
                session.get_one(Enrolment, coach.id),
                seen_version=workflow.version,
                decision=decision,
                levels=dict(GOOD_LEVELS),
                notes={},
                gates_confirmed=True,
                comment="Clear prompts." if decision == "approve" else "Name the person.",
                now=self.clock(),
            )

    def shipped(self, learner: UUID | None, coach: Member, title: str = "Campaign brief") -> UUID:
        """A workflow that was approved and shipped, its red lines read and its baseline timed."""
        workflow_id = self.submitted(learner, title)
        self.decide(workflow_id, coach)
        with self.change() as session:
            workflow = session.get_one(Workflow, workflow_id)
            version = Program.from_document(workflow.author.cohort.program).red_lines.version
            recording.attest_red_lines(session, workflow.author, version, self.clock())
            for _ in range(3):
                run = RunFacts("baseline", 85, "M", "stopwatch", self.clock().date())
                recording.record_run(session, workflow, run, uuid4().hex, self.clock())
            drafting.ship(session, workflow, "https://wiki.example/brief", self.clock())
        return workflow_id

    def answer(
        self, workflow_id: UUID, week: int, answer: str = "used", link: str = "https://x.example/1"
    ) -> UUID:
        """The author's answer for a week."""
        with self.change() as session:
            workflow = session.get_one(Workflow, workflow_id)
            said = AnswerFacts(week, answer, link=link if answer == "used" else "")
            return checking_in.answer_week(session, workflow, said, self.clock()).id

    def verify(self, answer_id: UUID, coach: Member) -> None:
        """A coach backs up a week."""
        with self.change() as session:
            row = session.get_one(WeeklyAnswer, answer_id)
            workflow = session.get_one(Workflow, row.workflow_id)
            by = session.get_one(Enrolment, coach.id)
            reviewing.verify_week(session, workflow, row, by, self.clock())

    def prompt(self, workflow_id: UUID) -> None:
        """The author publishes a prompt."""
        with self.change() as session:
            workflow = session.get_one(Workflow, workflow_id)
            recording.publish_prompt(
                session, workflow, "Brief in our voice", "You write ...", "long text", self.clock()
            )

    def confirm(self, learner: UUID | None, milestone: str, coach: Member) -> None:
        """A coach confirms a proposed milestone."""
        with self.change() as session:
            who, by = session.get_one(Enrolment, learner), session.get_one(Enrolment, coach.id)
            awarding.confirm(session, who, milestone, by, self.clock())

    def _context(self, session: Session) -> Context:
        return session.scalars(select(Context).where(Context.context_id == self.context_id)).one()

    def _cohort(self, session: Session) -> Cohort:
        cohort = self._context(session).cohort
        assert cohort is not None
        return cohort
