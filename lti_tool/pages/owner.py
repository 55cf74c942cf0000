"""What program owners see: the cohort opened, its overview, its people."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from cohorts import board, deliveries, enrolment, overview, programs
from cohorts.enrolment import calendar
from cohorts.models import Cohort, Enrolment
from cohorts.refusals import Refused, Stale
from cohorts.rules.workflows import Problem
from lti_tool import access, opening
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.pages import delivery_words
from lti_tool.pages.base import LaunchForm, done, now, save
from lti_tool.pages.charts import state_bars
from lti_tool.pages.paging import Paging

bp = Blueprint("owner", __name__)

FIRST_PROGRAM = "marketing"


class CohortForm(LaunchForm):
    """What it takes to open a cohort."""

    program = SelectField("Program", validate_choice=False)
    name = StringField(
        "Name of the cohort", [InputRequired("Give the cohort a name, such as Marketing, spring.")]
    )
    starts_on = DateField(
        "First day",
        [InputRequired("Enter the first day as a date.")],
        description="A Monday is best: weeks are counted from this day, 13 in all.",
    )
    time_zone = SelectField(
        "Time zone", description="Days and weeks begin at midnight there.", validate_choice=False
    )
    teams = TextAreaField(
        "Teams", description="One a line. Learners choose theirs; leave empty for none."
    )


@bp.route("/cohort/new", methods=["GET", "POST"])
def open_cohort() -> Any:
    """Open a cohort in a course that has none."""
    launch = access.launch()
    if launch.context.cohort_id is not None:
        return redirect(url_for("home.page"), code=303)
    if launch.role not in access.MAY_OPEN_COHORT:
        raise Refusal("P-403", f"role {launch.role}")
    shipped = programs.shipped()
    first = shipped.get(FIRST_PROGRAM) or next(iter(shipped.values()))
    form = CohortForm(request.form, data=_defaults(first, launch.context.title))
    others = [document for document in shipped.values() if document is not first]
    form.program.choices = [SelectChoice(each["id"], each["name"]) for each in (first, *others)]
    form.time_zone.choices = [SelectChoice(zone, zone) for zone in opening.time_zones()]
    if request.method == "POST" and form.validate():
        try:
            save(lambda: _open(form, shipped), stale_is_mine=True)
            return done("opened", "owner.overview")
        except Refused as refused:
            form.show(refused)
        except Stale:
            return redirect(url_for("home.page"), code=303)
    page = render_template("owner/open_cohort.html", form=form, programs=(first, *others))
    return (page, 422) if form.errors else page


def _defaults(document: dict[str, Any], title: str) -> dict[str, Any]:
    return {
        "program": document["id"],
        "name": (title or document["name"])[: opening.LONGEST_NAME],
        "starts_on": opening.next_monday(now().date()),
        "time_zone": document["calendar"]["time_zone"],
        "teams": "\n".join(document.get("teams", ())),
    }


def _open(form: CohortForm, shipped: dict[str, dict[str, Any]]) -> Cohort:
    launch = access.launch()
    document = shipped.get(form.program.data or "")
    if document is None:
        raise Refused(Problem("program", "Choose a program from the list."))
    lines = (line.strip() for line in (form.teams.data or "").splitlines())
    cohort = opening.open_in_course(
        db.session(),
        launch.context,
        document=document,
        name=form.name.data or "",
        starts_on=form.starts_on.data,
        time_zone=form.time_zone.data or "",
        teams=list(dict.fromkeys(line for line in lines if line)),
        home_page=current_app.config["SETTINGS"].tool_url,
        now=now(),
    )
    enrolment.make_owner(db.session(), cohort, launch.lti_user.person, now())
    return cohort


@bp.get("/owner", endpoint="overview")
@access.owners
def overview_page(visitor: Enrolment) -> str:
    """Where the cohort stands and what waits."""
    g.navigation = "owner.overview"
    session, cohort = db.session(), visitor.cohort
    plan = calendar(cohort)
    week = plan.week_at(now())
    seen = overview.of_cohort(session, cohort, week, now())
    waiting = board.waiting(session, visitor, now())
    counts = deliveries.counts(session, cohort)
    return render_template(
        "owner/overview.html",
        cohort=cohort,
        plan=plan,
        week=week,
        today=plan.today(now()),
        seen=seen,
        chart=state_bars(seen.states),
        waiting=len(waiting),
        oldest=max((item.working_days for item in waiting), default=0),
        health=delivery_words.health(counts, deliveries.destinations(session)),
    )


@bp.get("/owner/people")
@access.owners
def people(visitor: Enrolment) -> str:
    """Everybody in the cohort, and who is champion."""
    g.navigation = "owner.people"
    session, cohort = db.session(), visitor.cohort
    members = overview.people(session, cohort)
    paging = Paging(len(members))
    coaches = {member.id: member for member in members if member.role != "learner"}
    return render_template(
        "owner/people.html",
        members=members[paging.shown],
        total=len(members),
        paging=paging,
        coaches=coaches,
        coverage=overview.coverage_by_team(cohort, members),
        tracks=dict(calendar(cohort).program.tracks),
    )


@bp.post("/owner/people/<uuid:learner_id>/champion")
@access.owners
def champion(visitor: Enrolment, learner_id: UUID) -> Response:
    """Name a learner champion, or end it."""
    learner = access.learner_in_cohort(visitor, learner_id)
    is_champion = request.form.get("champion")
    if is_champion not in ("yes", "no"):
        raise Refusal("P-400")
    save(lambda: enrolment.set_champion(learner, is_champion == "yes"))
    place = {"page": request.args["page"]} if request.args.get("page") else {}
    return done("people", "owner.people", **place)
