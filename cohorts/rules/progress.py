"""The one next action of a learner: what counts next, in words, and which page does it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class NextAction:
    """`code` names the page, `subject` the workflow it is about, if any."""

    code: str
    label: str
    hint: str = ""
    subject: str = ""


@dataclass(frozen=True)
class WorkflowStanding:
    """What the next action depends on, for one workflow."""

    id: str
    title: str
    state: str
    baseline_open: bool = False
    follow_up_open: bool = False
    unanswered_weeks: int = 0


@dataclass(frozen=True)
class Standing:
    """What the next action depends on."""

    week: int
    task_map: str | None
    red_lines_current: bool
    workflows: Sequence[WorkflowStanding]
    prompts: int
    last_safe_ship_week: int


def next_action(standing: Standing) -> NextAction:
    """First what only takes seconds and is due, then what blocks most."""
    due = [each for each in standing.workflows if each.unanswered_weeks]
    if due:
        weeks = max(each.unanswered_weeks for each in due)
        label = "Answer this week's check-in" if weeks == 1 else f"Catch up {weeks} weeks"
        return NextAction("check_in", label, "One tap a workflow, half a minute in all.")
    for choose in (_foundations, _workflow_action):
        if (action := choose(standing)) is not None:
            return action
    if not standing.prompts and _any(standing, "shipped", "live", "lapsing", "dormant"):
        return NextAction(
            "prompt", "Publish a prompt", "One prompt others can reuse, with a note on the tool."
        )
    return NextAction("nothing", "Nothing is due", "Your next check-in opens on its day.")


def _foundations(standing: Standing) -> NextAction | None:
    if standing.task_map is None or standing.task_map == "draft":
        return NextAction(
            "task_map", "Map your tasks", "Three tasks of your own, one of them a “do not use”."
        )
    if not standing.red_lines_current:
        return NextAction("red_lines", "Read the red lines", "Three short lists, one confirmation.")
    return None


def _workflow_action(standing: Standing) -> NextAction | None:
    if not [each for each in standing.workflows if each.state != "retired"]:
        return NextAction(
            "new_workflow",
            "Start your first workflow",
            f"From your own task, or from an example. Last safe week to ship: week "
            f"{standing.last_safe_ship_week}.",
        )
    for state, code, label, hint in (
        ("changes_requested", "workflow", "Answer the review", "Your coach asked for changes."),
        ("approved", "workflow", "Ship it", "It is approved; put it into your work."),
        ("draft", "workflow", "Finish your draft", "Then send it to your coach."),
    ):
        for each in standing.workflows:
            if each.state == state:
                if state == "approved" and each.baseline_open:
                    return NextAction(
                        "runs",
                        "Time the task the old way",
                        "Without a baseline nothing can be shipped.",
                        each.id,
                    )
                return NextAction(code, f"{label}: {each.title}", hint, each.id)
    for each in standing.workflows:
        if each.state == "in_review" and each.baseline_open:
            return NextAction(
                "runs", "Time the task the old way", "Use the wait for the baseline.", each.id
            )
        if each.follow_up_open:
            return NextAction(
                "runs", "Time the task the new way", "The second half of your pair.", each.id
            )
    return None


def _any(standing: Standing, *states: str) -> bool:
    return any(each.state in states for each in standing.workflows)
