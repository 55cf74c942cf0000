"""Drawings as plain numbers: a template turns them into an svg."""

from collections.abc import Mapping
from dataclasses import dataclass

WORKFLOW_STATES = {
    "draft": "Draft",
    "in_review": "In review",
    "changes_requested": "Changes requested",
    "approved": "Approved",
    "shipped": "Shipped",
    "live": "Live",
    "lapsing": "Lapsing",
    "dormant": "Dormant",
    "retired": "Retired",
}
BAR_START, BAR_SPACE, ROW_HEIGHT = 150, 290, 26


@dataclass(frozen=True)
class Bar:
    """One bar from the common zero: where it lies and how long it is, in units of the drawing."""

    label: str
    count: int
    y: int
    width: int
    quiet: bool


@dataclass(frozen=True)
class Bars:
    """Workflows by state, every state in the order in which a workflow passes them."""

    finding: str
    total: int
    bars: list[Bar]
    height: int
    start: int = BAR_START


def state_bars(states: Mapping[str, int]) -> Bars:
    """The bars of a cohort's workflows; longest bar, full space."""
    total, most = sum(states.values()), max(states.values(), default=1)
    bars = [
        Bar(
            label=word,
            count=states.get(key, 0),
            y=number * ROW_HEIGHT,
            width=round(BAR_SPACE * states.get(key, 0) / most),
            quiet=key in ("draft", "retired"),
        )
        for number, (key, word) in enumerate(WORKFLOW_STATES.items())
    ]
    return Bars(_finding(states, total), total, bars, len(bars) * ROW_HEIGHT)


def _finding(states: Mapping[str, int], total: int) -> str:
    noun = "workflow" if total == 1 else "workflows"
    live, lapsing = states.get("live", 0), states.get("lapsing", 0)
    if live:
        return f"{live} of {total} {noun} {'is' if live == 1 else 'are'} live"
    shipped = states.get("shipped", 0) + lapsing + states.get("dormant", 0)
    if shipped:
        return f"{shipped} of {total} {noun} shipped, none of them live yet"
    return f"None of {total} {noun} is shipped yet"
