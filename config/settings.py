"""Settings: the only reader of the environment.

Every variable is named once, in `Settings.from_env`. Nonsense is refused at start with the
variable's name and the remedy. A secret may also come from a file: `NAME_FILE` instead of `NAME`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

MINIMUM_SECRET_LENGTH = 32


class SettingsError(ValueError):
    """A variable is missing or wrong; the message names it and says what to do."""


@dataclass(frozen=True)
class LrsSettings:
    """Where statements go: an xAPI endpoint without a trailing slash, and basic credentials."""

    endpoint: str
    username: str
    password: str


@dataclass(frozen=True)
class Settings:
    """Everything an operator can choose, checked and frozen."""

    tool_url: str
    secret_key: str
    database_url: str
    lrs: LrsSettings | None = None
    private_hosts: frozenset[str] = frozenset()
    delivery_in_web_process: bool = False
    trusted_proxies: int = 0
    development: bool = False
    log_level: str = "INFO"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read and check the environment.

        Raises SettingsError with the name of the first wrong variable and the remedy.
        """
        read = _Reader(os.environ if environ is None else environ)
        tool_url = read.web_address("TOOL_URL", example="https://cohorts.example.org")
        database_url = read.text("DATABASE_URL", default="sqlite:///var/cohorts.db")
        if not database_url.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
            raise SettingsError(
                "DATABASE_URL must begin with sqlite: or postgresql:, for example "
                "sqlite:///var/cohorts.db or postgresql://user:password@host/name."
            )
        secret_key = read.secret("SECRET_KEY")
        if len(secret_key) < MINIMUM_SECRET_LENGTH:
            raise SettingsError(
                f"SECRET_KEY must have at least {MINIMUM_SECRET_LENGTH} characters. Make one with: "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        embedded = database_url.startswith("sqlite:")
        return cls(
            tool_url=tool_url,
            secret_key=secret_key,
            database_url=database_url,
            lrs=_lrs(read),
            private_hosts=_private_hosts(read.text("PRIVATE_HOSTS", default="")),
            delivery_in_web_process=read.switch("DELIVERY_IN_WEB_PROCESS", default=embedded),
            trusted_proxies=read.count("TRUSTED_PROXIES", default=0),
            development=read.switch("DEVELOPMENT", default=False),
            log_level=read.choice(
                "LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"
            ),
        )

    @property
    def tool_host(self) -> str:
        """Host and port of the tool without the scheme, as registration wants it."""
        return urlsplit(self.tool_url).netloc


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str | None = None) -> str:
        value = self._environ.get(name, "").strip()
        if value:
            return value
        if default is None:
            raise SettingsError(f"{name} is not set. Set it in the environment and start again.")
        return default

    def secret(self, name: str, default: str | None = None) -> str:
        path = self._environ.get(f"{name}_FILE", "").strip()
        if not path:
            return self.text(name, default)
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{name}_FILE names {path}, which cannot be read ({error.__class__.__name__}). "
                f"Correct the path or its permissions, or set {name} itself."
            ) from error
        if not value:
            raise SettingsError(
                f"{name}_FILE names {path}, which is empty. "
                f"Write the secret into it, or set {name} itself."
            )
        return value

    def switch(self, name: str, default: bool) -> bool:
        value = self.text(name, default="yes" if default else "no").lower()
        if value not in ("yes", "no"):
            raise SettingsError(f"{name} is {value!r}. Use 'yes' or 'no'.")
        return value == "yes"

    def count(self, name: str, default: int) -> int:
        value = self.text(name, default=str(default))
        if not value.isdecimal():
            raise SettingsError(f"{name} is {value!r}. Use a whole number, 0 or more.")
        return int(value)

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default=default).upper()
        if value not in allowed:
            raise SettingsError(f"{name} is {value!r}. Use one of {', '.join(allowed)}.")
        return value

    def web_address(self, name: str, example: str, default: str | None = None) -> str:
        value = self.text(name, default).rstrip("/")
        try:
            parts = urlsplit(value)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname)
            usable = usable and not (parts.query or parts.fragment or parts.username)
            _ = parts.port
        except ValueError:
            usable = False
        if not usable:
            raise SettingsError(
                f"{name} is {value!r}, which is no web address. Use one such as {example}."
            )
        return value


def _lrs(read: _Reader) -> LrsSettings | None:
    if not read.text("LRS_ENDPOINT", default=""):
        return None
    return LrsSettings(
        endpoint=read.web_address("LRS_ENDPOINT", example="https://lrs.example.org/xapi"),
        username=read.text("LRS_USERNAME"),
        password=read.secret("LRS_PASSWORD"),
    )


def _private_hosts(value: str) -> frozenset[str]:
    hosts = frozenset(part.strip().lower() for part in value.split(",") if part.strip())
    for host in hosts:
        name, _, port = host.rpartition(":")
        if not name or not port.isdecimal():
            raise SettingsError(
                f"PRIVATE_HOSTS holds {host!r}. Write exact host:port pairs separated by commas, "
                "for example 127.0.0.1:8001."
            )
    return hosts
