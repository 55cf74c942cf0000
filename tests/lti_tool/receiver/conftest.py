"""A receiver with an empty store, and a client that speaks xAPI to it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.database import make_engine
from lti_tool.receiver import StatementStore, single_account, statement_receiver

MAX_BODY_BYTES = 20_000


class Sender:
    """Sends requests with good credentials, version and content type, unless told otherwise."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def __call__(
        self,
        method: str,
        resource: str = "statements",
        body: Any = None,
        *,
        version: str | None = "1.0.3",
        auth: tuple[str, str] | None = ("exporter", "secret"),
        content_type: str | None = "application/json",
        headers: dict[str, str] | None = None,
        **parameters: Any,
    ) -> TestResponse:
        sent = dict(headers or {})
        if version is not None:
            sent["X-Experience-API-Version"] = version
        return self._client.open(
            f"/xapi/{resource}",
            method=method,
            query_string=parameters,
            data=body if isinstance(body, bytes) or body is None else json.dumps(body),
            content_type=content_type if body is not None else None,
            headers=sent,
            auth=auth,
        )

    def post(self, body: Any, **options: Any) -> TestResponse:
        return self("POST", body=body, **options)

    def get(self, **options: Any) -> TestResponse:
        return self("GET", **options)

    def ids(self, **parameters: Any) -> list[str]:
        """Ids of the statements that a query finds, in its order, over all pages."""
        answer = self.get(**parameters)
        assert answer.status_code == 200, answer.text
        found = [statement["id"] for statement in answer.json["statements"]]
        while answer.json["more"]:
            answer = self._client.get(
                answer.json["more"],
                headers={"X-Experience-API-Version": "1.0.3"},
                auth=("exporter", "secret"),
            )
            found += [statement["id"] for statement in answer.json["statements"]]
        return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StatementStore]:
    engine = make_engine(f"sqlite:///{tmp_path / 'received.db'}")
    store = StatementStore(engine)
    store.create_tables()
    yield store
    engine.dispose()


@pytest.fixture
def app(store: StatementStore) -> Flask:
    app = Flask("receiver")
    authenticate = single_account("exporter", "secret", "https://lrs.example.org")
    app.register_blueprint(
        statement_receiver(store, authenticate, max_body_bytes=MAX_BODY_BYTES), url_prefix="/xapi"
    )
    return app


@pytest.fixture
def send(app: Flask) -> Sender:
    return Sender(app.test_client())
