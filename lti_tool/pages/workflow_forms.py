"""The forms about a workflow, and how they turn into a draft and back."""

from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from cohorts.drafting import Draft
from cohorts.models import Workflow
from cohorts.rules import workflows
from lti_tool.pages.base import LaunchForm, texts

MOST_STEPS = 20

STEP_KINDS = [
    SelectChoice("ai", "AI helps"),
    SelectChoice("human", "Human does"),
    SelectChoice("gate", "Approval gate"),
]
CADENCES = [
    SelectChoice("daily", "Every day"),
    SelectChoice("weekly", "Every week"),
    SelectChoice("biweekly", "Every two weeks"),
    SelectChoice("monthly", "Every month"),
]


def _at_most(count: int) -> Length:
    return Length(max=count, message=f"Use at most {count} characters.")


class StepForm(PlainForm):
    """One step: AI helps, a human does, or a gate where a named person checks a named thing."""

    kind = SelectField("Kind of step", choices=STEP_KINDS, validate_choice=False)
    text = StringField("What happens", [_at_most(500)])
    tool = StringField("Tool or model, and why", [_at_most(300)])
    prompt = TextAreaField("Prompt", [_at_most(4000)], description="If it is always the same.")
    who = StringField("Who checks", [_at_most(120)], description="A name or a role.")
    checks = StringField("What is checked", [_at_most(300)])
    if_fails = StringField("If the check fails", [_at_most(300)])


class RedLineForm(PlainForm):
    """One red line, as it applies to this workflow."""

    text = HiddenField(validators=[_at_most(300)])
    kept = BooleanField("Kept in this workflow")
    because = StringField("Does not apply, because", [_at_most(280)])


class WorkflowForm(LaunchForm):
    """The whole canvas of a workflow."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()], default=0)
    title = StringField("Name of the workflow", [_at_most(200)])
    task = TextAreaField("Your real task", [_at_most(1000)], description="In your own words.")
    unit = StringField("One piece of it", [_at_most(120)], description="Such as one brief.")
    cadence = SelectField("How often it comes up", choices=CADENCES, validate_choice=False)
    own_material = StringField(
        "Whose style guide, document or tool it follows",
        [_at_most(300)],
        description="Your team's own, by name.",
    )
    steps = FieldList(FormField(StepForm), "Steps, in order", max_entries=MOST_STEPS)
    red_lines = FieldList(FormField(RedLineForm), "Red lines", max_entries=40)
    measure_time = StringField("What will be timed", [_at_most(300)])
    measure_quality = StringField("What will be judged", [_at_most(300)])
    fallback = StringField("When the tool is down", [_at_most(500)])

    def draft(self) -> Draft:
        """What the learner wrote."""
        return Draft(
            title=self.title.data or "",
            unit=self.unit.data or "",
            cadence=self.cadence.data or "",
            content={
                "task": self.task.data or "",
                "own_material": self.own_material.data or "",
                "steps": [_step(step) for step in self.steps.data],
                "red_lines": [
                    {**texts(line), "kept": bool(line["kept"])} for line in self.red_lines.data
                ],
                "measure": {
                    "time": self.measure_time.data or "",
                    "quality": self.measure_quality.data or "",
                },
                "fallback": self.fallback.data or "",
            },
        )


def _step(values: dict[str, Any]) -> dict[str, Any]:
    """A step with its kind; one that no button of ours sends is a person's."""
    kind = values["kind"] if values["kind"] in workflows.STEP_KINDS else "human"
    return {**texts(values), "kind": kind}


def form_data(draft: Draft, revision: int) -> dict[str, Any]:
    """What the form shows for a draft."""
    content = draft.content
    return {
        "revision": revision,
        "title": draft.title,
        "unit": draft.unit,
        "cadence": draft.cadence,
        "task": content.get("task", ""),
        "own_material": content.get("own_material", ""),
        "steps": content.get("steps", []),
        "red_lines": content.get("red_lines", []),
        "measure_time": content.get("measure", {}).get("time", ""),
        "measure_quality": content.get("measure", {}).get("quality", ""),
        "fallback": content.get("fallback", ""),
    }


def draft_of(workflow: Workflow) -> Draft:
    """The working copy of a workflow as a draft."""
    return Draft(workflow.title, workflow.unit, workflow.cadence, workflow.content)


def rearranged(draft: Draft, action: str) -> Draft:
    """The draft after a button of the step list: `add-ai`, `up-2`, `down-0`, `remove-1`."""
    steps = list(draft.content["steps"])
    what, _, argument = action.partition("-")
    if what == "add" and len(steps) < MOST_STEPS and argument in ("ai", "human", "gate"):
        steps.append({"kind": argument, "text": ""})
    elif argument in map(str, range(len(steps))):
        place = int(argument)
        step = steps.pop(place)
        if what != "remove":
            target = place - 1 if what == "up" else place + 1
            steps.insert(max(0, min(target, len(steps))), step)
    return Draft(draft.title, draft.unit, draft.cadence, {**draft.content, "steps": steps})


class ShipForm(LaunchForm):
    """Where a shipped workflow lives."""

    place = StringField(
        "Where it now lives", [_at_most(500)], description="A link, or a place people know."
    )


class StandardForm(LaunchForm):
    """Who looks after a published standard."""

    standard_owner = StringField(
        "Named owner", [_at_most(255)], description="The person who looks after it from now on."
    )


class PromptForm(LaunchForm):
    """A reusable prompt."""

    title = StringField("Name of the prompt", [_at_most(200)])
    text = TextAreaField("The prompt", [_at_most(8000)])
    tool_note = StringField("Tool or model, and why", [_at_most(500)])


class RetireForm(LaunchForm):
    """Why a workflow ends."""

    reason = SelectField(
        "Why it ends",
        validate_choice=False,
        choices=[
            SelectChoice("superseded", "Something better replaces it"),
            SelectChoice("not_worth_it", "It was not worth it"),
            SelectChoice("not_allowed", "It is no longer allowed"),
            SelectChoice("task_ended", "The task itself ended"),
        ],
    )
