"""The peers, for the tests of this folder."""

from tests.peers.fixtures import ralph

__all__ = ["ralph"]
