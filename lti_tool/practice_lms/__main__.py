"""`python -m lti_tool.practice_lms`: run the practice LMS until SIGTERM or SIGINT."""

import argparse
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import DatabaseError

from lti_tool.practice_lms.app import create_practice_lms
from lti_tool.practice_lms.lms import open_database
from lti_tool.practice_lms.settings import NotLoopback, PracticeLmsSettings, require_loopback

BIND_HOST = "127.0.0.1"


class CannotStart(Exception):
    """The practice LMS cannot run; the text says why and what to do."""


class Server(BaseApplication):
    """gunicorn with one worker of eight threads: SQLite has one writer."""

    def __init__(self, settings: PracticeLmsSettings, port: int) -> None:
        self.settings = settings
        self.port = port
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn would read from a command line."""
        options: dict[str, Any] = {
            "bind": f"{BIND_HOST}:{self.port}",
            "workers": 1,
            "threads": 8,
            "worker_class": "gthread",
            "graceful_timeout": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made in the worker: a SQLite connection does not survive a fork."""
        return create_practice_lms(self.settings)


def main(arguments: list[str] | None = None) -> int:
    """Run until a signal; 0 after a clean end, 2 with one sentence where it cannot start."""
    options = _parser().parse_args(arguments)
    url = options.url or f"http://{BIND_HOST}:{options.port}"
    settings = PracticeLmsSettings(url=url, database=options.database, tool_url=options.tool_url)
    try:
        _check(settings, options.port)
    except CannotStart as reason:
        print(f"The practice LMS did not start: {reason}", file=sys.stderr)
        return 2
    print(f"Practice LMS at {url} (Ctrl-C ends it)", flush=True)
    Server(settings, options.port).run()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lti_tool.practice_lms", description=__doc__)
    parser.add_argument("--port", type=_port, default=8001, help="port on 127.0.0.1 (8001)")
    parser.add_argument(
        "--database", type=Path, default=Path("var/practice-lms.db"), help="its own SQLite file"
    )
    parser.add_argument("--tool-url", default="http://localhost:8000", help="where the tool runs")
    parser.add_argument("--url", help="its own address, where it is not http://127.0.0.1:<port>")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: choose a number from 1 to 65535")
    return int(text)


def _check(settings: PracticeLmsSettings, port: int) -> None:
    """Find out before gunicorn starts what it would only repeat in its log."""
    try:
        require_loopback(settings.url)
        if (urlsplit(settings.url).port or 80) != port:
            raise CannotStart(f"--url {settings.url} does not name port {port}.")
    except NotLoopback as error:
        raise CannotStart(str(error)) from error
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((BIND_HOST, port))
    except OSError as error:
        raise CannotStart(
            f"port {port} cannot be used ({error}). End the program that has it, or choose "
            "another one with --port."
        ) from error
    try:
        open_database(settings).kw["bind"].dispose()
    except (DatabaseError, OSError) as error:
        raise CannotStart(
            f"its database {settings.database} cannot be used ({getattr(error, 'orig', error)}). "
            "Name another file with --database, or move this one away to begin afresh."
        ) from error


if __name__ == "__main__":
    sys.exit(main())
