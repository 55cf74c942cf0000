"""Several people, or one with a quick finger, at the same moment."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from cohorts import drafting, recording, reviewing
from cohorts.models import (
    Award,
    Cohort,
    Delivery,
    Enrolment,
    Person,
    Review,
    Score,
    StatementRecord,
    TaskMap,
    TimedRun,
    WeeklyAnswer,
    Workflow,
)
from lti_tool.launch.session import csrf_token
from tests.support.cohort import CONTENT, GOOD_LEVELS, TASKS, Course, Member
from tests.support.platform import INSTRUCTOR, LEARNER, TOOL_URL

Send = Callable[[], TestResponse]
CLICKS = 3


def ready(member: Member, address: str, /, **fields: Any) -> Send:
    """A form that is filled in and only has to be sent, from a tab of its own."""
    with member.client:
        member.get("/help")
        data = {"csrf_token": csrf_token(), **fields}
    cookie = member.client.get_cookie("__Host-launch", domain="tool.example")
    assert cookie is not None
    tab = member.client.application.test_client(use_cookies=False)
    headers = {"Authorization": f"Bearer {cookie.value}"}
    return lambda: tab.post(address, data=data, headers=headers, base_url=TOOL_URL)


def at_once(*sends: Send) -> list[TestResponse]:
    """All of these at the same moment; none of them may break."""
    start = Barrier(len(sends))

    def run(send: Send) -> TestResponse:
        start.wait(timeout=30)
        return send()

    with ThreadPoolExecutor(len(sends)) as pool:
        answers = list(pool.map(run, sends))
    assert all(answer.status_code < 500 for answer in answers), [a.text for a in answers]
    return answers


def statuses(answers: list[TestResponse]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


class Other:
    """The other side of a race: what it was answered, and whether it was through before us."""

    status: int = 0
    was_first: bool = False


@contextmanager
def meanwhile(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, send: Send
) -> Iterator[Other]:
    """When our side comes to the function `name` of `where`, the other side begins, and has half a
    second to finish. It does where nothing stops it, and waits for us where a lock holds it."""
    real, other, done = getattr(where, name), Other(), Event()

    def run() -> None:
        other.status = send().status_code
        done.set()

    thread = Thread(target=run)

    def paused(*arguments: Any, **named: Any) -> Any:
        if thread.ident is None:
            thread.start()
            other.was_first = done.wait(timeout=0.5)
        return real(*arguments, **named)

    monkeypatch.setattr(where, name, paused)
    yield other
    assert thread.ident is not None, f"{name} was never called"
    thread.join(timeout=30)
    assert 200 <= other.status < 500


def stored(course: Course, what: Any) -> list[Any]:
    """All rows of one kind, detached."""
    with course.change() as session:
        found = list(session.scalars(select(what)))
        session.expunge_all()
        return found


def kinds(course: Course) -> Counter[str]:
    return Counter(row.kind for row in stored(course, StatementRecord))


def review_form(**changes: Any) -> dict[str, Any]:
    levels = {f"level_{name}": level for name, level in GOOD_LEVELS.items()}
    return {**levels, "seen_version": 1, "gates_confirmed": "y", "decision": "approve"} | changes


@pytest.fixture
def lin(course: Course) -> Member:
    """A coach of an open cohort."""
    course.open()
    return course.coach()


@pytest.fixture
def ada(course: Course, lin: Member) -> Member:
    """A learner."""
    return course.learner("Ada")


def test_t01_one_check_in_however_often_it_is_sent(
    course: Course, lin: Member, ada: Member
) -> None:
    shipped = course.shipped(ada.id, lin)
    course.clock.advance(days=11)
    sends = [ready(ada, "/check-in", **{f"w2-{shipped}-answer": "used"}) for _ in range(CLICKS)]
    assert statuses(at_once(*sends)) == {303: CLICKS}
    [row] = stored(course, WeeklyAnswer)
    assert (row.week, row.answer, row.revision) == (2, "used", 1)
    assert (kinds(course)["week-used"], kinds(course)["voided"]) == (1, 0)


@pytest.mark.parametrize("earlier", [None, "not_used"])
def test_t02_one_week_from_two_tabs_with_different_answers(
    course: Course, lin: Member, ada: Member, earlier: str | None
) -> None:
    shipped = course.shipped(ada.id, lin)
    course.clock.advance(days=11)
    if earlier:
        course.answer(shipped, 2, earlier)
    name = f"w2-{shipped}-answer"
    sends = [ready(ada, "/check-in", **{name: said}) for said in ("used", "away")]
    assert statuses(at_once(*sends)) == {303: 2}
    [row] = stored(course, WeeklyAnswer)
    seen = kinds(course)
    # The last one stands, and everything said before it was taken back.
    assert row.answer in ("used", "away")
    assert row.revision == (3 if earlier else 2)
    assert (seen["week-used"], seen["week-away"]) == (1, 1)
    assert seen["voided"] == row.revision - 1


def test_t03_two_coaches_decide_one_version(course: Course, lin: Member, ada: Member) -> None:
    second = course.coach("Kim Coach")
    brief = course.submitted(ada.id)
    address = f"/coach/workflows/{brief}/review"
    words = {"approve": "Clear prompts.", "request_changes": "Name who checks."}
    sends = [
        ready(coach, address, **review_form(decision=decision, comment=comment))
        for coach, (decision, comment) in zip((lin, second), words.items(), strict=True)
    ]
    answers = at_once(*sends)
    assert statuses(answers) == {303: 1, 409: 1}
    [review] = stored(course, Review)
    late = answers[[answer.status_code for answer in answers].index(409)]
    for comment in words.values():
        assert comment in late.text
    [workflow] = stored(course, Workflow)
    states = {"approve": "approved", "request_changes": "changes_requested"}
    assert workflow.state == states[review.decision]
    assert kinds(course)["workflow-approved"] + kinds(course)["workflow-returned"] == 1


def test_t04_a_new_version_while_a_coach_approves(
    course: Course, lin: Member, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = course.submitted(ada.id)
    course.submit(brief, task="A second thought.")
    with course.change() as session:
        workflow = session.get_one(Workflow, brief)
        drafting.save(
            session,
            workflow,
            drafting.Draft("Third", "one", "weekly", {**CONTENT, "task": "A third thought."}),
            workflow.revision,
            course.clock(),
        )
    approve = ready(lin, f"/coach/workflows/{brief}/review", **review_form(seen_version=2))
    submit = ready(ada, f"/workflows/{brief}/submit")
    with meanwhile(monkeypatch, drafting.workflows, "submission_problems", approve) as other:
        mine = submit()
    [workflow] = stored(course, Workflow)
    reviews = stored(course, Review)
    # Nobody has approved what nobody has read: one of the two wins, and the other is told.
    assert {mine.status_code, other.status} == {303, 409}
    if reviews:
        assert (workflow.state, workflow.version, reviews[0].version) == ("approved", 2, 2)
    else:
        assert (workflow.state, workflow.version) == ("in_review", 3)


def test_a_draft_is_saved_while_a_coach_approves(
    course: Course, lin: Member, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = course.submitted(ada.id)
    approve = ready(lin, f"/coach/workflows/{brief}/review", **review_form())
    fields = {"title": "Something else", "unit": "one", "cadence": "weekly", "revision": 1}
    save = ready(ada, f"/workflows/{brief}/edit", action="save", **fields)
    with meanwhile(monkeypatch, drafting, "_check", approve) as other:
        mine = save()
    [workflow] = stored(course, Workflow)
    assert (other.status, workflow.state) == (303, "approved")
    # Saved before the decision, or told that it is too late: an approved text stays as it is.
    if other.was_first:
        assert (mine.status_code, workflow.title) == (422, "Campaign brief")
        assert "Something else" in mine.text
    else:
        assert (mine.status_code, workflow.title) == (303, "Something else")


@pytest.mark.parametrize("action", ["submit", "accept"])
def test_a_task_map_changes_while_a_coach_accepts_it(
    course: Course, lin: Member, ada: Member, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    course.task_map(ada.id)
    page = f"/coach/task-maps/{ada.id}"
    seen = lin.get(page).text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    accept = ready(lin, page, seen=seen, decision="accept", answer="")
    other = [{**task, "why": "changed my mind"} for task in TASKS]
    fields = {
        f"entries-{number}-{name}": text
        for number, entry in enumerate(other)
        for name, text in entry.items()
    }
    submit = ready(ada, "/task-map", action="submit", **fields)
    if action == "submit":
        with meanwhile(monkeypatch, recording, "_check_task_map", accept) as other:
            mine = submit().status_code
        theirs = other.status
    else:
        with meanwhile(monkeypatch, reviewing, "answer_task_map", submit) as other:
            theirs = accept().status_code
        mine = other.status
    [task_map] = stored(course, TaskMap)
    changed = task_map.entries[0]["why"] == "changed my mind"
    # Accepted is what the coach has read, or nothing.
    if changed:
        assert (task_map.state, mine, theirs) == ("with_coach", 303, 409)
    else:
        assert (task_map.state, mine, theirs) == ("accepted", 422, 303)


def test_two_coaches_confirm_one_milestone(course: Course, lin: Member, ada: Member) -> None:
    second = course.coach("Kim Coach")
    course.literate(ada.id, lin)
    address = f"/coach/milestones/{ada.id}/literacy"
    answers = at_once(*(ready(coach, address) for coach in (lin, second, lin)))
    assert statuses(answers) == {303: 3}
    assert (len(stored(course, Award)), len(stored(course, Score))) == (1, 1)
    assert len([row for row in stored(course, Delivery) if row.score_id]) == 1
    assert kinds(course)["milestone-confirmed"] == 1


def test_one_version_however_often_submit_is_clicked(
    course: Course, lin: Member, ada: Member
) -> None:
    brief = course.draft(ada.id)
    send = ready(ada, f"/workflows/{brief}/submit")
    assert statuses(at_once(*[send] * CLICKS)) == {303: CLICKS}
    assert send().status_code == 303
    [workflow] = stored(course, Workflow)
    assert (workflow.state, workflow.version) == ("in_review", 1)
    assert kinds(course)["workflow-submitted"] == 1


def test_shipped_once_and_told_so_however_often_it_is_clicked(
    course: Course, lin: Member, ada: Member
) -> None:
    brief = course.submitted(ada.id)
    course.decide(brief, lin)
    course.literate(ada.id, lin)
    assert lin.post(f"/coach/workflows/{brief}/waiver", reason="New work.").status_code == 303
    send = ready(ada, f"/workflows/{brief}/ship", place="https://wiki.example/brief")
    assert statuses(at_once(*[send] * CLICKS)) == {303: CLICKS}
    assert send().status_code == 303
    assert kinds(course)["workflow-shipped"] == 1


def test_retired_and_shipped_at_once_is_one_of_both(
    course: Course, lin: Member, ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief = course.submitted(ada.id)
    course.decide(brief, lin)
    course.literate(ada.id, lin)
    assert lin.post(f"/coach/workflows/{brief}/waiver", reason="New work.").status_code == 303
    retire = ready(ada, f"/workflows/{brief}/retire", reason="not_worth_it")
    ship = ready(ada, f"/workflows/{brief}/ship", place="Wiki")
    with meanwhile(monkeypatch, drafting, "ship_problems", retire):
        assert ship().status_code == 303
    [workflow] = stored(course, Workflow)
    # Shipped first, then retired: never retired and back again.
    assert workflow.state == "retired" and workflow.shipped_on is not None


def test_everything_else_that_is_clicked_twice(course: Course, lin: Member, ada: Member) -> None:
    shipped, draft = course.shipped(ada.id, lin), course.draft(ada.id)
    ben = course.visitor("Ben")
    course.clock.advance(days=11)
    answer = course.answer(shipped, 2)
    with course.change() as session:
        version = session.get_one(Enrolment, ada.id).cohort.program["red_lines"]["version"]
    run = {"minutes": 85, "size": "M", "method": "stopwatch", "timed_on": "2026-01-12"}
    prompt = {"title": "Brief", "text": "You write", "tool_note": "long text"}
    for member, address, fields in (
        (ben, "/welcome", {"team": "Brand", "track": "marketing"}),
        (ben, "/red-lines", {"confirmed": "y", "version": version}),
        (ben, "/task-map", {"entries-0-task": "Write", "entries-0-fit": "fits"}),
        (ada, f"/workflows/{draft}/runs", {**run, "key": "one-page"}),
        (ada, f"/workflows/{shipped}/prompts", prompt),
        (ada, f"/workflows/{shipped}/standard", {"standard_owner": "Ada"}),
        (lin, f"/coach/learners/{ada.id}/answers/{answer}/verify", {}),
    ):
        send = ready(member, address, **fields)
        assert statuses(at_once(*[send] * CLICKS)) == {303: CLICKS}, address
    seen = kinds(course)
    assert seen["red-lines-attested"] == 2  # Ada's and Ben's
    assert [seen[kind] for kind in ("prompt-published", "standard-published", "voided")] == [1] * 3
    assert len([run for run in stored(course, TimedRun) if run.workflow_id == draft]) == 1
    assert len(stored(course, TaskMap)) == 1


def test_the_owner_opens_the_cohort_twice(course: Course) -> None:
    teacher = course.visitor("Tea Teacher", INSTRUCTOR)
    fields = {"program": "marketing", "name": "Spring", "starts_on": "2026-01-19"}
    send = ready(teacher, "/cohort/new", **fields, time_zone="Europe/Berlin", teams="Brand")
    assert statuses(at_once(*[send] * CLICKS)) == {303: CLICKS}
    assert len(stored(course, Cohort)) == 1
    assert [row.role for row in stored(course, Enrolment)] == ["owner"]


def test_twenty_people_launch_for_the_first_time(app: Flask, course: Course) -> None:
    course.open()

    def launch(number: int) -> Send:
        role = INSTRUCTOR if number % 10 == 0 else LEARNER
        claims = {"sub": f"s-{number}", "name": f"Person {number}", "roles": [role]}
        return lambda: course.platform.launch(app.test_client(), claims)

    assert statuses(at_once(*(launch(number) for number in range(20)))) == {303: 20}
    people = stored(course, Enrolment)
    coaches: set[UUID] = {row.id for row in people if row.role == "coach"}
    learners = [row for row in people if row.role == "learner"]
    assert (len(coaches), len(learners), len(stored(course, Person))) == (2, 18, 21)
    assert kinds(course)["enrolled"] == 18
    assert {row.coach_id for row in learners if row.coach_id} <= coaches
