"""The platform's key pairs: made at first use, published, rotated and withdrawn."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.practice_lms.tables import SigningKey


def current_key(session: Session) -> SigningKey:
    """The key that signs now; a first one is made where there is none."""
    newest = (
        select(SigningKey).where(SigningKey.withdrawn_at.is_(None)).order_by(SigningKey.id.desc())
    )
    return session.scalars(newest.limit(1)).first() or _add_key(session)


def rotate_keys(session: Session, now: datetime, withdraw_old: bool = False) -> SigningKey:
    """Begin to sign with a new key; the old ones stay published unless they are withdrawn."""
    if withdraw_old:
        session.execute(
            update(SigningKey).where(SigningKey.withdrawn_at.is_(None)).values(withdrawn_at=now)
        )
    return _add_key(session)


def key_set(session: Session) -> dict[str, list[dict[str, Any]]]:
    """The JSON Web Key Set (RFC 7517): every key that is not withdrawn, newest first."""
    current_key(session)
    published = session.scalars(
        select(SigningKey).where(SigningKey.withdrawn_at.is_(None)).order_by(SigningKey.id.desc())
    )
    return {"keys": [_public_jwk(key) for key in published]}


def sign(claims: dict[str, Any], key: SigningKey, headers: dict[str, Any] | None = None) -> str:
    """An RS256 JWT of `claims`, whatever they are; `headers` are added to `kid` or replace it."""
    body = json.dumps(claims, separators=(",", ":")).encode()
    return jwt.PyJWS().encode(
        body, key.private_pem, "RS256", headers={"kid": key.kid, **(headers or {})}
    )


def _add_key(session: Session) -> SigningKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    key = SigningKey(kid=uuid4().hex, private_pem=pem.decode())
    session.add(key)
    session.flush()
    return key


def _public_jwk(key: SigningKey) -> dict[str, Any]:
    private = serialization.load_pem_private_key(key.private_pem.encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key()))
    return {
        "kty": "RSA",
        "n": jwk["n"],
        "e": jwk["e"],
        "kid": key.kid,
        "alg": "RS256",
        "use": "sig",
    }
