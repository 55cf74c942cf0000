"""The outgoing client: where it may go, what it takes, and what it says when it refuses."""

import socket
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from config.settings import Settings
from lti_tool.http import VERSION, OutgoingError, get_json, is_public, make_session


class _Peer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answers = {
        "/json": (200, {}, b'{"keys": []}'),
        "/list": (200, {}, b"[]"),
        "/html": (200, {}, b"<html>"),
        "/nested": (200, {}, b"[" * 100_000),
        "/large": (200, {}, b"x" * 5_000),
        "/missing": (404, {}, b"{}"),
        "/busy": (503, {}, b"{}"),
        "/elsewhere": (302, {"Location": "/json"}, b""),
        "/cookie": (200, {"Set-Cookie": "a=b"}, b"{}"),
    }

    def do_GET(self) -> None:
        self.server.seen.append((self.client_address, self.path, dict(self.headers)))
        if self.path == "/silent":
            self.server.released.wait()
            return
        status, headers, body = self.answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def peer() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Peer)
    server.daemon_threads = True
    server.seen = []
    server.released = threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


def _settings(*private_hosts: str) -> Settings:
    return Settings(
        tool_url="https://tool.example",
        secret_key="k" * 32,
        database_url="sqlite://",
        private_hosts=frozenset(private_hosts),
    )


def _address(peer: ThreadingHTTPServer) -> str:
    return f"127.0.0.1:{peer.server_port}"


def test_a_named_private_host_is_reached(peer: ThreadingHTTPServer) -> None:
    with make_session(_settings(_address(peer))) as session:
        assert get_json(session, f"http://{_address(peer)}/json") == {"keys": []}
    [(_, _, headers)] = peer.seen
    assert headers["User-Agent"] == f"cohort-programs/{VERSION} (+https://tool.example)"


def test_one_connection_serves_several_calls_and_no_cookie_is_kept(
    peer: ThreadingHTTPServer,
) -> None:
    with make_session(_settings(_address(peer))) as session:
        for _ in range(3):
            session.get(f"http://{_address(peer)}/cookie")
    assert len({client for client, _, _ in peer.seen}) == 1
    assert not any("Cookie" in headers for _, _, headers in peer.seen)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_private_host_that_is_not_named_is_never_connected(
    peer: ThreadingHTTPServer, scheme: str
) -> None:
    with make_session(_settings("127.0.0.1:1")) as session, pytest.raises(OutgoingError) as error:
        session.get(f"{scheme}://{_address(peer)}/json")
    expected = "https-required" if scheme == "http" else "address-not-allowed"
    assert (error.value.code, error.value.permanent) == (expected, True)
    assert peer.seen == []


def test_a_name_that_turns_private_when_the_socket_opens_is_refused(
    peer: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: what counts is the answer that the socket would use."""
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", peer.server_port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    with make_session(_settings()) as session, pytest.raises(OutgoingError) as error:
        session.get(f"https://rebinding.example:{peer.server_port}/json")
    assert error.value.code == "address-not-allowed"
    assert peer.seen == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "2001:db8::1",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
    ],
)
def test_other_spellings_of_a_private_address_are_refused(url: str) -> None:
    with make_session(_settings()) as session, pytest.raises(OutgoingError) as error:
        session.get(url)
    assert error.value.code == "address-not-allowed"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://host.example/",
        "gopher://host.example/",
        "data:,x",
        "javascript:alert(1)",
        "",
        "https://",
        "https://[/",
        "https://host.example:99999999/",
        "https://" + "a" * 300 + ".example/",
        "https://\udce4.example/",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with make_session(_settings()) as session, pytest.raises(OutgoingError) as error:
        session.get(url)
    assert (error.value.code, error.value.permanent) == ("address", True)


@pytest.mark.parametrize(
    ("path", "code", "permanent"),
    [
        ("/list", "unreadable", True),
        ("/html", "unreadable", True),
        ("/nested", "unreadable", True),
        ("/large", "too-large", True),
        ("/missing", "status", True),
        ("/busy", "status", False),
        ("/elsewhere", "redirect", True),
    ],
)
def test_answers_that_are_refused(
    peer: ThreadingHTTPServer, path: str, code: str, permanent: bool
) -> None:
    with (
        make_session(_settings(_address(peer)), maximum_bytes=200_000) as session,
        make_session(_settings(_address(peer)), maximum_bytes=4_000) as tight,
        pytest.raises(OutgoingError) as error,
    ):
        get_json(tight if path == "/large" else session, f"http://{_address(peer)}{path}")
    assert (error.value.code, error.value.permanent) == (code, permanent)
    assert len(peer.seen) == 1


def test_a_silent_server_is_given_up(peer: ThreadingHTTPServer) -> None:
    with (
        make_session(_settings(_address(peer)), timeout=(1, 0.05)) as session,
        pytest.raises(OutgoingError) as error,
    ):
        session.get(f"http://{_address(peer)}/silent")
    assert (error.value.code, error.value.permanent) == ("timeout", False)


def test_a_closed_port_is_worth_another_try(peer: ThreadingHTTPServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets it, none answers
        closed = f"127.0.0.1:{taken.getsockname()[1]}"
        with make_session(_settings(closed)) as session, pytest.raises(OutgoingError) as error:
            session.get(f"http://{closed}/")
    assert (error.value.code, error.value.permanent) == ("connection", False)


def test_the_version_told_to_others_is_the_project_s() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["version"] == VERSION
