"""The three processes of a tryout: start, wait until they answer, watch, end."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from types import FrameType

import requests

from lti_tool.loopback import BIND_HOST
from lti_tool.tryout.folder import CannotStart, Folder

ROOT = Path(__file__).resolve().parents[2]
ANSWERS_WITHIN_SECONDS = 60
ENDS_WITHIN_SECONDS = 15
LOOKS_EVERY_SECONDS = 0.1
LAST_WORDS = 12
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ending(Exception):
    """Somebody asked for the end."""


class Died(Exception):
    """A process ended by itself; the text has its last words."""


@dataclass(frozen=True)
class Service:
    """A process to be: `url` is where it answers, `option` sets its port, `log` names its log."""

    name: str
    url: str
    port: int
    option: str
    log: str


def check_ports(services: Sequence[Service]) -> None:
    """Raise CannotStart for the first port that cannot be had, before anything is started."""
    for number, service in enumerate(services):
        if service.port in [earlier.port for earlier in services[:number]]:
            reason = "another of the three has it"
        elif (taken := _taken(service.port)) is None:
            continue
        else:
            reason = taken
        raise CannotStart(
            f"port {service.port} for {service.name} cannot be used ({reason}). End the program "
            f'that has it, or choose another port: make run ARGS="{service.option} '
            f'{service.port + 100}"'
        )


def _taken(port: int) -> str | None:
    """Why a port cannot be had on either loopback address. Browsers ask for localhost at both."""
    for family, host in ((socket.AF_INET, BIND_HOST), (socket.AF_INET6, "::1")):
        try:
            socket.create_server((host, port), family=family).close()
        except OSError as error:
            if family == socket.AF_INET6 and not _in_use(host, port):
                continue  # this machine has no IPv6
            return error.strerror or "not available"
    return None


def _in_use(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


class Processes:
    """What runs. As a context manager it ends all of it on the way out, whatever happened.

    SIGINT, SIGTERM and SIGHUP are only noted meanwhile. The processes are in sessions of their own,
    so that Ctrl-C in a terminal reaches this process alone and they end in order.
    """

    def __init__(self, folder: Folder, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        self._running: list[tuple[Service, subprocess.Popen[bytes]]] = []
        self._asked_to_end = False

    def __enter__(self) -> "Processes":
        self._handlers = {number: signal.signal(number, self._note) for number in ENDS}
        return self

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_end = True

    def __exit__(self, *_raised: object) -> None:
        for _, process in reversed(self._running):
            process.terminate()
        deadline = monotonic() + ENDS_WITHIN_SECONDS
        for _, process in self._running:
            try:
                process.wait(max(0.0, deadline - monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def start(self, service: Service, arguments: Sequence[str]) -> None:
        """Start Python with these arguments; what it says goes to the service's log."""
        with self._folder.log(service.log).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self._folder.path.resolve(),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running.append((service, process))

    def wait_until_it_answers(self, service: Service) -> None:
        """Wait for its /healthz. Raises Died, Ending, or CannotStart when it takes too long."""
        deadline = monotonic() + ANSWERS_WITHIN_SECONDS
        while monotonic() < deadline:
            self.check()
            try:
                if requests.get(f"{service.url}/healthz", timeout=5).ok:
                    return
            except requests.RequestException:
                pass
            sleep(LOOKS_EVERY_SECONDS)
        raise CannotStart(
            f"{service.name} did not answer within {ANSWERS_WITHIN_SECONDS} seconds. "
            f"See {self._folder.log(service.log)}"
        )

    def watch(self) -> None:
        """Go on until somebody asks for the end (Ending) or a process dies (Died)."""
        while True:
            self.check()
            sleep(LOOKS_EVERY_SECONDS)

    def check(self) -> None:
        """Raise Ending or Died if it is time to."""
        if self._asked_to_end:
            raise Ending
        for service, process in self._running:
            if process.poll() is not None:
                raise Died(self._reason(service, process.returncode))

    def _reason(self, service: Service, code: int) -> str:
        log = self._folder.log(service.log)
        words = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]
        how = f"was ended by signal {-code}" if code < 0 else f"ended by itself (code {code})"
        said = "".join(f"\n    {line}" for line in words)
        return f"{service.name} {how}, so the others were ended too. See {log}{said}"
