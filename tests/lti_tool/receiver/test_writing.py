"""POST and PUT: what is stored, and what is refused."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from config.database import make_engine
from lti_tool.receiver import StatementConflict, StatementStore
from tests.lti_tool.receiver.conftest import MAX_BODY_BYTES, Sender
from tests.peers.statements import HOME, a_statement
from xapi.conformance import equivalent, is_uuid, problems


def test_a_batch_is_answered_with_its_ids_in_order(send: Sender) -> None:
    batch = [a_statement() for _ in range(3)]

    answer = send.post(batch)

    assert answer.status_code == 200
    assert answer.json == [statement["id"] for statement in batch]


def test_an_empty_batch_stores_nothing(send: Sender) -> None:
    assert send.post([]).json == []


def test_the_receiver_adds_what_is_its_to_add(send: Sender) -> None:
    statement = a_statement(authority={"mbox": "mailto:boss@example.org"})
    statement["stored"] = "2001-01-01T00:00:00Z"
    for name in ("id", "timestamp"):
        del statement[name]
    statement["context"]["contextActivities"]["parent"] = {"id": f"{HOME}/programme/1"}

    [statement_id] = send.post(statement).json
    stored = send.get(statementId=statement_id).json

    assert is_uuid(statement_id) and problems(stored) == []
    assert stored["authority"] == {
        "objectType": "Agent",
        "account": {"homePage": "https://lrs.example.org", "name": "exporter"},
    }
    assert stored["stored"] == stored["timestamp"] > "2026"
    assert stored["version"] == "1.0.0"
    assert stored["context"]["contextActivities"]["parent"] == [{"id": f"{HOME}/programme/1"}]
    assert equivalent({**stored, "id": statement_id}, {**statement, "id": statement_id})


def test_a_statement_keeps_its_version_or_gets_that_of_the_request(send: Sender) -> None:
    old, new = a_statement(version="1.0.2"), a_statement()

    send.post([old, new], version="2.0.0")

    assert send.get(statementId=old["id"]).json["version"] == "1.0.2"
    assert send.get(statementId=new["id"]).json["version"] == "2.0.0"


def test_odd_but_valid_text_comes_back_as_it_was(send: Sender) -> None:
    text = "\0 \U0001f600 </script> ' \" \\ \u202e"
    statement = a_statement(result={"response": text})
    statement["actor"]["account"]["name"] = text
    statement["object"]["id"] = "https://example.org/" + "x" * 5000

    assert send.post(statement).status_code == 200
    stored = send.get(statementId=statement["id"]).json
    assert stored["result"]["response"] == stored["actor"]["account"]["name"] == text
    assert send.ids(activity=statement["object"]["id"]) == [statement["id"]]


def test_put_stores_one_statement_under_its_id(send: Sender) -> None:
    statement = a_statement()
    statement_id = statement.pop("id")

    answer = send("PUT", body=statement, statementId=statement_id)

    assert (answer.status_code, answer.data) == (204, b"")
    assert equivalent(send.get(statementId=statement_id).json, {**statement, "id": statement_id})


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({}, "needs the parameter statementId"),
        ({"statementId": "7"}, "is not a UUID"),
        ({"statementId": str(uuid.uuid4())}, "differ"),
        ({"statementid": str(uuid.uuid4())}, "is not known here"),
    ],
)
def test_put_needs_the_right_id(send: Sender, parameters: dict[str, str], reason: str) -> None:
    answer = send("PUT", body=a_statement(), **parameters)

    assert answer.status_code == 400
    assert reason in answer.json["error"]


def test_put_takes_no_array(send: Sender) -> None:
    statement = a_statement()

    assert send("PUT", body=[statement], statementId=statement["id"]).status_code == 400


def test_post_takes_no_parameters(send: Sender) -> None:
    statement = a_statement()

    assert send.post(statement, statementId=statement["id"]).status_code == 400
    assert send.ids() == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"null", b"7", b"[[]]", b"[" * 5000])
def test_what_is_no_statement_is_refused(send: Sender, body: bytes) -> None:
    answer = send.post(body)

    assert answer.status_code == 400
    assert answer.json["error"]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/json; charset=latin-1",
        "multipart/mixed; boundary=x",
        "application/x-www-form-urlencoded",
    ],
)
def test_another_content_type_is_refused(send: Sender, content_type: str | None) -> None:
    answer = send.post(a_statement(), content_type=content_type)

    assert answer.status_code == 400
    assert "send application/json" in answer.json["error"]


def test_a_body_above_the_limit_is_refused(send: Sender) -> None:
    large = a_statement(result={"response": "x" * MAX_BODY_BYTES})

    answer = send.post(large)

    assert answer.status_code == 413
    assert str(MAX_BODY_BYTES) in answer.json["error"]


def test_an_attachment_without_its_data_is_refused(send: Sender) -> None:
    attachment = {
        "usageType": "https://example.org/usage/certificate",
        "display": {"en": "Certificate"},
        "contentType": "text/plain",
        "length": 27,
        "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
    }

    answer = send.post(a_statement(attachments=[attachment]))
    elsewhere = a_statement(attachments=[{**attachment, "fileUrl": "https://example.org/f"}])

    assert answer.status_code == 400
    assert "fileUrl" in answer.json["error"]
    assert send.post(elsewhere).status_code == 200


def test_only_some_problems_are_listed(send: Sender) -> None:
    answer = send.post({f"p{index}": 1 for index in range(20)})

    assert answer.json["error"].endswith("; and 18 more.")


@pytest.mark.parametrize(
    "auth", [None, ("exporter", "wrong"), ("other", "secret"), ("", ""), ("exporter", "sécret")]
)
def test_credentials_are_needed(send: Sender, auth: tuple[str, str] | None) -> None:
    for answer in (send.post(a_statement(), auth=auth), send.get(auth=auth)):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")
        assert answer.json["error"]
    assert send.ids() == []


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Bearer abc", "Basic Zm9v"])
def test_other_authorization_headers_are_refused(send: Sender, header: str) -> None:
    answer = send.get(auth=None, headers={"Authorization": header})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "resource", "code"),
    [
        ("DELETE", "statements", 405),
        ("PATCH", "statements", 405),
        ("POST", "about", 405),
        ("GET", "activities/state", 404),
        ("PUT", "agents/profile", 404),
    ],
)
def test_what_is_not_offered_says_so_in_json(
    send: Sender, method: str, resource: str, code: int
) -> None:
    answer = send(method, resource)

    assert answer.status_code == code
    assert answer.json["error"]
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"


def test_of_two_requests_with_one_id_one_is_stored(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'race.db'}")
    store = StatementStore(engine)
    store.create_tables()
    contested = a_statement()
    authority = {"mbox": "mailto:a@example.org"}

    def add(index: int) -> bool:
        batch = [a_statement(), {**contested, "result": {"response": str(index)}}]
        try:
            store.add(batch, authority, "1.0.0")
        except StatementConflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        stored = list(pool.map(add, range(6)))

    assert stored.count(True) == 1
    assert store.count() == 2
    engine.dispose()


def test_a_lost_database_is_503_and_nothing_more(app: Flask, send: Sender, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'received.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE received_mention")
        connection.exec_driver_sql("DROP TABLE received_statement")
    engine.dispose()

    for answer in (send.post(a_statement()), send.get()):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert answer.json == {"error": "The store cannot be reached; nothing was stored."}
