"""Fixtures of the peers. A test folder that wants one imports it in its conftest."""

from collections.abc import Iterator

import pytest

from tests.peers.ralph import Ralph, running_ralph


@pytest.fixture(scope="session")
def ralph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ralph]:
    """A running Ralph, one for each test process; statements of all its tests share its store."""
    with running_ralph(tmp_path_factory.mktemp("ralph")) as peer:
        yield peer
