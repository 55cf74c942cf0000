"""Calling `drain` again and again, in a thread of its own."""

from datetime import timedelta
from threading import Event, Thread

from flask import Flask
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from config.settings import Settings
from lti_tool.database import db
from lti_tool.delivery.destinations import sync_destination
from lti_tool.delivery.worker import Round, drain, utc_now
from lti_tool.http import make_session
from lti_tool.launch.session import purge
from lti_tool.log import logger

LOOKS_EVERY_SECONDS = 5.0
TIDIES_EVERY = timedelta(hours=1)


class Engine:
    """Delivers until it is stopped. Its clock is the real one."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings) -> None:
        self._sessions = sessions
        self._settings = settings
        self._http = make_session(settings)
        self._awake = Event()
        self._stopping = False
        self._in_step_with_settings = False
        self._tidy_at = utc_now()
        self._thread = Thread(target=self.run, name="delivery", daemon=True)

    def start(self) -> None:
        """Run in a thread that ends with the interpreter; what it has leased runs out."""
        self._thread.start()

    def wake(self) -> None:
        """Look at once instead of at the next beat."""
        self._awake.set()

    def stop(self) -> None:
        """End after the row at hand, and wait for that. Not to be called by a signal handler."""
        self._stopping = True
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join()

    def run(self) -> None:
        """Deliver until stopped. Trouble is logged and tried again: this loop never ends by it."""
        while not self._stopping:
            if not self._round().claimed:
                self._awake.wait(LOOKS_EVERY_SECONDS)
                self._awake.clear()
        self._http.close()

    def drain(self) -> Round:
        """One round; the settings' destination is brought into the database before the first."""
        if not self._in_step_with_settings:
            self._sync()
            self._in_step_with_settings = True
        return drain(self._sessions, self._settings, self._http, utc_now, lambda: self._stopping)

    def _round(self) -> Round:
        try:
            self._tidy()
            return self.drain()
        except SQLAlchemyError as error:
            logger.error("delivery: the database failed (%s)", type(error).__name__)
        except Exception:
            logger.exception("delivery")
        return Round()

    def _tidy(self) -> None:
        """Once an hour, delete the login states and launch sessions that have run out."""
        now = utc_now()
        if now < self._tidy_at:
            return
        self._tidy_at = now + TIDIES_EVERY
        with self._sessions.begin() as session:
            purge(session, now)

    def _sync(self) -> None:
        try:
            with self._sessions.begin() as session:
                sync_destination(session, self._settings, utc_now())
        except IntegrityError:  # another process made it at the same moment
            with self._sessions.begin() as session:
                sync_destination(session, self._settings, utc_now())


def engine_of(app: Flask) -> Engine:
    """An engine on the application's database and settings, not yet started."""
    with app.app_context():
        sessions = sessionmaker(db.engine, expire_on_commit=False)
    return Engine(sessions, app.config["SETTINGS"])
