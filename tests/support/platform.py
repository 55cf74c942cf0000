"""A platform for tests, in this process: it keeps keys, signs launches, and answers on our own
outgoing session, so that no socket is opened. A hostile launch is one line:

    platform.launch(client, claims={"iss": "https://elsewhere.example"})
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from io import BytesIO
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from flask.testing import FlaskClient
from jwt.algorithms import RSAAlgorithm
from requests.adapters import BaseAdapter, HTTPAdapter
from sqlalchemy.orm import Session
from urllib3 import HTTPResponse
from werkzeug.test import TestResponse

from lti_tool.models import Platform

# Where the tool runs in tests of the front door: TLS, as in production.
TOOL_URL = "https://tool.example"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LEARNER = f"{MEMBERSHIP}#Learner"
INSTRUCTOR = f"{MEMBERSHIP}#Instructor"
INSTITUTION_ADMINISTRATOR = (
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
)


class Absent(Enum):
    """In place of a value: leave this out."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

# For rules that are decided before anything is stored: no need to see them on both databases.
ON_ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class FromNow:
    """In place of a claim's value: this many seconds from the moment of signing."""

    seconds: float


Answer = tuple[int, dict[str, str], bytes]


@lru_cache
def rsa_key(name: str) -> RSAPrivateKey:
    """A key pair that is the same for a name within one test process."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def jwk(key: RSAPrivateKey, kid: str) -> dict[str, Any]:
    """The public half as a platform publishes it."""
    numbers = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, **_only(numbers, "n", "e")}


def signed(
    header: Mapping[str, Any], payload: Mapping[str, Any] | bytes, key: RSAPrivateKey
) -> str:
    """A token of exactly this header and payload; no library says no to hostile ones."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    parts = f"{_b64(json.dumps(header).encode())}.{_b64(body)}"
    return f"{parts}.{_b64(key.sign(parts.encode(), PKCS1v15(), SHA256()))}"


@dataclass(frozen=True)
class Begun:
    """A login under way: what the tool sent to the platform's authorization endpoint."""

    response: TestResponse
    address: str
    parameters: dict[str, str]

    @property
    def state(self) -> str:
        return self.parameters["state"]

    @property
    def nonce(self) -> str:
        return self.parameters["nonce"]


class Network(BaseAdapter):
    """The far side of the tool's outgoing session. A call that nobody expects fails the test."""

    def __init__(self, tool_url: str) -> None:
        super().__init__()
        self.tool_url = tool_url
        self.answers: dict[str, Answer | Callable[[requests.PreparedRequest], Answer]] = {}
        self.requests: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        self.requests.append(request)
        answer = self.answers.get(str(request.url).partition("?")[0])
        if answer is None:
            raise AssertionError(f"unexpected call: {request.method} {request.url}")
        status, headers, body = answer(request) if callable(answer) else answer
        raw = HTTPResponse(BytesIO(body), headers, status, preload_content=False)
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        pass

    def calls(self, address: str) -> list[requests.PreparedRequest]:
        """The requests that were made to this address, query aside."""
        return [sent for sent in self.requests if str(sent.url).partition("?")[0] == address]


def network_of(app: Flask) -> Network:
    """The network of an application under test, which takes the place of the real one."""
    session: requests.Session = app.extensions["http_session"]
    adapter = session.get_adapter("https://")
    if not isinstance(adapter, Network):
        adapter = Network(app.config["SETTINGS"].tool_url)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
    return adapter


def json_answer(document: Any, status: int = 200) -> Answer:
    """An answer that carries a JSON document."""
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()


