"""What both databases promise alike: aware instants, keys that hold, writers that wait."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from cohorts.models import Attestation, Person
from config.database import make_engine


def test_an_instant_comes_back_as_the_same_instant_in_utc(session: Session) -> None:
    noon_in_india = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    session.add(Person(display_name="Mara", created_at=noon_in_india))
    session.commit()
    session.expire_all()

    created_at = session.scalars(select(Person.created_at)).one()

    assert created_at == noon_in_india
    assert created_at.tzinfo is UTC


def test_a_naive_instant_is_refused_when_it_is_written(session: Session) -> None:
    session.add(Person(display_name="Mara", created_at=datetime(2026, 3, 1, 12, 0)))

    with pytest.raises(StatementError, match="instants are aware"):
        session.flush()


def test_a_foreign_key_holds(session: Session, now: datetime) -> None:
    session.add(Attestation(enrolment_id=uuid4(), red_lines_version=1, recorded_at=now))

    with pytest.raises(IntegrityError):
        session.flush()


def test_who_reads_first_and_writes_later_waits_for_the_other_writer(
    engine: Engine, now: datetime
) -> None:
    def add_one() -> None:
        with Session(engine) as session, session.begin():
            session.scalar(select(func.count()).select_from(Person))
            session.add(Person(display_name="Mara", created_at=now))

    threads = [Thread(target=add_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 8


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/deep/down/tool.db")
    with engine.begin():
        pass
    engine.dispose()

    assert (tmp_path / "deep" / "down" / "tool.db").exists()
