"""`python -m lti_tool.tryout` as a newcomer runs it."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cohorts.models import Cohort, Enrolment, StatementRecord, Workflow
from config.database import make_engine
from lti_tool.models import Context, Deployment, LtiUser, Platform
from lti_tool.practice_lms.client import registered_tools

pytestmark = pytest.mark.servers

COUNTED = (Cohort, Context, Deployment, Enrolment, LtiUser, Platform, StatementRecord, Workflow)
SECONDS = 90


def free_ports() -> tuple[int, int, int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    ports = [each.getsockname()[1] for each in listeners]
    for each in listeners:
        each.close()
    return ports[0], ports[1], ports[2]


def command(folder: Path, ports: tuple[int, int, int]) -> list[str]:
    options = zip(("--port", "--lms-port", "--lrs-port"), map(str, ports), strict=True)
    flat = [word for pair in options for word in pair]
    return [sys.executable, "-m", "lti_tool.tryout", "--folder", str(folder), *flat]


@contextmanager
def started(folder: Path, ports: tuple[int, int, int], end: signal.Signals) -> Iterator[str]:
    """A tryout that has printed everything; it is ended by a signal and must end cleanly."""
    with subprocess.Popen(
        command(folder, ports), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = ""
        try:
            while "start over: rm -r" not in said:
                line = process.stdout.readline()
                assert line, process.communicate()
                said += line
            yield said
        finally:
            process.send_signal(end)
            rest, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, errors
    assert errors == ""
    assert "Traceback" not in said + rest and "Nothing is lost" in rest


def counts(folder: Path) -> dict[str, int | None]:
    engine = make_engine(f"sqlite:///{folder}/cohorts.db")
    with Session(engine) as session:
        found = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table))
            for table in COUNTED
        }
    engine.dispose()
    return found


def run(folder: Path, ports: tuple[int, int, int]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(folder, ports), capture_output=True, text=True, timeout=SECONDS)


def test_the_second_start_goes_on_where_the_first_one_ended(tmp_path: Path) -> None:
    folder, ports = tmp_path / "var", free_ports()
    tool, lms, lrs = ports

    with started(folder, ports, signal.SIGINT) as said:
        for address in (f"localhost:{tool}", f"127.0.0.1:{lms}", f"localhost:{lrs}"):
            assert f"http://{address}" in said
            assert requests.get(f"http://{address}/healthz", timeout=10).ok
        assert f"http://localhost:{tool}/lti/register/" in said
        assert [each["state"] for each in registered_tools(f"http://127.0.0.1:{lms}")] == ["active"]
        first = counts(folder)
        invited = subprocess.run(
            f". {folder}/tool.env && {sys.executable} -m flask --app wsgi platform invite",
            shell=True,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert invited.stdout.startswith(f"http://localhost:{tool}/lti/register/")
        assert len(invited.stdout.splitlines()) == 1
    with started(folder, ports, signal.SIGTERM) as said:
        assert said.count("there already") == 2
        assert len(registered_tools(f"http://127.0.0.1:{lms}")) == 1
        second = counts(folder)

    assert first["cohort"] == first["platform"] == first["context"] == 1
    assert first["enrolment"] == first["lti_user"] == 27
    assert second == first


def test_a_taken_port_is_one_sentence_before_anything_is_made(tmp_path: Path) -> None:
    ports = free_ports()
    with socket.create_server(("127.0.0.1", ports[1])):
        ended = run(tmp_path / "var", ports)

    assert ended.returncode == 2
    assert f"port {ports[1]} for The practice LMS cannot be used" in ended.stderr
    assert "--lms-port" in ended.stderr and len(ended.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "var").exists()


def test_a_broken_database_is_one_sentence_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "cohorts.db").write_text("This is no database, but a text of some length. " * 40)

    ended = run(tmp_path, free_ports())

    assert ended.returncode == 2
    assert "cohorts.db cannot be used" in ended.stderr and "rm -r" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("port", ["0", "70000", "x"])
def test_nonsense_for_a_port_is_refused(port: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "lti_tool.tryout", "--lrs-port", port],
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )

    assert ended.returncode == 2
    assert "choose a number from 1 to 65535" in ended.stderr
