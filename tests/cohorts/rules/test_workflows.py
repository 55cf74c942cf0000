"""What people may do with a workflow in which state, and what stops them."""

from typing import Any

import pytest

from cohorts.rules.workflows import (
    TRANSITIONS,
    after,
    gates,
    review_problems,
    ship_problems,
    submission_problems,
)

STATES = ("draft", "in_review", "changes_requested", "approved", "shipped", "retired")
ACTIONS = ("submit", "approve", "request_changes", "ship", "retire")


def content(**changes: Any) -> dict[str, Any]:
    """A workflow that may be submitted."""
    complete = {
        "task": "Turn a campaign request into an approved brief",
        "steps": [
            {"kind": "human", "text": "Read the request"},
            {"kind": "ai", "text": "Draft the brief", "tool": "The team's assistant: it cites"},
            {"kind": "gate", "text": "Check the facts", "who": "Campaign lead"},
        ],
        "red_lines": [
            {"text": "No customer names", "kept": True},
            {"text": "No prices", "kept": False, "because": "A brief has none"},
        ],
        "measure": {"time": "Minutes a brief", "quality": ""},
    }
    return {**complete, **changes}


def steps(*kinds: str) -> list[dict[str, Any]]:
    return [{"kind": kind, "text": "Do it", "who": "Lee", "tool": "Any"} for kind in kinds]


def fields(found: list[Any]) -> list[str]:
    return [problem.field for problem in found]


@pytest.mark.parametrize(
    ("state", "action", "expected"),
    [
        ("draft", "submit", "in_review"),
        ("changes_requested", "submit", "in_review"),
        ("in_review", "submit", "in_review"),
        ("in_review", "approve", "approved"),
        ("in_review", "request_changes", "changes_requested"),
        ("approved", "ship", "shipped"),
        ("shipped", "retire", "retired"),
    ],
)
def test_an_action_leads_on(state: str, action: str, expected: str) -> None:
    assert after(state, action) == expected


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ("draft", "approve"),
        ("draft", "ship"),
        ("in_review", "ship"),
        ("in_review", "retire"),
        ("changes_requested", "approve"),
        ("changes_requested", "ship"),
        ("approved", "submit"),
        ("approved", "approve"),
        ("shipped", "ship"),
        ("shipped", "approve"),
    ],
)
def test_an_action_out_of_turn_is_refused(state: str, action: str) -> None:
    assert after(state, action) is None


def test_nothing_follows_on_retired_and_nothing_is_shipped_without_approval() -> None:
    assert [after("retired", action) for action in ACTIONS] == [None] * 5
    assert [state for state in STATES if after(state, "ship")] == ["approved"]
    assert [state for state in STATES if after(state, "approve")] == ["in_review"]
    assert {state for state, _ in TRANSITIONS} | {*TRANSITIONS.values()} == {*STATES}


def test_a_complete_workflow_may_be_submitted() -> None:
    assert submission_problems(content()) == []
    assert [gate["who"] for gate in gates(content())] == ["Campaign lead"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"task": "  "}, "task"),
        ({"steps": []}, "steps"),
        ({"steps": steps("human", "gate")}, "steps"),
        ({"steps": steps("ai", "human")}, "steps"),
        ({"steps": steps("gate", "ai")}, "steps"),
        ({"steps": [*steps("ai", "gate"), {"kind": "human", "text": " "}]}, "steps-2-text"),
        ({"steps": [*steps("ai"), {"kind": "gate", "text": "Check"}]}, "steps-1-who"),
        ({"steps": [{"kind": "ai", "text": "Draft"}, *steps("gate")]}, "steps-0-tool"),
        ({"red_lines": [{"text": "No prices", "kept": False}]}, "red_lines-0-because"),
        ({"measure": {"time": "", "quality": " "}}, "measure_time"),
    ],
)
def test_what_a_coach_could_not_review_is_named_at_its_field(
    changes: dict[str, Any], field: str
) -> None:
    [problem] = submission_problems(content(**changes))

    assert problem.field == field
    assert problem.message.endswith(".")


def test_an_empty_draft_hears_of_everything_at_once() -> None:
    assert fields(submission_problems({})) == ["task", "steps", "measure_time"]


def test_a_gate_may_stand_anywhere_after_the_first_step_with_ai() -> None:
    assert submission_problems(content(steps=steps("ai", "human", "gate", "ai"))) == []


@pytest.mark.parametrize("measure", [{"time": "Minutes"}, {"quality": "Rework"}])
def test_one_measure_is_enough(measure: dict[str, str]) -> None:
    assert submission_problems(content(measure=measure)) == []


def ship(runs: int = 3, waived: bool = False, attested: int | None = 2) -> list[Any]:
    return ship_problems(runs, 3, waived, attested, current=2)


def test_shipping_needs_the_baseline_and_the_current_red_lines() -> None:
    assert ship() == []
    assert fields(ship(runs=2, attested=1)) == ["baseline", "red_lines"]


def test_a_missing_baseline_says_how_many_runs_there_are() -> None:
    [problem] = ship(runs=2)

    assert problem.message == (
        "Before shipping, time this task 3 times the old way, or ask your coach for a waiver. "
        "You have 2 of 3 runs."
    )


def test_a_coachs_waiver_takes_the_place_of_the_baseline_but_not_of_the_red_lines() -> None:
    assert ship(runs=0, waived=True) == []
    assert fields(ship(runs=0, waived=True, attested=None)) == ["red_lines"]


@pytest.mark.parametrize("attested", [None, 1, 3])
def test_only_the_current_version_of_the_red_lines_counts(attested: int | None) -> None:
    assert fields(ship(attested=attested)) == ["red_lines"]


def review(
    levels: dict[str, int | None], notes: dict[str, str] | None = None, decision: str = "approve"
) -> list[Any]:
    return review_problems(levels, notes or {}, decision, pass_each=2)


def test_a_review_with_every_criterion_at_the_level_may_approve() -> None:
    assert review({"task_fit": 2, "human_gates": 3}) == []


def test_every_criterion_needs_a_level() -> None:
    assert fields(review({"task_fit": 2, "human_gates": None})) == ["level_human_gates"]


def test_a_low_level_needs_a_sentence_and_cannot_be_approved() -> None:
    low = {"task_fit": 0, "human_gates": 2}

    assert fields(review(low)) == ["note_task_fit", "decision"]
    assert fields(review(low, {"task_fit": "Choose a task that comes back"})) == ["decision"]
    assert fields(review(low, {"task_fit": "  "}, "request_changes")) == ["note_task_fit"]
    assert review(low, {"task_fit": "Choose another"}, "request_changes") == []


def test_asking_for_changes_is_possible_with_every_criterion_at_the_level() -> None:
    assert review({"task_fit": 3}, decision="request_changes") == []
