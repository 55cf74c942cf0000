"""Verifying what a tool signed: client assertions and deep linking responses."""

from datetime import datetime
from typing import Any

import jwt
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.practice_lms.lms import PracticeLms
from lti_tool.practice_lms.service_requests import finite_number
from lti_tool.practice_lms.tables import Tool, UsedToken


class TokenRefused(Exception):
    """A tool's JWT was not accepted; the text says why, for the person who builds the tool."""


def unverified_issuer(token: str) -> str:
    """Who a JWT says it is from, to find the tool whose keys verify it. Proves nothing."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise TokenRefused("it is no JWT") from error
    return str(claims.get("iss", ""))


def verified_claims(lms: PracticeLms, jwks_uri: str, token: str) -> dict[str, Any]:
    """Claims of a JWT whose RS256 signature the tool's key set verifies. Calls the tool.

    No database transaction may be open: the tool may be calling us at the same moment.
    """
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise TokenRefused("it is no JWT") from error
    if header.get("alg") != "RS256":
        raise TokenRefused("alg must be RS256")
    key = _public_key(lms, jwks_uri, header.get("kid"))
    unchecked = dict.fromkeys(("exp", "iat", "nbf", "aud", "iss", "sub", "jti"), False)
    options = {f"verify_{name}": value for name, value in unchecked.items()}
    try:
        claims = jwt.decode(token, key, ["RS256"], options=options)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise TokenRefused(f"its signature does not verify ({error})") from error
    return dict(claims)


def check_times(claims: dict[str, Any], now: datetime) -> None:
    """`exp` lies ahead and `iat` does not. No leeway for `iat`, as in Moodle."""
    expires, issued = finite_number(claims.get("exp")), finite_number(claims.get("iat"))
    if expires is None or issued is None:
        raise TokenRefused("exp and iat must both be numbers")
    present = now.timestamp()
    if expires <= present:
        raise TokenRefused("it has expired (exp)")
    if issued > present:
        raise TokenRefused("it was issued in the future (iat)")


def check_audience(claims: dict[str, Any], expected: str) -> None:
    """`aud` is `expected`, alone or in a list."""
    audience = claims.get("aud")
    if expected not in (audience if isinstance(audience, list) else [audience]):
        raise TokenRefused(f"aud must be {expected}")


def use_once(session: Session, tool: Tool, name: str, value: Any) -> None:
    """Take note of a `jti` or `nonce`; the second time is refused."""
    if not isinstance(value, str) or not value:
        raise TokenRefused(f"{name} is missing")
    try:
        with session.begin_nested():
            session.add(UsedToken(tool_id=tool.id, value=f"{name}:{value}"))
    except IntegrityError as error:
        raise TokenRefused(f"its {name} was used before") from error


def _public_key(lms: PracticeLms, jwks_uri: str, kid: Any) -> jwt.PyJWK:
    try:
        key_set = lms.settings.fetch_json(jwks_uri)
    except (OSError, ValueError) as error:
        raise TokenRefused(f"the key set {jwks_uri} cannot be read ({error})") from error
    keys = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise TokenRefused(f'the key set {jwks_uri} is not {{"keys": [...]}}')
    for key in keys:
        if kid and key.get("kid") == kid:
            try:
                return jwt.PyJWK(key, "RS256")
            except jwt.PyJWTError as error:
                raise TokenRefused(f"key {kid} of {jwks_uri} is no RSA key") from error
    raise TokenRefused(f"the key set {jwks_uri} has no key with the kid of its header")
