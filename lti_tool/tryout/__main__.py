"""`python -m lti_tool.tryout`: start everything on this machine, until Ctrl-C."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import requests
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from config.settings import Settings, SettingsError
from lti_tool.registration import invite
from lti_tool.tryout.addresses import Addresses
from lti_tool.tryout.connecting import connect, open_demo
from lti_tool.tryout.folder import CannotStart, Folder, claimed, open_database
from lti_tool.tryout.processes import Died, Ending, Processes, check_ports
from lti_tool.tryout.visiting import WentWrong
from lti_tool.tryout.words import progress, ready

OWN_MACHINE = "localhost,127.0.0.1"


def main(arguments: list[str] | None = None) -> int:
    """Run until a signal. 0 after a clean end, 1 when a process died, 2 where it cannot start."""
    options = _parser().parse_args(arguments)
    addresses = Addresses(options.port, options.lms_port, options.lrs_port)
    # A proxy of the environment knows nothing of this machine.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = OWN_MACHINE
    try:
        check_ports(addresses.services)
        with claimed(options.folder) as folder:
            _run(folder, addresses)
    except (Ending, KeyboardInterrupt):
        print("\nEnded. Nothing is lost: the next start goes on from here.")
        return 0
    except CannotStart as reason:
        print(f"\nNot started: {reason}", file=sys.stderr)
        return 2
    except Died as reason:
        print(f"\n{reason}", file=sys.stderr)
        return 1
    return 0


def _run(folder: Folder, addresses: Addresses) -> None:
    began = monotonic()
    environment = addresses.environment(folder)
    try:
        Settings.from_env(environment)
    except SettingsError as error:
        raise CannotStart(f"{error} Or start over: rm -r {folder.path}") from error
    with progress("The database"):
        engine = open_database(folder)
    sessions = sessionmaker(engine)
    addresses.write_environment(folder)
    with Processes(folder, environment) as processes:
        for service in addresses.services:
            processes.start(service, addresses.command(service, folder))
        for service in addresses.services:
            with progress(service.name):
                processes.wait_until_it_answers(service)
        try:
            _fill(sessions, folder, addresses, processes)
            invitation = _invitation(sessions, addresses.tool)
        except (WentWrong, requests.RequestException, SQLAlchemyError) as error:
            processes.check()
            raise CannotStart(
                f"the tool and the practice LMS do not work together ({error}). Their logs are in "
                f"{folder.path}. To start over: rm -r {folder.path}"
            ) from error
        print(ready(addresses, folder, invitation, monotonic() - began), flush=True)
        processes.watch()


def _fill(
    sessions: sessionmaker[Session], folder: Folder, addresses: Addresses, processes: Processes
) -> None:
    now = datetime.now(UTC)
    with progress("Registration at the practice LMS") as done:
        if not connect(sessions, folder, addresses.lms, addresses.tool, now):
            done("there already")
    with progress("Demo cohort") as done:
        if not open_demo(sessions, addresses.lms, addresses.tool, now, processes.check):
            done("there already")


def _invitation(sessions: sessionmaker[Session], tool_url: str) -> str:
    with sessions.begin() as session:
        return invite(session, tool_url, datetime.now(UTC), approve=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lti_tool.tryout",
        description="Try the tool with a practice LMS and a practice LRS, on this machine alone.",
    )
    parser.add_argument("--port", type=_port, default=8000, help="the tool's port (8000)")
    parser.add_argument("--lms-port", type=_port, default=8001, help="the practice LMS's (8001)")
    parser.add_argument("--lrs-port", type=_port, default=8002, help="the practice LRS's (8002)")
    parser.add_argument(
        "--folder", type=Path, default=Path("var"), help="where everything is kept (var)"
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: choose a number from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
