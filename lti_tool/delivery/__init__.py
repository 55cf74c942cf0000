"""Delivery: what waits in the outbox reaches the LRS and the gradebook, each thing once.

`worker.drain` is one round, called by whatever engine runs it: a thread of the web process, the
command `deliver`, a task queue. What does not belong here: what a statement or a score says.
"""

import os
from threading import Lock

from flask import Flask, current_app

from config.settings import Settings
from lti_tool.delivery.commands import deliver
from lti_tool.delivery.engine import Engine, engine_of
from lti_tool.delivery.worker import Round, drain

__all__ = ["Engine", "Round", "drain", "engine_of", "init_app", "start", "wake"]

EXTENSION = "delivery"


class _InProcess:
    """The engine of this process. A fork inherits the object but not its thread."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.engine: Engine | None = None
        self._process: int | None = None
        self._lock = Lock()

    def start(self) -> None:
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self.engine = engine_of(self.app)
                self.engine.start()
                self._process = os.getpid()


def init_app(app: Flask) -> None:
    """Add the command `deliver`; where the settings say so, deliver in this web process as well.

    The web process begins after its first request, not before: a server may load the application
    and fork afterwards, and the `flask` command loads it for things that deliver nothing.
    """
    app.cli.add_command(deliver)
    settings: Settings = app.config["SETTINGS"]
    if not settings.delivery_in_web_process:
        return
    app.extensions[EXTENSION] = _InProcess(app)
    app.teardown_request(lambda _: start())  # whatever became of the request


def start() -> None:
    """Begin to deliver in this process, if it is one that does. For a server's post-fork hook."""
    in_process: _InProcess | None = current_app.extensions.get(EXTENSION)
    if in_process is not None:
        in_process.start()


def wake() -> None:
    """Something was committed that has to leave; go on at once. Does nothing where another
    process delivers: that one looks every few seconds."""
    in_process: _InProcess | None = current_app.extensions.get(EXTENSION)
    if in_process is not None and in_process.engine is not None:
        in_process.engine.wake()
