"""A learner's pages, from the first launch to a shipped workflow in weekly use."""

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from cohorts import reviewing
from cohorts.models import Enrolment, StatementRecord, TimedRun, WeeklyAnswer, Workflow
from lti_tool.database import db
from tests.support.clock import Clock
from tests.support.visitor import Visitor

pytestmark = pytest.mark.usefixtures("cohort_id")


def kinds(app: Flask) -> list[str]:
    """The kinds of the statements recorded so far, oldest first."""
    with app.app_context():
        query = select(StatementRecord.kind).order_by(StatementRecord.number)
        return list(db.session.scalars(query))


def write_brief(mara: Visitor) -> str:
    """Draft the campaign brief so that it can be reviewed; the address of its page."""
    mara.open("/workflows/new/campaign-brief").send(action="save")
    page = mara.address
    mara.open(f"{page}/edit")
    fields = mara.form().fields
    tools = {name: "The house model: it knows our style" for name in fields if "-tool" in name}
    kept = {name.replace("-text", "-kept"): "y" for name in fields if "red_lines" in name}
    mara.send(**tools, **{name: "y" for name in kept if name.endswith("-kept")}, action="save")
    assert "Submit for review" in mara.text
    return page


def approve(app: Flask, clock: Clock) -> None:
    """The coach approves what waits."""
    with app.app_context():
        session = db.session()
        workflow = session.scalars(select(Workflow)).one()
        coach = session.scalars(select(Enrolment).where(Enrolment.role == "coach")).first()
        if coach is None:
            coach = workflow.author.cohort.enrolments[0]
        criteria = [each["id"] for each in workflow.author.cohort.program["rubric"]["criteria"]]
        reviewing.review(
            session,
            workflow,
            coach,
            seen_version=workflow.version,
            decision="approve",
            levels=dict.fromkeys(criteria, 2),
            notes={},
            gates_confirmed=True,
            comment="Clear gates.",
            now=clock(),
        )
        session.commit()


@pytest.fixture
def coach(enter: Callable[..., Visitor]) -> None:
    """A teacher of the course, who coaches in the cohort."""
    response = enter(
        "coach", "Lee Coach", "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"
    )
    assert response.status == 200


@pytest.fixture
def shipped(app: Flask, mara: Visitor, coach: None, clock: Clock) -> str:
    """Mara's campaign brief, shipped in week 1; the address of its page."""
    page = write_brief(mara)
    mara.open(page).send("/submit")
    approve(app, clock)
    mara.open("/red-lines").send(confirmed="y")
    for minutes in ("80", "85", "90"):
        mara.open(f"{page}/runs").send(minutes=minutes)
    mara.open(page).send("/ship", place="https://drive.example/brief")
    assert "Shipped" in mara.text
    return page


def test_a_first_launch_shows_who_sees_what_and_asks_for_team_and_track(
    enter: Callable[..., Visitor],
) -> None:
    mara = enter()
    assert mara.address == "/welcome"
    assert "What is recorded, and who sees it" in mara.text
    mara.send(team="Nobody's team", track="marketing")
    assert mara.status == 422
    assert "Choose your team from the list." in mara.text
    mara.send(team="Brand", track="marketing")
    assert mara.address == "/"
    assert "Week 1 of 13" in mara.text
    assert "Map your tasks" in mara.text


def test_a_task_map_of_two_tasks_is_refused_with_what_is_missing(mara: Visitor) -> None:
    mara.open("/task-map").send(
        **{"entries-0-task": "Briefs", "entries-0-why": "clear"},
        **{"entries-1-task": "Posts", "entries-1-why": "clear"},
        action="submit",
    )
    assert mara.status == 422
    assert "Add 1 more task of your own." in mara.text
    assert "At least one task should be a “do not use”." in mara.text
    assert 'value="Briefs"' in mara.text


def test_red_lines_are_attested_once_however_often_confirmed(app: Flask, mara: Visitor) -> None:
    page = mara.open("/red-lines")
    form = page.form()
    mara.send(confirmed="y")
    for _ in range(2):
        mara.client.post(
            "/red-lines", data=form.fields | {"confirmed": "y"}, base_url="https://tool.example"
        )
    assert kinds(app).count("red-lines-attested") == 1


