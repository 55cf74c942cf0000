"""How the gradebook and the LRS are doing, in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cohorts.deliveries import GRADEBOOK, LRS
from cohorts.models import Destination
from lti_tool.pages.words import count


@dataclass(frozen=True)
class Health:
    """One destination: its name, a state for `status_tag`, and a sentence."""

    name: str
    state: str
    sentence: str


def is_on_hold(destination: Destination) -> bool:
    """Whether nothing is sent there now although nobody paused it."""
    hold = destination.hold_until
    return not destination.paused and hold is not None and hold > datetime.now(UTC)


def health(counts: dict[str, Counter[str]], destinations: Sequence[Destination]) -> list[Health]:
    """Gradebook and LRS, each with the one thing that matters most."""
    lrs = [_lrs(counts[LRS], destination) for destination in destinations]
    return [_gradebook(counts[GRADEBOOK]), *(lrs or [_NO_LRS])]


_NO_LRS = Health("LRS", "not_connected", "No LRS is connected. Statements are kept here.")


def _gradebook(scores: Counter[str]) -> Health:
    name = "Gradebook"
    if scores["parked"]:
        words = f"{count(scores['parked'], 'score')} could not be posted. Look at the reasons."
        return Health(name, "failed", words)
    if scores["held"]:
        words = f"{count(scores['held'], 'score')} held: a person has to decide."
        return Health(name, "held", words)
    if scores["waiting"]:
        return Health(name, "waiting", f"{count(scores['waiting'], 'score')} on the way.")
    if scores["delivered"]:
        return Health(name, "delivered", f"All {count(scores['delivered'], 'score')} are posted.")
    return Health(name, "nothing_yet", "No milestone is confirmed yet, so nothing was posted.")


def _lrs(sent: Counter[str], destination: Destination) -> Health:
    name = destination.name
    waiting = count(sent["waiting"], "statement")
    if destination.paused:
        return Health(name, "paused", f"Paused: it needs a person. {waiting} kept.")
    if is_on_hold(destination):
        return Health(name, "retrying", f"Not answering. We try again. {waiting} kept.")
    if sent["parked"]:
        return Health(name, "failed", f"{count(sent['parked'], 'statement')} refused.")
    if sent["waiting"]:
        return Health(name, "waiting", f"{waiting} on the way.")
    if sent["delivered"]:
        return Health(name, "delivered", f"All {count(sent['delivered'], 'statement')} arrived.")
    return Health(name, "nothing_yet", "Nothing was recorded yet.")
