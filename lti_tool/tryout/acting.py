"""A learner of the demo cohort and their coach, acting through the use cases of the product.

Every method takes the instant of the act as its last argument.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cohorts import awarding, checking_in, drafting, enrolment, recording, reviewing
from cohorts.checking_in import AnswerFacts
from cohorts.drafting import Draft
from cohorts.models import Cohort, Enrolment, Person, TaskMap, WeeklyAnswer, Workflow
from cohorts.recording import RunFacts
from cohorts.rules.program import Program
from lti_tool.tryout.stories import tasks
from lti_tool.tryout.stories.story import Prompt, Run, Said, Story, Verdict
from lti_tool.tryout.stories.texts import Text


class Acting:
    """One learner. A workflow is named by its place in their story."""

    def __init__(
        self, session: Session, cohort: Cohort, person: Person, story: Story, number: int
    ) -> None:
        self._session = session
        self._cohort = cohort
        self._program = Program.from_document(cohort.program)
        self._person = person
        self._story = story
        self._number = number
        self._workflows: dict[int, Workflow] = {}

    @property
    def _learner(self) -> Enrolment:
        found = enrolment.find(self._session, self._cohort, self._person)
        assert found is not None, "a story begins with joining"
        return found

    @property
    def _coach(self) -> Enrolment:
        coach = self._learner.coach
        assert coach is not None, "coaches join before learners"
        return coach

    def join(self, now: datetime) -> None:
        """The first launch."""
        joined = enrolment.admit(
            self._session, cohort=self._cohort, person=self._person, role="learner", now=now
        )
        if joined is not None and self._story.champion:
            enrolment.set_champion(joined, True)

    def welcome(self, now: datetime) -> None:
        """Choose team and track."""
        story = self._story
        enrolment.welcome(self._session, self._learner, team=story.team, track=story.track, now=now)

    def map_tasks(self, now: datetime) -> None:
        """Send a task map to the coach."""
        own = self._story.works[0].text.title if self._story.works else None
        entries = tasks.entries(self._story.team, self._number, own)
        recording.save_task_map(self._session, self._learner, entries, now, submit=True)

    def attest(self, now: datetime) -> None:
        """Read the red lines."""
        version = self._program.red_lines.version
        recording.attest_red_lines(self._session, self._learner, version, now)

    def answer_map(self, accept: bool, words: str, now: datetime) -> None:
        """The coach accepts the task map, or asks for a talk."""
        mine = select(TaskMap).where(TaskMap.enrolment_id == self._learner.id)
        task_map = self._session.scalars(mine).one()
        reviewing.answer_task_map(
            self._session, task_map, self._learner, self._coach,
            accept=accept, answer=words, now=now,
        )  # fmt: skip

    def confirm(self, milestone: str, now: datetime) -> None:
        """The coach confirms a milestone."""
        awarding.confirm(self._session, self._learner, milestone, self._coach, now)

    def defer(self, milestone: str, reason: str, now: datetime) -> None:
        """The coach says "not yet"."""
        awarding.defer(self._session, self._learner, milestone, self._coach, reason, now)

    def start(self, number: int, text: Text, now: datetime) -> None:
        """Begin a workflow."""
        draft = draft_of(self._program, text)
        self._workflows[number] = drafting.start(self._session, self._learner, draft, now)

    def save(self, number: int, text: Text, now: datetime) -> None:
        """Save another text of it."""
        workflow = self._workflows[number]
        draft = draft_of(self._program, text)
        drafting.save(self._session, workflow, draft, workflow.revision, now)

    def submit(self, number: int, now: datetime) -> None:
        """Ask for its review."""
        drafting.submit(self._session, self._workflows[number], now)

    def time(self, number: int, run: Run, key: str, now: datetime) -> None:
        """Time the task the old way."""
        day = enrolment.calendar(self._cohort).today(now)
        facts = RunFacts("baseline", run.minutes, run.size, run.method, day)
        recording.record_run(self._session, self._workflows[number], facts, key, now)

    def review(self, number: int, verdict: Verdict, now: datetime) -> None:
        """The coach decides on the submitted version."""
        rubric = self._program.rubric
        names = [criterion.id for criterion in rubric.criteria]
        levels: dict[str, int | None] = dict(zip(names, map(int, verdict.levels), strict=True))
        passed = all(level >= rubric.pass_each for level in map(int, verdict.levels))
        workflow = self._workflows[number]
        reviewing.review(
            self._session, workflow, self._coach,
            seen_version=workflow.version,
            decision="approve" if passed else "request_changes",
            levels=levels, notes=dict(verdict.notes), gates_confirmed=passed,
            comment=verdict.comment, now=now,
        )  # fmt: skip

    def waive(self, number: int, reason: str, _now: datetime) -> None:
        """The coach lets it ship without timed runs."""
        reviewing.waive_baseline(self._session, self._workflows[number], self._coach, reason)

    def ship(self, number: int, place: str, now: datetime) -> None:
        """Put it into use."""
        drafting.ship(self._session, self._workflows[number], place, now)

    def answer(self, number: int, week: int, said: Said, now: datetime) -> None:
        """The weekly check-in."""
        facts = AnswerFacts(
            week, said.answer, said.times, said.minutes, said.link, said.reason, said.note
        )
        checking_in.answer_week(self._session, self._workflows[number], facts, now)

    def verify(self, number: int, week: int, now: datetime) -> None:
        """The coach has looked at a week's use and backs it up."""
        workflow = self._workflows[number]
        of_week = select(WeeklyAnswer).where(
            WeeklyAnswer.workflow_id == workflow.id, WeeklyAnswer.week == week
        )
        answer = self._session.scalars(of_week).one()
        reviewing.verify_week(self._session, workflow, answer, self._coach, now)

    def publish(self, number: int, prompt: Prompt, now: datetime) -> None:
        """Put a prompt into the library."""
        recording.publish_prompt(
            self._session, self._workflows[number], prompt.title, prompt.text, prompt.tool_note, now
        )

    def make_standard(self, number: int, now: datetime) -> None:
        """Publish it as a standard that its author looks after."""
        owner = self._person.display_name
        drafting.publish_standard(self._session, self._workflows[number], owner, now)

    def retire(self, number: int, reason: str, now: datetime) -> None:
        """End it, with a reason."""
        drafting.retire(self._session, self._workflows[number], reason, now)


def draft_of(program: Program, text: Text) -> Draft:
    """A text as a draft, on the red lines of the example that it began with."""
    template = program.template(text.template) if text.template else None
    red_lines = drafting.from_template(program, template).content["red_lines"]
    because = dict(text.does_not_apply)
    for line in red_lines:
        line["because"] = next((why for part, why in because.items() if part in line["text"]), "")
        line["kept"] = not line["because"]
    return Draft(
        title=text.title,
        unit=text.unit,
        cadence=text.cadence,
        content={
            "task": text.task,
            "own_material": text.own_material,
            "steps": [dict(step) for step in text.steps],
            "red_lines": red_lines,
            "measure": {"time": text.time, "quality": text.quality},
            "fallback": text.fallback,
        },
    )
