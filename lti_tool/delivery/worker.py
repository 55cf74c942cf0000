"""One round of delivery: claim, send outside of every transaction, write down what became of it."""

import os
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from secrets import token_hex
from uuid import UUID

import requests
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from config.settings import Settings
from lti_tool.delivery import claims, senders, settling
from lti_tool.log import logger
from lti_tool.services import ServiceError
from xapi.lrs import Outcome

SCORES_A_ROUND = 10  # of one platform, so that a long queue delays nobody else's


@dataclass(frozen=True)
class Round:
    """How many claimed rows became what in one round."""

    delivered: int = 0
    waiting: int = 0
    parked: int = 0
    held: int = 0

    @property
    def claimed(self) -> int:
        """How many rows were at work; with none the outbox has nothing due."""
        return self.delivered + self.waiting + self.parked + self.held


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def never() -> bool:
    """Nobody asked to stop."""
    return False


def drain(
    sessions: sessionmaker[Session],
    settings: Settings,
    http: requests.Session,
    now: Callable[[], datetime] = utc_now,
    stopping: Callable[[], bool] = never,
) -> Round:
    """One bounded round: some scores of each platform and a batch for each destination.

    Call it again while `claimed` is above 0. Several processes may call it at the same time; each
    row is delivered by one. `sessions` does not expire on commit, `http` comes from
    `lti_tool.http.make_session` and belongs to this thread, `now` is the real clock, and
    `stopping` is asked between rows. Raises only for the database itself.
    """
    worker = _Worker(sessions, settings, http, now)
    tally: Counter[str] = Counter()
    with sessions.begin() as session:
        platforms = claims.platforms_with_scores(session, now())
        destinations = claims.open_destinations(session, now())
    for platform_id in platforms:
        for _ in range(SCORES_A_ROUND):
            became = Counter[str]() if stopping() else worker.deliver_score(platform_id)
            if not became:
                break
            tally += became
    for destination_id in destinations:
        if not stopping():
            tally += worker.deliver_statements(destination_id)
    return Round(**tally)


class _Worker:
    """What every step of a round needs, and the name under which it holds its leases."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        settings: Settings,
        http: requests.Session,
        now: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._settings = settings
        self._http = http
        self._now = now
        self._name = f"{socket.gethostname()[:32]}:{os.getpid()}:{token_hex(8)}"

    def deliver_score(self, platform_id: UUID | None) -> Counter[str]:
        """Send the next score of a platform, if there is one to be had."""
        with self._sessions.begin() as session:
            claimed = claims.claim_score(session, platform_id, self._name, self._now())
        if claimed is None:
            return Counter()
        result: senders.ScoreSent | ServiceError
        try:
            result = senders.send_score(
                claimed.score_id, self._sessions, self._settings, self._http, self._now
            )
        except ServiceError as error:
            logger.warning("delivery %d: %s: %s", claimed.delivery_id, error.kind, error.message)
            result = error
        except OperationalError:
            raise  # our own database; the lease runs out
        except Exception:
            return self._unforeseen(claimed.delivery_id)
        with self._sessions.begin() as session:
            return settling.settle_score(session, claimed, result, self._name, self._now())

    def deliver_statements(self, destination_id: UUID) -> Counter[str]:
        """Send the oldest statements of a destination, if there are any to be had."""
        with self._sessions.begin() as session:
            batch = claims.claim_statements(session, destination_id, self._name, self._now())
        if batch is None:
            return Counter()
        tally: Counter[str] = Counter()
        try:
            sent = self._send(batch)
        except Exception:
            logger.exception("a batch of %d statements, now sent one by one", len(batch.rows))
            sent, tally = self._send_one_by_one(batch)
        if sent.failure is not None:
            logger.warning("destination %s: %s", batch.destination_id, sent.failure)
        with self._sessions.begin() as session:
            return tally + settling.settle_statements(session, batch, sent, self._name, self._now())

    def _send(self, batch: claims.Batch) -> senders.StatementsSent:
        statements = [(statement_id, body) for _, statement_id, body in batch.rows]
        return senders.send_statements(
            batch.source, batch.endpoint, statements, self._settings, self._http
        )

    def _send_one_by_one(self, batch: claims.Batch) -> tuple[senders.StatementsSent, Counter[str]]:
        """Find the row that cannot even be sent, and push it ahead; the others are sent."""
        outcomes: dict[UUID, Outcome] = {}
        tally: Counter[str] = Counter()
        for row in batch.rows:
            try:
                sent = self._send(replace(batch, rows=(row,)))
            except Exception:
                tally += self._unforeseen(row[0])
                continue
            outcomes |= sent.outcomes
            if sent.failure is not None:
                return senders.StatementsSent(outcomes, sent.failure), tally
        return senders.StatementsSent(outcomes), tally

    def _unforeseen(self, delivery_id: int) -> Counter[str]:
        """To be called while the exception is handled."""
        logger.exception("delivery %d", delivery_id)
        with self._sessions.begin() as session:
            return settling.settle_unforeseen(session, delivery_id, self._name, self._now())
