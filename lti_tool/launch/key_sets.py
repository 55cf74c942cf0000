"""The public keys of platforms: kept in the database, fetched seldom, an error never kept.

A set serves for an hour. An unknown `kid` or an old set calls for a fetch; when it fails the old
set serves for up to a day. Fetches of a platform are limited over all processes: five at once,
then one in ten seconds, which is at most ten a minute and never more than ten seconds to wait.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any, NoReturn
from uuid import UUID

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.errors import Refusal
from lti_tool.http import OutgoingError, get_json
from lti_tool.log import logger
from lti_tool.models import Platform

FRESH = timedelta(hours=1)
USABLE = timedelta(days=1)
BURST = 5
BURST_WINDOW = timedelta(minutes=1)
SPACING = timedelta(seconds=10)
MOST_KEYS = 50
LEAST_BITS = 2048

_fetching: dict[UUID, Lock] = {}


class KeySetNeeded(Exception):
    """The platform's keys have to be fetched, outside the transaction, and the launch repeated."""

    def __init__(self, platform_id: UUID) -> None:
        super().__init__(str(platform_id))
        self.platform_id = platform_id


def find(platform: Platform, kid: str, now: datetime, *, fetched: bool) -> RSAPublicKey:
    """The platform's key of this `kid`.

    Raises KeySetNeeded unless `fetched` says that this was just tried; then Refusal: L-09 for a
    `kid` that the platform does not publish, L-12 when its keys could not be had.
    """
    age = _age(platform, now)
    key_set = platform.key_set if age is not None and age < USABLE else None
    if key_set and (fetched or (age is not None and age < FRESH)):
        for key in key_set["keys"]:
            if key["kid"] == kid:
                return _public_key(key["n"], key["e"])
    if not fetched:
        raise KeySetNeeded(platform.id)
    _give_up(key_set)


def refresh(
    session: Session,
    http_session: requests.Session,
    platform_id: UUID,
    clock: Callable[[], datetime],
) -> None:
    """Fetch the platform's key set and store it, unless that was done or tried too often.

    Holds no transaction while it waits for the platform. Of several threads one fetches; the
    others wait for it and find its result. A failure is logged and changes nothing.
    """
    began = clock()
    with _fetching.setdefault(platform_id, Lock()):
        address = _claim_fetch(session, platform_id, began, clock())
        if address is None:
            return
        try:
            document = get_json(http_session, address)
            keys = usable_keys(document)
        except OutgoingError as error:
            logger.warning("key set of platform %s: %s", platform_id, error.code)
            return
        platform = session.get_one(Platform, platform_id)
        platform.key_set = {"keys": keys}
        platform.key_set_fetched_at = clock()
        session.commit()


def usable_keys(document: dict[str, Any]) -> list[dict[str, str]]:
    """The RSA signing keys of a key set, reduced to kid, n and e (RFC 7517).

    Raises OutgoingError `unreadable` when this is no key set, such as an error's JSON.
    """
    keys = document.get("keys")
    if not isinstance(keys, list):
        raise OutgoingError("the answer is no key set", "unreadable", True)
    return [
        {name: key[name] for name in ("kid", "n", "e")} for key in keys[:MOST_KEYS] if _usable(key)
    ]


def _claim_fetch(session: Session, platform_id: UUID, began: datetime, now: datetime) -> str | None:
    """Note that a fetch begins and say where, or None when it must not or need not."""
    platform = session.scalar(select(Platform).where(Platform.id == platform_id).with_for_update())
    if platform is None:
        return None
    tries = [datetime.fromisoformat(text) for text in platform.key_set_refetches]
    recent = [instant for instant in tries if now - instant < BURST_WINDOW]
    done_meanwhile = bool(recent) and recent[-1] >= began
    crowded = len(recent) >= BURST and now - recent[-1] < SPACING
    address = None if done_meanwhile or crowded else platform.jwks_uri
    if address:
        platform.key_set_refetches = [instant.isoformat() for instant in (*recent, now)]
    session.commit()
    return address


def _age(platform: Platform, now: datetime) -> timedelta | None:
    return now - platform.key_set_fetched_at if platform.key_set_fetched_at else None


def _give_up(key_set: dict[str, Any] | None) -> NoReturn:
    if key_set:
        raise Refusal("L-09", "kid is not in the platform's key set")
    raise Refusal("L-12", "no key set of the platform")


def _usable(key: Any) -> bool:
    """An RSA key for RS256 signatures with an identifier. Some platforms leave out use and alg."""
    if not isinstance(key, dict) or key.get("kty") != "RSA":
        return False
    if key.get("use", "sig") != "sig" or key.get("alg", "RS256") != "RS256":
        return False
    if not all(isinstance(key.get(name), str) and key[name] for name in ("kid", "n", "e")):
        return False
    try:
        return _public_key(key["n"], key["e"]).key_size >= LEAST_BITS
    except (jwt.PyJWTError, ValueError):
        return False


@lru_cache(maxsize=512)
def _public_key(n: str, e: str) -> RSAPublicKey:
    """The key of these numbers. Kept by what it is made of, so that it can never be a stale one."""
    key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": n, "e": e})
    if not isinstance(key, RSAPublicKey):
        raise ValueError("no public key")
    return key
