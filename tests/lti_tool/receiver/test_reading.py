"""GET: single statements, filters, pages, voiding."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from lti_tool.receiver.filters import PAGE_SIZE
from tests.lti_tool.receiver.conftest import Sender
from tests.peers.statements import HOME, a_statement
from xapi.conformance import VOIDED, equivalent

SOMEBODY = {"mbox": "mailto:somebody@example.org"}


def voiding(statement: dict[str, Any]) -> dict[str, Any]:
    return about_statement(statement, verb=VOIDED)


def about_statement(
    statement: dict[str, Any], verb: str = "https://example.org/ok"
) -> dict[str, Any]:
    return a_statement(
        actor=SOMEBODY,
        verb={"id": verb},
        object={"objectType": "StatementRef", "id": statement["id"]},
        context={},
    )


def test_a_statement_by_its_id(send: Sender) -> None:
    statement = a_statement()
    send.post(statement)

    answer = send.get(statementId=statement["id"].upper())

    assert answer.status_code == 200
    assert equivalent(answer.json, statement)
    assert answer.mimetype == "application/json"
    assert answer.headers["Last-Modified"]


def test_the_head_of_an_answer(send: Sender) -> None:
    send.post(a_statement())

    answer = send("HEAD")

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"


@pytest.mark.parametrize("name", ["statementId", "voidedStatementId"])
def test_an_unknown_id_is_404(send: Sender, name: str) -> None:
    answer = send.get(**{name: str(uuid.uuid4())})

    assert answer.status_code == 404
    assert answer.json["error"]


def test_a_voided_statement_is_only_shown_as_such(send: Sender) -> None:
    statement = a_statement()
    void = voiding(statement)
    send.post([statement, void])

    assert send.get(statementId=statement["id"]).status_code == 404
    assert equivalent(send.get(voidedStatementId=statement["id"]).json, statement)
    assert send.get(voidedStatementId=void["id"]).status_code == 404
    assert send.ids() == [void["id"]]


def test_a_voiding_that_came_first_voids_what_comes_later(send: Sender) -> None:
    statement = a_statement()
    send.post(voiding(statement))
    send.post(statement)

    assert send.get(statementId=statement["id"]).status_code == 404
    assert send.get(voidedStatementId=statement["id"]).status_code == 200


def test_a_voiding_statement_cannot_be_voided(send: Sender) -> None:
    statement = a_statement()
    void = voiding(statement)
    send.post([statement, void, voiding(void)])

    assert send.get(statementId=void["id"]).status_code == 200
    assert send.get(voidedStatementId=statement["id"]).status_code == 200


def test_a_voided_statement_is_still_taken(send: Sender) -> None:
    statement = a_statement()
    send.post([statement, voiding(statement)])

    assert send.post(statement).status_code == 409


def test_newest_first_or_oldest_first(send: Sender) -> None:
    first, second, third = (a_statement() for _ in range(3))
    send.post([first, second])
    send.post(third)
    in_order = [first["id"], second["id"], third["id"]]

    assert send.ids(ascending="true") == in_order
    assert send.ids() == in_order[::-1]


@pytest.mark.parametrize("ascending", ["true", "false"])
def test_pages_hold_every_statement_once(send: Sender, ascending: str) -> None:
    batch = [a_statement() for _ in range(7)]
    send.post(batch)

    first = send.get(limit=3, ascending=ascending).json
    found = send.ids(limit=3, ascending=ascending, verb=batch[0]["verb"]["id"])

    assert len(first["statements"]) == 3
    assert first["more"].startswith("/xapi/statements?")
    expected = [statement["id"] for statement in batch]
    assert found == (expected if ascending == "true" else expected[::-1])


def test_what_arrives_between_two_pages_does_not_move_them(send: Sender) -> None:
    batch = [a_statement() for _ in range(4)]
    send.post(batch)
    first = send.get(limit=2).json
    send.post(a_statement())

    second = send.get(limit=2, after=first["more"].rpartition("after=")[2]).json

    assert [s["id"] for s in first["statements"]] == [batch[3]["id"], batch[2]["id"]]
    assert [s["id"] for s in second["statements"]] == [batch[1]["id"], batch[0]["id"]]
    assert second["more"] == ""


@pytest.mark.parametrize("limit", ["0", "1000000", None])
def test_a_page_has_a_greatest_size(send: Sender, limit: str | None) -> None:
    for _ in range(3):
        send.post([{"actor": SOMEBODY, "verb": {"id": "a:b"}, "object": {"id": "a:b"}}] * 40)

    answer = send.get(**({"limit": limit} if limit else {}))

    assert len(answer.json["statements"]) == PAGE_SIZE
    assert len(send.ids()) == 120


def test_nothing_found_is_an_empty_result(send: Sender) -> None:
    assert send.get(verb="https://example.org/none").json == {"statements": [], "more": ""}


def test_filters(send: Sender) -> None:
    plain = a_statement()
    person = a_statement(person="p-2")
    verb = a_statement(verb={"id": "https://example.org/verbs/other"})
    activity = a_statement(object={"id": f"{HOME}/workflow/w-10"})
    registration = a_statement(context={"registration": str(uuid.uuid4())})
    send.post([plain, person, verb, activity, registration])

    assert send.ids(agent=json.dumps(person["actor"])) == [person["id"]]
    assert send.ids(verb=verb["verb"]["id"]) == [verb["id"]]
    assert send.ids(activity=activity["object"]["id"]) == [activity["id"]]
    assert send.ids(registration=registration["context"]["registration"].upper()) == [
        registration["id"]
    ]
    assert send.ids(verb=verb["verb"]["id"], activity=activity["object"]["id"]) == []


def test_an_agent_is_found_as_actor_object_and_member(send: Sender) -> None:
    as_object = a_statement(object={"objectType": "Agent", **SOMEBODY}, context={})
    as_member = a_statement(actor={"objectType": "Group", "member": [SOMEBODY]})
    as_instructor = a_statement(context={"instructor": SOMEBODY})
    send.post([as_object, as_member, as_instructor])
    same = json.dumps({"name": "Other name", "mbox": "mailto:somebody@EXAMPLE.org"})

    assert set(send.ids(agent=same)) == {as_object["id"], as_member["id"]}
    assert as_instructor["id"] in send.ids(agent=same, related_agents="true")


def test_an_activity_is_found_in_context_if_asked(send: Sender) -> None:
    statement = a_statement()
    inner = {
        "objectType": "SubStatement",
        "actor": SOMEBODY,
        "verb": {"id": "https://example.org/plan"},
        "object": {"id": f"{HOME}/planned"},
    }
    planned = a_statement(object=inner, context={})
    send.post([statement, planned])
    [group] = statement["context"]["contextActivities"]["grouping"]

    assert send.ids(activity=group["id"]) == []
    assert send.ids(activity=group["id"], related_activities="true") == [statement["id"]]
    assert send.ids(activity=f"{HOME}/planned") == []
    assert send.ids(activity=f"{HOME}/planned", related_activities="true") == [planned["id"]]


def test_what_refers_to_a_match_is_found_too(send: Sender) -> None:
    """Filter Conditions for StatementRefs, also over two steps and over a voided statement."""
    statement = a_statement(person="p-2")
    comment = about_statement(statement)
    reply = about_statement(comment)
    agent = json.dumps(statement["actor"])
    send.post([statement, comment, reply, a_statement()])

    assert set(send.ids(agent=agent)) == {statement["id"], comment["id"], reply["id"]}

    void = voiding(statement)
    send.post(void)

    assert set(send.ids(agent=agent)) == {comment["id"], reply["id"], void["id"]}


def test_since_is_exclusive_and_until_inclusive(send: Sender) -> None:
    first, second = a_statement(), a_statement()
    send.post(first)
    send.post(second)
    stored = send.get(statementId=first["id"]).json["stored"]

    assert send.ids(since=stored) == [second["id"]]
    assert send.ids(until=stored) == [first["id"]]


def test_consistent_through_is_an_instant_of_now_on_every_answer(send: Sender) -> None:
    before = datetime.now(UTC).replace(microsecond=0)

    for answer in (send.get(), send.get(verb="no IRI"), send.post(b"{"), send.get(auth=None)):
        value = answer.headers["X-Experience-API-Consistent-Through"]
        assert before <= datetime.fromisoformat(value) <= datetime.now(UTC)


BAD_PARAMETERS = [
    ({"Verb": "https://example.org/v"}, "'Verb' is not known"),
    ({"unknown": "1"}, "'unknown' is not known"),
    ({"verb": "used"}, "verb: 'used' is not an IRI"),
    ({"activity": "w 9"}, "activity: "),
    ({"registration": "r-1"}, "registration: "),
    ({"agent": "somebody"}, "agent: not valid JSON"),
    ({"agent": "[" * 500 + "]" * 500}, "agent: nested deeper"),
    ({"agent": "{}"}, "agent: $: an Agent has exactly one"),
    ({"agent": '{"objectType": "Group", "member": [{"mbox": "mailto:a@b.example"}]}'}, "anonymous"),
    ({"since": "yesterday"}, "since: "),
    ({"until": "2026-13-01T00:00:00Z"}, "until: "),
    ({"limit": "-1"}, "limit: "),
    ({"limit": "many"}, "limit: "),
    ({"limit": "٣"}, "limit: "),
    ({"after": "x"}, "after: "),
    ({"ascending": "True"}, "ascending: "),
    ({"related_agents": "yes"}, "related_agents: "),
    ({"format": "ids"}, "format: only 'exact'"),
    ({"attachments": "true"}, "attachments: none are kept"),
    ({"statementId": "1"}, "statementId: '1' is not a UUID"),
    ({"statementId": str(uuid.uuid4()), "voidedStatementId": str(uuid.uuid4())}, "stands alone"),
    ({"statementId": str(uuid.uuid4()), "verb": "https://example.org/v"}, "stands alone"),
    ({"verb": ["https://example.org/a", "https://example.org/b"]}, "more than once"),
]


@pytest.mark.parametrize(("parameters", "reason"), BAD_PARAMETERS)
def test_a_wrong_parameter_is_named(send: Sender, parameters: dict[str, Any], reason: str) -> None:
    answer = send.get(**parameters)

    assert answer.status_code == 400
    assert reason in answer.json["error"]


def test_exact_without_attachments_may_be_asked_for(send: Sender) -> None:
    statement = a_statement()
    send.post(statement)
    options = {"format": "exact", "attachments": "false"}

    assert send.ids(**options) == [statement["id"]]
    assert send.get(statementId=statement["id"], **options).status_code == 200


def test_about_needs_neither_credentials_nor_version(send: Sender) -> None:
    answer = send("GET", "about", version=None, auth=None)

    assert answer.status_code == 200
    assert answer.json == {"version": ["1.0.3", "2.0.0"]}
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
