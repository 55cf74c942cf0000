import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lti_tool.practice_lms.client import begin_registration, registered_tools
from lti_tool.practice_lms.fetching import fetch_json


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def start(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lti_tool.practice_lms", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_taken_port_is_one_sentence_with_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = start("--port", str(port), "--database", str(tmp_path / "x.db"))
    assert ended.returncode == 2
    assert f"port {port} cannot be used" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_unreadable_database_is_one_sentence_with_the_remedy(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_text("This is no database. " * 100)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ended = start("--port", str(port), "--database", str(broken))
    assert ended.returncode == 2
    assert str(broken) in ended.stderr
    assert "--database" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_address_of_another_machine_is_refused_on_the_command_line(tmp_path: Path) -> None:
    ended = start("--url", "http://0.0.0.0:8001", "--database", str(tmp_path / "x.db"))
    assert ended.returncode == 2
    assert "this machine only" in ended.stderr


@pytest.mark.parametrize("port", ["0", "70000", "x"])
def test_nonsense_port_is_refused_by_name(port: str) -> None:
    ended = start("--port", port)
    assert ended.returncode == 2
    assert "choose a number from 1 to 65535" in ended.stderr


class Running:
    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        database = folder / "made" / "practice-lms.db"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lti_tool.practice_lms", "--port", str(port)]
            + ["--database", str(database)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                assert requests.get(f"{self.url}/healthz", timeout=5).text == "ok"
                return
            except requests.ConnectionError:
                assert self.process.poll() is None, self.process.communicate()
        raise AssertionError("the practice LMS did not answer")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started = Running(tmp_path)
    try:
        started.wait_until_ready()
        yield started
    finally:
        started.process.kill()
        started.process.communicate()


@pytest.mark.servers
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_cleanly_at_a_signal(running: Running, stop: signal.Signals) -> None:
    address = begin_registration(running.url, "http://localhost:9/register?invitation=a")
    assert address.startswith("http://localhost:9/register?invitation=a&openid_configuration=")
    assert registered_tools(running.url) == []
    running.process.send_signal(stop)
    _, errors = running.process.communicate(timeout=60)
    assert running.process.returncode == 0
    assert running.greeting == f"Practice LMS at {running.url} (Ctrl-C ends it)\n"
    assert "Traceback" not in errors


@pytest.mark.servers
def test_fetching_reads_json_and_nothing_else(running: Running) -> None:
    assert fetch_json(f"{running.url}/jwks")["keys"]
    with pytest.raises(ValueError):
        fetch_json(f"{running.url}/healthz")
    with pytest.raises(OSError, match="answered 404"):
        fetch_json(f"{running.url}/nowhere")
    with pytest.raises(OSError):
        fetch_json(f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(OSError, match="answered 307"):
        fetch_json(f"{running.url.replace('127.0.0.1', 'localhost')}/jwks")
