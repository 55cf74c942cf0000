"""The states of a workflow, what may be submitted, and what blocks shipping."""

from dataclasses import dataclass
from typing import Any

STEP_KINDS = ("ai", "human", "gate")
CADENCES = ("daily", "weekly", "biweekly", "monthly")

# What people may do in which state, and where it leads. Live, lapsing and dormant are not here:
# they are computed (see `liveness`).
TRANSITIONS = {
    ("draft", "submit"): "in_review",
    ("in_review", "submit"): "in_review",
    ("changes_requested", "submit"): "in_review",
    ("in_review", "approve"): "approved",
    ("in_review", "request_changes"): "changes_requested",
    ("approved", "ship"): "shipped",
    ("draft", "retire"): "retired",
    ("changes_requested", "retire"): "retired",
    ("approved", "retire"): "retired",
    ("shipped", "retire"): "retired",
}
EDITABLE = ("draft", "in_review", "changes_requested")


@dataclass(frozen=True)
class Problem:
    """Why something is not accepted: the field it is about and a sentence with the remedy."""

    field: str
    message: str


def after(state: str, action: str) -> str | None:
    """The state that an action leads to, or None where it is not allowed."""
    return TRANSITIONS.get((state, action))


def gates(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The approval gates among the steps, in order."""
    return [step for step in content.get("steps", []) if step["kind"] == "gate"]


def submission_problems(content: dict[str, Any]) -> list[Problem]:
    """What a coach could not review yet. Empty when the workflow may be submitted."""
    return [
        *_task_problems(content),
        *_step_problems(content.get("steps", [])),
        *_red_line_problems(content.get("red_lines", [])),
        *_measure_problems(content.get("measure", {})),
    ]


def _task_problems(content: dict[str, Any]) -> list[Problem]:
    if content.get("task", "").strip():
        return []
    return [Problem("task", "Say which real task of yours this is, in one sentence.")]


def _step_problems(steps: list[dict[str, Any]]) -> list[Problem]:
    problems = []
    kinds = [step["kind"] for step in steps]
    if "ai" not in kinds:
        problems.append(Problem("steps", "Add at least one step in which AI helps."))
    elif "gate" not in kinds[kinds.index("ai") :]:
        problems.append(
            Problem("steps", "Every AI step that reaches another person needs a gate. Add one.")
        )
    for number, step in enumerate(steps):
        if not step.get("text", "").strip():
            problems.append(Problem(f"steps-{number}-text", f"Describe step {number + 1}."))
        if step["kind"] == "gate" and not step.get("who", "").strip():
            problems.append(Problem(f"steps-{number}-who", "Name who checks at this gate."))
        if step["kind"] == "ai" and not step.get("tool", "").strip():
            problems.append(
                Problem(f"steps-{number}-tool", "Name the tool or model for this step and why.")
            )
    return problems


def _red_line_problems(red_lines: list[dict[str, Any]]) -> list[Problem]:
    problems = []
    for number, line in enumerate(red_lines):
        if not line.get("kept") and not line.get("because", "").strip():
            problems.append(
                Problem(
                    f"red_lines-{number}-because",
                    "Confirm that this red line is kept, or say why it does not apply.",
                )
            )
    return problems


def _measure_problems(measure: dict[str, Any]) -> list[Problem]:
    if measure.get("time", "").strip() or measure.get("quality", "").strip():
        return []
    return [Problem("measure_time", "Say what you will time or judge before and after.")]


def ship_problems(
    baseline_runs: int, runs_needed: int, waived: bool, attested: int | None, current: int
) -> list[Problem]:
    """What blocks shipping: the baseline (or a coach's waiver) and the current red lines.

    `attested` is the version of the red lines the learner has confirmed, `current` today's.
    """
    problems = []
    if baseline_runs < runs_needed and not waived:
        problems.append(
            Problem(
                "baseline",
                f"Before shipping, time this task {runs_needed} times the old way, or ask your "
                f"coach for a waiver. You have {baseline_runs} of {runs_needed} runs.",
            )
        )
    if attested != current:
        problems.append(
            Problem("red_lines", "Read the current red lines and confirm them; then you can ship.")
        )
    return problems


def review_problems(
    levels: dict[str, int | None], notes: dict[str, str], decision: str, pass_each: int
) -> list[Problem]:
    """What is missing from a review: every criterion has a level, a low one has a sentence."""
    problems = []
    for criterion, level in levels.items():
        if level is None:
            problems.append(Problem(f"level_{criterion}", "Choose a level."))
        elif level < pass_each and not notes.get(criterion, "").strip():
            problems.append(
                Problem(f"note_{criterion}", "Say in a sentence what would make this work.")
            )
    low = any(level is not None and level < pass_each for level in levels.values())
    if decision == "approve" and low:
        problems.append(
            Problem("decision", f"Approving needs level {pass_each} or more in every criterion.")
        )
    return problems
