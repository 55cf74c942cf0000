"""The launch message: which id_token is believed (LTI security framework 5.1.3).

The library's flow with every check of its own. It compares a nonce with nothing, reads neither
`azp` nor a missing `exp`, allows no clock difference, and believes any key set. `tests/lti_tool/
launch/test_library_repairs.py` shows each against the library as it came.
"""

import json
from base64 import urlsafe_b64decode
from datetime import datetime
from typing import Any, Self

import requests
from jwt.algorithms import RSAAlgorithm
from pylti1p3.contrib.flask.message_launch import FlaskMessageLaunch

from lti_tool.errors import Refusal
from lti_tool.launch import claims, key_sets
from lti_tool.launch.claims import ClaimError, LaunchClaims
from lti_tool.launch.lms import frame_origins
from lti_tool.launch.login import BrowserCookie, LoginStates, ToolRequest
from lti_tool.launch.platforms import Platforms, registration_of
from lti_tool.models import Platform
from lti_tool.security_headers import allow_framing_by

LONGEST_TOKEN = 200_000
LEEWAY_SECONDS = 30
LONGEST_KID = 500
# Far beyond any date that a clock shows.
LAST_SECOND = 2**53
KNOWN_MESSAGES = {
    "LtiResourceLinkRequest",
    "LtiDeepLinkingRequest",
    "LtiSubmissionReviewRequest",
    "DataPrivacyLaunchRequest",
}
OFFERED_MESSAGES = {"LtiResourceLinkRequest"}

RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)


