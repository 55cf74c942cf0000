"""Statements exported to Ralph, an LRS that others wrote, and asked for again over HTTP."""

import json
import uuid
from typing import Any

import pytest

from tests.peers.ralph import Ralph
from tests.peers.statements import a_statement
from xapi.conformance import equivalent
from xapi.lrs import LrsClient, LrsError

pytestmark = pytest.mark.servers


@pytest.fixture
def client(ralph: Ralph) -> LrsClient:
    return LrsClient(ralph.endpoint, (ralph.username, ralph.password))


def frozen(*statements: dict[str, Any]) -> list[str]:
    return [json.dumps(statement) for statement in statements]


def stored(outcomes: list[Any]) -> list[tuple[str, bool]]:
    return [(outcome.statement_id, outcome.stored) for outcome in outcomes]


def test_a_batch_arrives_and_can_be_asked_for(client: LrsClient) -> None:
    person = f"p-{uuid.uuid4().hex[:8]}"
    batch = [a_statement(person=person) for _ in range(5)]

    outcomes = client.deliver(frozen(*batch))

    assert stored(outcomes) == [(statement["id"], True) for statement in batch]
    for statement in batch:
        assert equivalent(client.get(statement["id"]), statement)
    found = client.query(agent=batch[0]["actor"])
    assert {statement["id"] for statement in found} == {statement["id"] for statement in batch}


def test_known_and_new_in_one_batch_are_all_stored_once(client: LrsClient) -> None:
    person = f"p-{uuid.uuid4().hex[:8]}"
    batch = [a_statement(person=person) for _ in range(4)]
    client.deliver(frozen(*batch[:2]))

    outcomes = client.deliver(frozen(*batch))

    assert stored(outcomes) == [(statement["id"], True) for statement in batch]
    assert len(client.query(agent=batch[0]["actor"])) == 4


def test_a_batch_of_known_statements_is_stored_already(client: LrsClient) -> None:
    batch = frozen(a_statement(), a_statement())
    client.deliver(batch)

    assert all(outcome.stored for outcome in client.deliver(batch))


def test_another_statement_under_a_known_id_is_refused_with_both(client: LrsClient) -> None:
    first, new = a_statement(), a_statement()
    client.deliver(frozen(first))
    other = {**first, "verb": {"id": "https://example.org/verbs/other"}}

    conflict, fine = client.deliver(frozen(other, new))

    assert not conflict.stored and "another statement" in (conflict.reason or "")
    assert equivalent(json.loads(conflict.existing or "{}"), first)
    assert fine.stored and equivalent(client.get(new["id"]), new)


def test_a_statement_that_ralph_refuses_does_not_hold_up_the_others(client: LrsClient) -> None:
    good = [a_statement() for _ in range(6)]
    bad = a_statement()
    del bad["actor"]["account"]

    outcomes = client.deliver(frozen(*good[:2], bad, *good[2:]))

    assert [outcome.stored for outcome in outcomes] == [True, True, False, True, True, True, True]
    assert all(client.get(statement["id"]) for statement in good)


def test_wrong_credentials_are_a_permanent_error(ralph: Ralph) -> None:
    client = LrsClient(ralph.endpoint, (ralph.username, "wrong"))

    with pytest.raises(LrsError) as caught:
        client.deliver(frozen(a_statement()))

    assert caught.value.permanent and caught.value.status == 401


def test_an_unknown_statement_is_none(client: LrsClient) -> None:
    assert client.get(str(uuid.uuid4())) is None


def test_pages_are_followed_to_the_end(client: LrsClient) -> None:
    person = f"p-{uuid.uuid4().hex[:8]}"
    batch = [a_statement(person=person) for _ in range(5)]
    client.deliver(frozen(*batch))

    found = client.query(agent=batch[0]["actor"], limit=2)

    assert sorted(s["id"] for s in found) == sorted(s["id"] for s in batch)
