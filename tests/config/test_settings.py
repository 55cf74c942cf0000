"""Nonsense in the environment is refused at start, by the variable's name and with the remedy."""

import tomllib
from pathlib import Path

import pytest

from config import VERSION
from config.settings import LrsSettings, Settings, SettingsError

ENVIRONMENT = {"TOOL_URL": "https://cohorts.example.org", "SECRET_KEY": "0123456789abcdef" * 2}
LRS = {
    "LRS_ENDPOINT": "https://lrs.example.org/xapi/",
    "LRS_USERNAME": "tool",
    "LRS_PASSWORD": "secret",
}


def settings(**changes: str) -> Settings:
    return Settings.from_env({**ENVIRONMENT, **changes})


def refusal(**changes: str) -> str:
    with pytest.raises(SettingsError) as refused:
        settings(**changes)
    return str(refused.value)


def test_an_address_and_a_secret_are_enough() -> None:
    assert settings() == Settings(
        tool_url="https://cohorts.example.org",
        secret_key="0123456789abcdef" * 2,
        database_url="sqlite:///var/cohorts.db",
        lrs=None,
        private_hosts=frozenset(),
        delivery_in_web_process=True,
        trusted_proxies=0,
        development=False,
        log_level="INFO",
    )


def test_every_variable_is_read() -> None:
    assert settings(
        **LRS,
        TOOL_URL="https://cohorts.example.org:8443/tool/",
        DATABASE_URL="postgresql+psycopg://tool@db/cohorts",
        PRIVATE_HOSTS=" LMS.intern:8443, 127.0.0.1:8001 ",
        DELIVERY_IN_WEB_PROCESS="Yes",
        TRUSTED_PROXIES="1",
        DEVELOPMENT="yes",
        LOG_LEVEL="debug",
    ) == Settings(
        tool_url="https://cohorts.example.org:8443/tool",
        secret_key="0123456789abcdef" * 2,
        database_url="postgresql+psycopg://tool@db/cohorts",
        lrs=LrsSettings("https://lrs.example.org/xapi", "tool", "secret"),
        private_hosts=frozenset({"lms.intern:8443", "127.0.0.1:8001"}),
        delivery_in_web_process=True,
        trusted_proxies=1,
        development=True,
        log_level="DEBUG",
    )


@pytest.mark.parametrize(
    ("address", "in_web_process"), [("sqlite:///var/x.db", True), ("postgresql://h/x", False)]
)
def test_a_server_database_has_a_delivery_process_of_its_own(
    address: str, in_web_process: bool
) -> None:
    assert settings(DATABASE_URL=address).delivery_in_web_process is in_web_process


def test_registration_wants_the_host_without_the_scheme() -> None:
    assert settings(TOOL_URL="https://cohorts.example.org:8443").tool_host == (
        "cohorts.example.org:8443"
    )


@pytest.mark.parametrize("value", ["", "   "])
@pytest.mark.parametrize("name", ["TOOL_URL", "SECRET_KEY"])
def test_a_variable_without_a_default_has_to_be_set(name: str, value: str) -> None:
    assert refusal(**{name: value}) == (
        f"{name} is not set. Set it in the environment and start again."
    )


@pytest.mark.parametrize("name", ["LRS_USERNAME", "LRS_PASSWORD"])
def test_a_record_store_needs_its_credentials(name: str) -> None:
    assert refusal(**{**LRS, name: ""}).startswith(f"{name} is not set.")


def test_credentials_without_a_record_store_are_not_asked_for() -> None:
    assert settings(**{**LRS, "LRS_ENDPOINT": ""}).lrs is None


@pytest.mark.parametrize(
    "value",
    [
        "cohorts.example.org",
        "ftp://cohorts.example.org",
        "https://:443",
        "https://user@cohorts.example.org",
        "https://cohorts.example.org/?a=1",
        "https://cohorts.example.org/#top",
        "https://cohorts.example.org:port",
        "https://[::1",
    ],
)
@pytest.mark.parametrize("name", ["TOOL_URL", "LRS_ENDPOINT"])
def test_an_address_has_to_be_a_web_address(name: str, value: str) -> None:
    message = refusal(**{**LRS, name: value})

    assert message.startswith(
        f"{name} is {value!r}, which is no web address. Use one such as https"
    )


def test_the_database_is_one_of_two() -> None:
    assert refusal(DATABASE_URL="mysql://db/cohorts") == (
        "DATABASE_URL must begin with sqlite: or postgresql:, for example "
        "sqlite:///var/cohorts.db or postgresql://user:password@host/name."
    )


def test_a_short_secret_is_refused_with_the_way_to_make_one() -> None:
    message = refusal(SECRET_KEY="k" * 31)

    assert message.startswith("SECRET_KEY must have at least 32 characters. Make one with: ")
    assert "k" * 31 not in message


@pytest.mark.parametrize("value", ["true", "1", "on", "maybe"])
@pytest.mark.parametrize("name", ["DELIVERY_IN_WEB_PROCESS", "DEVELOPMENT"])
def test_a_switch_is_yes_or_no(name: str, value: str) -> None:
    assert refusal(**{name: value}) == f"{name} is {value!r}. Use 'yes' or 'no'."


@pytest.mark.parametrize("value", ["-1", "one", "1.5"])
def test_proxies_are_counted(value: str) -> None:
    assert refusal(TRUSTED_PROXIES=value) == (
        f"TRUSTED_PROXIES is {value!r}. Use a whole number, 0 or more."
    )


def test_a_log_level_is_one_of_four() -> None:
    assert refusal(LOG_LEVEL="loud") == (
        "LOG_LEVEL is 'LOUD'. Use one of DEBUG, INFO, WARNING, ERROR."
    )


@pytest.mark.parametrize("value", ["localhost", "localhost:", ":8001", "http://localhost/"])
def test_a_private_host_is_a_host_with_its_port(value: str) -> None:
    assert refusal(PRIVATE_HOSTS=f"127.0.0.1:8001,{value}") == (
        f"PRIVATE_HOSTS holds {value!r}. Write exact host:port pairs separated by commas, "
        "for example 127.0.0.1:8001."
    )


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s" * 40 + "\n")
    (tmp_path / "password").write_text("from a file\n")

    read = settings(
        **LRS,
        SECRET_KEY="",
        SECRET_KEY_FILE=str(tmp_path / "key"),
        LRS_PASSWORD_FILE=str(tmp_path / "password"),
    )

    assert read.secret_key == "s" * 40
    assert read.lrs == LrsSettings("https://lrs.example.org/xapi", "tool", "from a file")


@pytest.mark.parametrize("name", ["SECRET_KEY", "LRS_PASSWORD"])
def test_a_secret_in_a_file_that_is_missing(name: str, tmp_path: Path) -> None:
    path = tmp_path / "missing"

    assert refusal(**LRS, **{f"{name}_FILE": str(path)}) == (
        f"{name}_FILE names {path}, which cannot be read (FileNotFoundError). "
        f"Correct the path or its permissions, or set {name} itself."
    )


def test_a_secret_in_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe" * 40)

    assert "which cannot be read (UnicodeDecodeError)" in refusal(
        SECRET_KEY_FILE=str(tmp_path / "key")
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "LRS_PASSWORD"])
def test_a_secret_in_an_empty_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")

    assert refusal(**LRS, **{f"{name}_FILE": str(tmp_path / "empty")}) == (
        f"{name}_FILE names {tmp_path / 'empty'}, which is empty. "
        f"Write the secret into it, or set {name} itself."
    )


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]

    assert project["version"] == VERSION
