"""Every row of the table "How strict" that is about a request, answered as ADL's store answers."""

from typing import Any

import pytest

from tests.lti_tool.receiver.conftest import Sender
from tests.peers.statements import a_statement
from tests.xapi.test_conformance import ROWS


@pytest.mark.parametrize("name", ROWS)
def test_a_statement_of_the_table(send: Sender, name: str) -> None:
    statement, accepted = ROWS[name]

    answer = send.post(statement)

    assert answer.status_code == (200 if accepted else 400), answer.text
    if accepted:
        assert answer.json == [statement["id"]]
    else:
        assert "xAPI-Data" in answer.json["error"]
        assert send.ids() == []


@pytest.mark.parametrize(
    "version", [None, "", "0.9", "0.95", "1.1.0", "3.0.0", "2.1", "x", "1.0.3 "]
)
def test_header_missing_or_not_offered(send: Sender, version: str | None) -> None:
    for answer in (send.post(a_statement(), version=version), send.get(version=version)):
        if version == "1.0.3 ":
            assert answer.status_code == 200
        else:
            assert answer.status_code == 400
            assert answer.json["error"].startswith("X-Experience-API-Version: ")
        assert answer.headers["X-Experience-API-Version"] == "1.0.3"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("1.0", "1.0.3"),
        ("1.0.0", "1.0.3"),
        ("1.0.9", "1.0.3"),
        ("2.0", "2.0.0"),
        ("2.0.1", "2.0.0"),
    ],
)
def test_header_offered(send: Sender, asked: str, answered: str) -> None:
    answer = send.post(a_statement(), version=asked)

    assert answer.status_code == 200
    assert answer.headers["X-Experience-API-Version"] == answered


def test_resend_identical_single(send: Sender) -> None:
    statement = a_statement()
    send.post(statement)

    posted = send.post(statement)
    put = send("PUT", body=statement, statementId=statement["id"])

    assert (posted.status_code, put.status_code) == (409, 409)
    assert statement["id"] in posted.json["error"]
    assert send.ids() == [statement["id"]]


def test_batch_of_known_and_new(send: Sender) -> None:
    known, new = a_statement(), a_statement()
    send.post(known)

    answer = send.post([new, known])

    assert answer.status_code == 409
    assert send.get(statementId=new["id"]).status_code == 404
    assert send.ids() == [known["id"]]


def test_same_id_twice_inside_one_batch(send: Sender) -> None:
    statement = a_statement()
    same = {**statement, "id": statement["id"].upper()}

    answer = send.post([statement, same])

    assert answer.status_code == 400
    assert "occurs twice" in answer.json["error"]
    assert send.ids() == []


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999"])
def test_nan_in_a_score(send: Sender, number: bytes) -> None:
    answer = send.post(b'{"result": {"score": {"raw": ' + number + b"}}}")

    assert answer.status_code == 400
    assert number.decode() in answer.json["error"]


def test_one_invalid_statement_refuses_the_whole_batch(send: Sender) -> None:
    bad: dict[str, Any] = a_statement(timestamp="yesterday")

    answer = send.post([a_statement(), bad, a_statement()])

    assert answer.status_code == 400
    assert answer.json["error"].startswith("Statement 2 of the array: $.timestamp: ")
    assert send.ids() == []
