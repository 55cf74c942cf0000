"""Weeks, phases and check-ins, in the cohort's own zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts import programs
from cohorts.rules.calendar import Calendar, working_days
from cohorts.rules.program import Program

PROGRAM = Program.from_document(programs.shipped()["marketing"])
MONDAY = date(2026, 3, 2)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "America/Havana",
)

starts = st.dates(date(2024, 1, 1), date(2032, 12, 31))
zones = st.sampled_from(ZONES)
calendars = st.builds(Calendar, starts, zones, st.just(PROGRAM))
weeks = st.integers(1, PROGRAM.weeks)


def calendar(starts_on: date = MONDAY, time_zone: str = "Europe/Berlin") -> Calendar:
    return Calendar(starts_on, time_zone, PROGRAM)


def local(year: int, month: int, day: int, hour: int = 0, zone: str = "Europe/Berlin") -> datetime:
    return datetime(year, month, day, hour, tzinfo=ZoneInfo(zone))


@given(calendars)
def test_each_of_the_90_days_lies_in_exactly_one_week(plan: Calendar) -> None:
    days = [plan.starts_on + timedelta(days=day) for day in range(90)]

    by_week = {
        week: [day for day in days if plan.first_day(week) <= day < plan.after(week)]
        for week in range(1, 14)
    }

    assert [day for week in by_week.values() for day in week] == days
    assert [len(week) for week in by_week.values()] == [7] * 12 + [6]
    assert all(plan.week_of(day) == week for week, found in by_week.items() for day in found)


@given(calendars)
def test_before_the_first_day_is_week_0_and_from_the_close_on_week_14(plan: Calendar) -> None:
    assert plan.closes_on == plan.starts_on + timedelta(days=90)
    assert plan.week_of(plan.starts_on - timedelta(days=1)) == 0
    assert plan.week_of(plan.closes_on - timedelta(days=1)) == 13
    assert plan.week_of(plan.closes_on) == 14
    assert plan.week_of(plan.closes_on + timedelta(days=400)) == 14


@given(calendars, weeks)
def test_weeks_follow_each_other_without_a_gap(plan: Calendar, week: int) -> None:
    assert plan.after(week) == min(plan.first_day(week + 1), plan.closes_on)


@given(calendars, weeks)
def test_a_check_in_opens_within_its_week_at_nine_by_the_cohorts_own_clock(
    plan: Calendar, week: int
) -> None:
    opens = plan.opens_at(week).astimezone(plan.zone)

    assert plan.first_day(week) <= opens.date() < plan.after(week)
    assert (opens.hour, opens.minute) == (9, 0)
    assert opens.weekday() == 3 or opens.date() == plan.after(week) - timedelta(days=1)


@given(calendars, weeks)
def test_the_grace_ends_at_midnight_seven_days_after_the_week(plan: Calendar, week: int) -> None:
    ends = plan.grace_ends_at(week)

    assert plan.today(ends) == plan.after(week) + timedelta(days=7)
    assert plan.today(ends - timedelta(microseconds=1)) == plan.today(ends) - timedelta(days=1)


@given(calendars, st.integers(-10, 120), st.integers(0, 95))
def test_a_week_is_open_from_its_opening_to_the_end_of_its_grace(
    plan: Calendar, day: int, quarter: int
) -> None:
    now = datetime.combine(plan.starts_on, datetime.min.time(), UTC)
    now += timedelta(days=day, minutes=15 * quarter)

    found = plan.open_weeks(now, plan.starts_on)

    assert found == [
        week for week in range(13, 0, -1) if plan.opens_at(week) <= now < plan.grace_ends_at(week)
    ]


def test_a_cohort_may_start_on_any_weekday() -> None:
    plan = calendar(date(2026, 3, 6))  # a Friday

    assert plan.week_of(date(2026, 3, 12)) == 1
    assert plan.week_of(date(2026, 3, 13)) == 2
    assert plan.opens_at(1) == local(2026, 3, 12, 9)


def test_where_the_short_last_week_has_no_thursday_its_check_in_opens_on_the_last_day() -> None:
    plan = calendar(date(2026, 3, 6))

    assert plan.closes_on == date(2026, 6, 4)  # a Thursday
    assert plan.opens_at(13) == local(2026, 6, 3, 9)


@pytest.mark.parametrize(
    ("starts_on", "zone", "week", "hours"),
    [
        (date(2026, 3, 2), "Europe/Berlin", 4, 167),
        (date(2026, 10, 5), "Europe/Berlin", 3, 169),
        (date(2026, 3, 2), "America/New_York", 1, 167),
        (date(2026, 3, 2), "Asia/Kolkata", 4, 168),
    ],
)
def test_the_week_of_a_clock_change_is_an_hour_shorter_or_longer(
    starts_on: date, zone: str, week: int, hours: int
) -> None:
    plan = calendar(starts_on, zone)

    # The grace of the week before ends with the week itself.
    starts, ends = plan.grace_ends_at(week - 2), plan.grace_ends_at(week - 1)

    assert ends - starts == timedelta(hours=hours)
    assert plan.week_at(starts) == plan.week_at(ends - timedelta(seconds=1)) == week


def test_check_ins_open_at_nine_on_both_sides_of_a_clock_change() -> None:
    plan = calendar()

    assert plan.opens_at(4) == datetime(2026, 3, 26, 8, 0, tzinfo=UTC)
    assert plan.opens_at(5) == datetime(2026, 4, 2, 7, 0, tzinfo=UTC)


def test_midnight_is_that_of_the_cohort_not_of_the_person() -> None:
    plan = calendar(time_zone="Pacific/Auckland")
    sunday_in_utc = datetime(2026, 3, 8, 11, 0, tzinfo=UTC)

    assert plan.week_at(sunday_in_utc - timedelta(seconds=1)) == 1
    assert plan.week_at(sunday_in_utc) == 2
    assert plan.today(sunday_in_utc) == date(2026, 3, 9)


def test_the_first_check_in_is_open_from_thursday_to_the_end_of_the_second_week() -> None:
    plan = calendar()

    assert plan.open_weeks(local(2026, 3, 5, 8), MONDAY) == []
    assert plan.open_weeks(local(2026, 3, 5, 9), MONDAY) == [1]
    assert plan.open_weeks(local(2026, 3, 12, 9), MONDAY) == [2, 1]
    assert plan.open_weeks(local(2026, 3, 16), MONDAY) == [2]


def test_the_last_weeks_stay_open_after_the_close_for_their_grace() -> None:
    plan = calendar()

    assert plan.open_weeks(local(2026, 5, 31), MONDAY) == [13, 12]
    assert plan.open_weeks(local(2026, 6, 1), MONDAY) == [13]
    assert plan.open_weeks(local(2026, 6, 6, 23), MONDAY) == [13]
    assert plan.open_weeks(local(2026, 6, 7), MONDAY) == []


def test_nobody_is_asked_about_a_week_that_was_over_before_they_joined() -> None:
    plan = calendar()
    thursday = local(2026, 3, 19, 9)

    assert plan.open_weeks(thursday, date(2026, 3, 15)) == [3, 2]
    assert plan.open_weeks(thursday, date(2026, 3, 16)) == [3]


@pytest.mark.parametrize(
    ("week", "phase"),
    [(-1, "prep"), (0, "prep"), (1, "skill"), (4, "skill"), (5, "integration"), (12, "integration")]
    + [(13, "close"), (14, "close")],
)
def test_every_week_has_a_phase(week: int, phase: str) -> None:
    assert calendar().phase(week).id == phase


def test_a_program_week_knows_its_iso_week_over_the_turn_of_a_year() -> None:
    plan = calendar(date(2026, 12, 21))

    assert [plan.iso_week(week) for week in (1, 2, 3)] == ["2026-W52", "2026-W53", "2027-W01"]


@given(starts, st.integers(-10, 40))
def test_working_days_are_those_from_monday_to_friday(first: date, days: int) -> None:
    after = [first + timedelta(days=day) for day in range(1, days + 1)]

    assert working_days(first, first + timedelta(days=days)) == sum(d.weekday() < 5 for d in after)
