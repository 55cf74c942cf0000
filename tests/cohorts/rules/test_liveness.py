"""Live, lapsing, dormant: counted in units that are fair to the cadence of the task."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts import programs
from cohorts.rules.calendar import Calendar
from cohorts.rules.liveness import (
    Answer,
    Outcome,
    Unit,
    at_risk,
    backed_units,
    best_run,
    on_course,
    state,
    units,
)
from cohorts.rules.program import Program

WORDS = {"+": "used", "-": "not_used", "o": "no_occasion", "a": "away"}
OUTCOMES = {"+": Outcome.USED, "-": Outcome.UNUSED, "?": Outcome.UNKNOWN}

strings = st.text("+-oa.", max_size=14)


def answers(given: str, first_week: int = 5) -> dict[int, Answer]:
    """One sign a week: + used, - not used, o did not come up, a away, . no answer."""
    return {week: Answer(WORDS[sign]) for week, sign in enumerate(given, first_week) if sign != "."}


def counted(
    given: str,
    cadence: str = "weekly",
    shipped: int = 4,
    excused: frozenset[int] = frozenset(),
    unknown_from: int = 1_000,
) -> list[Unit]:
    """Units through the last week of the signs, which begin in the week after shipping."""
    through = shipped + len(given)
    return units(cadence, shipped, through, answers(given, shipped + 1), excused, unknown_from)


def signs(found: Sequence[Unit]) -> str:
    names = {outcome: sign for sign, outcome in OUTCOMES.items()}
    return "".join(names[unit.outcome] for unit in found)


def as_units(text: str) -> list[Unit]:
    return [Unit((week,), OUTCOMES[sign]) for week, sign in enumerate(text, 1)]


def test_the_worked_example_is_live_with_three_of_four() -> None:
    found = counted("++ao+-")

    assert signs(found) == "+++-"
    assert [unit.weeks for unit in found] == [(5,), (6,), (9,), (10,)]
    assert state(found) == "live"


def test_answers_count_alike_in_whatever_order_they_were_filed() -> None:
    filed = list(answers("++ao+-").items())

    states = {
        state(units("weekly", 4, 10, dict(one_order))) for one_order in permutations(filed, 6)
    }

    assert states == {"live"}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ("", "shipped"),
        ("+++", "shipped"),
        ("---", "shipped"),
        ("----", "dormant"),
        ("+---", "lapsing"),
        ("++--", "lapsing"),
        ("+++-", "live"),
        ("++++", "live"),
        ("++++----", "dormant"),
        ("----+++", "live"),
        ("+++?", "shipped"),
        ("+++-?", "live"),
    ],
)
def test_the_last_four_known_units_decide(known: str, expected: str) -> None:
    assert state(as_units(known)) == expected


def test_from_shipped_to_live_to_dormant_and_back_over_a_clock_change() -> None:
    program = Program.from_document(programs.shipped()["marketing"])
    plan = Calendar(date(2026, 3, 2), "Europe/Berlin", program)
    shipped = plan.week_at(datetime(2026, 3, 13, 17, 0, tzinfo=ZoneInfo("Europe/Berlin")))
    filed = {
        plan.week_at(plan.opens_at(week)): Answer(WORDS[sign])
        for week, sign in enumerate("++++----+++", shipped + 1)
    }

    by_week = {week: state(units("weekly", shipped, week, filed)) for week in range(2, 14)}

    assert by_week == {
        2: "shipped",
        3: "shipped",
        4: "shipped",
        5: "shipped",
        6: "live",
        7: "live",
        8: "lapsing",
        9: "lapsing",
        10: "dormant",
        11: "lapsing",
        12: "lapsing",
        13: "live",
    }


def test_the_shipping_week_counts_only_when_it_was_used() -> None:
    used = units("weekly", 4, 5, {4: Answer("used", 2), 5: Answer("used")})
    unused = units("weekly", 4, 5, {4: Answer("not_used"), 5: Answer("used")})

    assert [(unit.weeks, unit.strength) for unit in used] == [((4,), 2), ((5,), 1)]
    assert [unit.weeks for unit in unused] == [(5,)]


def test_use_before_shipping_counts_for_nothing() -> None:
    assert units("weekly", 4, 5, {3: Answer("used"), 5: Answer("used")}) == [
        Unit((5,), Outcome.USED, 1)
    ]


@pytest.mark.parametrize(("cadence", "size"), [("daily", 1), ("weekly", 1), ("biweekly", 2)])
def test_a_unit_has_the_weeks_of_its_cadence(cadence: str, size: int) -> None:
    found = counted("++++", cadence)

    assert [unit.weeks for unit in found] == [
        tuple(range(first, first + size)) for first in range(5, 9, size)
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("+-", "+"),
        ("-+", "+"),
        ("--", "-"),
        ("-o", "-"),
        ("oo", ""),
        ("ao", ""),
        (".o", "-"),
        ("+", "+"),
        ("-", "?"),
        ("o", "?"),
        ("+-o", "+?"),
    ],
)
def test_one_use_in_two_weeks_is_enough_for_a_biweekly_task(given: str, expected: str) -> None:
    assert signs(counted(given, "biweekly")) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("---+", "+"),
        ("----", "-"),
        ("ooo-", "-"),
        ("oaoa", ""),
        ("---", "?"),
        ("+--", "+"),
        ("----+", "-+"),
        ("+---" * 4, "++++"),
    ],
)
def test_one_use_in_four_weeks_is_enough_for_a_monthly_task(given: str, expected: str) -> None:
    assert signs(counted(given, "monthly")) == expected


def test_weeks_that_nobody_could_use_count_for_nobody() -> None:
    assert signs(counted("+ao+")) == "++"
    assert signs(counted("+..+", excused=frozenset({6, 7}))) == "++"


def test_no_answer_is_unused_but_unknown_while_it_may_still_come() -> None:
    assert signs(counted("+...")) == "+---"
    assert signs(counted("+...", unknown_from=7)) == "+-??"
    assert signs(counted("+--+", unknown_from=7)) == "+--+"
    assert signs(counted("o.-.", "biweekly", unknown_from=8)) == "-?"


def test_the_strongest_answer_on_time_speaks_for_a_unit_of_several_weeks() -> None:
    filed = {5: Answer("used", 2), 6: Answer("used", 3), 7: Answer("used", 4, late=True)}

    [unit] = units("monthly", 4, 8, filed)

    assert unit == Unit((5, 6, 7, 8), Outcome.USED, 3, late=False)


@pytest.mark.parametrize(
    ("known", "expected"),
    [("+", False), ("++", True), ("+++?", True), ("+-", False), ("++++", False)],
)
def test_on_course_is_settling_with_nothing_but_use(known: str, expected: bool) -> None:
    assert on_course(as_units(known)) is expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [("-", False), ("--", True), ("+--", True), ("--+", False), ("-?-", True), ("", False)],
)
def test_at_risk_is_two_unused_units_in_a_row(known: str, expected: bool) -> None:
    assert at_risk(as_units(known)) is expected


@given(strings, st.sampled_from(["weekly", "biweekly", "monthly"]))
def test_units_lie_in_order_after_shipping_and_never_share_a_week(given: str, cadence: str) -> None:
    weeks = [week for unit in counted(given, cadence) for week in unit.weeks]

    assert weeks == sorted(set(weeks))
    assert all(4 < week <= 4 + len(given) for week in weeks)


@given(strings)
def test_one_more_use_never_makes_a_state_worse(given: str) -> None:
    rank = {"dormant": 0, "lapsing": 1, "live": 2}
    before, after = state(counted(given)), state(counted(f"{given}+"))

    assert rank.get(after, 3) >= rank.get(before, 0)


def test_the_best_run_prefers_one_that_reaches_both_goals() -> None:
    much_use = [Unit((week,), Outcome.USED, 1) for week in range(1, 6)]
    pause = [Unit((week,), Outcome.UNUSED) for week in range(6, 9)]
    backed = [Unit((week,), Outcome.USED, 2) for week in (9, 10)]
    less_use = [*backed, *(Unit((week,), Outcome.USED, 1) for week in (11, 12))]

    run = best_run([*much_use, *pause, *less_use], 6, used=4, supported=2)

    assert [unit.weeks for unit in run] == [(9,), (10,), (11,), (12,)]


def test_what_was_filed_too_late_is_no_part_of_a_run() -> None:
    late = Unit((2,), Outcome.USED, 1, late=True)

    assert best_run([*as_units("+"), late], 6, used=4, supported=2) == tuple(as_units("+"))


@given(
    st.lists(st.tuples(st.sampled_from("+-?"), st.integers(1, 4)), max_size=13),
    st.integers(1, 6),
    st.integers(0, 3),
)
def test_the_best_run_reaches_the_goal_wherever_some_stretch_does(
    facts: list[tuple[str, int]], used: int, supported: int
) -> None:
    found = [Unit((week,), OUTCOMES[sign], strength) for week, (sign, strength) in enumerate(facts)]
    known = [unit for unit in found if unit.outcome is not Outcome.UNKNOWN]
    stretches = [
        [unit for unit in known[first : first + 6] if unit.outcome is Outcome.USED]
        for first in range(len(known))
    ]

    run = best_run(found, 6, used, supported)

    assert (len(run) >= used and backed_units(run) >= supported) == any(
        len(stretch) >= used and backed_units(stretch) >= supported for stretch in stretches
    )
