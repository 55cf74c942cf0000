"""Secrets: encrypted at rest with a key from the settings; tokens made here and stored hashed."""

import base64
import secrets
from functools import lru_cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN_BYTES = 32


class SecretError(ValueError):
    """A stored secret cannot be read with this SECRET_KEY."""


def encrypt(plain: bytes, secret_key: str) -> bytes:
    """`plain` under a key derived from the settings' `secret_key`, fit for a database column."""
    return _cipher(secret_key).encrypt(plain)


def decrypt(stored: bytes, secret_key: str) -> bytes:
    """What `encrypt` was given. Raises SecretError when the key is another one."""
    try:
        return _cipher(secret_key).decrypt(stored)
    except InvalidToken as error:
        raise SecretError(
            "A stored secret cannot be read. Start with the SECRET_KEY it was stored under."
        ) from error


def new_token() -> str:
    """256 random bits, safe in a cookie, a form field or an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is stored and looked up instead of a token: SHA-256 in hexadecimal."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


@lru_cache(maxsize=4)
def _cipher(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"cohort-programs stored secrets").derive(
        secret_key.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
