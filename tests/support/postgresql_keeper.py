"""Stops the PostgreSQL of a test run when the run is over, however it ended.

    python -P postgresql_keeper.py <folder> <pg_ctl> [<account>]

The process that pytest was started in holds a lock on the file `alive` for as long as it lives.
Getting that lock means that the run is over: the server is stopped and the folder removed.
"""

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

folder, pg_ctl, account = Path(sys.argv[1]), sys.argv[2], (sys.argv[3:] or [None])[0]
with (folder / "alive").open() as alive:
    fcntl.flock(alive, fcntl.LOCK_SH)
subprocess.run(
    [pg_ctl, "stop", "--pgdata", str(folder / "data"), "--mode=immediate"],
    cwd=folder,
    user=account,
    check=False,
)
shutil.rmtree(folder)
