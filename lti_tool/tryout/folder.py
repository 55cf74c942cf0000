"""The folder of a tryout: secret key, database, logs. Removing it is starting over."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from config import schema
from config.database import make_engine


class CannotStart(Exception):
    """The tryout cannot run; the text says why and what to do."""


@dataclass(frozen=True)
class Folder:
    """Where a tryout keeps everything."""

    path: Path

    @property
    def secret_key(self) -> Path:
        """The key under which secrets in the database are encrypted."""
        return self.path / "secret-key"

    @property
    def database(self) -> Path:
        """The database of the tool."""
        return self.path / "cohorts.db"

    @property
    def database_url(self) -> str:
        """The same as an address for the settings."""
        return URL.create("sqlite", database=str(self.database.resolve())).render_as_string()

    @property
    def environment(self) -> Path:
        """The tool's settings, for a shell to read."""
        return self.path / "tool.env"

    def log(self, name: str) -> Path:
        """What a process says that is not for the terminal."""
        return self.path / f"{name}.log"


@contextmanager
def claimed(path: Path) -> Iterator[Folder]:
    """The folder, made where it is missing, with its secret key, for this process alone.

    Raises CannotStart where it cannot be used or another tryout has it.
    """
    folder = Folder(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / "in-use").open("w")
        _keep_secret(folder.secret_key)
    except OSError as error:
        raise CannotStart(
            f"the folder {path} cannot be used ({error.strerror}). "
            "Make it writable for you, or choose another one with --folder."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStart(
                f"the folder {path} is in use by a tryout that is running. "
                "End that one, or choose another folder with --folder."
            ) from error
        yield folder


def _keep_secret(path: Path) -> None:
    """Write a new key where there is none, whole or not at all, readable for its owner alone."""
    if path.exists() and path.stat().st_size:
        return
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32) + "\n")
    new.replace(path)


def open_database(folder: Folder) -> Engine:
    """The database, made and migrated. Raises CannotStart where it is broken or too new."""
    engine = make_engine(folder.database_url)
    try:
        with engine.connect() as connection:
            state = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        if state != "ok":
            raise CannotStart(_broken(folder, "it is damaged"))
        schema.upgrade(engine)
    except schema.SchemaError as error:
        engine.dispose()
        raise CannotStart(
            f"{folder.database}: {error} To start over instead: rm -r {folder.path}"
        ) from error
    except (DatabaseError, OSError) as error:
        engine.dispose()
        raise CannotStart(_broken(folder, str(getattr(error, "orig", error)))) from error
    return engine


def _broken(folder: Folder, reason: str) -> str:
    return (
        f"the database {folder.database} cannot be used ({reason}). "
        f"Put a copy of it back in place, or start over: rm -r {folder.path}"
    )
