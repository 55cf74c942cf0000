"""What coaches see: the queue, their learners, one learner's record, milestone proposals."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from sqlalchemy import select

from cohorts import board, evidence, reviewing
from cohorts import proposals as milestone_lists
from cohorts.board import Filter
from cohorts.enrolment import calendar
from cohorts.home import squares
from cohorts.models import Enrolment, StatementRecord, WeeklyAnswer
from cohorts.refusals import Refused
from cohorts.rules.calendar import working_days
from lti_tool import access
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.pages import words
from lti_tool.pages.base import done, now, save
from lti_tool.pages.paging import Paging, here

bp = Blueprint("coach", __name__, url_prefix="/coach")

LONGEST_SEARCH = 100


@bp.get("/queue")
@access.coaches
def queue(visitor: Enrolment) -> str:
    """What waits for a decision: submitted workflows and task maps."""
    g.navigation = "coach.queue"
    session, plan = db.session(), calendar(visitor.cohort)
    waiting = board.waiting(session, visitor, now())
    mine = [item for item in waiting if item.mine]
    only_mine = request.args.get("whose") == "mine"
    listed = mine if only_mine else waiting
    paging = Paging(len(listed))
    return render_template(
        "coach/queue.html",
        plan=plan,
        week=plan.week_at(now()),
        today=plan.today(now()),
        items=listed[paging.shown],
        paging=paging,
        only_mine=only_mine,
        counts={"mine": len(mine), "all": len(waiting)},
        goal=plan.program.review_working_days,
        oldest=max((item.working_days for item in waiting), default=None),
        usual=_days(board.usual_wait(session, visitor.cohort)),
        not_drafted=0
        if waiting
        else board.count_learners(session, visitor.cohort, Filter(not_drafted=True)),
        words=words,
        here=here,
    )


@bp.get("/learners")
@access.coaches
def roster(visitor: Enrolment) -> str:
    """Every learner, or the visitor's own, and how they stand."""
    g.navigation = "coach.roster"
    only_mine = request.args.get("whose") == "mine"
    chosen = Filter(
        coach_id=visitor.id if only_mine else None,
        not_drafted=request.args.get("show") == "not-drafted",
        search=request.args.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH],
    )
    session, cohort = db.session(), visitor.cohort
    paging = Paging(board.count_learners(session, cohort, chosen))
    standings = board.roster(session, cohort, chosen, now(), paging.offset, paging.limit)
    return render_template(
        "coach/roster.html",
        standings=standings,
        paging=paging,
        chosen=chosen,
        only_mine=only_mine,
        tracks=dict(calendar(cohort).program.tracks),
        place=_place(),
        here=here,
        words=words,
    )


@bp.get("/learners/<uuid:learner_id>")
@access.coaches
def learner(visitor: Enrolment, learner_id: UUID) -> str:
    """Everything one learner has done, with the evidence behind it."""
    return _record(visitor, access.learner_in_cohort(visitor, learner_id))


@bp.post("/learners/<uuid:learner_id>/answers/<uuid:answer_id>/verify")
@access.coaches
def verify(visitor: Enrolment, learner_id: UUID, answer_id: UUID) -> Any:
    """Back up one week's use after looking at it."""
    person = access.learner_in_cohort(visitor, learner_id)
    answer = db.session.scalar(
        select(WeeklyAnswer).where(
            WeeklyAnswer.id == answer_id,
            WeeklyAnswer.enrolment_id == person.id,
            WeeklyAnswer.revoked_at.is_(None),
        )
    )
    if answer is None:
        raise Refusal("P-404")
    workflow = access.workflow_in_cohort(visitor, answer.workflow_id)
    try:
        save(lambda: reviewing.verify_week(db.session(), workflow, answer, visitor, now()))
    except Refused as refused:
        return _record(visitor, person, str(refused)), 422
    return done("verified", "coach.learner", learner_id=learner_id, **_place())


@bp.get("/milestones")
@access.coaches
def proposals(visitor: Enrolment) -> str:
    """What the rules propose, longest waiting first, and what was confirmed."""
    g.navigation = "coach.proposals"
    session, cohort = db.session(), visitor.cohort
    plan = calendar(cohort)
    proposed = milestone_lists.of_cohort(session, cohort, now())
    paging = Paging(len(proposed))
    awards = Paging(milestone_lists.count_confirmed(session, cohort), "awards")
    return render_template(
        "coach/proposals.html",
        proposed=proposed[paging.shown],
        paging=paging,
        waited=lambda since: working_days(plan.today(since), plan.today(now())),
        confirmed=milestone_lists.confirmed(session, cohort, awards.offset, awards.limit),
        awards=awards,
        plan=plan,
        words=words,
        when=partial(words.moment, zone=plan.zone),
    )


def _days(number: float | None) -> str:
    return "" if number is None else f"{number:g} working day{'' if number == 1 else 's'}"


def _place() -> dict[str, str]:
    """Where in the roster the visitor came from, so that the way back leads there."""
    names = ("whose", "show", "q", "page")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _record(visitor: Enrolment, person: Enrolment, refusal: str = "") -> str:
    g.navigation = "coach.roster"
    session = db.session()
    record = evidence.of_learner(session, person, now())
    ids = [UUID(each) for award in record.awards for each in award.evidence]
    kinds = dict(
        session.execute(
            select(StatementRecord.id, StatementRecord.kind).where(StatementRecord.id.in_(ids))
        ).all()
    )
    return render_template(
        "coach/learner.html",
        record=record,
        learner=person,
        coach=person.coach,
        squares={workflow.id: squares(record, workflow) for workflow in record.workflows},
        awards={award.milestone: award for award in record.awards},
        kinds={str(key): words.STATEMENTS.get(kind, kind) for key, kind in kinds.items()},
        refusal=refusal,
        place=_place(),
        words=words,
        when=partial(words.moment, zone=record.plan.zone),
    )