class Launch(FlaskMessageLaunch):
    """One launch message. After `validate` its `claims` and `platform` may be believed.

    `validate` raises Refusal with the reason, or KeySetNeeded when the platform's keys have to be
    fetched first; that must happen outside the transaction.
    """

    claims: LaunchClaims
    platform: Platform
    _kid: str
    _body: dict[str, Any]

    def __init__(
        self,
        request: ToolRequest,
        platforms: Platforms,
        states: LoginStates,
        browser: BrowserCookie,
        http_session: requests.Session,
        now: datetime,
        keys_fetched: bool,
    ) -> None:
        super().__init__(request, platforms, states, browser, requests_session=http_session)
        self.set_auto_validation(enable=False)
        self._now = now
        self._keys_fetched = keys_fetched

    def validate_state(self) -> Self:
        """The state is one that we sent, not used before, and not too old."""
        state = self._get_request_param("state")
        if not state or not self._get_request_param("id_token"):
            raise Refusal("L-10", "state or id_token is missing")
        row = self._session_service.consume(state)
        if row is None:
            self._frame_unverified()
            raise Refusal("L-02", "state unknown or used")
        platform = self._tool_config.by_id(row.platform_id)
        self._registration = registration_of(platform)
        self.platform = platform
        if row.expires_at <= self._now:
            raise Refusal("L-02", "state older than ten minutes")
        return self

    def validate_jwt_format(self) -> Self:
        """Three parts, a header that names RS256 and a key, and an object in the middle."""
        token = self._get_request_param("id_token")
        if len(token) > LONGEST_TOKEN:
            raise Refusal("P-413", "id_token is too long")
        parts = token.split(".")
        if len(parts) != 3:
            raise Refusal("L-09", "id_token has not three parts")
        header, body = _part(parts[0]), _part(parts[1])
        kid = header.get("kid")
        if header.get("alg") != "RS256":
            raise Refusal("L-09", "alg is not RS256")
        if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID:
            raise Refusal("L-09", "kid is missing or no text")
        if "crit" in header:
            raise Refusal("L-09", "crit names extensions that nobody here knows")
        self._kid, self._body = kid, body
        return self

    def validate_nonce(self) -> Self:
        """The nonce is the one that was sent with this state."""
        nonce = self._body.get("nonce")
        if not isinstance(nonce, str) or not self._session_service.check_nonce(nonce):
            raise Refusal("L-09", "nonce is not the one sent")
        return self

    def validate_registration(self) -> Self:
        """Issuer and audience are those of the platform that the login was begun at."""
        body = self._body
        client_id = self.platform.client_id
        if body.get("iss") != self.platform.issuer:
            raise Refusal("L-09", "iss is another platform")
        audience = body.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if client_id not in audiences:
            raise Refusal("L-09", "aud does not name this tool")
        if len(audiences) > 1 and "azp" not in body:
            raise Refusal("L-09", "aud names several parties and azp is missing")
        if body.get("azp", client_id) != client_id:
            raise Refusal("L-09", "azp is another party")
        return self

    def validate_jwt_signature(self) -> Self:
        """Within its time by 30 seconds, and signed by a key of the platform.

        The signature is verified over the very text that was read above: parsing the token a
        second time would cost six times as much and could only find something else.
        """
        now = self._now.timestamp()
        if _instant(self._body, "exp") < now - LEEWAY_SECONDS:
            raise Refusal("L-09", "exp has passed")
        if _instant(self._body, "iat") > now + LEEWAY_SECONDS:
            raise Refusal("L-09", "iat is to come")
        if _instant(self._body, "nbf", default=0) > now + LEEWAY_SECONDS:
            raise Refusal("L-09", "nbf is to come")
        key = key_sets.find(self.platform, self._kid, self._now, fetched=self._keys_fetched)
        signed, _, signature = self._get_request_param("id_token").rpartition(".")
        if not RS256.verify(signed.encode(), key, _decoded(signature)):
            raise Refusal("L-09", "signature is not by the key named")
        return self

    def validate_deployment(self) -> Self:
        """Every deployment of an approved platform may launch; admission stores new ones."""
        return self

    def validate_message(self) -> Self:
        """The claims have the types and sizes of the specification, and the message is offered."""
        message = self._body.get(claims.MESSAGE_TYPE)
        if not isinstance(message, str) or message not in KNOWN_MESSAGES:
            raise Refusal("L-10", "message_type is missing or unknown")
        try:
            self.claims = claims.read(self._body)
        except ClaimError as error:
            raise Refusal("L-10", str(error)) from error
        addresses = (self.platform.issuer, self.platform.authorization_endpoint)
        allow_framing_by(*frame_origins(*addresses, self.claims.return_url))
        if message not in OFFERED_MESSAGES:
            raise Refusal("L-13", message)
        return self

    def save_launch_data(self) -> Self:
        """Nothing: what is kept of a launch are the rows of `admission`."""
        return self

    @property
    def target_at_login(self) -> str:
        """The path of ours that the login was begun for."""
        return str(self._session_service.consumed.target_link_uri)

    @property
    def same_browser(self) -> bool | None:
        """Whether the browser that began the login finishes it; None when it kept no cookie."""
        if self._cookie_service.get_cookie("") is None:
            return None
        return bool(
            self._cookie_service.browser_hash == self._session_service.consumed.browser_hash
        )

    def _frame_unverified(self) -> None:
        """Let a refusal be seen in the frame of the platform that the token claims to be from."""
        try:
            body = _part(self._get_request_param("id_token").split(".")[1])
            issuer, client_id = body.get("iss"), body.get("aud")
        except (Refusal, IndexError):
            return
        if isinstance(client_id, list) and client_id:
            client_id = client_id[0]
        if isinstance(issuer, str) and isinstance(client_id, str):
            platform = self._tool_config.find(issuer, client_id)
            if platform is not None:
                allow_framing_by(*frame_origins(issuer, platform.authorization_endpoint))


def _part(encoded: str) -> dict[str, Any]:
    try:
        document = json.loads(_decoded(encoded))
    except (ValueError, RecursionError) as error:
        raise Refusal("L-09", "id_token cannot be decoded") from error
    if not isinstance(document, dict):
        raise Refusal("L-09", "id_token holds no object")
    return document


def _decoded(encoded: str) -> bytes:
    try:
        return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except ValueError as error:
        raise Refusal("L-09", "id_token cannot be decoded") from error


def _instant(body: dict[str, Any], name: str, default: float | None = None) -> float:
    """A NumericDate (RFC 7519, section 2) in seconds; infinity and NaN are none."""
    value = body.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Refusal("L-09", f"{name} is missing or no instant")
    if not 0 <= value <= LAST_SECOND:
        raise Refusal("L-09", f"{name} is no instant")
    return value
