"""The registration address: GET says what would happen, POST does it.

The page stands in a frame of the LMS and needs no cookie: the code in its address is what lets
somebody register, and what no other site can know.
"""

from datetime import UTC, datetime

import requests
from flask import Blueprint, current_app, render_template, request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.settings import Settings
from lti_tool.database import db
from lti_tool.errors import Refusal
from lti_tool.launch.lms import frame_origins, product
from lti_tool.launch.platforms import APPROVED, PENDING
from lti_tool.log import logger, reference
from lti_tool.models import Deployment, Platform
from lti_tool.registration import configuration, invitations, tool
from lti_tool.registration.configuration import PlatformConfiguration
from lti_tool.registration.tool import Accepted
from lti_tool.security_headers import allow_framing_by

bp = Blueprint("registration", __name__, url_prefix=invitations.PATH)


@bp.get("/<code>")
def offer(code: str) -> str:
    """Name the LMS and what it will be asked for. Registers nothing."""
    address, token = _parameters(request.args)
    invitations.check(db.session(), code, datetime.now(UTC))
    db.session.rollback()
    asked = configuration.fetch(_http(), _settings(), address, token)
    return render_template(
        "registration/offer.html",
        host=asked.host,
        account_name=asked.account_name,
        product=product(asked.product_family),
        scopes=tool.scopes(asked),
        openid_configuration=address,
        registration_token=token,
    )


@bp.post("/<code>")
def register(code: str) -> str:
    """Register with the LMS, and store it. A failure leaves the invitation as it was."""
    address, token = _parameters(request.form)
    session, settings = db.session(), _settings()
    invitations.check(session, code, datetime.now(UTC))
    session.rollback()
    asked = configuration.fetch(_http(), settings, address, token)
    approve = invitations.take(session, code, datetime.now(UTC))
    try:
        accepted = tool.register(_http(), settings, asked, token)
        platform = _store(session, asked, accepted, APPROVED if approve else PENDING)
    except Exception:
        session.rollback()
        invitations.give_back(session, code)
        raise
    logger.info("%s registered platform %s as %s", reference(), platform.id, platform.state)
    return render_template(
        "registration/done.html",
        host=asked.host,
        product=product(asked.product_family),
        approved=approve,
        platform_id=platform.id,
    )


def _parameters(sent: dict[str, str]) -> tuple[str, str]:
    """Where the LMS describes itself, and its token; that LMS may frame the answer."""
    address = sent.get("openid_configuration", "")
    allow_framing_by(*frame_origins(address))
    return address, sent.get("registration_token", "")


def _store(
    session: Session, asked: PlatformConfiguration, accepted: Accepted, state: str
) -> Platform:
    """The new platform, committed. Raises Refusal R-16 rather than touch one that exists."""
    known = select(Platform.id).where(
        Platform.issuer == asked.issuer, Platform.client_id == accepted.client_id
    )
    if session.scalar(known) is not None:
        raise Refusal("R-16", "issuer and client_id exist")
    now = datetime.now(UTC)
    platform = Platform(
        issuer=asked.issuer,
        client_id=accepted.client_id,
        name=asked.account_name or asked.host[:255],
        product_family=asked.product_family,
        authorization_endpoint=asked.authorization_endpoint,
        token_endpoint=asked.token_endpoint,
        token_audience=asked.token_audience,
        jwks_uri=asked.jwks_uri,
        state=state,
        created_at=now,
    )
    if accepted.deployment_id:
        platform.deployments = [Deployment(deployment_id=accepted.deployment_id, created_at=now)]
    session.add(platform)
    try:
        session.commit()
    except IntegrityError as error:
        raise Refusal("R-16", "issuer and client_id exist") from error
    return platform


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _http() -> requests.Session:
    session: requests.Session = current_app.extensions["http_session"]
    return session
