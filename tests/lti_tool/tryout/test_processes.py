"""Starting, watching and ending processes; ports that cannot be had."""

import os
import signal
import socket
from pathlib import Path

import pytest

from lti_tool.tryout.folder import CannotStart, Folder
from lti_tool.tryout.processes import Died, Ending, Processes, Service, check_ports

WAITS = ["-c", "import signal; print('up', flush=True); signal.pause()"]


def service(port: int = 0, name: str = "The tool") -> Service:
    return Service(name, f"http://127.0.0.1:{port}", port, "--port", "tool")


def test_a_process_that_ends_by_itself_is_named_with_its_last_words(tmp_path: Path) -> None:
    with Processes(Folder(tmp_path), {}) as processes:
        processes.start(service(), ["-c", "print('no disk left'); raise SystemExit(3)"])
        with pytest.raises(Died, match=r"(?s)The tool .*code 3.*tool.log.*no disk left"):
            processes.watch()


def test_a_process_that_dies_while_it_is_waited_for_is_not_waited_for(tmp_path: Path) -> None:
    with Processes(Folder(tmp_path), {}) as processes:
        processes.start(service(1), ["-c", "raise SystemExit('Port 1 cannot be used.')"])
        with pytest.raises(Died, match="Port 1 cannot be used"):
            processes.wait_until_it_answers(service(1))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_of_it(tmp_path: Path, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with Processes(Folder(tmp_path), {}) as processes:
        processes.start(service(), WAITS)
        os.kill(os.getpid(), number)
        with pytest.raises(Ending):
            processes.watch()

    assert signal.getsignal(number) is before


def test_processes_get_what_they_are_told_and_nothing_stays_behind(tmp_path: Path) -> None:
    told = "import os; print(os.environ['TOLD'], os.getpid(), flush=True)"
    with Processes(Folder(tmp_path), {"TOLD": "this"}) as processes:
        processes.start(service(), ["-c", f"{told}; import signal; signal.pause()"])
        while not (said := (tmp_path / "tool.log").read_text()).endswith("\n"):
            processes.check()

    word, process_id = said.split()
    assert word == "this"
    with pytest.raises(ProcessLookupError):
        os.kill(int(process_id), 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_taken_port_is_named_with_the_service_and_the_remedy(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"port {port} for The tool .*--port {port + 100}"):
            check_ports([service(port)])


def test_one_port_for_two_services_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(CannotStart, match="for The LMS .*another of the three"):
        check_ports([service(port), service(port, "The LMS")])
