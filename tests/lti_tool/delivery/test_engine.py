"""Who calls `drain`: a thread of the web process, or the command."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool import delivery
from lti_tool.app import create_app
from lti_tool.database import db
from lti_tool.delivery import Engine, engine, worker
from lti_tool.delivery.commands import deliver
from lti_tool.models import LoginState, Platform
from tests.lti_tool.delivery.far_side import answer, meanwhile
from tests.lti_tool.delivery.world import LRS, MARA, World

LONG_SECONDS = 60  # until a test gives up waiting for what should happen at once


@pytest.fixture
def app(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The tool, delivering in its web process to the world's practice LMS and LRS."""
    monkeypatch.setattr(engine, "make_session", lambda _: world.http)
    monkeypatch.setattr(engine, "utc_now", world.clock)
    app = create_app(replace(world.settings, delivery_in_web_process=True))
    yield app
    running: Engine | None = app.extensions["delivery"].engine
    if running is not None:
        running.stop()
    with app.app_context():
        db.engine.dispose()


def delivered(world: World) -> Event:
    """Set as soon as the LRS is sent something."""
    happened = Event()
    world.lrs.fault("/statements", meanwhile(happened.set))
    return happened


def test_the_web_process_delivers_what_waits(app: Flask, world: World) -> None:
    world.enrol(MARA)
    happened = delivered(world)
    app.test_client().get("/healthz")
    assert happened.wait(LONG_SECONDS)


def test_what_is_recorded_later_wakes_the_thread(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LOOKS_EVERY_SECONDS", 10 * LONG_SECONDS)
    idle = Event()
    drained = worker.drain

    def tell(*arguments: object) -> delivery.Round:
        became = drained(*arguments)
        if not became.claimed:
            idle.set()
        return became

    monkeypatch.setattr(engine, "drain", tell)
    app.test_client().get("/healthz")
    assert idle.wait(LONG_SECONDS)
    happened = delivered(world)
    world.enrol(MARA)
    with app.app_context():
        delivery.wake()
    assert happened.wait(LONG_SECONDS)


def test_a_refused_request_starts_it_as_well(app: Flask, world: World) -> None:
    world.enrol(MARA)
    happened = delivered(world)
    assert app.test_client().post("/lti/launch").status_code >= 400
    assert happened.wait(LONG_SECONDS)


def test_nothing_runs_before_the_first_request(app: Flask) -> None:
    """A server may fork after it loaded the application; a thread would not survive that."""
    assert app.extensions["delivery"].engine is None
    app.test_client().get("/healthz")
    first = app.extensions["delivery"].engine
    app.test_client().get("/healthz")
    assert first is not None and app.extensions["delivery"].engine is first


def test_trouble_with_the_database_does_not_end_the_thread(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LOOKS_EVERY_SECONDS", 0.001)
    attempts = iter([RuntimeError("unforeseen"), None])
    drained = worker.drain

    def fails_first(*arguments: object) -> delivery.Round:
        error = next(attempts, None)
        if error is not None:
            raise error
        return drained(*arguments)

    monkeypatch.setattr(engine, "drain", fails_first)
    world.enrol(MARA)
    happened = delivered(world)
    app.test_client().get("/healthz")
    assert happened.wait(LONG_SECONDS)


def test_where_another_process_delivers_waking_does_nothing(world: World) -> None:
    app = create_app(world.settings)
    with app.test_request_context():
        delivery.start()
        delivery.wake()
    assert "delivery" not in app.extensions
    with app.app_context():
        db.engine.dispose()


def test_a_stopped_round_ends_between_rows(world: World) -> None:
    world.sync()
    world.award(world.enrol(MARA))
    stopping = Event()
    world.lms.fault("/scores", meanwhile(stopping.set))
    became = delivery.drain(
        world.sessions, world.settings, world.http, world.clock, stopping.is_set
    )
    assert became.delivered == 1
    assert world.states("statements") == ["waiting"]
    assert world.deliveries("statements")[0].lease_until is None


def test_the_command_delivers_what_is_due_and_says_so(app: Flask, world: World) -> None:
    world.award(world.enrol(MARA))
    world.award(world.enrol("4711"))
    result = app.test_cli_runner().invoke(deliver, ["--once"])
    assert result.exit_code == 0
    assert result.output == "3 delivered, 0 waiting, 1 parked, 0 held\n"


def test_the_command_ends_although_the_lrs_is_down(app: Flask, world: World) -> None:
    world.http.mount(LRS, world.lrs)
    world.lrs.fault("/statements", answer(503))
    world.enrol(MARA)
    result = app.test_cli_runner().invoke(deliver, ["--once"])
    assert result.output == "0 delivered, 1 waiting, 0 parked, 0 held\n"


def test_what_has_run_out_at_the_front_door_is_tidied_away(app: Flask, world: World) -> None:
    with app.app_context():
        session = db.session()
        platform_id = session.scalars(select(Platform.id)).first()
        for number, expires_at in enumerate(
            (world.clock() - timedelta(minutes=1), world.clock() + timedelta(minutes=9))
        ):
            session.add(
                LoginState(
                    state_hash=str(number),
                    platform_id=platform_id,
                    nonce_hash="n",
                    browser_hash="b",
                    target_link_uri="/",
                    expires_at=expires_at,
                )
            )
        session.commit()
    world.enrol(MARA)
    happened = delivered(world)
    app.test_client().get("/healthz")
    assert happened.wait(LONG_SECONDS)
    with app.app_context():
        assert db.session().scalars(select(LoginState.state_hash)).all() == ["1"]
