"""The platform's keys: rotation, outages, and how often a platform is asked."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lti_tool.database import db
from lti_tool.models import Platform
from tests.support.platform import ON_ONE_DATABASE, Answer, FakePlatform, json_answer, jwk, rsa_key


def test_keys_are_fetched_once_for_many_launches(
    client: FlaskClient, platform: FakePlatform
) -> None:
    assert [platform.launch(client).status_code for _ in range(3)] == [303] * 3
    assert len(platform.network.calls(platform.jwks_uri)) == 1


def test_l36_l37_keys_rotated_between_login_and_launch(
    client: FlaskClient, platform: FakePlatform
) -> None:
    platform.launch(client)
    begun = platform.login(client)
    old = platform.keys
    platform.keys = {"key-2": rsa_key("key-2")}
    platform.publish()
    assert platform.launch(client, begun=begun).status_code == 303
    platform.keys = old
    assert platform.launch(client).status_code == 401  # by a withdrawn key


def test_second_published_key(client: FlaskClient, platform: FakePlatform) -> None:
    platform.keys = {"key-1": rsa_key("key-1"), "key-2": rsa_key("key-2")}
    platform.publish()
    answer = platform.launch(client, header={"kid": "key-2"}, key=rsa_key("key-2"))
    assert answer.status_code == 303


def _drop(_: requests.PreparedRequest) -> Answer:
    raise requests.ConnectionError


def _hang(_: requests.PreparedRequest) -> Answer:
    raise requests.ReadTimeout


OUTAGES = {
    "status 500": (500, {}, b"{}"),
    "HTML": (200, {}, b"<html>"),
    "an error as JSON": json_answer({"error": "down"}),
    "a list": json_answer([]),
    "keys that are no list": json_answer({"keys": {"keys": []}}),
    "dropped": _drop,
    "hangs": _hang,
    "a redirect": (302, {"Location": "https://lms.example/other"}, b""),
    "too large": (200, {}, b" " * 1_000_001),
}


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES.keys())
@ON_ONE_DATABASE
def test_l38_an_outage_is_said_and_not_remembered(
    client: FlaskClient, platform: FakePlatform, outage: Answer
) -> None:
    platform.publish(outage)
    begun = platform.login(client)
    answer = platform.launch(client, begun=begun)
    assert (answer.status_code, "L-12" in answer.text) == (502, True)
    platform.publish()
    assert platform.launch(client, begun=begun).status_code == 303


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES.keys())
@pytest.mark.parametrize(
    ("age", "status"), [(timedelta(0), 303), (timedelta(hours=23), 303), (timedelta(days=1), 502)]
)
@ON_ONE_DATABASE
def test_l39_known_keys_serve_through_an_outage_of_a_day(
    app: Flask,
    client: FlaskClient,
    platform: FakePlatform,
    outage: Answer,
    age: timedelta,
    status: int,
) -> None:
    platform.launch(client)
    _age(app, age)
    platform.publish(outage)
    assert platform.launch(client).status_code == status


def test_keys_older_than_an_hour_are_fetched_again(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    platform.launch(client)
    _age(app, timedelta(minutes=61))
    assert platform.launch(client).status_code == 303
    assert platform.launch(client).status_code == 303
    assert len(platform.network.calls(platform.jwks_uri)) == 2


def test_l40_unknown_kids_make_few_fetches_and_lock_nobody_out(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    for number in range(20):
        answer = platform.launch(client, header={"kid": f"unknown-{number}"})
        assert answer.status_code in (401, 502)
    assert len(platform.network.calls(platform.jwks_uri)) <= 10
    assert platform.launch(client).status_code == 303  # a known key needs no fetch
    with app.app_context():  # ten seconds later
        tries = db.session.scalars(db.select(Platform.key_set_refetches)).one()
        earlier = [
            (datetime.fromisoformat(instant) - timedelta(seconds=10)).isoformat()
            for instant in tries
        ]
        db.session.execute(update(Platform).values(key_set_refetches=earlier))
        db.session.commit()
    platform.keys = {"key-2": rsa_key("key-2")}
    platform.publish()
    assert platform.launch(client).status_code == 303


def test_r11_keys_at_an_address_that_became_private(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    with app.app_context():
        db.session.execute(update(Platform).values(jwks_uri="https://127.0.0.1:1/jwks"))
        db.session.commit()
    session: requests.Session = app.extensions["http_session"]
    fresh = type(session)(app.config["SETTINGS"], (1, 1), 1000)
    app.extensions["http_session"] = fresh
    begun = platform.login(client)
    assert platform.launch(client, begun=begun).status_code == 502


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"kty": "oct"},
        {"use": "enc"},
        {"alg": "RS512"},
        {"kid": None},
        {"kid": 1},
        {"n": 5},
        {"n": "!"},
        {"n": "AQAB"},
        {"e": ""},
    ],
    ids=str,
)
@ON_ONE_DATABASE
def test_keys_that_are_none_of_ours_are_passed_over(
    client: FlaskClient, platform: FakePlatform, change: dict[str, object]
) -> None:
    good = jwk(rsa_key("key-1"), "key-1")
    platform.publish(json_answer({"keys": [{**good, **change}, "text", None]}))
    assert platform.launch(client).status_code in (401, 502)
    minimal = {name: good[name] for name in ("kty", "kid", "n", "e")}
    platform.publish(json_answer({"keys": [{**good, **change}, minimal]}))
    if change.get("kid", "key-1") == "key-1":
        assert platform.launch(client).status_code == 303


def _age(app: Flask, age: timedelta) -> None:
    with app.app_context():
        then = datetime.now(UTC) - age
        db.session.execute(update(Platform).values(key_set_fetched_at=then))
        db.session.commit()
