"""Ralph, an LRS that others wrote, as a peer: installed once, started and stopped for tests.

It lives in a virtual environment of its own under `var/`, made from a lock file with hashes; the
first start installs it with the pip settings of this machine and takes a minute.
"""

import fcntl
import hashlib
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
VENV = HERE.parents[1] / "var" / "ralph-venv"
LOCK_FILE = HERE / "ralph-requirements.txt"
STOP_SECONDS = 10


@dataclass(frozen=True)
class Ralph:
    """A running Ralph: its xAPI endpoint and the one account that it knows."""

    endpoint: str
    username: str = "exporter"
    password: str = "a password with spaces"


@contextmanager
def running_ralph(folder: Path) -> Iterator[Ralph]:
    """A Ralph on a free port of the loopback address that keeps its files in `folder`."""
    account = Ralph(endpoint="")
    log = (folder / "ralph.log").open("wb")
    # -P keeps this folder off its import path, where this very file would be its "ralph".
    command = [_python(), "-P", str(HERE / "ralph_launcher.py"), str(folder)]
    with (
        log,
        subprocess.Popen(
            [*command, account.username, account.password], stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        assert process.stdout is not None
        port = process.stdout.readline().decode().strip()
        if not port:
            process.wait()
            raise RuntimeError(f"Ralph did not start:\n{(folder / 'ralph.log').read_text()}")
        try:
            yield Ralph(endpoint=f"http://127.0.0.1:{port}/xAPI")
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _python() -> str:
    """The Python of Ralph's environment, which is made first where it is missing or outdated."""
    python = VENV / "bin" / "python"
    mark = VENV / "installed"
    wanted = hashlib.sha256(LOCK_FILE.read_bytes() + sys.version.encode()).hexdigest()
    VENV.parent.mkdir(parents=True, exist_ok=True)
    with VENV.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes run side by side
        if not mark.exists() or mark.read_text() != wanted:
            venv.create(VENV, clear=True, with_pip=True)
            # The lock file is complete; with dependencies, pip's resolver asks for a newer pydantic
            # on behalf of pydantic[email] and then misses its hash.
            install = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
            install += ["--disable-pip-version-check", "-r", str(LOCK_FILE)]
            subprocess.run([str(python), *install], check=True, timeout=600)
            mark.write_text(wanted)
    return str(python)
