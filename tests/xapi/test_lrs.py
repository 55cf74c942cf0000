"""The client of a record store, against the strict receiver and against stores that misbehave."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, Response, jsonify, request

from config.database import make_engine
from lti_tool.receiver import StatementStore, single_account, statement_receiver
from tests.peers.in_process import session_to
from tests.peers.statements import a_statement
from xapi.conformance import equivalent
from xapi.lrs import LrsClient, LrsError, Outcome

ENDPOINT = "http://lrs.test/xapi"
Handler = Callable[[], Any]


def frozen(*statements: dict[str, Any]) -> list[str]:
    return [json.dumps(statement) for statement in statements]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StatementStore]:
    engine = make_engine(f"sqlite:///{tmp_path / 'lrs.db'}")
    store = StatementStore(engine)
    store.create_tables()
    yield store
    engine.dispose()


@pytest.fixture
def strict(store: StatementStore) -> Flask:
    """The receiver, as strict as the strictest store known."""
    app = Flask("strict")
    authenticate = single_account("user", "p:äss wörd", "http://lrs.test")
    app.register_blueprint(
        statement_receiver(store, authenticate, max_body_bytes=4000), url_prefix="/xapi"
    )
    return app


@pytest.fixture
def client(strict: Flask) -> LrsClient:
    return LrsClient(ENDPOINT, ("user", "p:äss wörd"), session_to(strict))


def scripted(*handlers: Handler) -> tuple[LrsClient, list[Any]]:
    """A client of a store that answers its requests by the handlers, in turn, and their log."""
    app, seen, turns = Flask("scripted"), [], iter(handlers)

    @app.route("/xapi/<path:resource>", methods=["GET", "POST"])
    def answer(resource: str) -> Any:
        seen.append((request.method, resource, request.get_data(), dict(request.headers)))
        return next(turns)()

    return LrsClient(ENDPOINT, ("user", "secret"), session_to(app)), seen


def status(code: int, text: str = "", **headers: str) -> Handler:
    return lambda: Response(text, code, {k.replace("_", "-"): v for k, v in headers.items()})


def outcomes(client: LrsClient, texts: list[str]) -> list[bool]:
    return [outcome.stored for outcome in client.deliver(texts)]


def test_statements_are_sent_byte_for_byte() -> None:
    text = '{ "id": "8F87ccde-bb56-4c2e-ab83-44982ef22df0",  "score": 1.50, "name": "Zoë \\u00eb"}'
    client, seen = scripted(lambda: jsonify(["8f87ccde-bb56-4c2e-ab83-44982ef22df0"]))

    client.send([text, text])

    method, resource, body, headers = seen[0]
    assert (method, resource) == ("POST", "statements")
    assert body == f"[{text},{text}]".encode()
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Experience-Api-Version"] == "1.0.3"


def test_credentials_are_sent_as_utf8() -> None:
    app = Flask("echo")
    app.add_url_rule("/xapi/about", "about", lambda: dict(request.headers))
    pair = LrsClient(ENDPOINT, ("user", "pässwörd"), session_to(app)).about()
    finished = LrsClient(ENDPOINT, "Bearer abc", session_to(app), version="2.0.0").about()

    encoded = pair["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(encoded).decode() == "user:pässwörd"
    assert finished["Authorization"] == "Bearer abc"
    assert finished["X-Experience-Api-Version"] == "2.0.0"


def test_a_new_batch_is_stored(client: LrsClient) -> None:
    batch = [a_statement() for _ in range(3)]

    delivered = client.deliver(frozen(*batch))

    assert delivered == [Outcome(statement["id"], stored=True) for statement in batch]
    assert all(equivalent(client.get(statement["id"]), statement) for statement in batch)


def test_nothing_to_deliver_asks_nobody() -> None:
    client, seen = scripted()

    assert client.deliver([]) == []
    assert seen == []


def test_known_and_new_in_one_batch_are_all_stored_once(
    client: LrsClient, store: StatementStore
) -> None:
    known = [a_statement() for _ in range(3)]
    new = [a_statement() for _ in range(3)]
    client.deliver(frozen(*known))

    assert outcomes(client, frozen(new[0], *known, *new[1:])) == [True] * 6
    assert store.count() == 6


def test_sending_everything_again_changes_nothing(client: LrsClient, store: StatementStore) -> None:
    batch = frozen(*[a_statement() for _ in range(4)])

    assert outcomes(client, batch) == outcomes(client, batch) == [True] * 4
    assert store.count() == 4


def test_a_conflict_is_refused_with_both(client: LrsClient) -> None:
    first = a_statement()
    client.deliver(frozen(first))
    other = {**first, "result": {"response": "Changed afterwards."}}

    [outcome] = client.deliver(frozen(other))

    assert not outcome.stored
    assert outcome.reason == "The record store at lrs.test holds another statement under this id."
    assert equivalent(json.loads(outcome.existing or ""), first)


def test_our_own_statement_that_was_voided_meanwhile_is_stored(client: LrsClient) -> None:
    ours = a_statement()
    voiding = a_statement(
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": ours["id"]},
        context={},
    )
    client.deliver(frozen(ours, voiding))

    assert client.get(ours["id"]) is None
    assert outcomes(client, frozen(ours, voiding)) == [True, True]


@pytest.mark.parametrize("position", [0, 3, 6])
def test_one_poison_statement_is_found_and_the_others_are_stored(
    client: LrsClient, store: StatementStore, position: int
) -> None:
    batch = [a_statement() for _ in range(7)]
    batch[position]["timestamp"] = "yesterday"

    delivered = client.deliver(frozen(*batch))

    assert [index for index, outcome in enumerate(delivered) if not outcome.stored] == [position]
    assert "$.timestamp" in (delivered[position].reason or "")
    assert store.count() == 6


def test_a_batch_that_is_too_large_is_split(client: LrsClient, store: StatementStore) -> None:
    batch = [a_statement() for _ in range(12)]
    batch[5]["result"]["response"] = "x" * 4000

    delivered = client.deliver(frozen(*batch))

    assert [index for index, outcome in enumerate(delivered) if not outcome.stored] == [5]
    assert "413" in (delivered[5].reason or "")
    assert store.count() == 11


def test_the_same_id_twice_in_one_call(client: LrsClient, store: StatementStore) -> None:
    one = a_statement()
    other = {**one, "result": {"response": "Another."}}

    assert outcomes(client, frozen(one, one)) == [True, True]
    assert outcomes(client, frozen(one, other)) == [True, False]
    assert store.count() == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"id": "7"}', '{"id": 7}', '{"a": NaN}', '"\ud800"']
)
def test_what_could_spoil_a_batch_is_not_sent(client: LrsClient, text: str) -> None:
    good = a_statement()

    bad, fine = client.deliver([text, json.dumps(good)])

    assert not bad.stored and (bad.reason or "").startswith("Not sent: ")
    assert fine == Outcome(good["id"], stored=True)


def test_an_answer_is_never_paired_by_position() -> None:
    first, second = a_statement(), a_statement()
    client, _ = scripted(lambda: jsonify([second["id"]]))

    assert client.deliver(frozen(first, second)) == [
        Outcome(first["id"], stored=True),
        Outcome(second["id"], stored=True),
    ]


def test_an_empty_204_is_success() -> None:
    client, _ = scripted(status(204))

    assert outcomes(client, frozen(a_statement())) == [True]


@pytest.mark.parametrize("body", ["<h1>Welcome</h1>", "", "{}", "[1]"])
def test_a_page_with_200_is_no_success(body: str) -> None:
    client, _ = scripted(status(200, body))

    with pytest.raises(LrsError, match="not as a record store does") as caught:
        client.deliver(frozen(a_statement()))

    assert not caught.value.permanent


@pytest.mark.parametrize("code", [401, 403, 404, 405, 410, 415, 501 - 99])
def test_refused_as_a_whole_for_good(code: int) -> None:
    client, seen = scripted(status(code, '{"error":\n "no"}', Retry_After="5"))

    with pytest.raises(LrsError) as caught:
        client.deliver(frozen(a_statement(), a_statement()))

    assert (caught.value.permanent, caught.value.status) == (True, code)
    assert caught.value.retry_after is None
    assert str(caught.value) == f'The record store at lrs.test answered {code}: {{"error": "no"}}'
    assert len(seen) == 1


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_refused_as_a_whole_for_now(code: int) -> None:
    client, seen = scripted(status(code, Retry_After="7"))

    with pytest.raises(LrsError) as caught:
        client.deliver(frozen(a_statement(), a_statement()))

    assert (caught.value.permanent, caught.value.status) == (False, code)
    assert caught.value.retry_after == 7
    assert len(seen) == 1


def http_date(hours: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        (lambda: "0", 0, 0),
        (lambda: "99999999999", 86_400, 86_400),
        (lambda: http_date(1), 3500, 3600),
        (lambda: http_date(-1), 0, 0),
    ],
    ids=["at once", "longer than a day", "date", "past date"],
)
def test_retry_after_in_seconds_or_as_a_date(
    value: Callable[[], str], least: float, most: float
) -> None:
    client, _ = scripted(status(503, Retry_After=value()))

    with pytest.raises(LrsError) as caught:
        client.about()

    assert caught.value.retry_after is not None
    assert least <= caught.value.retry_after <= most


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "٣", "Mon, 99 Foo 2026 99:99:99 GMT"])
def test_a_retry_after_that_says_nothing(value: str) -> None:
    client, _ = scripted(
        lambda: Response("", 503, {"Retry-After": value.encode().decode("latin1")})
    )

    with pytest.raises(LrsError) as caught:
        client.about()

    assert caught.value.retry_after is None


def test_a_redirect_is_not_followed() -> None:
    client, seen = scripted(status(307, Location="http://elsewhere.test/xapi/statements"))

    with pytest.raises(LrsError, match="redirect") as caught:
        client.deliver(frozen(a_statement()))

    assert caught.value.permanent
    assert len(seen) == 1


def test_what_was_settled_before_the_store_failed_is_told() -> None:
    batch = [a_statement() for _ in range(4)]
    client, _ = scripted(
        status(400, "bad"),  # all four
        lambda: jsonify([]),  # the first two
        status(400, "bad"),  # the last two
        status(400, "bad"),  # the third
        status(503),  # the fourth
    )

    with pytest.raises(LrsError) as caught:
        client.deliver(frozen(*batch))

    settled = [(outcome.statement_id, outcome.stored) for outcome in caught.value.settled]
    assert settled == [(batch[0]["id"], True), (batch[1]["id"], True), (batch[2]["id"], False)]


def test_a_422_isolates_like_a_400() -> None:
    client, _ = scripted(status(422), status(422, "no IFI"), lambda: jsonify([]))

    first, second = client.deliver(frozen(a_statement(), a_statement()))

    assert not first.stored and "no IFI" in (first.reason or "")
    assert second.stored


def test_a_conflict_that_may_not_be_read_is_refused_and_says_so() -> None:
    client, _ = scripted(status(409), status(403))

    [outcome] = client.deliver(frozen(a_statement()))

    assert not outcome.stored and "may not read it" in (outcome.reason or "")


def test_a_conflict_that_the_store_does_not_show_is_refused() -> None:
    client, _ = scripted(status(409), status(404), status(404))

    [outcome] = client.deliver(frozen(a_statement()))

    assert not outcome.stored and "shows no statement" in (outcome.reason or "")


def test_a_conflict_cannot_be_judged_while_the_store_is_away() -> None:
    client, _ = scripted(status(409), status(502))

    with pytest.raises(LrsError) as caught:
        client.deliver(frozen(a_statement()))

    assert not caught.value.permanent


def test_a_reason_is_short_and_printable() -> None:
    client, _ = scripted(status(400, "\x1b[31m" + "x" * 5000))

    [outcome] = client.deliver(frozen(a_statement()))

    assert len(outcome.reason or "") < 600
    assert "\x1b" not in (outcome.reason or "")


class Failing(requests.Session):
    """A session that keeps what it was asked and fails."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
        self.options: dict[str, Any] = {}

    def request(self, *arguments: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        self.options = options
        raise self.error


@pytest.mark.parametrize(
    ("error", "permanent", "words"),
    [
        (requests.ConnectTimeout(), False, "no answer in time"),
        (requests.ReadTimeout(), False, "no answer in time"),
        (requests.ConnectionError("Max retries"), False, "no connection"),
        (requests.exceptions.SSLError(), False, "certificate"),
        (requests.exceptions.ChunkedEncodingError("broken"), False, "broken"),
        (requests.exceptions.InvalidURL("no host"), True, "no host"),
    ],
)
def test_no_answer(error: Exception, permanent: bool, words: str) -> None:
    session = Failing(error)

    with pytest.raises(LrsError, match=words) as caught:
        LrsClient(ENDPOINT, ("user", "secret"), session).deliver(frozen(a_statement()))

    assert (caught.value.permanent, caught.value.status) == (permanent, None)
    assert session.options["timeout"] == (3.0, 10.0)
    assert session.options["allow_redirects"] is False
    assert "secret" not in str(caught.value)


def test_a_guarded_session_says_itself_what_is_permanent() -> None:
    error = requests.RequestException("the address is not on the public internet")
    error.permanent = True  # type: ignore[attr-defined]

    with pytest.raises(LrsError, match="public internet") as caught:
        LrsClient(ENDPOINT, ("user", "secret"), Failing(error)).about()

    assert caught.value.permanent


def test_queries_follow_every_page(client: LrsClient, store: StatementStore) -> None:
    batch = [a_statement() for _ in range(5)]
    client.deliver(frozen(*batch))

    found = client.query(
        agent=batch[0]["actor"], limit=2, ascending=True, since=datetime(2026, 1, 1, tzinfo=UTC)
    )

    assert [statement["id"] for statement in found] == [statement["id"] for statement in batch]


def test_a_query_is_not_continued_at_another_server() -> None:
    client, seen = scripted(lambda: {"statements": [], "more": "http://elsewhere.test/more"})

    with pytest.raises(LrsError, match="elsewhere"):
        client.query()

    assert len(seen) == 1


def test_about_names_the_versions(client: LrsClient) -> None:
    assert client.about()["version"] == ["1.0.3", "2.0.0"]


def test_wrong_credentials(strict: Flask) -> None:
    client = LrsClient(f"{ENDPOINT}/", ("user", "wrong"), session_to(strict))

    with pytest.raises(LrsError) as caught:
        client.deliver(frozen(a_statement()))

    assert (caught.value.permanent, caught.value.status) == (True, 401)


@pytest.fixture
def counting_server() -> Iterator[ThreadingHTTPServer]:
    """A server on a real socket that counts connections and keeps their User-Agent."""

    class Counting(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            server.connections += 1  # type: ignore[attr-defined]

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            server.user_agent = self.headers["User-Agent"]  # type: ignore[attr-defined]
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    server.connections = 0  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_one_connection_is_kept_alive(counting_server: Any) -> None:
    with requests.Session() as session:
        session.headers["User-Agent"] = "given/1"
        client = LrsClient(
            f"http://127.0.0.1:{counting_server.server_port}/xapi", ("a", "b"), session
        )
        for _ in range(5):
            client.deliver(frozen(a_statement()))

    assert counting_server.connections == 1
    assert counting_server.user_agent == "given/1"


def test_without_a_session_the_user_agent_is_ours(counting_server: Any) -> None:
    client = LrsClient(f"http://127.0.0.1:{counting_server.server_port}/xapi", ("a", "b"))

    client.send(frozen(a_statement()))
    client.close()

    assert counting_server.user_agent.startswith("cohort-programs/")
