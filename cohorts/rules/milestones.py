"""What earns a milestone: the meaning of the predicates in a program's milestone rules.

A program file holds the numbers, for example `{workflow_live: {used_weeks: 3,
of_eligible_weeks: 4}}`; this module says what they mean. A rule is proposed when everything but
the coach's word holds. A person decides every award; nothing here awards anything.

Predicates about one workflow (designed, live, measured, handed over) have to hold for the same
workflow: the rule is tried on each, and the nearest one is reported.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cohorts.rules import liveness
from cohorts.rules.liveness import Outcome, Unit

MILESTONES = ("literacy", "fluency", "competence")

REFUSED = {
    "attendance": "People attend; they do not apply. Use workflow_live_for_learner instead.",
    "satisfaction": "People rate sessions high and change nothing. Use change_measured instead.",
    "quiz_score": (
        "Knowing what AI is is not the same as using it. Use workflow_live_for_learner instead."
    ),
    "token_usage": "More usage is not more value. Use workflow_live instead.",
}


@dataclass(frozen=True)
class WorkflowFacts:
    """One workflow of a learner, as the milestone rules see it."""

    title: str
    approved: bool
    role: str
    rubric_passed: bool
    gates: int
    shipped_week: int | None
    units: tuple[Unit, ...]
    time_pair: bool = False
    quality_pair: bool = False
    handed_over: bool = False
    retired: bool = False


@dataclass(frozen=True)
class LearnerFacts:
    """All that a learner's milestones depend on, as of one program week."""

    week: int
    task_map_accepted: bool
    attested_version: int | None
    red_lines_version: int
    prompts_published: int
    workflows: tuple[WorkflowFacts, ...]
    confirmed: frozenset[str]
    open_incident: bool = False


@dataclass(frozen=True)
class Criterion:
    """One condition of a milestone, as a sentence, met or not. `code` is its predicate."""

    code: str
    sentence: str
    met: bool


@dataclass(frozen=True)
class Verdict:
    """Where a learner stands with one milestone: confirmed, proposed or not_yet."""

    milestone: str
    state: str
    criteria: tuple[Criterion, ...]

    @property
    def unmet(self) -> tuple[Criterion, ...]:
        """What is still missing."""
        return tuple(criterion for criterion in self.criteria if not criterion.met)


def verdicts(rules: Mapping[str, Mapping[str, Any]], facts: LearnerFacts) -> list[Verdict]:
    """Every milestone of a program, in their own order, for one learner.

    The order is not that of the rules: PostgreSQL keeps no order of keys in a document.
    """
    return [verdict(name, rules[name], facts) for name in MILESTONES if name in rules]


def verdict(milestone: str, rule: Mapping[str, Any], facts: LearnerFacts) -> Verdict:
    """One milestone: confirmed stays confirmed, whatever happens later."""
    criteria = _criteria(rule["all"], facts)
    if milestone in facts.confirmed:
        return Verdict(milestone, "confirmed", tuple(criteria))
    proposed = all(criterion.met for criterion in criteria)
    return Verdict(milestone, "proposed" if proposed else "not_yet", tuple(criteria))


def _criteria(terms: list[Mapping[str, Any]], facts: LearnerFacts) -> list[Criterion]:
    about_workflow = [term for term in terms if _name(term) in WORKFLOW_PREDICATES]
    nearest = _nearest(about_workflow, facts)
    criteria = []
    for term in terms:
        name, value = _name(term), term[_name(term)]
        if name == "coach_confirmed":
            continue
        if name in WORKFLOW_PREDICATES:
            criteria.append(WORKFLOW_PREDICATES[name](value, nearest, facts))
        else:
            criteria.append(LEARNER_PREDICATES[name](value, facts))
    return criteria


def _nearest(terms: list[Mapping[str, Any]], facts: LearnerFacts) -> WorkflowFacts:
    """The workflow that meets most of the terms; an empty one where there is none."""

    def met(workflow: WorkflowFacts) -> int:
        return sum(
            WORKFLOW_PREDICATES[_name(term)](term[_name(term)], workflow, facts).met
            for term in terms
        )

    return max(facts.workflows, key=met, default=NO_WORKFLOW)


def _name(term: Mapping[str, Any]) -> str:
    return next(iter(term))


NO_WORKFLOW = WorkflowFacts("", False, "author", False, 0, None, ())


def _milestone(value: str, facts: LearnerFacts) -> Criterion:
    return Criterion("milestone", f"{value.capitalize()} is confirmed.", value in facts.confirmed)


