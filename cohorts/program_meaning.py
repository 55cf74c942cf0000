"""What the values of a program file have to mean, so that a cohort can run on it."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from cohorts.program_shape import Key, Problem, document_problems, shape_problems
from cohorts.rules.calendar import WEEKDAYS
from cohorts.rules.milestones import MILESTONES, PREDICATES, REFUSED
from cohorts.rules.workflows import CADENCES

TOPICS = (
    "mental_models",
    "prompt_patterns",
    "workflow_design",
    "compliance_red_lines",
    "measurement",
    "tool_deep_dives",
)
WORKSHOP_MINUTES = range(180, 301)
DELIVERIES = ("on_demand", "live", "hybrid")
CHECK_IN_OPENS = re.compile(rf"({'|'.join(WEEKDAYS)}) ([01]\d|2[0-3]):[0-5]\d")
PAIRS = ("time_pair", "quality_pair")

CONDITIONS: dict[str, Any] = {
    "milestone": str,
    "red_lines_attested": str,
    "prompt_published": int,
    "workflow_live_for_learner": {
        "used_weeks": int,
        "of_eligible_weeks": int,
        "min_supported_weeks": int,
    },
    "workflow_designed": {"role": [str], "rubric_passed": bool, "gates_min": int},
    "workflow_live": {
        "used_weeks": int,
        "of_eligible_weeks": int,
        "shipped_min_weeks": int,
        "min_units_strength_3": int,
    },
    "change_measured": {"any_of": [str]},
}


def problems(document: dict[str, Any]) -> list[Problem]:
    """Everything that is wrong with a program document, its defaults filled in.

    What the values mean is looked at only where all of them have the right form.
    """
    return list(document_problems(document)) or [
        *_time(document),
        *_rubric(document["rubric"]),
        *_teaching(document),
        *_workflows(document["workflows"]),
        *_milestones(document["milestones"]),
    ]


def advice(document: dict[str, Any]) -> Iterator[str]:
    """What an owner should hear of, though the program runs all the same."""
    minutes = sum(workshop["minutes"] for workshop in document["workshops"])
    if minutes not in WORKSHOP_MINUTES:
        yield (
            f"the workshops take {minutes} minutes. Three to five hours a person "
            "are what changes work: plan 180 to 300 minutes."
        )


def _one_of(key: Key, value: str, noun: str, allowed: Collection[str]) -> Iterator[Problem]:
    if value not in allowed:
        yield Problem(key, f"{value!r} is no {noun}.", f"Use one of {', '.join(allowed)}.")


def _unique(key: Key, items: list[dict[str, Any]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, item in enumerate(items):
        if item["id"] in seen:
            yield Problem((*key, number, "id"), f"{item['id']!r} stands twice.", "Rename one.")
        seen.add(item["id"])


def _filled(key: Key, items: Collection[Any], noun: str) -> Iterator[Problem]:
    if not items:
        yield Problem(key, "is empty.", f"Add at least one {noun}.")


def _time(document: dict[str, Any]) -> Iterator[Problem]:
    days, weeks = document["length_days"], document["weeks"]
    if weeks < 1 or weeks != -(-days // 7):
        yield Problem(
            ("weeks",), f"{weeks} weeks are not {days} days.", "Count a week begun as a week."
        )
    if not CHECK_IN_OPENS.fullmatch(document["calendar"]["check_in_opens"]):
        yield Problem(
            ("calendar", "check_in_opens"),
            f"{document['calendar']['check_in_opens']!r} is no weekday and time.",
            "Write it as thu 09:00.",
        )
    if all(phase["id"] != "integration" for phase in document["phases"]):
        yield Problem(("phases",), "has no phase integration.", "Add the weeks of supported use.")
    named = Counter(week for phase in document["phases"] for week in phase["weeks"])
    for week in range(1, weeks + 1):
        if named[week] != 1:
            yield Problem(
                ("phases",), f"names week {week} {named[week]} times.", "Name every week once."
            )


def _rubric(rubric: dict[str, Any]) -> Iterator[Problem]:
    yield from _filled(("rubric", "criteria"), rubric["criteria"], "criterion")
    yield from _unique(("rubric", "criteria"), rubric["criteria"])
    if rubric["pass_each"] not in range(len(rubric["levels"])):
        yield Problem(
            ("rubric", "pass_each"), "is no level.", f"Count the levels from 0: {rubric['levels']}."
        )


def _teaching(document: dict[str, Any]) -> Iterator[Problem]:
    yield from _one_of(("tier_goal",), document["tier_goal"], "tier", MILESTONES)
    yield from _one_of(("delivery",), document["delivery"], "delivery", DELIVERIES)
    workshops = document["workshops"]
    yield from _unique(("workshops",), workshops)
    for number, workshop in enumerate(workshops):
        if workshop["week"] not in range(document["weeks"] + 1):
            yield Problem(
                ("workshops", number, "week"),
                f"{workshop['week']} is no week of the program.",
                f"Use 0 to {document['weeks']}.",
            )
    if document["tier_goal"] == "literacy":
        return
    if document["delivery"] == "on_demand" or all(one["mode"] != "live" for one in workshops):
        yield Problem(
            ("delivery",),
            "on_demand alone lets people talk about AI, not use it differently.",
            "Use live or hybrid with a workshop of mode live, or set tier_goal to literacy.",
        )
    if len({workshop["week"] for workshop in workshops}) < 2:
        yield Problem(("workshops",), "has fewer than two dates.", "Spread them over weeks.")
    if tuple(document["curriculum_order"]) != TOPICS:
        yield Problem(
            ("curriculum_order",),
            "is not the six topics in their order.",
            f"Mental models come first and tool deep dives last: {', '.join(TOPICS)}.",
        )


def _workflows(workflows: list[dict[str, Any]]) -> Iterator[Problem]:
    yield from _unique(("workflows",), workflows)
    for number, workflow in enumerate(workflows):
        key: Key = ("workflows", number)
        yield from _one_of((*key, "cadence"), workflow["cadence"], "cadence", CADENCES)
        yield from _filled((*key, "human_gates"), workflow["human_gates"], "gate")
        yield from _filled((*key, "red_lines"), workflow["red_lines"], "red line")
        if not {"time", "quality"} & workflow["measures"].keys():
            yield Problem((*key, "measures"), "has neither time nor quality.", "Add one of them.")
    if all(workflow["cadence"] not in ("daily", "weekly") for workflow in workflows):
        yield Problem(
            ("workflows",),
            "has none that comes back every week, so fluency is out of reach in 13 weeks.",
            "Add one of cadence weekly or daily.",
        )


def _milestones(milestones: dict[str, Any]) -> Iterator[Problem]:
    for milestone, rule in milestones.items():
        key: Key = ("milestones", milestone)
        yield from _one_of(key, milestone, "milestone", MILESTONES)
        if not isinstance(rule, dict) or list(rule) != ["all"] or not isinstance(rule["all"], list):
            yield Problem(key, "should be {all: [...]}.", "List its conditions under all:.")
            continue
        yield from _filled((*key, "all"), rule["all"], "condition")
        for number, term in enumerate(rule["all"]):
            place = (*key, "all", number)
            if isinstance(term, dict) and len(term) == 1:
                [(name, value)] = term.items()
                yield from _condition((*place, str(name)), name, value)
            else:
                yield Problem(place, "should be one condition.", "Write {name: value}.")


def _condition(key: Key, name: Any, value: Any) -> Iterator[Problem]:
    if name in REFUSED:
        yield Problem(key, f"{name} never earns anything.", REFUSED[name])
    elif name not in PREDICATES:
        yield Problem(
            key,
            "is no condition that the tool knows.",
            f"Use one of {', '.join(sorted(PREDICATES))}.",
        )
    elif name not in CONDITIONS:
        if value is not True:
            yield Problem(key, "is a condition or is not there.", "Write true, or remove it.")
    elif wrong := list(shape_problems(key, value, CONDITIONS[name])):
        yield from wrong
    elif name == "milestone":
        yield from _one_of(key, value, "milestone", MILESTONES)
    elif name == "red_lines_attested":
        yield from _one_of(key, value, "version that can be asked for", ["current"])
    elif name == "change_measured":
        yield from _filled((*key, "any_of"), value["any_of"], "pair")
        for pair in value["any_of"]:
            yield from _one_of((*key, "any_of"), pair, "pair", PAIRS)