@dataclass
class FakePlatform:
    """One LMS. `keys` are those it publishes; the first one signs."""

    network: Network
    issuer: str = "https://lms.example"
    client_id: str = "client-1"
    keys: dict[str, RSAPrivateKey] = field(default_factory=lambda: {"key-1": rsa_key("key-1")})
    product_family: str = "moodle"

    def __post_init__(self) -> None:
        self.publish()

    @property
    def jwks_uri(self) -> str:
        return f"{self.issuer}/jwks"

    @property
    def authorization_endpoint(self) -> str:
        return f"{self.issuer}/auth"

    def publish(self, answer: Answer | None = None) -> None:
        """Serve the key set as it is now, or some other answer in its place."""
        key_set = {"keys": [jwk(key, kid) for kid, key in self.keys.items()]}
        self.network.answers[self.jwks_uri] = answer or json_answer(key_set)

    @property
    def configuration_address(self) -> str:
        return f"{self.issuer}/.well-known/openid-configuration"

    def configuration(self, **changes: Any) -> dict[str, Any]:
        """What the platform says about itself to a tool that wants to register."""
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": self.authorization_endpoint,
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": self.jwks_uri,
            "registration_endpoint": f"{self.issuer}/register",
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": self.product_family,
                "version": "1",
            },
        }
        return _without_absent({**document, **changes})

    def offer_registration(
        self, configuration: dict[str, Any] | None = None, answer: Answer | None = None
    ) -> None:
        """Serve configuration and registration, or something else in their place."""
        document = self.configuration() if configuration is None else configuration
        self.network.answers[self.configuration_address] = json_answer(document)
        self.network.answers[f"{self.issuer}/register"] = answer or json_answer(
            {
                "client_id": self.client_id,
                "https://purl.imsglobal.org/spec/lti-tool-configuration": {"deployment_id": "3"},
            }
        )

    def store(self, session: Session, state: str = "approved") -> Platform:
        """Put the platform's registration into the tool's database."""
        platform = Platform(
            issuer=self.issuer,
            client_id=self.client_id,
            name="A test LMS",
            product_family=self.product_family,
            authorization_endpoint=self.authorization_endpoint,
            token_endpoint=f"{self.issuer}/token",
            jwks_uri=self.jwks_uri,
            state=state,
            created_at=datetime.now(UTC),
        )
        session.add(platform)
        session.commit()
        return platform

    def login(self, client: FlaskClient, method: str = "POST", **changes: Any) -> Begun:
        """Begin a login as the LMS does. A change to ABSENT leaves the parameter out."""
        parameters = {
            "iss": self.issuer,
            "client_id": self.client_id,
            "login_hint": "5",
            "lti_message_hint": '{"cmid":5,"launchid":"x y&z"}',
            "target_link_uri": f"{self.network.tool_url}/",
        }
        parameters = _without_absent({**parameters, **changes})
        if method == "POST":
            response = client.post("/lti/login", data=parameters, base_url=self.network.tool_url)
        else:
            response = client.get(
                "/lti/login", query_string=parameters, base_url=self.network.tool_url
            )
        location = response.headers.get("Location", "")
        query = parse_qs(urlsplit(location).query, keep_blank_values=True)
        sent = {name: values[0] for name, values in query.items()}
        return Begun(response, location.partition("?")[0], sent)

    def claims(self, nonce: str, /, **changes: Any) -> dict[str, Any]:
        """The claims of a good learner's launch with these changes. A name without a colon and
        that LTI defines gets its address; ABSENT leaves a claim out."""
        now = int(time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "5",
            "nonce": nonce,
            "iat": now,
            "exp": now + 60,
            "name": "Ada Lindqvist",
            LTI + "version": "1.3.0",
            LTI + "message_type": "LtiResourceLinkRequest",
            LTI + "deployment_id": "3",
            LTI + "target_link_uri": f"{self.network.tool_url}/",
            LTI + "roles": [LEARNER],
            LTI + "context": {"id": "2", "label": "COHORT", "title": "Cohort Course"},
            LTI + "resource_link": {"id": "5", "title": "Workflows"},
            LTI + "launch_presentation": {
                "locale": "en",
                "return_url": f"{self.issuer}/mod/lti/return.php?course=2",
            },
            "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {
                "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
                "lineitems": f"{self.issuer}/2/lineitems?type_id=3",
            },
            "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {
                "context_memberships_url": f"{self.issuer}/2/memberships",
                "service_versions": ["2.0"],
            },
        }
        for name, value in changes.items():
            known = LTI + name if LTI + name in claims else name
            claims[known] = now + value.seconds if isinstance(value, FromNow) else value
        return _without_absent(claims)

    def id_token(
        self,
        nonce: str,
        claims: Mapping[str, Any] | bytes | None = None,
        header: Mapping[str, Any] | None = None,
        key: RSAPrivateKey | None = None,
    ) -> str:
        """A signed token. `claims` change the good ones; bytes replace the whole payload."""
        kid, own_key = next(iter(self.keys.items()))
        whole = _without_absent({"typ": "JWT", "alg": "RS256", "kid": kid, **(header or {})})
        payload = claims if isinstance(claims, bytes) else self.claims(nonce, **(claims or {}))
        return signed(whole, payload, key or own_key)

    def launch(
        self,
        client: FlaskClient,
        claims: Mapping[str, Any] | bytes | None = None,
        *,
        begun: Begun | None = None,
        header: Mapping[str, Any] | None = None,
        key: RSAPrivateKey | None = None,
        form: Mapping[str, Any] | None = None,
    ) -> TestResponse:
        """Log in (unless that is under way) and post the launch, as one browser does."""
        begun = begun or self.login(client)
        token = self.id_token(begun.nonce, claims, header, key)
        data = _without_absent({"id_token": token, "state": begun.state, **(form or {})})
        return client.post("/lti/launch", data=data, base_url=self.network.tool_url)


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _only(source: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: source[name] for name in names}


def _without_absent(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not ABSENT}
