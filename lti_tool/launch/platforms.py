"""Registered platforms, as PyLTI1p3 wants to look them up."""

from typing import Any
from uuid import UUID

from pylti1p3.registration import Registration
from pylti1p3.tool_config.abstract import ToolConfAbstract
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, defer

from lti_tool.errors import Refusal
from lti_tool.launch.claims import UNSAFE
from lti_tool.launch.lms import frame_origins
from lti_tool.models import Platform
from lti_tool.security_headers import allow_framing_by

APPROVED = "approved"
PENDING = "pending"

IDENTIFIER_LENGTH = 500

# Built once: putting a statement together costs more than running it.
_BY_ISSUER = (
    select(Platform)
    .where(Platform.issuer == bindparam("issuer"))
    .options(defer(Platform.key_set), defer(Platform.key_set_refetches))
    .limit(2)
)
_BY_ID = (
    select(Platform)
    .where(Platform.id == bindparam("platform_id"))
    .options(defer(Platform.key_set_refetches))
)
_BY_ISSUER_AND_CLIENT = _BY_ISSUER.where(Platform.client_id == bindparam("client_id"))


class PlatformRegistration(Registration):
    """A platform's row in the library's shape."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.set_issuer(platform.issuer)
        self.set_client_id(platform.client_id)
        self.set_auth_login_url(platform.authorization_endpoint)
        self.set_auth_token_url(platform.token_endpoint)
        self.set_key_set_url(platform.jwks_uri)
        if platform.token_audience:
            self.set_auth_audience(platform.token_audience)


class Platforms(ToolConfAbstract[Any]):
    """The library's tool configuration over our table.

    Repairs: the library keeps the relation of issuers to clients in a dict shared by every
    configuration of the process; here an issuer always has many clients, as on hosted Canvas.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def check_iss_has_one_client(self, iss: str) -> bool:
        """Never: the issuer alone is no key."""
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        """Always: the issuer alone is no key."""
        return True

    def find_registration_by_params(
        self, iss: str, client_id: str | None, *args: Any, **kwargs: Any
    ) -> PlatformRegistration:
        """The approved registration of this issuer and client.

        `client_id` may be missing at login (OIDC third-party login); then the issuer must have one
        client only. Raises Refusal L-05 for an unknown platform and L-08 before its approval.
        """
        platform = self.find(iss, client_id)
        if platform is None:
            allow_framing_by(*frame_origins(iss))
            raise Refusal("L-05", "platform unknown")
        return registration_of(platform)

    def find(self, iss: str, client_id: str | None) -> Platform | None:
        """The platform of this issuer and client in whatever state it is, if there is one."""
        if len(iss) > IDENTIFIER_LENGTH or UNSAFE.search(iss + (client_id or "")):
            return None
        if client_id:
            values = {"issuer": iss, "client_id": client_id}
            return self._session.scalar(_BY_ISSUER_AND_CLIENT, values)
        found = self._session.scalars(_BY_ISSUER, {"issuer": iss}).all()
        return found[0] if len(found) == 1 else None

    def by_id(self, platform_id: UUID) -> Platform:
        """The platform of a stored id, with its key set."""
        return self._session.scalars(_BY_ID, {"platform_id": platform_id}).one()

    def find_registration_by_issuer(self, iss: str, *args: Any, **kwargs: Any) -> Any:
        """Not used: the issuer alone is no key."""
        raise NotImplementedError

    def find_deployment(self, iss: str, deployment_id: str) -> Any:
        """Not used: the issuer alone is no key."""
        raise NotImplementedError

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: Any, **kwargs: Any
    ) -> Any:
        """Not used: deployments are discovered, see `lti_tool.launch.admission`."""
        raise NotImplementedError


def registration_of(platform: Platform) -> PlatformRegistration:
    """The registration of a platform that may launch. Raises Refusal L-08 before its approval.

    From here on the answer may be framed by that platform, refusals included.
    """
    allow_framing_by(*frame_origins(platform.issuer, platform.authorization_endpoint))
    if platform.state != APPROVED:
        raise Refusal("L-08", f"platform {platform.id} is {platform.state}")
    return PlatformRegistration(platform)
