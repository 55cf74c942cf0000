"""The rows of a launch, in one transaction: who, from where, as what, and their session."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Table, and_, bindparam, delete, select, update
from sqlalchemy.orm import Session, contains_eager, defer

from cohorts import enrolment
from cohorts.models import Cohort, Person
from lti_tool.launch.claims import LaunchClaims
from lti_tool.launch.roles import Role
from lti_tool.launch.session import open_session
from lti_tool.models import (
    Context,
    Deployment,
    LaunchSession,
    LtiUser,
    Membership,
    Platform,
    ResourceLink,
)

# Everything a returning person's launch touches, in one query, put together once. The program of a
# cohort is large, and only somebody's first launch needs it.
_KNOWN = (
    select(Deployment, Context, ResourceLink, LtiUser, Membership)
    .select_from(Platform)
    .outerjoin(
        Deployment,
        and_(
            Deployment.platform_id == Platform.id,
            Deployment.deployment_id == bindparam("deployment_id"),
        ),
    )
    .outerjoin(
        Context,
        and_(
            Context.deployment_id == Deployment.id,
            Context.context_id == bindparam("context_id"),
        ),
    )
    .outerjoin(Cohort, Cohort.id == Context.cohort_id)
    .outerjoin(
        ResourceLink,
        and_(
            ResourceLink.context_pk == Context.id,
            ResourceLink.resource_link_id == bindparam("resource_link_id"),
        ),
    )
    .outerjoin(
        LtiUser, and_(LtiUser.platform_id == Platform.id, LtiUser.sub == bindparam("subject"))
    )
    .outerjoin(Person, Person.id == LtiUser.person_id)
    .outerjoin(
        Membership,
        and_(Membership.context_pk == Context.id, Membership.lti_user_id == LtiUser.id),
    )
    .where(Platform.id == bindparam("platform_id"))
    .options(
        contains_eager(LtiUser.person),
        contains_eager(Context.cohort).options(defer(Cohort.program)),
    )
)

# A plain statement: the unit of work would take three times as long over these two columns.
_MEMBERSHIPS = cast(Table, Membership.__table__)
_LAUNCHED = (
    update(_MEMBERSHIPS)
    .where(_MEMBERSHIPS.c.context_pk == bindparam("context"))
    .where(_MEMBERSHIPS.c.lti_user_id == bindparam("user"))
    .values(role=bindparam("new_role"), launched_at=bindparam("now"))
)


def admit(
    session: Session,
    platform: Platform,
    claims: LaunchClaims,
    role: Role,
    *,
    now: datetime,
    cohort_now: datetime,
) -> str:
    """Bring the rows of this launch up to date and open a session; returns its token.

    The claims must name a subject, a context and a resource link. `now` is the real clock,
    `cohort_now` the cohort's. Raises IntegrityError when another launch made one of the rows at
    the same time: roll back and repeat the whole launch. Commits nothing.
    """
    known = session.execute(
        _KNOWN,
        {
            "platform_id": platform.id,
            "deployment_id": claims.deployment_id,
            "context_id": claims.context_id,
            "resource_link_id": claims.resource_link_id,
            "subject": claims.subject,
        },
    ).one()
    deployment, context, link, lti_user, membership = known
    if deployment is None:
        deployment = Deployment(
            id=uuid4(),
            platform_id=platform.id,
            deployment_id=claims.deployment_id,
            created_at=now,
        )
        _store(session, deployment)
    context = _context(session, context, deployment.id, claims, now)
    _resource_link(session, link, context.id, claims, now)
    lti_user = _lti_user(session, lti_user, platform.id, claims, role, now)
    _membership(session, membership, context.id, lti_user.id, role, now)
    if context.cohort is not None:
        enrolment.admit(
            session, cohort=context.cohort, person=lti_user.person, role=role, now=cohort_now
        )
    return open_session(session, platform, context, lti_user, role, claims, now)


def _context(
    session: Session,
    context: Context | None,
    deployment_pk: UUID,
    claims: LaunchClaims,
    now: datetime,
) -> Context:
    if context is None:
        context = Context(
            id=uuid4(),
            deployment_id=deployment_pk,
            context_id=claims.context_id,
            cohort_id=None,
            created_at=now,
        )
        _store(session, context)
    told = {"title": claims.context_title, "label": claims.context_label}
    _update(context, {name: text for name, text in told.items() if text})
    services = {
        "lineitems_url": claims.lineitems_url,
        "ags_scopes": list(claims.ags_scopes),
        "memberships_url": claims.memberships_url,
    }
    _update(context, services)
    return context


def _resource_link(
    session: Session,
    link: ResourceLink | None,
    context_pk: UUID,
    claims: LaunchClaims,
    now: datetime,
) -> None:
    if link is None:
        link = ResourceLink(
            context_pk=context_pk, resource_link_id=claims.resource_link_id, created_at=now
        )
        session.add(link)
    _update(link, {"title": claims.resource_link_title, "lineitem_url": claims.lineitem_url})


def _lti_user(
    session: Session,
    lti_user: LtiUser | None,
    platform_pk: UUID,
    claims: LaunchClaims,
    role: Role,
    now: datetime,
) -> LtiUser:
    if lti_user is None:
        person = Person(id=uuid4(), created_at=now)
        person.display_name = claims.name or _stand_in_name(person.id, role)
        lti_user = LtiUser(
            id=uuid4(), platform_id=platform_pk, sub=claims.subject, person=person, created_at=now
        )
        _store(session, lti_user)
    elif claims.name:
        _update(lti_user.person, {"display_name": claims.name})
    return lti_user


def _membership(
    session: Session,
    membership: Membership | None,
    context_pk: UUID,
    lti_user_pk: UUID,
    role: Role,
    now: datetime,
) -> None:
    """Note the role. Where it changed, sessions opened under another one end."""
    if membership is None:
        membership = Membership(
            context_pk=context_pk, lti_user_id=lti_user_pk, role=role, launched_at=now
        )
        session.add(membership)
        return
    values = {"context": context_pk, "user": lti_user_pk, "new_role": role, "now": now}
    session.execute(_LAUNCHED, values)
    if membership.role != role:
        session.execute(
            delete(LaunchSession)
            .where(LaunchSession.lti_user_id == lti_user_pk)
            .where(LaunchSession.context_pk == context_pk)
            .where(LaunchSession.role != role)
        )


def _store(session: Session, row: object) -> None:
    """Insert now: later rows name this one by key, where the mapper sees no dependency."""
    session.add(row)
    session.flush()


def _update(row: object, values: Mapping[str, Any]) -> None:
    """Set what differs only: an attribute set to what it is would cost an UPDATE's preparation."""
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _stand_in_name(person_id: UUID, role: Role) -> str:
    """A name for somebody whose platform sends none, such as `Learner 7F3`."""
    word = "Learner" if role == "learner" else "Member"
    return f"{word} {person_id.hex[:3].upper()}"
