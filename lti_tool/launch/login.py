"""Third-party initiated login (OpenID Connect core, section 4; LTI security framework 5.1.1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from flask import Response
from pylti1p3.contrib.flask.oidc_login import FlaskOIDCLogin
from pylti1p3.cookie import CookieService
from pylti1p3.exception import OIDCException
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from sqlalchemy import Table, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from lti_tool.errors import Refusal
from lti_tool.launch.platforms import PlatformRegistration
from lti_tool.models import LoginState
from lti_tool.secrets import hash_token, new_token

STATE_LIFE = timedelta(minutes=10)
COOKIE_LIFE = timedelta(days=1)
BROWSER_COOKIE = "__Host-login"
LONGEST_HINT = 8000

# Statements over the table, put together once: every launch in the world passes here.
_STATES = cast(Table, LoginState.__table__)
_INSERT = insert(_STATES)
_THIS_STATE = _STATES.c.state_hash == bindparam("hash")
_PLATFORM_OF = select(_STATES.c.platform_id).where(_THIS_STATE)
_CONSUME = delete(_STATES).where(_THIS_STATE).returning(*_STATES.c)


class ToolRequest(Request):
    """The parameters of one request, each present once, whatever the method it came by."""

    def __init__(self, parameters: Mapping[str, str], cookies: Mapping[str, str]) -> None:
        self._parameters = parameters
        self._cookies = cookies

    def is_secure(self) -> bool:
        """Always: a proxy's missing header must not cost a cookie its Secure mark."""
        return True

    def get_param(self, key: str) -> str:
        """The parameter, or an empty text."""
        return self._parameters.get(key, "")

    def get_cookie(self, key: str) -> str | None:
        """The cookie, if the browser sent it."""
        return self._cookies.get(key)


class BrowserCookie(CookieService):
    """What tells this browser from all others between login and launch.

    Repairs: the library's cookie is not Partitioned, so that browsers drop it in the LMS's frame,
    and there is a new one for every login that nobody deletes. Ours is one value, used again by
    every login of the browser, so that several can be under way at once.
    """

    def __init__(self, request: ToolRequest) -> None:
        self._received = request.get_cookie(BROWSER_COOKIE)
        self._value = self._received or new_token()

    def get_cookie(self, name: str) -> str | None:
        """What the browser sent; the library's name for it says nothing here."""
        return self._received

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        """Not used: the value is ours and `update_response` sends it."""

    @property
    def browser_hash(self) -> str:
        """What the login state stores of this browser."""
        return hash_token(self._value)

    def update_response(self, response: Response) -> None:
        """Ask the browser to keep the value."""
        set_frame_cookie(response, BROWSER_COOKIE, self._value, COOKIE_LIFE)


class LoginStates(SessionService):
    """State and nonce in one row of the database, for every process, single use.

    Repairs: the library never consumes a nonce, lets a second post of a token pass without its
    state cookie, and does not tie the state to the platform that the login was begun at.
    """

    consumed: Any = None

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(
        self, platform_id: object, browser_hash: str, target: str, now: datetime
    ) -> tuple[str, str]:
        """Store a new state and nonce; returns both."""
        state, nonce = new_token(), new_token()
        values = {
            "state_hash": hash_token(state),
            "platform_id": platform_id,
            "nonce_hash": hash_token(nonce),
            "browser_hash": browser_hash,
            "target_link_uri": target,
            "expires_at": now + STATE_LIFE,
        }
        self._session.execute(_INSERT, values)
        return state, nonce

    def consume(self, state: str) -> Any:
        """Take the row out, or None. Of two requests with one state one gets it: the other waits
        for the first one's transaction and finds nothing."""
        found = self._session.execute(_CONSUME, {"hash": hash_token(state)})
        self.consumed = found.one_or_none()
        return self.consumed

    def platform_id(self, state: str) -> UUID | None:
        """The platform that a state was begun at; the state stays unused."""
        return self._session.scalar(_PLATFORM_OF, {"hash": hash_token(state)})

    def check_nonce(self, nonce: str) -> bool:
        """Whether this is the nonce that was sent with the consumed state."""
        return self.consumed is not None and hash_token(nonce) == self.consumed.nonce_hash


class Login(FlaskOIDCLogin):
    """The library's login with our state row.

    Repairs: a redirect_uri taken from the request (here the caller's constant), an authorization
    endpoint with a query of its own, errors without a code.
    """

    def __init__(
        self,
        request: ToolRequest,
        platforms: Any,
        states: LoginStates,
        browser: BrowserCookie,
        target: str,
        now: datetime,
    ) -> None:
        super().__init__(request, platforms, states, browser)
        self._target = target
        self._now = now

    def _prepare_redirect_url(self, launch_url: str) -> str:
        registration = self._checked_registration()
        state, nonce = self._session_service.begin(
            registration.platform.id, self._cookie_service.browser_hash, self._target, self._now
        )
        parameters = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": registration.get_client_id(),
            "redirect_uri": launch_url,
            "state": state,
            "nonce": nonce,
            "login_hint": self._get_request_param("login_hint"),
        }
        # Moodle's is JSON, Canvas's a JWT that it demands back: unchanged, and only if it came.
        message_hint = self._get_request_param("lti_message_hint")
        if message_hint:
            parameters["lti_message_hint"] = message_hint
        endpoint = str(registration.get_auth_login_url())
        separator = "&" if urlsplit(endpoint).query else "?"
        return endpoint + separator + urlencode(parameters)

    def _checked_registration(self) -> PlatformRegistration:
        hints = ("login_hint", "lti_message_hint", "client_id")
        if any(len(self._get_request_param(name)) > LONGEST_HINT for name in hints):
            raise Refusal("L-07", "a login parameter is too long")
        try:
            return cast(PlatformRegistration, self.validate_oidc_login())
        except OIDCException as error:
            raise Refusal("L-07", str(error)) from error


def set_frame_cookie(response: Response, name: str, value: str, life: timedelta) -> None:
    """A cookie that lives inside the LMS's frame, where the browser keeps any for us at all."""
    response.set_cookie(
        name,
        value,
        max_age=life,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
        path="/",
    )
