"""From a score row to everything that posting it needs, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cohorts.models import Enrolment, Score
from lti_tool.gradebook.failures import NO_ACCOUNT, NO_COURSE, NO_SERVICE, NOT_A_LEARNER
from lti_tool.models import Context, Deployment, LineItem, LtiUser, Membership, Platform
from lti_tool.services import HOLD, PARK, ServiceError

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM = AGS + "lineitem"
LINE_ITEM_READ = AGS + "lineitem.readonly"
RESULT_READ = AGS + "result.readonly"
SCORE = AGS + "score"
NEEDED = frozenset({LINE_ITEM, RESULT_READ, SCORE})
# Moodle wants the readonly scope asked for by name although the other one implies it.
ASKED_FOR = NEEDED | {LINE_ITEM_READ}


@dataclass(frozen=True)
class Posting:
    """One score and where it goes. `ours` are the scores that the LMS may hold as our word.

    `line_item_url` is None as long as the milestone has no known column in the course.
    """

    score_id: UUID
    platform_id: UUID
    is_canvas: bool
    context_pk: UUID
    cohort_id: UUID
    lineitems_url: str
    scopes: tuple[str, ...]
    line_item_url: str | None
    milestone: str
    user_id: str
    score_given: float
    score_maximum: float
    comment: str
    ours: tuple[float, ...]
    last_sent_at: datetime | None


def load_posting(session: Session, score_id: UUID) -> Posting:
    """Everything about one score.

    Raises ServiceError: `hold` for a person who is no learner now (preview users and teachers have
    no grades), `park` where the LMS, the course or its grade services are missing.
    """
    score = session.get_one(Score, score_id)
    enrolment = session.get_one(Enrolment, score.enrolment_id)
    if enrolment.role != "learner":
        raise ServiceError(NOT_A_LEARNER, HOLD)
    user = session.scalar(select(LtiUser).where(LtiUser.person_id == enrolment.person_id))
    if user is None:
        raise ServiceError(NO_ACCOUNT, PARK)
    context = _context(session, score.cohort_id, user)
    if context is None:
        raise ServiceError(NO_COURSE, PARK)
    if not context.lineitems_url or not NEEDED.issubset(context.ags_scopes):
        raise ServiceError(NO_SERVICE, PARK)
    platform = session.get_one(Platform, user.platform_id)
    return Posting(
        score_id=score.id,
        platform_id=platform.id,
        is_canvas=platform.product_family == "canvas",
        context_pk=context.id,
        cohort_id=score.cohort_id,
        lineitems_url=context.lineitems_url,
        scopes=tuple(sorted(ASKED_FOR.intersection(context.ags_scopes))),
        line_item_url=_line_item_url(session, context.id, score.milestone),
        milestone=score.milestone,
        user_id=user.sub,
        score_given=score.score_given,
        score_maximum=score.score_maximum,
        comment=score.comment,
        ours=tuple(known for known in (score.posted_score, score.sent_score) if known is not None),
        last_sent_at=score.sent_at or score.posted_at,
    )


def _context(session: Session, cohort_id: UUID, user: LtiUser) -> Context | None:
    """The cohort's course on the person's platform; of several, the one last launched from."""
    return session.scalar(
        select(Context)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .outerjoin(
            Membership,
            (Membership.context_pk == Context.id) & (Membership.lti_user_id == user.id),
        )
        .where(Context.cohort_id == cohort_id, Deployment.platform_id == user.platform_id)
        .order_by(Membership.launched_at.is_(None), Membership.launched_at.desc(), Context.id)
        .limit(1)
    )


def _line_item_url(session: Session, context_pk: UUID, milestone: str) -> str | None:
    return session.scalar(
        select(LineItem.url).where(
            LineItem.context_pk == context_pk, LineItem.milestone == milestone
        )
    )
