"""Is a shipped workflow live, lapsing or dormant: counted in units that are fair to its cadence.

A weekly (or daily) task has one unit a week; a biweekly one has one for every two weeks since
shipping, a monthly one for every four. Weeks in which the task did not come up, or the person was
away or excused, count for nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

WEEKS_A_UNIT = {"daily": 1, "weekly": 1, "biweekly": 2, "monthly": 4}
WINDOW = 4
LIVE_FROM = 3


class Outcome(StrEnum):
    """What one unit came to."""

    USED = "used"
    UNUSED = "unused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """A learner's answer for one week: used, not_used, no_occasion or away."""

    answer: str
    strength: int = 1
    late: bool = False


@dataclass(frozen=True)
class Unit:
    """One expected occasion: its weeks, what it came to, and how strong its best evidence is."""

    weeks: tuple[int, ...]
    outcome: Outcome
    strength: int = 0
    late: bool = False


def units(
    cadence: str,
    shipped_week: int,
    through_week: int,
    answers: Mapping[int, Answer],
    excused: frozenset[int] = frozenset(),
    unanswered_is_unknown_from: int = 1_000,
) -> list[Unit]:
    """All counted units from shipping through a week, oldest first.

    The shipping week counts only when it was used. A week without an answer is unused, or unknown
    from the week on whose grace period has not ended.
    """
    counted = []
    if (first := answers.get(shipped_week)) and first.answer == "used":
        counted.append(Unit((shipped_week,), Outcome.USED, first.strength, first.late))
    size = WEEKS_A_UNIT[cadence]
    for start in range(shipped_week + 1, through_week + 1, size):
        weeks = tuple(range(start, min(start + size, through_week + 1)))
        unit = _unit(weeks, len(weeks) == size, answers, excused, unanswered_is_unknown_from)
        if unit is not None:
            counted.append(unit)
    return counted


def _unit(
    weeks: tuple[int, ...],
    complete: bool,
    answers: Mapping[int, Answer],
    excused: frozenset[int],
    unanswered_is_unknown_from: int,
) -> Unit | None:
    used = [a for w in weeks if (a := answers.get(w)) is not None and a.answer == "used"]
    if used:
        best = max(used, key=lambda answer: (not answer.late, answer.strength))
        return Unit(weeks, Outcome.USED, best.strength, best.late)
    open_weeks = [
        week
        for week in weeks
        if week not in excused
        and not ((a := answers.get(week)) and a.answer in ("away", "no_occasion"))
    ]
    if not complete:
        return Unit(weeks, Outcome.UNKNOWN)
    if not open_weeks:
        return None
    if any(w not in answers and w >= unanswered_is_unknown_from for w in open_weeks):
        return Unit(weeks, Outcome.UNKNOWN)
    return Unit(weeks, Outcome.UNUSED)


def state(counted: Sequence[Unit]) -> str:
    """shipped (settling), live, lapsing or dormant: from the last four known units."""
    known = [unit for unit in counted if unit.outcome is not Outcome.UNKNOWN]
    if len(known) < WINDOW:
        return "shipped"
    used = sum(unit.outcome is Outcome.USED for unit in known[-WINDOW:])
    if used >= LIVE_FROM:
        return "live"
    return "lapsing" if used else "dormant"


def on_course(counted: Sequence[Unit]) -> bool:
    """Still settling, with at least two known units, all of them used."""
    known = [unit for unit in counted if unit.outcome is not Outcome.UNKNOWN]
    return 2 <= len(known) < WINDOW and all(unit.outcome is Outcome.USED for unit in known)


def at_risk(counted: Sequence[Unit]) -> bool:
    """The last two known units were both unused."""
    known = [unit for unit in counted if unit.outcome is not Outcome.UNKNOWN]
    return len(known) >= 2 and all(unit.outcome is Outcome.UNUSED for unit in known[-2:])


def best_run(counted: Sequence[Unit], length: int, used: int, supported: int) -> tuple[Unit, ...]:
    """The used units of the stretch of `length` consecutive units that comes nearest to the goal.

    The goal is `used` units that were used, `supported` of them with strength 2 or more; a stretch
    that reaches both is preferred to one with more use and less support. Units filed too late are
    left out: back-filling counts for nothing here.
    """
    known = [unit for unit in counted if unit.outcome is not Outcome.UNKNOWN]
    stretches = (
        tuple(u for u in known[start : start + length] if u.outcome is Outcome.USED and not u.late)
        for start in range(max(1, len(known) - length + 1))
    )

    def nearness(run: tuple[Unit, ...]) -> tuple[int, int, int]:
        backed = backed_units(run)
        return min(len(run), used) + min(backed, supported), len(run), backed

    return max(stretches, key=nearness)


def backed_units(run: Sequence[Unit]) -> int:
    """How many units rest on more than the learner's own word."""
    return sum(unit.strength >= 2 for unit in run)
