"""Serve an application on this machine only, for the programs that are for practice."""

import os
import socket
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

BIND_HOST = "127.0.0.1"


class PortTaken(OSError):
    """The port cannot be had; the message names it and the remedy."""


def open_port(port: int) -> socket.socket:
    """A listening socket on the loopback address; port 0 takes any free one.

    Raises PortTaken. Listening before the server starts leaves no moment in between for somebody
    else to take the port, and gives one sentence where gunicorn would try five times and give up.
    """
    try:
        return socket.create_server((BIND_HOST, port))
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "ports end at 65535"
        raise PortTaken(
            f"Port {port} cannot be used ({reason}). "
            "End the program that has it, or choose another one with --port."
        ) from error


def serve(app: Flask, listener: socket.socket) -> None:
    """Answer requests at the listener until SIGTERM or SIGINT; ends the process.

    One worker process with eight threads: SQLite has one writer. `app` may hold no open database
    connection, since the worker is forked from this process.
    """
    _Server(app, listener).run()


class _Server(BaseApplication):
    def __init__(self, app: Flask, listener: socket.socket) -> None:
        self._app = app
        # gunicorn closes the descriptor it is given.
        self._descriptor = os.dup(listener.fileno())
        listener.close()
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"fd://{self._descriptor}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": 8,
            "keepalive": 75,
            "graceful_timeout": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app
