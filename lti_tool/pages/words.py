"""Words that several pages share: what a statement says, when something was, how many."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

STATEMENTS = {
    "enrolled": "Joined the cohort",
    "task-map-accepted": "Task map accepted",
    "red-lines-attested": "Red lines read",
    "workflow-submitted": "Workflow submitted",
    "workflow-approved": "Workflow approved",
    "workflow-returned": "Changes requested",
    "workflow-shipped": "Workflow shipped",
    "standard-published": "Published as a standard",
    "prompt-published": "Prompt published",
    "baseline-measured": "Timed the old way",
    "follow-up-measured": "Timed the new way",
    "week-used": "Week: used",
    "week-not-used": "Week: not used",
    "week-no-occasion": "Week: did not come up",
    "week-away": "Week: away",
    "milestone-confirmed": "Milestone confirmed",
    "voided": "Earlier record withdrawn",
}
ANSWERS = {
    "used": "Used",
    "not_used": "Not used",
    "no_occasion": "Did not come up",
    "away": "Away",
}
REASONS = {
    "forgot": "forgot",
    "quality": "quality",
    "slower": "slower",
    "tool": "the tool",
    "not_allowed": "not allowed",
    "other": "another reason",
}
STRENGTHS = {1: "Claimed", 2: "Linked", 3: "Corroborated", 4: "Verified by a coach"}
STAGES = {"baseline": "The old way", "follow_up": "The new way"}
METHODS = {
    "stopwatch": "stopwatch",
    "calendar": "calendar",
    "system": "system times",
    "estimate": "estimate, not counted",
}
FITS = {
    "fits": "AI fits",
    "fits_with_approval": "Fits with human approval",
    "do_not_use": "Do not use",
}


def long_date(day: date) -> str:
    """A date as people say it, such as Thu 12 March."""
    return f"{day:%a} {day.day} {day:%B}"


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as people of a zone say it, such as Thu 12 March, 14:02."""
    local = instant.astimezone(zone)
    return f"{long_date(local.date())}, {local:%H:%M}"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: 1 learner, 2 learners."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def working_days(number: int) -> str:
    """How long something has waited."""
    return count(number, "working day") if number else "since today"