def _task_map(_value: bool, facts: LearnerFacts) -> Criterion:
    return Criterion(
        "task_map_accepted",
        "Your coach has accepted your task map, with at least one “do not use”.",
        facts.task_map_accepted,
    )


def _red_lines(_value: str, facts: LearnerFacts) -> Criterion:
    return Criterion(
        "red_lines_attested",
        f"You have read version {facts.red_lines_version} of the red lines.",
        facts.attested_version == facts.red_lines_version,
    )


def _prompts(value: int, facts: LearnerFacts) -> Criterion:
    noun = "prompt" if value == 1 else "prompts"
    return Criterion(
        "prompt_published",
        f"You have published {value} {noun} with a note on the tool or model.",
        facts.prompts_published >= value,
    )


def _no_incident(_value: bool, facts: LearnerFacts) -> Criterion:
    return Criterion("no_open_incident", "No red-line incident is open.", not facts.open_incident)


def _live_for_learner(value: Mapping[str, int], facts: LearnerFacts) -> Criterion:
    used, of = value["used_weeks"], value["of_eligible_weeks"]
    supported = value["min_supported_weeks"]
    runs = [
        liveness.best_run(workflow.units, of, used, supported)
        for workflow in facts.workflows
        if workflow.approved and workflow.shipped_week is not None
    ]
    counts = [(len(run), liveness.backed_units(run)) for run in runs]
    reached = [(each, backed) for each, backed in counts if each >= used and backed >= supported]
    best, best_supported = max(reached or counts, default=(0, 0))
    return Criterion(
        "workflow_live_for_learner",
        f"You used an approved, shipped workflow in {used} of {of} weeks, {supported} of them "
        f"with a link or somebody's confirmation ({best} used, {best_supported} supported).",
        bool(reached),
    )


def _designed(value: Mapping[str, Any], workflow: WorkflowFacts, _facts: LearnerFacts) -> Criterion:
    gates = value["gates_min"]
    met = (
        workflow.approved
        and workflow.role in value["role"]
        and (workflow.rubric_passed or not value["rubric_passed"])
        and workflow.gates >= gates
    )
    return Criterion(
        "workflow_designed",
        "You designed an approved workflow: every rubric criterion works and it has a human gate.",
        met,
    )


def _live(value: Mapping[str, int], workflow: WorkflowFacts, facts: LearnerFacts) -> Criterion:
    used, of = value["used_weeks"], value["of_eligible_weeks"]
    weeks, strong = value["shipped_min_weeks"], value["min_units_strength_3"]
    known = [unit for unit in workflow.units if unit.outcome is not Outcome.UNKNOWN]
    recent = [unit for unit in known[-of:] if unit.outcome is Outcome.USED]
    backed = sum(
        unit.strength >= 3 for unit in known if unit.outcome is Outcome.USED and not unit.late
    )
    met = (
        workflow.shipped_week is not None
        and not workflow.retired
        and facts.week - workflow.shipped_week >= weeks
        and len(known) >= of
        and len(recent) >= used
        and backed >= strong
    )
    noun = "week" if strong == 1 else "weeks"
    return Criterion(
        "workflow_live",
        f"That workflow was shipped at least {weeks} weeks ago, was used in {used} of the last "
        f"{of} weeks, and {strong} {noun} of use somebody else confirmed.",
        met,
    )


def _measured(value: Mapping[str, Any], workflow: WorkflowFacts, _facts: LearnerFacts) -> Criterion:
    pairs = {"time_pair": workflow.time_pair, "quality_pair": workflow.quality_pair}
    return Criterion(
        "change_measured",
        "You measured the task before and after, whatever came out.",
        any(pairs[name] for name in value["any_of"]),
    )


def _handed_over(_value: bool, workflow: WorkflowFacts, _facts: LearnerFacts) -> Criterion:
    return Criterion(
        "handover_published",
        "The workflow is published as a standard with a named owner.",
        workflow.handed_over,
    )


LEARNER_PREDICATES: dict[str, Callable[[Any, LearnerFacts], Criterion]] = {
    "milestone": _milestone,
    "task_map_accepted": _task_map,
    "red_lines_attested": _red_lines,
    "prompt_published": _prompts,
    "workflow_live_for_learner": _live_for_learner,
    "no_open_incident": _no_incident,
}
WORKFLOW_PREDICATES: dict[str, Callable[[Any, WorkflowFacts, LearnerFacts], Criterion]] = {
    "workflow_designed": _designed,
    "workflow_live": _live,
    "change_measured": _measured,
    "handover_published": _handed_over,
}
PREDICATES = frozenset((*LEARNER_PREDICATES, *WORKFLOW_PREDICATES, "coach_confirmed"))
