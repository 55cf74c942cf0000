"""A world for every test of delivery, on SQLite and on PostgreSQL: claiming differs there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lti_tool.delivery.world import World


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    world = World(tmp_path, database_url)
    yield world
    world.close()
