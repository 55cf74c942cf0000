"""What a practice LMS needs to know, and the refusal of an address others could reach."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lti_tool.practice_lms.fetching import fetch_json

DEFAULT_PORTS = {"http": 80, "https": 443}


class NotLoopback(ValueError):
    """The practice LMS was given an address that other machines could reach."""


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class PracticeLmsSettings:
    """One practice LMS.

    `url` is its own address and its issuer, without a path, such as http://127.0.0.1:8001.
    `database` is its own SQLite file; the folder is made where it is missing.
    `tool_url` is where the tool to practise with usually runs; other tools may register too.
    `clock` answers the present aware instant.
    `roster_page_size` is the most members one page of the roster service carries.
    `fetch_json` reads a tool's key set: an address in, parsed JSON out; it raises `OSError` or
    `ValueError`.
    `deep_linking_data` says whether deep linking requests carry `data`, which must come back.
    """

    url: str
    database: Path
    tool_url: str = "http://localhost:8000"
    clock: Callable[[], datetime] = utc_now
    roster_page_size: int = 10
    fetch_json: Callable[[str], Any] = fetch_json
    deep_linking_data: bool = True


def require_loopback(url: str) -> None:
    """Raise `NotLoopback` unless `url` is an http address of this machine alone."""
    origin = origin_of(url)
    host = urlsplit(origin).hostname or ""
    if url not in (origin, f"{origin}:80") or not url.startswith("http:") or not _is_loopback(host):
        raise NotLoopback(
            f"The practice LMS lets anybody in as anybody, so it runs on this machine only: its "
            f"address is http://127.0.0.1:<port> or http://localhost:<port>, not {url!r}."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def origin_of(url: str) -> str:
    """Scheme, host and port of an address as browsers write them, without a default port.

    Empty where it is no http(s) address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    own_port = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{own_port}"
