"""Who may send statements, and as whose word they are stored."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

# From user name and password to the Agent that becomes the statements' authority
# (xAPI-Data 2.4.9), or None where the two are not known.
Authenticate = Callable[[str, str], dict[str, Any] | None]


def single_account(username: str, password: str, home_page: str) -> Authenticate:
    """An authenticator that knows one account; `home_page` is the IRI of this receiver.

    Both strings are compared in constant time, by a plain digest: a deliberately slow hash on
    every request was most of the cost of a statement in the stores that were measured, and guards
    a stored password, which there is none of here.
    """
    expected = _digest(username), _digest(password)
    authority = {"objectType": "Agent", "account": {"homePage": home_page, "name": username}}

    def authenticate(given_username: str, given_password: str) -> dict[str, Any] | None:
        same_username = hmac.compare_digest(_digest(given_username), expected[0])
        same_password = hmac.compare_digest(_digest(given_password), expected[1])
        return authority if same_username and same_password else None

    return authenticate


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
