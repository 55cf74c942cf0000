"""Time before and after: one learner's own pair of a task, in human minutes for one unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

MINIMUM_BASELINE_RUNS = 2


@dataclass(frozen=True)
class Run:
    """One timed run. An estimate is kept but never used."""

    minutes: float
    size: str
    method: str


@dataclass(frozen=True)
class TimePair:
    """Median minutes before and after, and how many runs each rests on."""

    before: float
    after: float
    runs_before: int
    runs_after: int

    @property
    def percent_change(self) -> float:
        """Negative means faster."""
        return 100 * (self.after / self.before - 1)


def counted(runs: Sequence[Run]) -> list[Run]:
    """The runs that were timed rather than estimated."""
    return [run for run in runs if run.method != "estimate"]


def time_pair(
    baseline: Sequence[Run], follow_up: Sequence[Run], follow_up_runs: int
) -> TimePair | None:
    """The pair of one learner and task, or None while it is not complete.

    Needs two baseline runs and the program's number of follow-up runs. When more than one run
    differs in size between the halves, the mix is not the same work and another run is needed.
    """
    before, after = counted(baseline), counted(follow_up)
    if len(before) < MINIMUM_BASELINE_RUNS or len(after) < follow_up_runs:
        return None
    if _size_differences(before, after) > 1:
        return None
    return TimePair(
        before=median(run.minutes for run in before),
        after=median(run.minutes for run in after),
        runs_before=len(before),
        runs_after=len(after),
    )


def _size_differences(before: Sequence[Run], after: Sequence[Run]) -> int:
    shorter = min(len(before), len(after))
    matched = sum(
        min(sum(run.size == size for run in before), sum(run.size == size for run in after))
        for size in {run.size for run in before}
    )
    return shorter - matched
