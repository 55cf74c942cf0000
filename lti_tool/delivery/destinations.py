"""The destination that the environment names, brought into the database at every start."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cohorts import outbox
from cohorts.models import Delivery, StatementRecord
from config.settings import Settings

NAME = "Learning record store"


def sync_destination(session: Session, settings: Settings, now: datetime) -> None:
    """Make or update the destination of `settings.lrs`, and put on its way whatever is not.

    A pause ends here: new credentials come with a restart, and if they are the old ones the first
    request pauses it again. Statements that were recorded while the destination was being made
    would else be missed. Commits nothing; raises IntegrityError when another process makes the
    destination at the same moment.
    """
    if settings.lrs is None:
        return
    destination = outbox.keep_destination(session, NAME, settings.lrs.endpoint, now)
    destination.paused, destination.problem = False, None
    destination.failures, destination.hold_until = 0, None
    session.flush()
    on_its_way = exists().where(
        Delivery.destination_id == destination.id, Delivery.statement_id == StatementRecord.id
    )
    missed = select(StatementRecord).where(~on_its_way).order_by(StatementRecord.number)
    session.add_all(
        Delivery(
            cohort_id=record.cohort_id,
            destination_id=destination.id,
            statement_id=record.id,
            due_at=now,
            created_at=now,
        )
        for record in session.scalars(missed)
    )
