"""What PyLTI1p3 2.0.0 does as it comes, beside what our subclasses do.

Each test shows the library's own classes getting something wrong that a test of our front door
shows right. If one of them fails after an upgrade, a repair in `lti_tool.launch` may go.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from pylti1p3.contrib.flask import (
    FlaskCookieService,
    FlaskMessageLaunch,
    FlaskOIDCLogin,
    FlaskRequest,
)
from pylti1p3.exception import LtiException
from pylti1p3.tool_config import ToolConfDict

from lti_tool.database import db
from lti_tool.launch.platforms import Platforms
from tests.support.platform import (
    ABSENT,
    ON_ONE_DATABASE,
    TOOL_URL,
    FakePlatform,
    FromNow,
    Network,
    json_answer,
    rsa_key,
)

pytestmark = ON_ONE_DATABASE


class Unrepaired:
    """A tool made of the library's own classes, and the browser that visits it."""

    def __init__(self, network: Network, *platforms: FakePlatform) -> None:
        self.cookies: dict[str, str] = {}
        self.session: dict[str, Any] = {}
        self.http = requests.Session()
        self.http.mount("https://", network)
        self.set_cookie_headers: list[str] = []
        self.configuration = ToolConfDict(
            {
                platform.issuer: [
                    {
                        "default": True,
                        "client_id": platform.client_id,
                        "auth_login_url": platform.authorization_endpoint,
                        "auth_token_url": f"{platform.issuer}/token",
                        "key_set_url": platform.jwks_uri,
                        "deployment_ids": ["3"],
                    }
                ]
                for platform in platforms
            }
        )

    def login(self, platform: FakePlatform, redirect_uri: str = TOOL_URL) -> dict[str, str]:
        """Begin a login; returns what is sent to the platform."""
        parameters = {"iss": platform.issuer, "client_id": platform.client_id, "login_hint": "5"}
        asked = self._request(parameters)
        cookies = FlaskCookieService(asked)
        step = FlaskOIDCLogin(asked, self.configuration, cookie_service=cookies)
        address = step.get_redirect_object(redirect_uri).get_redirect_url()
        response = Flask(__name__).response_class()
        cookies.update_response(response)
        self.set_cookie_headers = response.headers.getlist("Set-Cookie")
        for header in self.set_cookie_headers:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        query = parse_qs(urlsplit(address).query)
        return {name: values[0] for name, values in query.items()} | {"address": address}

    def launch(
        self, platform: FakePlatform, begun: Mapping[str, str], **claims: Any
    ) -> FlaskMessageLaunch:
        """Post a launch; raises LtiException when it is refused."""
        token = platform.id_token(begun["nonce"], claims)
        asked = self._request({"id_token": token, "state": begun["state"]})
        return FlaskMessageLaunch(asked, self.configuration, requests_session=self.http).validate()

    def _request(self, parameters: dict[str, str]) -> FlaskRequest:
        return FlaskRequest(
            cookies=self.cookies,
            session=self.session,
            request_data=parameters,
            request_is_secure=True,
        )


@pytest.fixture
def unrepaired(platform: FakePlatform) -> Unrepaired:
    return Unrepaired(platform.network, platform)


@pytest.mark.parametrize(
    "claims",
    [{"exp": ABSENT}, {"iat": ABSENT}, {"azp": "other"}, {"aud": ["client-1", "other"]}],
    ids=str,
)
def test_claims_that_the_library_does_not_ask_for(
    client: FlaskClient, platform: FakePlatform, unrepaired: Unrepaired, claims: dict[str, Any]
) -> None:
    unrepaired.launch(platform, unrepaired.login(platform), **claims)
    assert platform.launch(client, claims).status_code == 401


@pytest.mark.parametrize("claims", [{"iat": FromNow(5)}, {"exp": FromNow(-5)}, {"sub": 5}], ids=str)
def test_good_launches_that_the_library_refuses(
    client: FlaskClient, platform: FakePlatform, unrepaired: Unrepaired, claims: dict[str, Any]
) -> None:
    with pytest.raises(LtiException):
        unrepaired.launch(platform, unrepaired.login(platform), **claims)
    assert platform.launch(client, claims).status_code == 303


def test_the_library_lets_the_same_launch_in_twice(
    client: FlaskClient, platform: FakePlatform, unrepaired: Unrepaired
) -> None:
    begun = unrepaired.login(platform)
    for _ in range(2):
        unrepaired.launch(platform, begun)
    ours = platform.login(client)
    assert platform.launch(client, begun=ours).status_code == 303
    assert platform.launch(client, begun=ours).status_code == 400


def test_the_library_completes_a_login_with_another_platforms_token(
    app: Flask, client: FlaskClient, platform: FakePlatform
) -> None:
    other = FakePlatform(
        platform.network, issuer="https://other.example", keys={"key-1": rsa_key("other")}
    )
    with app.app_context():
        other.store(db.session())
    unrepaired = Unrepaired(platform.network, platform, other)
    unrepaired.launch(other, unrepaired.login(platform))
    assert other.launch(client, begun=platform.login(client)).status_code == 401


def test_the_library_asks_for_the_keys_at_every_launch(
    client: FlaskClient, platform: FakePlatform
) -> None:
    def fetches(launch: Callable[[], Any]) -> int:
        before = len(platform.network.calls(platform.jwks_uri))
        for _ in range(3):
            launch()
        return len(platform.network.calls(platform.jwks_uri)) - before

    def theirs() -> None:
        fresh = Unrepaired(platform.network, platform)  # as a request in another process would
        fresh.launch(platform, fresh.login(platform))

    assert fetches(theirs) == 3
    assert fetches(lambda: platform.launch(client)) == 1


def test_the_library_breaks_on_an_error_in_place_of_keys(
    client: FlaskClient, platform: FakePlatform, unrepaired: Unrepaired
) -> None:
    platform.publish(json_answer({"error": "down"}, 500))
    with pytest.raises(KeyError):
        unrepaired.launch(platform, unrepaired.login(platform))
    assert platform.launch(client).status_code == 502


def test_the_librarys_cookie_is_not_partitioned(
    platform: FakePlatform, unrepaired: Unrepaired
) -> None:
    unrepaired.login(platform)
    assert not any("Partitioned" in header for header in unrepaired.set_cookie_headers)


def test_the_library_breaks_an_authorization_endpoint_with_a_query(
    platform: FakePlatform,
) -> None:
    tenant = FakePlatform(platform.network, issuer="https://tenant.example")
    own = Unrepaired(platform.network, tenant)
    own.configuration._config[tenant.issuer][0]["auth_login_url"] += "?tenant=7"
    assert own.login(tenant)["address"].count("?") == 2


def test_the_librarys_configurations_share_one_dict(unrepaired: Unrepaired) -> None:
    unrepaired.configuration.set_iss_has_many_clients("https://shared.example")
    assert ToolConfDict({}).check_iss_has_many_clients("https://shared.example")
    unrepaired.configuration.set_iss_has_one_client("https://shared.example")
    ours = Platforms(session=None)  # type: ignore[arg-type]
    assert ours.check_iss_has_many_clients("https://shared.example")
