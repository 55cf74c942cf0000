"""The one outgoing HTTP client: key sets, registration, tokens, grades, rosters, statements.

Addresses come from outside (a platform's registration, a claim), so where a request may go is
decided when its socket opens, after the name was resolved: a name that changes its answer between
a check and its use gains nothing.
"""

import json
import socket
from http.cookiejar import DefaultCookiePolicy
from ipaddress import IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError

from config import VERSION
from config.settings import Settings

CHUNK_BYTES = 65_536
NAT64 = IPv6Network("64:ff9b::/96")


class OutgoingError(requests.RequestException):
    """A request to another server had no usable answer.

    `code` is one of address-not-allowed, https-required, address, connection, tls, timeout,
    redirect, too-large, status and unreadable; with `status` the answer is in `response`.
    `permanent` means that the same request will fail again. The message holds no body and no query.
    """

    def __init__(
        self, message: str, code: str, permanent: bool, response: requests.Response | None = None
    ) -> None:
        super().__init__(message, response=response)
        self.code = code
        self.permanent = permanent


def make_session(
    settings: Settings, *, timeout: tuple[float, float] = (3, 10), maximum_bytes: int = 1_000_000
) -> requests.Session:
    """A session for calls to other servers; every failure of a call is an OutgoingError.

    `timeout` is (connect, read) in seconds, and a call may name its own; the body must arrive
    within their sum. Redirects are an error, an answer above `maximum_bytes` is an error, cookies
    and the environment's proxies are ignored, and connections are kept alive. Only https to public
    addresses is allowed, except to the exact host:port pairs of `settings.private_hosts`.
    """
    return _OutgoingSession(settings, timeout, maximum_bytes)


def get_json(
    session: requests.Session,
    url: str,
    headers: dict[str, str] | None = None,
    timeout: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """The JSON object at `url`. Raises OutgoingError for anything else than 2xx and an object.

    `timeout` takes the place of the session's.
    """
    wanted = {"Accept": "application/json", **(headers or {})}
    response = session.get(url, headers=wanted, timeout=timeout)
    if not response.ok:
        raise status_error(response)
    return json_object(response)


def status_error(response: requests.Response) -> OutgoingError:
    """The error for an answer whose status is not 2xx. 408, 429 and 5xx may pass by themselves."""
    status = response.status_code
    permanent = 400 <= status < 500 and status not in (408, 429)
    return OutgoingError(f"answered with status {status}", "status", permanent, response)


def json_object(response: requests.Response) -> dict[str, Any]:
    """The answer's body as a JSON object, else OutgoingError `unreadable`."""
    try:
        document = json.loads(response.content)
    except (ValueError, RecursionError) as error:
        raise OutgoingError("the answer is not JSON", "unreadable", True, response) from error
    if not isinstance(document, dict):
        raise OutgoingError("the answer is not a JSON object", "unreadable", True, response)
    return document


class _OutgoingSession(requests.Session):
    def __init__(
        self, settings: Settings, timeout: tuple[float, float], maximum_bytes: int
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.headers["User-Agent"] = f"cohort-programs/{VERSION} (+{settings.tool_url})"
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._timeout = timeout
        self._maximum_bytes = maximum_bytes
        self.adapters.clear()
        adapter = _GuardedAdapter(settings.private_hosts)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        kwargs.update(allow_redirects=False, stream=True)
        timeout = kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        try:
            response = super().request(method, url, **kwargs)
            with response:
                if response.is_redirect:
                    raise OutgoingError("answered with a redirect", "redirect", True, response)
                self._read(response, sum(timeout) if isinstance(timeout, tuple) else timeout)
        except _Refused as error:
            raise OutgoingError(str(error), error.code, True) from None
        except OutgoingError:
            raise
        except (requests.Timeout, ReadTimeoutError) as error:
            raise OutgoingError("no answer in time", "timeout", False) from error
        except requests.exceptions.SSLError as error:
            raise OutgoingError("no trusted TLS connection", "tls", False) from error
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            raise OutgoingError("no connection", "connection", False) from error
        except (requests.RequestException, UnicodeError, ValueError) as error:
            raise OutgoingError("no usable web address", "address", True) from error
        except HTTPError as error:
            raise OutgoingError("the answer broke off", "connection", False) from error
        return response

    def _read(self, response: requests.Response, seconds: float) -> None:
        """Read the body up to the cap. `read1` hands over what has arrived, so that a server that
        sends a byte now and then meets the deadline instead of holding us for ever."""
        if response.raw is None or response._content is not False:
            return
        deadline = monotonic() + seconds
        body = bytearray()
        while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
            body += chunk
            if len(body) > self._maximum_bytes:
                raise OutgoingError("the answer is too large", "too-large", True)
            if monotonic() > deadline:
                raise OutgoingError("no answer in time", "timeout", False)
        response._content = bytes(body)
        response._content_consumed = True  # so that closing keeps the connection for the next call


class _Refused(Exception):
    """Not an OSError: urllib3 would wrap one of those as a connection that failed."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class _GuardedAdapter(HTTPAdapter):
    def __init__(self, private_hosts: frozenset[str]) -> None:
        self._private_hosts = private_hosts
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        allowed = {"private_hosts": self._private_hosts}
        plain = type("_Plain", (_PlainConnection,), allowed)
        secure = type("_Secure", (_SecureConnection,), allowed)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("_PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("_SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }


class _Guard(HTTPConnection):
    """Opens its socket only to an address that is allowed, and to that very address."""

    private_hosts: frozenset[str] = frozenset()

    def _new_conn(self) -> socket.socket:
        name = f"[{self.host}]" if ":" in self.host else self.host
        if f"{name}:{self.port}".lower() in self.private_hosts:
            return super()._new_conn()
        if not isinstance(self, HTTPSConnection):
            raise _Refused("only https addresses are called", "https-required")
        asked_for = self._dns_host
        self._dns_host = self._public_address()
        try:
            return super()._new_conn()
        finally:
            self._dns_host = asked_for

    def _public_address(self) -> str:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        addresses = [str(entry[4][0]) for entry in found]
        public = [address for address in addresses if is_public(address)]
        if not public:
            raise _Refused(
                "the address is not on the public internet; an operator can allow it by naming "
                "its host:port in PRIVATE_HOSTS",
                "address-not-allowed",
            )
        # IPv4 first: a server without an IPv6 route would wait out the connect timeout.
        return min(public, key=lambda address: ":" in address)


class _PlainConnection(_Guard):
    pass


class _SecureConnection(_Guard, HTTPSConnection):
    pass


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, also where one hides an IPv4 one inside."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour
        if ip in NAT64:
            return is_public(str(ip_address(int(ip) & 0xFFFFFFFF)))
        if inside is not None:
            return is_public(str(inside))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
