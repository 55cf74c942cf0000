"""A tiny LTI tool for the tests: its keys, its key set without sockets, the calls it makes."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from werkzeug.test import TestResponse

from lti_tool.practice_lms import vocabulary as v
from lti_tool.practice_lms.client import Form, read_form, read_frame

LMS = "http://127.0.0.1:8101"
TOOL = "http://localhost:8102"
KEY_SET = f"{TOOL}/jwks"
REDIRECT = f"{TOOL}/launch"
SAME_ORIGIN = {"Origin": LMS}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """A key pair a name; made once a test process, for making one is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(name: str) -> dict[str, Any]:
    """The public half as published."""
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private_key(name).public_key()))
    return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": name, "alg": "RS256"}


def registration_request() -> dict[str, Any]:
    """A registration that both Moodle and Canvas would take."""
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": f"{TOOL}/login",
        "redirect_uris": [REDIRECT],
        "client_name": "Tool double",
        "jwks_uri": KEY_SET,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(v.SERVICE_SCOPES),
        v.TOOL_CONFIGURATION: {
            "domain": "localhost:8102",
            "target_link_uri": f"{TOOL}/cohort",
            "description": "For tests",
            "custom_parameters": {"when": "$Context.id.history", "Who": "$User.username"},
            "claims": ["iss", "sub", "name", "given_name", "family_name", "email"],
            "messages": [
                {"type": v.RESOURCE_LINK_REQUEST},
                {"type": v.DEEP_LINKING_REQUEST, "target_link_uri": f"{TOOL}/choose"},
            ],
        },
    }


class ToolDouble:
    """What a tool does, with every part open to change."""

    def __init__(self, app: Flask, clock: Clock, key_sets: dict[str, Any]) -> None:
        self.app, self.clock, self.key_sets = app, clock, key_sets
        self.http = app.test_client()
        self.answer: dict[str, Any] = {}
        self.bearer = ""

    @property
    def client_id(self) -> str:
        return str(self.answer["client_id"])

    @property
    def deployment_id(self) -> str:
        return str(self.answer[v.TOOL_CONFIGURATION]["deployment_id"])

    def registration_token(self, address: str = f"{TOOL}/register") -> str:
        """Begin a registration as an administrator does and read the token from the frame."""
        page = self.http.post(
            "/admin/tools",
            data={"registration_address": address},
            headers=SAME_ORIGIN,
            follow_redirects=True,
        )
        assert page.status_code == 200, page.text
        return read_frame(page.text).rpartition("registration_token=")[2]

    def register(self, body: Any = None, token: str | None = None) -> TestResponse:
        token = self.registration_token() if token is None else token
        response = self.http.post(
            "/register",
            json=registration_request() if body is None else body,
            headers={"Authorization": f"Bearer {token}"},
        )
        if response.status_code == 200:
            self.answer = response.get_json()
        return response

    def activate(self) -> None:
        path = f"/admin/tools/{self.deployment_id}/activate"
        assert self.http.post(path, headers=SAME_ORIGIN).status_code == 303

    def signed(self, claims: dict[str, Any], key: str = "tool", **headers: Any) -> str:
        body = json.dumps(claims).encode()
        return jwt.PyJWS().encode(body, private_key(key), "RS256", headers={"kid": key, **headers})

    def assertion_claims(self) -> dict[str, Any]:
        now = int(self.clock().timestamp())
        return {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{LMS}/token",
            "iat": now - 5,
            "exp": now + 60,
            "jti": uuid4().hex,
        }

    def ask_token(self, *scopes: str, assertion: str | None = None, **form: str) -> TestResponse:
        fields = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion or self.signed(self.assertion_claims()),
            "scope": " ".join(scopes or v.SERVICE_SCOPES),
        }
        return self.http.post("/token", data=fields | form)

    def with_scopes(self, *scopes: str) -> "ToolDouble":
        """Use a fresh bearer token of these scopes from now on."""
        response = self.ask_token(*scopes)
        assert response.status_code == 200, response.text
        self.bearer = response.get_json()["access_token"]
        return self

    def call(
        self, method: str, url: str, body: Any = None, media_type: str = "", **headers: str
    ) -> TestResponse:
        """A service call with the bearer token; `media_type` is that of the body."""
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        sent = {"data": data, "content_type": media_type} if body is not None else {}
        headers = {"Authorization": f"Bearer {self.bearer}"} | headers
        return self.http.open(url, method=method, headers=headers, **sent)

    def line_items_url(self) -> str:
        return f"{LMS}/services/2/lineitems?type_id={self.deployment_id}"

    def create_line_item(self, **fields: Any) -> dict[str, Any]:
        body = {"label": "Milestone", "scoreMaximum": 50} | fields
        response = self.call("POST", self.line_items_url(), body, v.LINE_ITEM_TYPE)
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.get_json()
        return created

    def score(self, **fields: Any) -> dict[str, Any]:
        """A final score of 8 out of 10 for the first learner, at the present time."""
        return {
            "userId": "6",
            "scoreGiven": 8,
            "scoreMaximum": 10,
            "timestamp": self.clock().isoformat(),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
        } | fields

    def post_score(self, line_item: str, *without: str, **fields: Any) -> TestResponse:
        """Post a score to a line item's address, `/scores` before the query."""
        body = {name: value for name, value in self.score(**fields).items() if name not in without}
        path, _, query = line_item.partition("?")
        return self.call("POST", f"{path}/scores?{query}", body, v.SCORE_TYPE)

    def results(self, line_item: str, query: str = "") -> Any:
        path, _, type_id = line_item.partition("?")
        response = self.call("GET", f"{path}/results?{type_id}{query}")
        assert response.status_code == 200, response.text
        return response.get_json()

    def begin_launch(self, user_id: str = "6", activity_id: int = 1) -> Form:
        """The login form the frame of an activity posts to the tool."""
        return self.login(f"/course/2/activity/{activity_id}/launch?as={user_id}")

    def login(self, path: str) -> Form:
        page = self.http.get(path)
        assert page.status_code == 200, page.text
        return read_form(page.text)

    def authorization_request(self, login: Form, **changes: str) -> dict[str, str]:
        return {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT,
            "login_hint": login.fields["login_hint"],
            "lti_message_hint": login.fields["lti_message_hint"],
            "nonce": "the-nonce",
            "state": "the-state",
        } | changes

    def authorize(self, login: Form, *without: str, **changes: str) -> TestResponse:
        asked = self.authorization_request(login, **changes)
        for name in without:
            del asked[name]
        return self.http.get("/auth", query_string=asked)

    def claims(self, id_token: str) -> dict[str, Any]:
        """Claims of an id_token whose signature the published key set verifies."""
        keys = jwt.PyJWKSet.from_dict(self.http.get("/jwks").get_json())
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        unchecked = {"verify_exp": False, "verify_iat": False}
        return jwt.decode(id_token, key, ["RS256"], audience=self.client_id, options=unchecked)

    def launch(self, user_id: str = "6", activity_id: int = 1) -> dict[str, Any]:
        """The claims of a whole launch."""
        page = self.authorize(self.begin_launch(user_id, activity_id))
        assert page.status_code == 200, page.text
        return self.claims(read_form(page.text).fields["id_token"])
