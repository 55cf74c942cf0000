"""`python -m lti_tool.practice_lrs` as a process of its own."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from lti_tool.practice_lrs import PracticeLrsSettings, create_practice_lrs
from tests.peers.statements import a_statement
from xapi.lrs import LrsClient

pytestmark = pytest.mark.servers

COMMAND = [sys.executable, "-m", "lti_tool.practice_lrs"]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_and_keeps_what_it_got(
    tmp_path: Path, end: signal.Signals
) -> None:
    database = tmp_path / "var" / "lrs.db"
    command = [*COMMAND, "--port", "0", "--database", str(database), "--password", "secret"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        url = process.stdout.readline().decode().split()[3]
        client = LrsClient(f"{url}/xapi", ("practice", "secret"))
        [outcome] = client.deliver([json.dumps(a_statement())])
        page = requests.get(url, timeout=10).text
        client.close()
        process.send_signal(end)
        code = process.wait(20)
        errors = process.stderr.read().decode()

    assert outcome.stored
    assert "1 statement has arrived" in page
    assert code == 0
    assert "Traceback" not in errors
    again = create_practice_lrs(PracticeLrsSettings(url, database))
    assert "1 statement has arrived" in again.test_client().get("/", base_url=url).text
    again.extensions["engine"].dispose()


def test_a_taken_port_is_one_sentence_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run([*COMMAND, "--port", port], capture_output=True, timeout=60)

    assert ended.returncode == 2
    assert f"Port {port} cannot be used" in ended.stderr.decode()
    assert "--port" in ended.stderr.decode() and len(ended.stderr.splitlines()) == 1


def test_an_unusable_database_is_one_sentence_with_the_remedy(tmp_path: Path) -> None:
    database = tmp_path / "lrs.db"
    database.write_text("This is no database, but a text of some length. " * 40)

    ended = subprocess.run(
        [*COMMAND, "--port", "0", "--database", str(database)], capture_output=True, timeout=60
    )

    assert ended.returncode == 2
    assert str(database) in ended.stderr.decode()
    assert "--database" in ended.stderr.decode() and len(ended.stderr.splitlines()) == 1
