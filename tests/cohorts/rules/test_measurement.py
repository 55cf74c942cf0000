"""A pair of times before and after: complete, of the same work, in minutes that were timed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.rules.measurement import Run, counted, time_pair


def runs(*minutes: float, sizes: str = "", method: str = "stopwatch") -> list[Run]:
    sizes = sizes or "M" * len(minutes)
    return [Run(each, size, method) for each, size in zip(minutes, sizes, strict=True)]


def test_a_pair_is_the_median_of_either_half() -> None:
    pair = time_pair(runs(90, 60, 300), runs(45, 30, 33), follow_up_runs=3)

    assert pair is not None
    assert (pair.before, pair.after) == (90, 33)
    assert (pair.runs_before, pair.runs_after) == (3, 3)
    assert pair.percent_change == pytest.approx(-63.33, abs=0.01)


def test_a_slower_pair_is_a_pair_all_the_same() -> None:
    pair = time_pair(runs(40, 40), runs(50, 50, 50), follow_up_runs=3)

    assert pair is not None
    assert pair.percent_change == 25


@pytest.mark.parametrize(
    ("before", "after"),
    [([], [1, 1, 1]), ([2], [1, 1, 1]), ([2, 2], [1, 1]), ([2, 2], [])],
)
def test_there_is_no_pair_before_both_halves_are_complete(
    before: list[float], after: list[float]
) -> None:
    assert time_pair(runs(*before), runs(*after), follow_up_runs=3) is None


def test_an_estimate_is_no_run() -> None:
    estimates = runs(10, 10, method="estimate")

    assert counted([*runs(60), *estimates]) == runs(60)
    assert time_pair([*runs(60), *estimates], runs(30, 30, 30), follow_up_runs=3) is None
    assert time_pair(runs(60, 60), [*runs(30, 30), *estimates], follow_up_runs=3) is None


@pytest.mark.parametrize(
    ("before", "after", "complete"),
    [
        ("MMM", "MMM", True),
        ("SML", "LMS", True),
        ("MMM", "MML", True),
        ("MMM", "MLL", False),
        ("SSS", "LLL", False),
        ("MM", "MMM", True),
        ("SM", "MML", True),
        ("SS", "MMM", False),
    ],
)
def test_more_than_one_run_of_another_size_is_not_the_same_work(
    before: str, after: str, complete: bool
) -> None:
    pair = time_pair(
        runs(*[60] * len(before), sizes=before),
        runs(*[30] * len(after), sizes=after),
        follow_up_runs=3,
    )

    assert (pair is not None) is complete


@given(
    st.lists(st.sampled_from("SML"), min_size=3, max_size=5),
    st.lists(st.sampled_from("SML"), min_size=3, max_size=5),
)
def test_sizes_are_compared_alike_in_both_directions(before: list[str], after: list[str]) -> None:
    one = runs(*[60] * len(before), sizes="".join(before))
    other = runs(*[30] * len(after), sizes="".join(after))

    assert (time_pair(one, other, 3) is None) == (time_pair(other, one, 3) is None)
