"""Several processes that measure at the same time, as a WSGI server's workers would run."""

import os
import sys
import traceback
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from flask import Flask

from config.settings import Settings
from lti_tool.app import create_app
from lti_tool.database import db
from tests.bench import launch, world
from tests.bench.launch import Sample
from tests.support.platform import TOOL_URL, FakePlatform, network_of, rsa_key

WARM_UP = 50
SECONDS_TO_WAIT = 60


@dataclass(frozen=True)
class Job:
    """What every worker is told: where the rows are, who signs, how often."""

    database_url: str
    pem: bytes
    rounds: int


class Measured(NamedTuple):
    """What all workers measured; `server_seconds` is the database server's CPU for one launch and
    one floor, where there is a server and its processes can be seen."""

    samples: list[Sample]
    server_seconds: float | None


def measure(database_url: str, workers: int, rounds: int) -> Measured:
    """Fill the migrated database, and measure `rounds` launches in each of so many workers.

    Raises RuntimeError with the traceback of a worker that failed.
    """
    job = furnished(database_url, rounds)
    context = get_context("spawn")
    together = context.Barrier(workers)
    answers = context.Queue()
    processes = [
        context.Process(target=_work, args=(job, together, answers)) for _ in range(workers)
    ]
    for process in processes:
        process.start()
    told = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    for answer in told:
        if isinstance(answer, str):
            raise RuntimeError(f"A worker failed.\n{answer}")
    server = [seconds for _, seconds in told if seconds is not None]
    return Measured(
        [sample for samples, _ in told for sample in samples],
        sum(server) / (rounds * workers) if server else None,
    )


def application(job: Job) -> tuple[Flask, FakePlatform]:
    """The tool as in production, and the platform whose launches it gets."""
    settings = Settings(tool_url=TOOL_URL, secret_key="k" * 32, database_url=job.database_url)
    app = create_app(settings)
    key = load_pem_private_key(job.pem, password=None)
    assert isinstance(key, RSAPrivateKey)
    return app, FakePlatform(network_of(app), keys={"key-1": key})


def furnished(database_url: str, rounds: int) -> Job:
    """Store the measured cohort and its platform; returns what a worker has to know of them."""
    pem = rsa_key("key-1").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    job = Job(database_url, pem, rounds)
    app, platform = application(job)
    with app.app_context():
        world.furnish(db.session(), platform.store(db.session()), TOOL_URL)
    close(app)
    return job


def close(app: Flask) -> None:
    """Close the application's connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _work(job: Job, together: Barrier, answers: Any) -> None:
    # A line of the log costs what it costs in production, but nobody reads these.
    with Path(os.devnull).open("w") as sys.stderr:
        try:
            app, platform = application(job)
            launch.samples(app, platform, WARM_UP)
            together.wait(SECONDS_TO_WAIT)
            before = _server_seconds(app)
            measured = launch.samples(app, platform, job.rounds)
            after = _server_seconds(app)
            close(app)
        except Exception:
            together.abort()
            answers.put(traceback.format_exc())
            return
    answers.put((measured, None if before is None or after is None else after - before))


def _server_seconds(app: Flask) -> float | None:
    """CPU seconds of the PostgreSQL process that serves this worker's one connection (Linux)."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name != "postgresql":
            return None
        process: int = connection.connection.dbapi_connection.info.backend_pid  # type: ignore
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
