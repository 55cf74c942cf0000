"""The tool's own RSA keys: what it signs with, and what it publishes at /lti/jwks."""

from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_tool.models import ToolKey
from lti_tool.secrets import decrypt, encrypt, hash_token

KEY_BITS = 2048
# Platforms keep a key set for a while; a signature made just before a rotation must still verify.
PUBLISHED_AFTER_RETIREMENT = timedelta(days=1)


def public_key_set(session: Session, secret_key: str, now: datetime) -> dict[str, Any]:
    """The JWK set that platforms fetch (RFC 7517): `{"keys": [...]}`. Makes the first key."""
    signing_key(session, secret_key, now)
    published = or_(
        ToolKey.retired_at.is_(None), ToolKey.retired_at > now - PUBLISHED_AFTER_RETIREMENT
    )
    query = select(ToolKey).where(published).order_by(ToolKey.created_at.desc())
    return {"keys": [key.public_jwk for key in session.scalars(query)]}


def signing_key(session: Session, secret_key: str, now: datetime) -> tuple[str, bytes]:
    """The `kid` and the private key (PEM) that signs. Makes one, and commits it, if there is none.

    Two processes that start together may make one each; both are published, either may sign.
    """
    query = select(ToolKey).where(ToolKey.retired_at.is_(None)).order_by(ToolKey.created_at.desc())
    key = session.scalars(query.limit(1)).first()
    if key is None:
        session.rollback()  # making a key takes a while: not inside a transaction
        key = new_key(secret_key, now)
        session.add(key)
        session.commit()
    return key.kid, decrypt(key.private_key, secret_key)


def new_key(secret_key: str, now: datetime) -> ToolKey:
    """A new key pair, not yet stored; the private half is encrypted."""
    private = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    jwk = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    kid = hash_token(jwk["n"])[:20]
    public = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": jwk["n"], "e": jwk["e"]}
    return ToolKey(kid=kid, public_jwk=public, private_key=encrypt(pem, secret_key), created_at=now)