def test_a_draft_without_a_gate_says_so_before_it_can_be_submitted(mara: Visitor) -> None:
    mara.open("/workflows/new/own-task").send(
        title="Notes", unit="one note", task="Write notes", action="save"
    )
    mara.open(f"{mara.address}/edit").send(action="add-ai")
    assert mara.status == 200
    mara.send(**{"steps-0-text": "Draft", "steps-0-tool": "House model"}, action="save")
    assert "Every AI step that reaches another person needs a gate" in mara.text
    assert "Submit for review" not in mara.text


def test_steps_move_by_buttons_and_keep_what_was_typed(mara: Visitor) -> None:
    mara.open("/workflows/new/campaign-brief").send(title="My brief", action="down-0")
    form = mara.form()
    assert form.fields["title"] == "My brief"
    assert form.fields["steps-0-text"].startswith("Draft brief")
    assert form.fields["steps-1-text"].startswith("First-pass")


def test_opening_a_draft_again_shows_what_was_confirmed(mara: Visitor) -> None:
    page = write_brief(mara)
    mara.open(f"{page}/edit").send(title="Another name", action="save")
    assert "Submit for review" in mara.text


def test_saving_from_two_tabs_loses_nothing(app: Flask, mara: Visitor) -> None:
    page = write_brief(mara)
    first = mara.open(f"{page}/edit").form()
    mara.send(title="From one tab", action="save")
    answer = mara.client.post(
        f"{page}/edit",
        data=first.fields | {"title": "From the other", "action": "save"},
        base_url="https://tool.example",
    )
    assert answer.status_code == 422
    assert "saved somewhere else" in answer.text
    assert "From one tab" in answer.text
    assert "From the other" in answer.text


def test_shipping_is_blocked_without_baseline_and_red_lines(
    app: Flask, mara: Visitor, coach: None, clock: Clock
) -> None:
    page = write_brief(mara)
    mara.open(page).send("/submit")
    approve(app, clock)
    mara.open(page).send("/ship", place="https://drive.example/brief")
    assert mara.status == 422
    assert "You have 0 of 3 runs." in mara.text
    assert "Read the current red lines" in mara.text
    assert "workflow-shipped" not in kinds(app)


def test_a_double_click_on_a_timed_run_is_one_run(app: Flask, mara: Visitor) -> None:
    page = write_brief(mara)
    form = mara.open(f"{page}/runs").form()
    for _ in range(2):
        answer = mara.client.post(
            f"{page}/runs", data=form.fields | {"minutes": "85"}, base_url="https://tool.example"
        )
        assert answer.status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(TimedRun)) == 1
    assert kinds(app).count("baseline-measured") == 1


@pytest.mark.parametrize("minutes", ["", "soon", "0", "-5", "481", "nan", "1e999", "8" * 400])
def test_a_run_of_no_sensible_length_is_refused_at_its_field(
    app: Flask, mara: Visitor, minutes: str
) -> None:
    page = write_brief(mara)
    mara.open(f"{page}/runs").send(minutes=minutes)
    assert mara.status == 422
    assert 'href="#minutes"' in mara.text
    assert "baseline-measured" not in kinds(app)


def test_a_week_is_answered_with_one_tap_and_can_be_corrected(
    app: Flask, mara: Visitor, shipped: str, clock: Clock
) -> None:
    clock.advance(days=7 + 3)
    mara.open("/check-in")
    answer = next(name for name in _answers(mara) if name.startswith("w2-"))
    mara.send(**{answer: "used"})
    assert "Check-in saved" in mara.text
    mara.send(**{answer: "not_used"})
    with app.app_context():
        rows = db.session.scalars(select(WeeklyAnswer).where(WeeklyAnswer.week == 2)).all()
        assert [(row.answer, row.revision) for row in rows] == [("not_used", 2)]
    assert kinds(app)[-3:] == ["week-used", "voided", "week-not-used"]


def test_the_same_answer_twice_is_one_statement(
    app: Flask, mara: Visitor, shipped: str, clock: Clock
) -> None:
    clock.advance(days=7 + 3)
    for _ in range(2):
        mara.open("/check-in")
        answer = next(name for name in _answers(mara) if name.startswith("w2-"))
        mara.send(**{answer: "used"})
    assert kinds(app).count("week-used") == 1
    assert "voided" not in kinds(app)


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("link", "javascript:alert(1)", "Enter a web address that begins with https://."),
        ("times", "often", "Enter a whole number, such as 3."),
        ("times", "201", "Enter how many times, from 1 to 200."),
        ("minutes", "many", "Enter the minutes as a number, such as 20."),
        ("note", "x" * 281, "Use at most 280 characters."),
    ],
)
def test_a_wrong_detail_of_a_check_in_is_refused_and_kept(
    app: Flask, mara: Visitor, shipped: str, clock: Clock, part: str, value: str, message: str
) -> None:
    clock.advance(days=7 + 3)
    mara.open("/check-in")
    answer = next(name for name in _answers(mara) if name.startswith("w2-"))
    mara.send(**{answer: "used", answer.replace("answer", part): value})
    assert mara.status == 422
    assert message in mara.text
    assert value in mara.text
    assert "week-used" not in kinds(app)


