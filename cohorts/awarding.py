"""Awards: the rules propose, a person confirms or says "not yet"."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cohorts import evidence, outbox
from cohorts.evidence import Record
from cohorts.models import Award, Deferral, Enrolment, StatementRecord
from cohorts.refusals import NotAllowed, Refused, Stale
from cohorts.reviewing import scene_with
from cohorts.rules.milestones import Verdict
from cohorts.rules.workflows import Problem
from xapi import statements

# Which statements stand behind a milestone. Fluency and Competence also rest on what earned the
# milestone before; those are named by its own statement.
SUPPORTING_KINDS = {
    "literacy": ("task-map-accepted", "red-lines-attested"),
    "fluency": ("milestone-confirmed", "workflow-approved", "workflow-shipped", "week-used",
                "prompt-published"),
    "competence": ("milestone-confirmed", "workflow-approved", "workflow-shipped", "week-used",
                   "baseline-measured", "follow-up-measured", "standard-published"),
}  # fmt: skip
SCORE = 1.0


def proposals(records: dict[UUID, Record]) -> list[tuple[Record, Verdict]]:
    """What the rules propose and nobody has confirmed yet, over these learners."""
    return [
        (record, verdict)
        for record in records.values()
        for verdict in record.verdicts
        if verdict.state == "proposed"
    ]


def confirm(
    session: Session, learner: Enrolment, milestone: str, coach: Enrolment, now: datetime
) -> Award:
    """A coach confirms a proposed milestone: award, statement and score, all at once.

    Confirming twice is one award. Raises NotAllowed R-01 for the learner's own milestone, Refused
    while criteria are unmet.
    """
    earlier = session.scalar(
        select(Award).where(Award.enrolment_id == learner.id, Award.milestone == milestone)
    )
    if earlier is not None:
        return earlier
    record = _proposed(session, learner, milestone, coach, now)
    evidence_ids = supporting(session, learner, milestone)
    award = Award(
        enrolment_id=learner.id,
        milestone=milestone,
        confirmed_by_id=coach.id,
        confirmed_at=now,
        confirmed_on=record.plan.today(now),
        rules_version=learner.cohort.rules_version,
        evidence=[str(each) for each in evidence_ids],
        reference="",
    )
    session.add(award)
    session.flush()
    award.reference = f"M-{award.id.hex[:6].upper()}"
    statement = statements.milestone_confirmed(
        scene_with(learner, coach), award.id, milestone, evidence_ids, award.rules_version, now
    )
    outbox.record_statement(session, learner, "milestone-confirmed", statement, now)
    comment = (
        f"{milestone.capitalize()} confirmed {award.confirmed_on.isoformat()} by a coach. "
        f"{len(evidence_ids)} evidence items. Reference {award.reference}. "
        f"Statement {statement.id}."
    )
    outbox.post_score(session, learner, milestone, SCORE, SCORE, comment, now)
    return award


def defer(
    session: Session,
    learner: Enrolment,
    milestone: str,
    coach: Enrolment,
    reason: str,
    now: datetime,
) -> Deferral:
    """A coach says "not yet"; the learner reads the reason. The proposal stays."""
    _proposed(session, learner, milestone, coach, now)
    if not reason.strip():
        raise Refused(Problem("reason", "Say in a sentence what is still missing."))
    deferral = Deferral(
        enrolment_id=learner.id,
        milestone=milestone,
        coach_id=coach.id,
        reason=reason.strip(),
        deferred_at=now,
    )
    session.add(deferral)
    return deferral


def _proposed(
    session: Session, learner: Enrolment, milestone: str, coach: Enrolment, now: datetime
) -> Record:
    if coach.id == learner.id:
        raise NotAllowed("R-01")
    record = evidence.of_learner(session, learner, now)
    verdict = next((each for each in record.verdicts if each.milestone == milestone), None)
    if verdict is None:
        raise Refused(Problem("milestone", "This program has no such milestone."))
    if verdict.state == "confirmed":
        raise Stale
    if verdict.unmet:
        raise Refused(*[Problem("milestone", each.sentence) for each in verdict.unmet])
    return record


def supporting(session: Session, learner: Enrolment, milestone: str) -> list[UUID]:
    """The ids of the statements behind a milestone, oldest first, without those voided since."""
    rows = session.execute(
        select(StatementRecord.id, StatementRecord.kind)
        .where(StatementRecord.enrolment_id == learner.id)
        .order_by(StatementRecord.number)
    ).all()
    voiding = {row.id for row in rows if row.kind == "voided"}
    kinds = SUPPORTING_KINDS.get(milestone, ())
    return [
        row.id
        for row in rows
        if row.kind in kinds and statements.statement_id("voided", row.id) not in voiding
    ]
