"""Runs Ralph with its file store, repaired from outside. Started by the Python of Ralph's own venv.

    python ralph_launcher.py <folder> <username> <password>

Prints the port as its first line. Two defects of Ralph 5.1.0 are mended, in memory only: the file
store accepts one write and answers 500 ever after, because it inherits CREATE as its way of
writing; and every read rewrites a growing history file, which is of no use to a server.
"""

import json
import os
import socket
import sys
from pathlib import Path

folder, username, password = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
os.environ.update(
    RALPH_APP_DIR=str(folder),
    RALPH_AUTH_FILE=str(folder / "auth.json"),
    RALPH_HISTORY_FILE=str(folder / "history.json"),
    RALPH_RUNSERVER_BACKEND="fs",
    RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH=str(folder / "statements"),
    RALPH_BACKENDS__DATA__FS__DEFAULT_DIRECTORY_PATH=str(folder / "statements"),
)
# Ralph reads its settings when it is imported.
import bcrypt  # noqa: E402
import uvicorn  # noqa: E402
from ralph.backends.data.base import BaseOperationType  # noqa: E402
from ralph.backends.data.fs import FSDataBackend  # noqa: E402
from ralph.backends.data.mixins import HistoryMixin  # noqa: E402

FSDataBackend.default_operation_type = BaseOperationType.APPEND
HistoryMixin.append_to_history = lambda self, event: None

account = {
    "agent": {"account": {"homePage": "http://localhost/ralph", "name": username}},
    "scopes": ["all"],
    "hash": bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=4)).decode(),
    "username": username,
}
(folder / "auth.json").write_text(json.dumps([account]), encoding="utf-8")

from ralph.api import app  # noqa: E402

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])