def test_no_check_in_is_asked_for_before_its_day(mara: Visitor, shipped: str, clock: Clock) -> None:
    clock.advance(days=7)
    mara.open("/check-in")
    assert "Week 2" not in mara.text


def test_text_of_every_kind_is_kept_as_text(app: Flask, mara: Visitor) -> None:
    hostile = "<script>alert(1)</script> {{7777*7777}} \u202eevil \0 =cmd"
    mara.open("/workflows/new/own-task").send(
        title=hostile, unit="one", task=hostile, action="save"
    )
    assert mara.status == 200
    assert "<script>alert" not in mara.text
    assert "60481729" not in mara.text
    with app.app_context():
        assert "\0" not in db.session.scalars(select(Workflow.title)).one()


@pytest.mark.parametrize("field", ["title", "unit", "task", "own_material", "fallback"])
def test_text_that_is_too_long_is_refused_at_its_field(mara: Visitor, field: str) -> None:
    mara.open("/workflows/new/own-task").send(
        **{"title": "T", "unit": "one", field: "x" * 9000}, action="save"
    )
    assert mara.status == 422
    assert f'href="#{field}"' in mara.text


def test_another_learners_workflow_does_not_exist(
    app: Flask, mara: Visitor, enter: Callable[..., Visitor]
) -> None:
    page = write_brief(mara)
    other = enter("6", "Tomás").send(team="Brand", track="marketing")
    form = other.open("/workflows/new/own-task").form()
    for address in (page, f"{page}/edit", f"{page}/runs"):
        assert other.open(address).status == 404
    for action in ("submit", "ship", "standard", "prompts", "retire", "edit"):
        answer = other.client.post(
            f"{page}/{action}", data=form.fields, base_url="https://tool.example"
        )
        assert answer.status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Workflow.state)).one() == "draft"


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_a_change_without_the_form_token_is_refused(
    app: Flask, mara: Visitor, token: str | None
) -> None:
    form = mara.open("/red-lines").form()
    data = form.fields | {"confirmed": "y"}
    data.pop("csrf_token")
    if token is not None:
        data["csrf_token"] = token
    answer = mara.client.post("/red-lines", data=data, base_url="https://tool.example")
    assert answer.status_code == 403
    assert "red-lines-attested" not in kinds(app)


@pytest.mark.parametrize(
    "address", ["/", "/welcome", "/task-map", "/red-lines", "/workflows/new", "/check-in"]
)
def test_nothing_is_shown_without_a_launch(app: Flask, address: str) -> None:
    answer = app.test_client().get(address, base_url="https://tool.example")
    assert answer.status_code == 401
    assert "open the activity again" in answer.text


def test_a_course_without_a_cohort_tells_the_learner_it_is_not_their_fault(
    app: Flask, platform: object
) -> None:
    stranger = Visitor.launch(platform, app.test_client(), context={"id": "99"})  # type: ignore[arg-type]
    assert stranger.status == 404
    assert "You did nothing wrong" in stranger.text


def test_no_statement_names_a_person(
    app: Flask, mara: Visitor, shipped: str, clock: Clock, cohort_id: UUID
) -> None:
    clock.advance(days=7 + 3)
    mara.open("/check-in")
    answer = next(name for name in _answers(mara) if name.startswith("w2-"))
    mara.send(**{answer: "used"})
    with app.app_context():
        bodies = list(db.session.scalars(select(StatementRecord.body)))
    assert len(bodies) >= 8
    for body in bodies:
        assert "Mara" not in body
        assert "Lee" not in body
        assert "score" not in json.loads(body).get("result", {})


def _answers(visitor: Visitor) -> list[str]:
    """The names of the answers that this check-in asks for."""
    parts = visitor.text.split('name="')
    return sorted({part.split('"')[0] for part in parts if part.split('"')[0].endswith("-answer")})
