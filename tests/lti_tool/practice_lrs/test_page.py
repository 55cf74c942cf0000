"""The practice LRS as an application: its page, its health, its endpoint."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from lti_tool.practice_lrs import PracticeLrsSettings, create_practice_lrs
from lti_tool.practice_lrs.sentences import Sentence, sentence
from tests.peers.statements import a_statement

URL = "http://127.0.0.1:8002"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[FlaskClient]:
    settings = PracticeLrsSettings(url=URL, database=tmp_path / "folder" / "lrs.db")
    app = create_practice_lrs(settings)
    yield app.test_client()
    app.extensions["engine"].dispose()


def arrive(page: FlaskClient, *statements: dict[str, Any]) -> None:
    answer = page.post(
        "/xapi/statements",
        json=list(statements),
        auth=("practice", "practice"),
        headers={"X-Experience-API-Version": "1.0.3"},
    )
    assert answer.status_code == 200, answer.text


def words(text: str) -> str:
    return " ".join(text.split())


def test_before_anything_has_arrived_the_page_says_what_to_do(page: FlaskClient) -> None:
    answer = page.get("/")

    assert answer.status_code == 200
    assert "Nothing has arrived yet" in answer.text
    assert f"LRS_ENDPOINT={URL}/xapi" in answer.text
    assert "<form" not in answer.text


def test_a_statement_is_shown_as_a_sentence_with_its_json(page: FlaskClient) -> None:
    arrive(page, a_statement())

    text = page.get("/").text

    assert "1 statement has arrived" in text
    for part in ("p-8c1f5a2e", "used", "Invoice triage"):
        assert f"<bdi>{part}</bdi>" in text
    assert "&#34;registration&#34;: &#34;3f0c4f0e" in text


def test_newest_first_and_older_ones_on_the_next_page(page: FlaskClient) -> None:
    arrive(page, *[a_statement(person=f"p-{number:02}") for number in range(25)])

    first = page.get("/").text
    older = page.get("/?after=6").text

    assert "25 statements have arrived" in first
    assert first.index("<bdi>p-24</bdi>") < first.index("<bdi>p-05</bdi>")
    assert "<bdi>p-04</bdi>" not in first
    assert 'rel="next" href="?after=6"' in first
    assert "<bdi>p-04</bdi>" in older and "<bdi>p-05</bdi>" not in older
    assert 'rel="next"' not in older and "Newest" in older


def test_filters_by_verb_and_by_actor(page: FlaskClient) -> None:
    shared = a_statement(person="p-2", verb={"id": "https://example.org/verbs/shared"})
    arrive(page, a_statement(), shared)
    text = page.get("/").text
    key = text.split('">p-2</option>')[0].rpartition('value="')[2]

    by_verb = page.get("/", query_string={"verb": shared["verb"]["id"]}).text
    by_actor = page.get("/", query_string={"actor": key, "verb": ""}).text

    for found in (by_verb, by_actor):
        assert "1 of 2 statements" in found
        assert "<bdi>p-2</bdi>" in found and "<bdi>p-8c1f5a2e</bdi>" not in found
    assert f'value="{shared["verb"]["id"]}" selected' in by_verb


def test_a_filter_that_finds_nothing_offers_everything(page: FlaskClient) -> None:
    arrive(page, a_statement())

    text = page.get("/?verb=https://example.org/none").text

    assert "0 of 1 statement<" in text and "No statement fits" in text


def test_what_arrives_is_escaped(page: FlaskClient) -> None:
    attack = '"><script>alert(1)</script>'
    hostile = a_statement(verb={"id": "https://example.org/v", "display": {"en": attack}})
    hostile["actor"]["name"] = attack
    hostile["object"]["definition"]["name"] = {"en": attack}
    arrive(page, hostile)

    answer = page.get("/")

    assert "<script" not in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_address_that_is_not_of_the_page(page: FlaskClient) -> None:
    assert page.get("/?after=x").status_code == 400


def test_a_reference_leads_to_the_statement(page: FlaskClient) -> None:
    work = a_statement()
    approval = a_statement(
        person="p-coach",
        verb={"id": "https://example.org/verbs/approve"},
        object={"objectType": "StatementRef", "id": work["id"]},
        context={},
    )
    arrive(page, work, approval)

    assert f'href="/statements/{work["id"]}"' in page.get("/").text
    one = page.get(f"/statements/{work['id']}").text
    assert "<bdi>Invoice triage</bdi>" in one and "<bdi>p-coach</bdi>" not in one


def test_a_voided_statement_is_shown_as_such_on_its_own_page(page: FlaskClient) -> None:
    work = a_statement()
    voiding = a_statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": work["id"]},
        context={},
    )
    arrive(page, work, voiding)

    assert "<bdi>Invoice triage</bdi>" not in page.get("/").text
    one = page.get(f"/statements/{work['id']}").text
    assert "<bdi>Invoice triage</bdi>" in one and "has been voided" in one


def test_a_reference_to_what_never_arrived(page: FlaskClient) -> None:
    answer = page.get("/statements/8f87ccde-bb56-4c2e-ab83-44982ef22df0")

    assert answer.status_code == 404
    assert "has not arrived" in answer.text


def test_a_group_without_an_identifier_has_no_filter(page: FlaskClient) -> None:
    member = {"mbox": "mailto:person@example.org"}
    arrive(page, a_statement(actor={"objectType": "Group", "name": "All", "member": [member]}))

    text = page.get("/").text

    assert "<bdi>All</bdi>" in text and "?actor=" not in text


def test_other_host_names_are_refused(page: FlaskClient) -> None:
    assert page.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert page.get("/", headers={"Host": "localhost:8002"}).status_code == 200


def test_health(page: FlaskClient) -> None:
    assert page.get("/healthz").json == {"status": "ok"}


def test_the_endpoint_wants_the_credentials_of_the_settings(tmp_path: Path) -> None:
    settings = PracticeLrsSettings(
        url=URL, database=tmp_path / "lrs.db", username="u", password="p"
    )
    app = create_practice_lrs(settings)
    client = app.test_client()
    version = {"X-Experience-API-Version": "1.0.3"}

    assert client.get("/xapi/statements", auth=("u", "p"), headers=version).status_code == 200
    assert client.get("/xapi/statements", auth=("u", "x"), headers=version).status_code == 401
    app.extensions["engine"].dispose()


AGENT = {"objectType": "Agent", "mbox": "mailto:person@example.org"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Sentence("p-8c1f5a2e", "used", "Invoice triage")),
        ({"actor": {**AGENT, "name": "Zoë"}}, Sentence("Zoë", "used", "Invoice triage")),
        ({"object": AGENT}, Sentence("p-8c1f5a2e", "used", "person@example.org")),
        (
            {"actor": {"objectType": "Group", "member": [AGENT, {**AGENT, "name": "B"}]}},
            Sentence("person@example.org, B", "used", "Invoice triage"),
        ),
        (
            {"verb": {"id": "https://example.org/verbs/sign-ed/", "display": {}}},
            Sentence("p-8c1f5a2e", "sign-ed", "Invoice triage"),
        ),
        (
            {"verb": {"id": "a:b", "display": {"de": "nutzte", "en-GB": "used it"}}},
            Sentence("p-8c1f5a2e", "used it", "Invoice triage"),
        ),
        (
            {"object": {"id": "https://example.org/w/9"}},
            Sentence("p-8c1f5a2e", "used", "https://example.org/w/9"),
        ),
        (
            {
                "object": {
                    "objectType": "SubStatement",
                    "actor": AGENT,
                    "verb": {"id": "https://example.org/ship"},
                    "object": {"id": "a:b"},
                }
            },
            Sentence("p-8c1f5a2e", "used", "person@example.org ship a:b"),
        ),
    ],
)
def test_sentences(changes: dict[str, Any], expected: Sentence) -> None:
    assert sentence(a_statement(**changes)) == expected
