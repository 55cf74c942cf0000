"""When champions are missing."""

import pytest

from cohorts.rules.champions import MOST_PEOPLE, Coverage, most_people


@pytest.mark.parametrize(
    ("people", "champions", "missing"),
    [(0, 0, 0), (1, 0, 1), (15, 1, 0), (16, 1, 1), (30, 2, 0), (31, 2, 1), (45, 0, 3), (3, 9, 0)],
)
def test_one_champion_for_fifteen(people: int, champions: int, missing: int) -> None:
    assert Coverage(people, champions).missing == missing


@pytest.mark.parametrize(
    ("people", "champions", "sentence"),
    [
        (0, 0, "Nobody is here yet."),
        (1, 0, "No champion for 1 person. Name one."),
        (31, 0, "No champion for 31 people. Name 3."),
        (13, 1, "1 champion for 13 people. Fine up to 15."),
        (30, 2, "2 champions for 30 people. Fine up to 30."),
        (16, 1, "1 champion for 16 people. Name 1 more, or split the team."),
    ],
)
def test_what_an_owner_reads(people: int, champions: int, sentence: str) -> None:
    assert Coverage(people, champions).sentence == sentence


def test_the_program_says_how_many() -> None:
    assert most_people({"champions": {"max_people_per_champion": 8}}) == 8
    assert most_people({}) == MOST_PEOPLE
