"""Where a launch lands: a learner's home, or the page that fits the visitor's role."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cohorts import enrolment, home
from cohorts.models import Enrolment
from cohorts.refusals import Refused
from cohorts.rules.program import Program
from cohorts.rules.progress import NextAction
from lti_tool import access
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.pages.base import LaunchForm, done, now, save

bp = Blueprint("home", __name__)

LANDINGS = {"coach": "coach.queue", "owner": "owner.overview"}


@bp.get("/")
def page() -> Any:
    """The first page of a launch."""
    launch = access.launch()
    visitor = access.me()
    if visitor is None:
        if access.cohort() is None and launch.role in access.MAY_OPEN_COHORT:
            return redirect(url_for("owner.open_cohort"), code=303)
        raise Refusal("L-03" if access.cohort() is None else "L-16")
    if visitor.role in LANDINGS:
        return redirect(url_for(LANDINGS[visitor.role]), code=303)
    if visitor.welcomed_at is None:
        return redirect(url_for("home.welcome"), code=303)
    g.navigation = "home.page"
    view = home.of_learner(db.session(), visitor, now())
    return render_template(
        "learner/home.html",
        home=view,
        plan=view.record.plan,
        today=view.record.plan.today(now()),
        action=_linked(view.action),
        opens_at=view.record.plan.next_opening(now()),
        templates=view.record.plan.program.templates,
        criterion_urls=_criterion_urls(),
    )


class WelcomeForm(LaunchForm):
    """What a learner chooses once."""

    team = SelectField("Your team", validate_choice=False)
    track = RadioField(
        "Your kind of work",
        [InputRequired("Choose the track that is nearest to your work.")],
        validate_choice=False,
    )


@bp.route("/welcome", methods=["GET", "POST"])
@access.learners
def welcome(visitor: Enrolment) -> str | Response | tuple[str, int]:
    """What this is, what is recorded and who sees it; team and track."""
    program = Program.from_document(visitor.cohort.program)
    form = WelcomeForm(request.form, data={"team": visitor.team, "track": visitor.track})
    form.team.choices = [
        SelectChoice("", "Choose your team"),
        *[SelectChoice(team, team) for team in visitor.cohort.teams],
    ]
    form.track.choices = [SelectChoice(key, name) for key, name in program.tracks]
    if request.method == "POST" and form.validate():
        try:
            save(
                lambda: enrolment.welcome(
                    db.session(),
                    visitor,
                    team=form.team.data or None,
                    track=form.track.data,
                    now=now(),
                )
            )
            return done("welcome", "home.page")
        except Refused as refused:
            form.show(refused)
    plan = enrolment.calendar(visitor.cohort)
    text = render_template("learner/welcome.html", form=form, visitor=visitor, plan=plan)
    return (text, 422) if form.errors else text


def _linked(action: NextAction) -> dict[str, str] | None:
    """The next action with the address of the page that does it."""
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        "check_in": ("check_in.page", {}),
        "task_map": ("task_map.page", {}),
        "red_lines": ("task_map.red_lines", {}),
        "new_workflow": ("workflow.choose", {}),
        "workflow": ("workflow.page", {"workflow_id": action.subject}),
        "runs": ("runs.page", {"workflow_id": action.subject}),
        "prompt": ("home.page", {"_anchor": "workflows"}),
    }
    if action.code not in pages:
        return None
    endpoint, values = pages[action.code]
    return {"label": action.label, "url": url_for(endpoint, **values), "hint": action.hint}


def _criterion_urls() -> dict[str, str]:
    """Where a learner goes to meet a condition that no single workflow is about."""
    return {
        "task_map_accepted": url_for("task_map.page"),
        "red_lines_attested": url_for("task_map.red_lines"),
    }
