"""Killed at any instant, nothing that was recorded is lost and nothing arrives twice."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Timer

import pytest
from sqlalchemy import func, select, update

from cohorts.models import Delivery, Enrolment, StatementRecord
from tests.lti_tool.delivery.proxy import Moment, Proxy, proxy_to
from tests.lti_tool.delivery.world import World
from xapi.lrs import LrsClient

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[3]
SEED = 20_270_301
STATEMENTS = 300
LONG_SECONDS = 60
MOMENTS: tuple[Moment, ...] = ("before it arrives", "after it is stored", "after the answer")
DELIVER = [sys.executable, "-m", "flask", "--app", "wsgi", "deliver"]
RECORD = [sys.executable, "-m", "tests.lti_tool.delivery.tool_process"]


@pytest.fixture
def database() -> str:
    """One kind: every life of a process takes seconds."""
    return "sqlite"


@pytest.fixture
def lrs(tmp_path: Path) -> Iterator[Proxy]:
    """A practice LRS in its own process, behind a proxy."""
    command = [sys.executable, "-m", "lti_tool.practice_lrs", "--port", "0"]
    command += ["--database", str(tmp_path / "practice-lrs.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        url = process.stdout.readline().decode().split()[3]
        with proxy_to(url) as proxy:
            yield proxy
        process.terminate()


def environment(world: World, lrs: Proxy | None = None) -> dict[str, str]:
    """What an operator would set."""
    variables = {
        "PATH": os.environ["PATH"],
        "TOOL_URL": "https://tool.example",
        "SECRET_KEY": world.settings.secret_key,
        "DATABASE_URL": world.settings.database_url,
        "DELIVERY_IN_WEB_PROCESS": "no",
        "LOG_LEVEL": "WARNING",
    }
    if lrs is not None:
        variables |= {
            "LRS_ENDPOINT": f"http://{lrs.address}/xapi",
            "LRS_USERNAME": "practice",
            "LRS_PASSWORD": "practice",
            "PRIVATE_HOSTS": lrs.address,
        }
    return variables


@contextmanager
def started(
    command: list[str], world: World, lrs: Proxy | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block, or after a minute if it should hang."""
    with subprocess.Popen(
        command, env=environment(world, lrs), cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        watchdog = Timer(LONG_SECONDS, process.kill)
        watchdog.start()
        try:
            yield process
        finally:
            watchdog.cancel()
            process.kill()


def record(world: World, count: int) -> list[str]:
    """That many statements, through the use case; their ids."""
    for number in range(count):
        world.enrol(f"learner-{number}")
    with world.sessions() as session:
        return [str(one) for one in session.scalars(select(StatementRecord.id))]


def run_out_leases(world: World) -> None:
    """Two minutes pass."""
    with world.sessions.begin() as session:
        past = datetime(2020, 1, 1, tzinfo=UTC)
        leased = update(Delivery).where(Delivery.lease_until.is_not(None))
        session.execute(leased.values(lease_until=past))


def live_and_die(world: World, lrs: Proxy, moment: Moment, chance: random.Random) -> None:
    """Start a deliver process and kill it around one of its next requests."""
    requests_left = chance.randint(1, 2)
    hesitation = chance.uniform(0, 0.02)
    dead = Event()

    def watch(now: Moment) -> None:
        nonlocal requests_left
        requests_left -= now == moment
        if now == moment and requests_left == 0:
            Event().wait(hesitation)
            process.kill()
            process.wait()
            dead.set()

    with started(DELIVER, world, lrs) as process:
        lrs.watch = watch
        assert dead.wait(LONG_SECONDS), "the process never sent what it was to be killed at"
    assert process.returncode == -signal.SIGKILL
    lrs.watch = lambda moment: None


def test_a_deliver_process_killed_again_and_again_delivers_each_statement_once(
    world: World, lrs: Proxy
) -> None:
    recorded = record(world, STATEMENTS)
    chance = random.Random(SEED)
    lives = [*MOMENTS, *chance.sample(MOMENTS, 2)]
    chance.shuffle(lives)

    for moment in lives:
        live_and_die(world, lrs, moment, chance)
        run_out_leases(world)
    last = subprocess.run(
        [*DELIVER, "--once"],
        env=environment(world, lrs),
        cwd=ROOT,
        capture_output=True,
        timeout=LONG_SECONDS,
    )

    assert last.returncode == 0, last.stderr.decode()
    assert set(world.states("statements")) == {"delivered"}
    client = LrsClient(f"{lrs.target}/xapi", ("practice", "practice"))
    arrived = [one["id"] for one in client.query(limit=100)]
    client.close()
    assert len(arrived) == STATEMENTS
    assert sorted(arrived) == sorted(recorded)
    sent = [json.dumps(one) for body in lrs.posted for one in json.loads(body)]
    assert len(sent) > len(set(sent)) == STATEMENTS  # sent again, and each time the same


def test_a_deliver_process_asked_to_end_ends_after_the_batch_at_hand(
    world: World, lrs: Proxy
) -> None:
    record(world, 120)

    def watch(moment: Moment) -> None:
        if moment == "before it arrives":
            process.terminate()

    lrs.watch = watch
    with started(DELIVER, world, lrs) as process:
        assert process.stdout is not None
        said = process.stdout.read().decode()
        process.wait()

    assert process.returncode == 0
    assert "Ending" in said
    assert world.states("statements") == ["delivered"] * 50 + ["waiting"] * 70
    assert all(delivery.lease_until is None for delivery in world.deliveries("statements"))


@pytest.mark.parametrize("dies_at", [["17"], []])
def test_a_web_process_killed_while_it_records_leaves_the_fact_and_its_statement_or_neither(
    world: World, dies_at: list[str]
) -> None:
    world.sync()
    chance = random.Random(SEED)
    acknowledged = []

    with started([*RECORD, *dies_at], world) as process:
        assert process.stdout is not None
        for line in process.stdout:
            acknowledged.append(line)
            if not dies_at and len(acknowledged) == 30:
                Event().wait(chance.uniform(0, 0.01))
                process.kill()

    assert process.returncode == -signal.SIGKILL
    with world.sessions() as session:
        people = set(session.scalars(select(Enrolment.id)))
        told = set(session.scalars(select(StatementRecord.enrolment_id)))
        on_their_way = session.scalar(select(func.count()).select_from(Delivery))
    assert people == told
    assert len(people) == on_their_way
    # The last one may have been committed and its answer lost, but none that was answered is.
    assert len(acknowledged) <= len(people) <= len(acknowledged) + (0 if dies_at else 1)
