"""A cohort with one of everything, and for every page and form of it the request that is right.

What is refused to others is the very request that its owner gets through, so that no refusal is
one for another reason.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask, url_for
from sqlalchemy import select

from cohorts import reviewing
from cohorts.models import Delivery, Enrolment, TimedRun, Workflow
from config.database import Base
from tests.support.cohort import GOOD_LEVELS, Course, Member

# What a visit itself may change.
OF_VISITS = ("launch_session", "login_state", "membership", "platform", "deployment")


@dataclass(frozen=True)
class Ask:
    """One request: opens a page where `fields` is None, else sends this form."""

    who: str
    endpoint: str
    arguments: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] | None = None

    @property
    def names_an_object(self) -> bool:
        """Whether its address names something that belongs to one cohort."""
        return any(isinstance(value, UUID | int) for value in self.arguments.values())

    def address(self, app: Flask) -> str:
        """The path of the request."""
        with app.test_request_context():
            return url_for(self.endpoint, **self.arguments)


def rows(course: Course) -> dict[str, Any]:
    """All that is stored, apart from the traces of visits."""
    with course.change() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in OF_VISITS
        }


class Everything:
    """The people, the workflows in each state, and `asks`: every request that is right."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.owner, self.coach = course.open("Olu Owner"), course.coach("Lin Coach")
        self.learner, self.peer = course.learner("Ada Lovett"), course.learner("Ben Peer")
        self.proposed = course.learner("Cyd Proposed").id
        self.mapped = course.learner("Dee Mapped").id
        confirmed = course.learner("Eve Confirmed").id
        course.literate(self.proposed, self.coach)
        course.task_map(self.mapped)
        course.literate(confirmed, self.coach)
        course.confirm(confirmed, "literacy", self.coach)
        ada = self.learner.id
        self.shipped = course.shipped(ada, self.coach, "Ada's shipped brief")
        self.draft = course.draft(ada, "Ada's draft")
        self.waiting = course.submitted(ada, "Ada's waiting brief")
        self.approved = course.submitted(ada, "Ada's approved brief")
        course.decide(self.approved, self.coach)
        with course.change() as session:
            coach = session.get_one(Enrolment, self.coach.id)
            approved = session.get_one(Workflow, self.approved)
            reviewing.waive_baseline(session, approved, coach, "It is new work.")
            self.delivery = session.scalars(
                select(Delivery.id).where(Delivery.score_id.is_not(None))
            ).one()
            self.version = coach.cohort.program["red_lines"]["version"]
            self.day = session.scalars(select(TimedRun.timed_on)).first()
        course.clock.advance(days=11)
        self.answer = course.answer(self.shipped, 2)
        self.asks = [*self._of_learner(), *self._of_coach(), *self._of_owner()]

    def member(self, who: str) -> Member:
        """The person that this part of the asks belongs to."""
        found: Member = getattr(self, who)
        return found

    def _of_learner(self) -> list[Ask]:
        draft, waiting = {"workflow_id": self.draft}, {"workflow_id": self.waiting}
        shipped = {"workflow_id": self.shipped}
        canvas = {"title": "Ada's own", "unit": "one", "cadence": "weekly", "action": "save"}
        own = {"template_id": "own-task"}
        task = {"entries-0-task": "Write", "entries-0-fit": "fits", "entries-0-why": "mine"}
        run = {"minutes": "85", "size": "M", "method": "stopwatch", "timed_on": str(self.day)}
        pages = ("home.page", "home.welcome", "task_map.page", "task_map.red_lines")
        return [
            *(Ask("learner", name) for name in (*pages, "workflow.choose", "check_in.page")),
            *(Ask("learner", name, draft) for name in ("workflow.edit", "workflow.page")),
            Ask("learner", "workflow.create", own),
            Ask("learner", "runs.page", draft),
            Ask("learner", "home.welcome", {}, {"team": "Brand", "track": "marketing"}),
            Ask("learner", "task_map.page", {}, {**task, "action": "save"}),
            Ask("learner", "task_map.red_lines", {}, {"confirmed": "y", "version": self.version}),
            Ask("learner", "workflow.create", own, canvas),
            Ask("learner", "workflow.edit", waiting, {**canvas, "revision": "1"}),
            Ask("learner", "runs.page", draft, {**run, "key": "a-key"}),
            Ask("learner", "workflow.submit", draft, {}),
            Ask("learner", "workflow.ship", {"workflow_id": self.approved}, {"place": "Wiki"}),
            Ask("learner", "workflow.publish_standard", shipped, {"standard_owner": "Ada"}),
            Ask(
                "learner",
                "workflow.publish_prompt",
                shipped,
                {"title": "Brief", "text": "You write", "tool_note": "long text"},
            ),
            Ask("learner", "check_in.answer", {}, {f"w2-{self.shipped}-answer": "used"}),
            Ask("learner", "workflow.retire", shipped, {"reason": "superseded"}),
        ]

    def _of_coach(self) -> list[Ask]:
        waiting = {"workflow_id": self.waiting}
        learner, mapped = {"learner_id": self.learner.id}, {"learner_id": self.mapped}
        proposed = {"learner_id": self.proposed, "milestone": "literacy"}
        levels = {f"level_{name}": level for name, level in GOOD_LEVELS.items()}
        review = {"seen_version": 1, "gates_confirmed": "y", "comment": "", "decision": "approve"}
        page = self.coach.get(f"/coach/task-maps/{self.mapped}").text
        [seen] = re.findall(r'name="seen"[^>]* value="(\w+)"', page)
        answer = {"seen": seen, "answer": "", "decision": "accept"}
        return [
            *(Ask("coach", name) for name in ("coach.queue", "coach.roster", "coach.proposals")),
            Ask("coach", "coach.learner", learner),
            Ask("coach", "reviews.workflow", waiting),
            Ask("coach", "reviews.task_map", mapped),
            Ask("coach", "milestones.check", proposed),
            Ask("coach", "coach.verify", {**learner, "answer_id": self.answer}, {}),
            Ask("coach", "reviews.waive", waiting, {"reason": "It is new work."}),
            Ask("coach", "reviews.review", waiting, {**levels, **review}),
            Ask("coach", "reviews.task_map", mapped, answer),
            Ask("coach", "milestones.not_yet", proposed, {"reason": "One sentence more."}),
            Ask("coach", "milestones.confirm", proposed, {}),
        ]

    def _of_owner(self) -> list[Ask]:
        learner = {"learner_id": self.learner.id}
        return [
            *(Ask("owner", name) for name in ("owner.overview", "owner.people")),
            Ask("owner", "deliveries.page"),
            Ask("owner", "owner.champion", learner, {"champion": "yes"}),
            Ask("owner", "deliveries.retry", {"delivery_id": self.delivery}, {}),
            Ask("owner", "deliveries.retry_failed", {}, {}),
            Ask("owner", "deliveries.resume", {}, {}),
        ]
