"""How long somebody has waited, in working days."""

from datetime import date, timedelta

import pytest

from cohorts.rules.calendar import working_days

MONDAY = date(2026, 1, 12)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(0, 0, 0), (0, 1, 1), (0, 4, 4), (0, 5, 4), (0, 6, 4), (0, 7, 5), (4, 7, 1), (5, 7, 1)]
    + [(5, 6, 0), (6, 7, 1), (0, 14, 10), (3, 28, 17), (7, 0, 0)],
)
def test_weekends_do_not_count(first: int, last: int, days: int) -> None:
    assert working_days(MONDAY + timedelta(first), MONDAY + timedelta(last)) == days


@pytest.mark.parametrize("first", range(7))
@pytest.mark.parametrize("length", range(20))
def test_it_is_what_counting_one_by_one_gives(first: int, length: int) -> None:
    start = MONDAY + timedelta(first)
    days = [start + timedelta(number) for number in range(1, length + 1)]
    assert working_days(start, start + timedelta(length)) == sum(d.weekday() < 5 for d in days)
