"""A real PostgreSQL for the test run: started by the first test that needs it, gone with the run.

It lives in a folder of its own, with a Unix socket and no port. `postgresql_keeper.py` stops it
when the process that pytest was started in is gone.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from config import schema
from config.database import make_engine

TEMPLATE = "migrated"
KEEPER = Path(__file__).with_name("postgresql_keeper.py")
DEBIAN_BINARIES = "usr/lib/postgresql/*/bin"
MISSING = (
    "PostgreSQL is not installed, and these tests run on it as well as on SQLite. Install it with "
    "'apt-get install postgresql' (or put initdb and pg_ctl on PATH), or leave these tests out "
    "with -m 'not servers'."
)
# Nothing here has to survive a crash, so nothing waits for a disk.
SERVER_OPTIONS = " ".join(
    f"-c {option}"
    for option in (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "wal_level=minimal",
        "max_wal_senders=0",
        "wal_init_zero=off",
        "autovacuum=off",
    )
)


class PostgresqlMissing(Exception):
    """There is no PostgreSQL on this machine; the message says how to get it."""


def new_run() -> tuple[Path, IO[str]]:
    """A folder for the server of one test run, and the lock that says the run is going on.

    Only the process that pytest was started in calls this, and keeps the lock until its end.
    """
    folder = Path(tempfile.mkdtemp(prefix="cohorts-"))
    alive = (folder / "alive").open("w")
    fcntl.flock(alive, fcntl.LOCK_EX)
    return folder, alive


def end_run(folder: Path, alive: IO[str]) -> None:
    """Let the keeper stop the server. Where none was started there is only a folder to remove."""
    if not (folder / "data").exists():
        shutil.rmtree(folder)
    alive.close()


class Server:
    """The running server of this test run. Databases are copies of a migrated template."""

    def __init__(self, folder: Path) -> None:
        """Take the server of that folder, which is started where no other process has yet.

        Raises PostgresqlMissing.
        """
        self._folder = folder
        with (folder / "starting").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # test processes run side by side
            if not (folder / "ready").exists():
                self._start()
                (folder / "ready").touch()
        self._admin = psycopg.connect(**self._address("postgres"), autocommit=True)

    @contextmanager
    def database(self, name: str, empty: bool = False) -> Iterator[str]:
        """The address of a database of its own: migrated, or without a table. Dropped after."""
        template = sql.Identifier("template0" if empty else TEMPLATE)
        target = sql.Identifier(name)
        # Copying files is the only way before 15, and the faster one after.
        how = "STRATEGY FILE_COPY" if self._admin.info.server_version >= 150_000 else ""
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {} " + how)
        self._admin.execute(create.format(target, template))
        try:
            yield self._url(name)
        finally:
            self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(target))

    def close(self) -> None:
        """Close this process's own connection; the server goes on for the others."""
        self._admin.close()

    def _start(self) -> None:
        binaries = _binaries()
        account = _account()
        if account:
            shutil.chown(self._folder, account)
        data, log = self._folder / "data", self._folder / "log"

        def run(program: str, *arguments: str) -> None:
            command = [str(binaries / program), "--pgdata", str(data), *arguments]
            done = subprocess.run(
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # a pipe would stay open in the server
                stderr=subprocess.DEVNULL,
                user=account,
            )
            if done.returncode:
                raise RuntimeError(
                    f"{program} failed:\n{log.read_text() if log.exists() else ' '.join(command)}"
                )

        run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-k '{self._folder}' -c listen_addresses='' {SERVER_OPTIONS}"
        run("pg_ctl", "start", "--wait", "--silent", f"--log={log}", f"--options={options}")
        self._start_keeper(str(binaries / "pg_ctl"), account)
        self._make_template()

    def _start_keeper(self, pg_ctl: str, account: str | None) -> None:
        arguments = [sys.executable, "-P", str(KEEPER), str(self._folder), pg_ctl]
        os.posix_spawn(
            sys.executable,
            [*arguments, account] if account else arguments,
            os.environ,
            file_actions=[(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)],
            setsid=True,  # an interrupt from the keyboard is not for the keeper
        )

    def _make_template(self) -> None:
        with psycopg.connect(**self._address("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        engine = make_engine(self._url(TEMPLATE))
        schema.upgrade(engine)
        engine.dispose()

    def _url(self, name: str) -> str:
        address = self._address(name)
        url = URL.create(
            "postgresql+psycopg",
            username=address["user"],
            database=name,
            query={"host": address["host"]},
        )
        return url.render_as_string()

    def _address(self, name: str) -> dict[str, Any]:
        return {"host": str(self._folder), "user": "postgres", "dbname": name}


def _binaries() -> Path:
    """The folder of initdb and pg_ctl: on PATH, or where Debian hides them."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = sorted(Path("/").glob(DEBIAN_BINARIES), key=lambda folder: int(folder.parent.name))
    if not folders:
        raise PostgresqlMissing(MISSING)
    return folders[-1]


def _account() -> str | None:
    """PostgreSQL refuses to run as root; its package brings an account of its own."""
    return "postgres" if os.geteuid() == 0 else None
