"""What a platform says about itself (OpenID discovery; LTI dynamic registration, section 3.4)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from config.settings import Settings
from lti_tool.errors import Refusal
from lti_tool.http import OutgoingError, get_json
from lti_tool.launch.claims import ADDRESS_LENGTH, UNSAFE
from lti_tool.launch.lms import same_family

PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
CANVAS_ACCOUNT_NAME = "https://canvas.instructure.com/lti/account_name"
ISSUER_LENGTH = 500
LONGEST_TOKEN = 8000
# The page must answer within ten seconds also when the LMS does not.
TIMEOUT = (2, 5)
ADDRESSES = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "registration_endpoint",
)


@dataclass(frozen=True)
class PlatformConfiguration:
    """A platform's own account, checked: every address is of one and the same LMS."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    token_audience: str | None
    product_family: str
    account_name: str
    scopes_supported: frozenset[str]

    @property
    def host(self) -> str:
        """Where the LMS lives, as a person knows it."""
        return urlsplit(self.issuer).netloc


def fetch(
    session: requests.Session, settings: Settings, address: str, token: str
) -> PlatformConfiguration:
    """Ask the platform at `address` about itself and check what it says.

    Raises Refusal: R-12 for an address that may not be asked, R-13 when no description came, R-14
    when its parts do not belong together.
    """
    if not same_family(address, address) or len(address) > ADDRESS_LENGTH:
        raise Refusal("R-12", "openid_configuration is missing or no web address")
    try:
        document = get_json(session, address, authorization(token), TIMEOUT)
    except OutgoingError as error:
        raise Refusal("R-13", f"{error.code}: {error}") from error
    return read(document, address, settings)


def authorization(token: str) -> dict[str, str]:
    """The header that carries a registration token; D2L sends none, then there is no header."""
    if len(token) > LONGEST_TOKEN:
        raise Refusal("R-12", "registration_token is too long")
    return {"Authorization": f"Bearer {token}"} if token else {}


def read(document: dict[str, Any], address: str, settings: Settings) -> PlatformConfiguration:
    """Check a description that came from `address`. Raises Refusal R-14 naming the field."""
    for name in ADDRESSES:
        _check_address(name, document.get(name), address, settings)
    if len(document["issuer"]) > ISSUER_LENGTH:
        raise Refusal("R-14", "issuer is too long")
    platform = document.get(PLATFORM_CONFIGURATION)
    platform = platform if isinstance(platform, dict) else {}
    audience = document.get("authorization_server")
    scopes = document.get("scopes_supported")
    scopes = scopes if isinstance(scopes, list) else []
    return PlatformConfiguration(
        **{name: document[name] for name in ADDRESSES},
        token_audience=_text(audience, ADDRESS_LENGTH) or None,
        product_family=_text(platform.get("product_family_code"), 64),
        account_name=_text(platform.get(CANVAS_ACCOUNT_NAME), 255),
        scopes_supported=frozenset(scope for scope in scopes if isinstance(scope, str)),
    )


def _check_address(name: str, value: Any, asked: str, settings: Settings) -> None:
    """One LMS, so one host: a description must not send our requests, the registration token or
    people's sign-ins to somebody else."""
    if not isinstance(value, str) or len(value) > ADDRESS_LENGTH or UNSAFE.search(value):
        raise Refusal("R-14", f"{name} is missing or no web address")
    if not same_family(asked, value):
        raise Refusal("R-14", f"{name} is no web address of the host that was asked")
    parts = urlsplit(value)
    host = f"{parts.hostname}:{parts.port or 80}"
    if parts.scheme != "https" and host not in settings.private_hosts:
        raise Refusal("R-14", f"{name} is not https")


def _text(value: Any, length: int) -> str:
    return UNSAFE.sub(" ", value).strip()[:length] if isinstance(value, str) else ""
