"""Champions: one for every 10 to 15 people, so that a question finds a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

MOST_PEOPLE = 15


def most_people(document: Mapping[str, Any]) -> int:
    """How many people one champion may support, as the program document says."""
    most: int = document.get("champions", {}).get("max_people_per_champion", MOST_PEOPLE)
    return most


@dataclass(frozen=True)
class Coverage:
    """How many champions support how many people. Champions are people of the group too."""

    people: int
    champions: int
    most: int = MOST_PEOPLE

    @property
    def missing(self) -> int:
        """How many more champions the group needs."""
        return max(ceil(self.people / self.most) - self.champions, 0)

    @property
    def sentence(self) -> str:
        """Where the group stands and, where champions are missing, what to do.

        >>> Coverage(13, 1).sentence
        '1 champion for 13 people. Fine up to 15.'
        >>> Coverage(16, 1).sentence
        '1 champion for 16 people. Name 1 more, or split the team.'
        """
        if not self.people:
            return "Nobody is here yet."
        champions = f"{self.champions} champion{'' if self.champions == 1 else 's'}"
        people = f"{self.people} {'person' if self.people == 1 else 'people'}"
        stands = f"{champions if self.champions else 'No champion'} for {people}."
        if not self.missing:
            return f"{stands} Fine up to {self.champions * self.most}."
        if not self.champions:
            return f"{stands} Name {'one' if self.missing == 1 else self.missing}."
        return f"{stands} Name {self.missing} more, or split the team."
