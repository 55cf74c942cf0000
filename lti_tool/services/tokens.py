"""Access tokens of platforms: kept encrypted in the database, shared by all processes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from lti_tool.models import AccessToken
from lti_tool.secrets import SecretError, decrypt, encrypt


class TokenStore:
    """The tokens of one platform, one for each set of scopes.

    Each call is a transaction of its own, so that none is open while the platform is asked.
    """

    def __init__(self, sessions: sessionmaker[Session], platform_id: UUID, secret_key: str) -> None:
        self._sessions = sessions
        self._platform_id = platform_id
        self._secret_key = secret_key

    def find(self, scopes: str, now: datetime) -> str | None:
        """The token for these scopes, if it still serves at `now`."""
        with self._sessions.begin() as session:
            stored = session.scalar(select(AccessToken).where(self._key(scopes)))
            if stored is None or stored.expires_at <= now:
                return None
            try:
                return decrypt(stored.token, self._secret_key).decode()
            except SecretError:  # stored under another SECRET_KEY; a new token costs one request
                return None

    def keep(self, scopes: str, token: str, expires_at: datetime) -> None:
        """Store a token in place of the one that was there."""
        fresh = AccessToken(
            platform_id=self._platform_id,
            scopes=scopes,
            token=encrypt(token.encode(), self._secret_key),
            expires_at=expires_at,
        )
        try:
            with self._sessions.begin() as session:
                session.execute(delete(AccessToken).where(self._key(scopes)))
                session.add(fresh)
        except IntegrityError:
            pass  # another process stored one at the same moment; both tokens serve

    def _key(self, scopes: str) -> ColumnElement[bool]:
        return and_(AccessToken.platform_id == self._platform_id, AccessToken.scopes == scopes)
