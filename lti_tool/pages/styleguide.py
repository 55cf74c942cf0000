"""The style guide: every part of the visual language in each of its states.

Registered in development only. It shows sample data, keeps nothing and needs no launch.
"""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

bp = Blueprint("styleguide", __name__)


class StepForm(Form):
    """One step of a workflow: a form inside a list of forms."""

    text = StringField("What happens", [DataRequired("Describe this step.")])
    who = StringField("Who checks", description="For an approval gate: a name or a role.")


class SampleForm(Form):
    """Every kind of field once."""

    title = StringField(
        "Title",
        [DataRequired("Give the workflow a title, such as Campaign brief."), Length(max=200)],
    )
    task = TextAreaField(
        "Your real task",
        [DataRequired("Say which real task of yours this is, in one sentence.")],
        description="In your own words. One that comes back.",
    )
    cadence = SelectField(
        "How often it comes up",
        choices=[
            SelectChoice("daily", "Every day"),
            SelectChoice("weekly", "Every week"),
            SelectChoice("biweekly", "Every two weeks"),
        ],
    )
    track = RadioField(
        "Your role",
        [InputRequired("Choose the program that is nearest to your work.")],
        choices=[
            SelectChoice("marketing", "Marketing"),
            SelectChoice("cross_functional", "My work is different"),
        ],
    )
    minutes = IntegerField(
        "Minutes of your own work",
        [
            InputRequired("Enter the minutes as a number, such as 85."),
            NumberRange(1, 480, "Enter a number from 1 to 480."),
        ],
        description="Count checking and correcting too.",
    )
    timed_on = DateField("When you did it", [InputRequired("Enter a date.")])
    steps = FieldList(FormField(StepForm), "Steps", min_entries=2)
    confirmed = BooleanField(
        "I have read version 3 of the red lines",
        [InputRequired("Read the red lines and confirm that you did.")],
    )


def filled_form() -> SampleForm:
    """The form as somebody left it, without errors."""
    return SampleForm(
        data={
            "title": "Campaign brief",
            "task": "Turn a campaign request into an approved brief.",
            "cadence": "weekly",
            "track": "marketing",
            "minutes": 85,
            "timed_on": date(2026, 3, 12),
            "steps": [{"text": "Draft the brief in our template"}, {"text": "Check the claims"}],
            "confirmed": True,
        },
        prefix="good-",
    )


def wrong_form() -> SampleForm:
    """The form as it comes back after it was sent with mistakes."""
    sent = {
        "title": "",
        "task": "",
        "cadence": "weekly",
        "minutes": "about an hour",
        "timed_on": "",
        "steps-0-text": "Draft the brief in our template",
        "steps-1-text": "",
    }
    form = SampleForm(MultiDict(sent))
    form.validate()
    return form


WEEKLY_USE = [
    (2, 38, 30, 52),
    (3, 46, 38, 58),
    (4, 58, 50, 68),
    (5, 66, 58, 75),
    (6, 71, 63, 79),
    (7, 69, 61, 77),
    (8, 70, 62, 78),
]


def sample_chart() -> dict[str, Any]:
    """Points of a line with its band in a drawing of 480 by 200 units."""
    across = [(week - 2) * 60 + 56 for week, *_ in WEEKLY_USE]
    down = [[170 - share * 1.5 for share in shares] for _, *shares in WEEKLY_USE]
    line = " ".join(f"{x},{y[0]:.0f}" for x, y in zip(across, down, strict=True))
    upper = [f"{x},{y[2]:.0f}" for x, y in zip(across, down, strict=True)]
    lower = [f"{x},{y[1]:.0f}" for x, y in zip(across, down, strict=True)]
    return {
        "line": line,
        "band": " ".join([*upper, *reversed(lower)]),
        "weeks": [(week, x) for (week, *_), x in zip(WEEKLY_USE, across, strict=True)],
        "rows": [
            {"week": f"Week {week}", "share": f"{share} %", "range": f"{low} to {high} %"}
            for week, share, low, high in WEEKLY_USE
        ],
    }


@bp.get("/styleguide")
def styleguide() -> str:
    """All parts on one page."""
    return render_template(
        "styleguide.html",
        page={
            "cohort_name": "Marketing, spring 2026",
            "person_name": "Ada Okafor",
            "role_word": "Learner",
            "frame_origin": request.host_url.rstrip("/"),
            "nav": [
                ("Home", "#head", True),
                ("Workflows", "#states", False),
                ("Check-in", "#check-in", False),
                ("Milestones", "#lists", False),
                ("Library", "#tables", False),
            ],
        },
        notice={"text": "Week 4 is saved: used.", "undo": {"url": "#head"}},
        good=filled_form(),
        wrong=wrong_form(),
        chart=sample_chart(),
    )
