"""Authorised calls to the services of one platform (1EdTech Security Framework 1.0, section 4)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Any
from uuid import UUID, uuid4

import requests
from pylti1p3.service_connector import ServiceConnector, TServiceConnectorResponse
from sqlalchemy.orm import Session, sessionmaker

from config.settings import Settings
from lti_tool.http import OutgoingError
from lti_tool.launch.lms import same_family
from lti_tool.launch.platforms import APPROVED, PlatformRegistration
from lti_tool.launch.tool_keys import signing_key
from lti_tool.models import Platform
from lti_tool.services.answers import ServiceAnswer, read_answer
from lti_tool.services.failures import (
    OTHER_HOST,
    PARK,
    ServiceError,
    failure_of,
    no_answer,
    token_refused,
)
from lti_tool.services.tokens import TokenStore

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CLOCK_SKEW_SECONDS = 5  # platforms without leeway refuse an `iat` that lies ahead of their clock
ASSERTION_SECONDS = 60
EXPIRES_EARLY_SECONDS = 60
USUAL_LIFE_SECONDS = 3600
LONGEST_LIFE_SECONDS = 86_400

NOT_APPROVED = (
    "The operator of the tool has not approved this LMS, so nothing is sent to it. Ask the "
    "operator, then send again."
)


class ServiceClient(ServiceConnector):
    """PyLTI1p3's connector, with which its service classes work too, and these repairs.

    Tokens are shared by all processes, expire, and are replaced once when refused; the library
    asks for one at every use and keeps it for ever. Requests may be PUT and DELETE, carry exact
    media types, go to hosts of the registration only, and page addresses keep their case. Every
    failure is a ServiceError.
    """

    def __init__(
        self,
        registration: "ServiceRegistration",
        tokens: TokenStore,
        http: requests.Session,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(registration, http)
        self._ours = registration
        self._tokens = tokens
        self._now = now

    def request(
        self,
        method: str,
        url: str,
        scopes: Sequence[str],
        *,
        accept: str = "application/json",
        content_type: str | None = None,
        body: str | None = None,
    ) -> ServiceAnswer:
        """Whatever the service answers, failures included; `failure_of` says what they mean.

        Raises ServiceError when there is no answer, no token, a token that is refused even when
        new, or when `url` is not of the platform's host: the token is for nobody else.
        """
        if not self._ours.owns(url):
            raise ServiceError(OTHER_HOST, PARK)
        headers = {"Accept": accept}
        if content_type is not None:
            headers["Content-Type"] = content_type
        token = self.get_access_token(scopes)
        answer = self._send(method, url, headers, body, token)
        if answer.status == 401:
            answer = self._send(method, url, headers, body, self._new_token(scopes, token))
            if answer.status == 401:
                raise failure_of(answer)
        return answer

    def get_access_token(self, scopes: Sequence[str]) -> str:
        """A bearer token for these scopes that serves for some time yet."""
        key = " ".join(sorted(set(scopes)))
        return self._tokens.find(key, self._now()) or self._ask_for_token(key)

    def make_service_request(
        self,
        scopes: Sequence[str],
        url: str,
        is_post: bool = False,
        data: str | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        case_insensitive_headers: bool = False,
    ) -> TServiceConnectorResponse:
        """The library's own entry, for its service classes. Header names are in lower case."""
        answer = self.request(
            "POST" if is_post else "GET",
            url,
            scopes,
            accept=accept,
            content_type=content_type if is_post else None,
            body=data,
        )
        if not answer.ok:
            raise failure_of(answer)
        return {
            "headers": requests.structures.CaseInsensitiveDict(answer.headers),
            "body": answer.data,
            "next_page_url": answer.next_url,
        }

    def _send(
        self, method: str, url: str, headers: dict[str, str], body: str | None, token: str
    ) -> ServiceAnswer:
        try:
            response = self._requests_session.request(
                method,
                url,
                headers={**headers, "Authorization": f"Bearer {token}"},
                data=None if body is None else body.encode(),
            )
        except OutgoingError as error:
            raise no_answer(error) from error
        return read_answer(response)

    def _new_token(self, scopes: Sequence[str], refused: str) -> str:
        """Another token than the refused one; another process may have fetched it already."""
        key = " ".join(sorted(set(scopes)))
        stored = self._tokens.find(key, self._now())
        return stored if stored and stored != refused else self._ask_for_token(key)

    def _ask_for_token(self, scopes: str) -> str:
        """Ask for a token by a signed assertion (RFC 7523, section 2.2) and keep it."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self._assertion(),
            "scope": scopes,
        }
        try:
            response = self._requests_session.post(self._ours.get_auth_token_url() or "", data=form)
        except OutgoingError as error:
            raise no_answer(error) from error
        answer = read_answer(response)
        token = answer.data.get("access_token") if isinstance(answer.data, dict) else None
        if not answer.ok or not _usable(token):
            raise token_refused(answer)
        assert isinstance(token, str)
        self._tokens.keep(scopes, token, self._now() + _life(answer.data))
        return token

    def _assertion(self) -> str:
        now = int(self._now().timestamp())
        client_id = str(self._ours.get_client_id())
        audience = self._ours.get_auth_audience() or self._ours.get_auth_token_url()
        claims: dict[str, str | int] = {
            "iss": client_id,
            "sub": client_id,
            "aud": str(audience),
            "iat": now - CLOCK_SKEW_SECONDS,
            "exp": now + ASSERTION_SECONDS,
            "jti": uuid4().hex,
        }
        key = self._ours.get_tool_private_key() or ""
        return self.encode_jwt(claims, key, {"kid": self._ours.get_kid()})


class ServiceRegistration(PlatformRegistration):
    """A platform's registration together with the key that the tool signs with.

    Repairs: the library works `kid` out of one key pair; ours are rotated and carry their own.
    """

    def __init__(self, platform: Platform, kid: str, private_key: bytes) -> None:
        super().__init__(platform)
        self._kid = kid
        self._addresses = (
            platform.issuer,
            platform.token_endpoint,
            platform.authorization_endpoint,
        )
        self.set_tool_private_key(private_key.decode())

    def get_kid(self) -> str:
        """The id under which our key set publishes the signing key."""
        return self._kid

    def owns(self, url: str) -> bool:
        """Whether an address is of a host that this platform was registered with."""
        return any(same_family(url, address) for address in self._addresses)


def open_client(
    sessions: sessionmaker[Session],
    settings: Settings,
    http: requests.Session,
    platform_id: UUID,
    now: Callable[[], datetime],
) -> ServiceClient:
    """A client for the services of a platform; holds no transaction and no connection.

    `http` comes from `lti_tool.http.make_session`, `now` is the real clock. Raises ServiceError
    when the platform is not approved.
    """
    with sessions() as session:
        kid, private_key = signing_key(session, settings.secret_key, now())
        platform = session.get_one(Platform, platform_id)
        if platform.state != APPROVED:
            raise ServiceError(NOT_APPROVED, PARK)
        registration = ServiceRegistration(platform, kid, private_key)
    tokens = TokenStore(sessions, platform_id, settings.secret_key)
    return ServiceClient(registration, tokens, http, now)


def _usable(token: Any) -> bool:
    return (
        isinstance(token, str)
        and 0 < len(token) <= 10_000
        and token.isascii()
        and (token.isprintable())
    )


def _life(answer: dict[str, Any]) -> timedelta:
    """How long a token is used: a minute less than it lives, or half of a very short life."""
    try:
        seconds = float(answer.get("expires_in", USUAL_LIFE_SECONDS))
    except (TypeError, ValueError):
        seconds = USUAL_LIFE_SECONDS
    if not isfinite(seconds):
        seconds = USUAL_LIFE_SECONDS
    seconds = min(max(seconds, 0), LONGEST_LIFE_SECONDS)
    return timedelta(seconds=max(seconds - EXPIRES_EARLY_SECONDS, seconds / 2))
