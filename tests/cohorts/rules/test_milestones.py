"""What earns a milestone, with the numbers of the shipped programs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cohorts import programs
from cohorts.rules.liveness import Answer, Outcome, Unit, units
from cohorts.rules.milestones import (
    LEARNER_PREDICATES,
    PREDICATES,
    REFUSED,
    WORKFLOW_PREDICATES,
    LearnerFacts,
    Verdict,
    WorkflowFacts,
    verdict,
    verdicts,
)

RULES: Mapping[str, Any] = programs.shipped()["marketing"]["milestones"]
ALL = frozenset({"literacy", "fluency", "competence"})


def used(first: int, last: int, strength: int = 1, late: bool = False) -> tuple[Unit, ...]:
    """A used unit in every week from first to last."""
    return tuple(Unit((w,), Outcome.USED, strength, late) for w in range(first, last + 1))


def unused(first: int, last: int) -> tuple[Unit, ...]:
    return tuple(Unit((week,), Outcome.UNUSED) for week in range(first, last + 1))


# Shipped in week 4, used in each of the five weeks after: three on the learner's word, one with a
# link, one that a colleague confirmed.
WORKFLOW = WorkflowFacts(
    title="Campaign brief",
    approved=True,
    role="author",
    rubric_passed=True,
    gates=1,
    shipped_week=4,
    units=(*used(5, 7), *used(8, 8, 2), *used(9, 9, 3)),
    time_pair=True,
    handed_over=True,
)
DONE = LearnerFacts(
    week=10,
    task_map_accepted=True,
    attested_version=1,
    red_lines_version=1,
    prompts_published=1,
    workflows=(WORKFLOW,),
    confirmed=frozenset({"literacy", "fluency"}),
)
NOTHING = LearnerFacts(
    week=13,
    task_map_accepted=False,
    attested_version=None,
    red_lines_version=1,
    prompts_published=0,
    workflows=(),
    confirmed=frozenset(),
)


def of(milestone: str, facts: LearnerFacts) -> Verdict:
    return verdict(milestone, RULES[milestone], facts)


def with_workflow(**changes: Any) -> LearnerFacts:
    return replace(DONE, workflows=(replace(WORKFLOW, **changes),))


def unmet(milestone: str, facts: LearnerFacts) -> list[str]:
    return [criterion.code for criterion in of(milestone, facts).unmet]


def test_shipped_used_and_measured_is_proposed_for_competence() -> None:
    assert of("competence", DONE).state == "proposed"


def test_who_ships_nothing_reaches_nothing() -> None:
    assert [each.state for each in verdicts(RULES, NOTHING)] == ["not_yet"] * 3


def test_what_is_only_seen_or_attended_is_no_fact_that_a_rule_could_ask_for() -> None:
    assert not PREDICATES & REFUSED.keys()
    assert REFUSED.keys() == {"attendance", "satisfaction", "quiz_score", "token_usage"}


def test_every_predicate_of_the_grammar_has_one_meaning() -> None:
    assert {*LEARNER_PREDICATES} | {*WORKFLOW_PREDICATES} | {"coach_confirmed"} == PREDICATES
    assert not {*LEARNER_PREDICATES} & {*WORKFLOW_PREDICATES}


def test_nothing_is_ever_awarded_by_a_rule() -> None:
    states = {each.state for facts in (DONE, NOTHING) for each in verdicts(RULES, facts)}

    assert of("competence", DONE).state == "proposed"
    assert states == {"confirmed", "proposed", "not_yet"}
    assert "coach_confirmed" not in [c.code for c in of("competence", DONE).criteria]


@pytest.mark.parametrize("milestone", sorted(ALL))
def test_what_is_confirmed_stays_confirmed_when_the_facts_are_gone(milestone: str) -> None:
    found = of(milestone, replace(NOTHING, confirmed=ALL))

    assert found.state == "confirmed"
    assert found.unmet


def test_milestones_come_in_their_own_order_whatever_the_order_of_the_document() -> None:
    shuffled = {name: RULES[name] for name in ("fluency", "competence", "literacy")}

    assert [each.milestone for each in verdicts(shuffled, DONE)] == [
        "literacy",
        "fluency",
        "competence",
    ]


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (DONE, []),
        (replace(DONE, task_map_accepted=False), ["task_map_accepted"]),
        (replace(DONE, attested_version=None), ["red_lines_attested"]),
        (replace(DONE, red_lines_version=2), ["red_lines_attested"]),
    ],
)
def test_literacy(facts: LearnerFacts, missing: list[str]) -> None:
    assert unmet("literacy", facts) == missing


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (DONE, []),
        (replace(DONE, confirmed=frozenset()), ["milestone"]),
        (replace(DONE, prompts_published=0), ["prompt_published"]),
        (replace(DONE, workflows=()), ["workflow_live_for_learner"]),
        (with_workflow(approved=False), ["workflow_live_for_learner"]),
        (with_workflow(shipped_week=None), ["workflow_live_for_learner"]),
        (with_workflow(units=used(5, 7, 2)), ["workflow_live_for_learner"]),
        (with_workflow(units=(*used(5, 9), *used(10, 10, 2))), ["workflow_live_for_learner"]),
        (with_workflow(units=used(5, 9, 2, late=True)), ["workflow_live_for_learner"]),
        (
            with_workflow(units=(*used(4, 6, 2), *unused(7, 10), *used(11, 11))),
            ["workflow_live_for_learner"],
        ),
        (with_workflow(units=(*used(5, 6, 2), *unused(7, 8), *used(9, 10))), []),
        (with_workflow(role="user", rubric_passed=False, time_pair=False), []),
    ],
)
def test_fluency(facts: LearnerFacts, missing: list[str]) -> None:
    assert unmet("fluency", facts) == missing


def test_fluency_is_reached_on_one_workflow_not_on_the_sum_of_two() -> None:
    half = replace(WORKFLOW, units=used(5, 7, 2))

    assert unmet("fluency", replace(DONE, workflows=(half, half))) == ["workflow_live_for_learner"]


def test_fluency_counts_the_workflow_that_reaches_it_not_the_one_with_most_use() -> None:
    much_use = replace(WORKFLOW, units=used(5, 10))
    backed = replace(WORKFLOW, units=used(5, 8, 2))

    [criterion] = [
        each
        for each in of("fluency", replace(DONE, workflows=(much_use, backed))).criteria
        if each.code == "workflow_live_for_learner"
    ]

    assert criterion.met
    assert criterion.sentence.endswith("(4 used, 4 supported).")


def test_shipped_in_week_4_and_used_every_week_fluency_comes_in_week_8() -> None:
    weeks = {week: Answer("used", 2) for week in range(5, 14)}

    reached = [
        week
        for week in range(4, 14)
        if not unmet("fluency", with_workflow(units=tuple(units("weekly", 4, week, weeks))))
    ]

    assert reached[0] == 8


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (replace(DONE, confirmed=frozenset({"literacy"})), ["milestone"]),
        (replace(DONE, open_incident=True), ["no_open_incident"]),
        (with_workflow(approved=False), ["workflow_designed"]),
        (with_workflow(role="co_author"), []),
        (with_workflow(role="user"), ["workflow_designed"]),
        (with_workflow(rubric_passed=False), ["workflow_designed"]),
        (with_workflow(gates=0), ["workflow_designed"]),
        (with_workflow(handed_over=False), ["handover_published"]),
        (with_workflow(time_pair=False), ["change_measured"]),
        (with_workflow(time_pair=False, quality_pair=True), []),
        (with_workflow(shipped_week=None), ["workflow_live"]),
        (with_workflow(shipped_week=7), ["workflow_live"]),
        (with_workflow(shipped_week=6), []),
        (with_workflow(units=used(6, 8, 3)), ["workflow_live"]),
        (with_workflow(units=used(5, 9, 2)), ["workflow_live"]),
        (with_workflow(units=used(5, 9, 3, late=True)), ["workflow_live"]),
        (with_workflow(units=(*used(5, 7, 3), *unused(8, 9))), ["workflow_live"]),
        (with_workflow(units=(*used(5, 7, 3), *unused(8, 8))), []),
        (replace(DONE, workflows=()), [
            "workflow_designed", "workflow_live", "change_measured", "handover_published",
        ]),
    ],
)  # fmt: skip
def test_competence(facts: LearnerFacts, missing: list[str]) -> None:
    assert unmet("competence", facts) == missing


def test_an_answer_still_to_come_does_not_end_a_live_workflow() -> None:
    waiting = (*WORKFLOW.units, Unit((10,), Outcome.UNKNOWN), Unit((11,), Outcome.UNKNOWN))

    assert unmet("competence", with_workflow(units=waiting)) == []


def test_competence_is_earned_on_one_workflow_that_holds_everything() -> None:
    measured = replace(WORKFLOW, title="Measured", handed_over=False)
    handed_over = replace(WORKFLOW, title="Handed over", time_pair=False)

    assert unmet("competence", replace(DONE, workflows=(measured, handed_over))) == [
        "handover_published"
    ]
    assert unmet("competence", replace(DONE, workflows=(measured, handed_over, WORKFLOW))) == []


def test_competence_without_the_baselines_direction_a_slower_pair_counts_too() -> None:
    [criterion] = [c for c in of("competence", DONE).criteria if c.code == "change_measured"]

    assert criterion.sentence == "You measured the task before and after, whatever came out."


def test_the_program_says_the_numbers() -> None:
    rule = {"all": [{"prompt_published": 3}]}

    found = verdict("competence", rule, replace(DONE, prompts_published=2))

    assert [(each.sentence, each.met) for each in found.criteria] == [
        ("You have published 3 prompts with a note on the tool or model.", False)
    ]
    assert verdict("competence", rule, replace(DONE, prompts_published=3)).state == "proposed"


@pytest.mark.parametrize("program", sorted(programs.shipped()))
def test_every_criterion_of_every_shipped_program_is_a_sentence(program: str) -> None:
    for found in verdicts(programs.shipped()[program]["milestones"], NOTHING):
        assert found.criteria
        assert all(each.sentence.endswith(".") for each in found.criteria)
