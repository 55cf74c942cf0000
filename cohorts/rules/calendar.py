"""What counts as a day, a week and a phase of a cohort.

Weeks are counted from the start date, in the cohort's own zone: week 1 begins at 00:00 of
`starts_on`. The 13th week has 6 days; the cohort closes at start + 90 days, 00:00.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cohorts.rules.program import Phase, Program

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Calendar:
    """The dated plan of one cohort. `week` 0 is before day 1, weeks + 1 is after the close."""

    starts_on: date
    time_zone: str
    program: Program

    @property
    def zone(self) -> ZoneInfo:
        """The cohort's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def closes_on(self) -> date:
        """The first day that is no longer part of the cohort."""
        return self.starts_on + timedelta(days=self.program.length_days)

    def today(self, now: datetime) -> date:
        """The cohort's own date at an instant."""
        return now.astimezone(self.zone).date()

    def week_of(self, day: date) -> int:
        """The program week a day lies in: 0 before the start, weeks + 1 after the close."""
        if day < self.starts_on:
            return 0
        if day >= self.closes_on:
            return self.program.weeks + 1
        return (day - self.starts_on).days // 7 + 1

    def week_at(self, now: datetime) -> int:
        """The program week at an instant."""
        return self.week_of(self.today(now))

    def first_day(self, week: int) -> date:
        """The first day of a program week."""
        return self.starts_on + timedelta(days=7 * (week - 1))

    def after(self, week: int) -> date:
        """The day on which a program week is over."""
        return min(self.first_day(week + 1), self.closes_on)

    def opens_at(self, week: int) -> datetime:
        """When the check-in of a week opens: the program's weekday and time, in the zone."""
        name, clock = self.program.check_in_opens.split()
        first = self.first_day(week)
        days = (WEEKDAYS.index(name) - first.weekday()) % 7
        day = min(first + timedelta(days=days), self.after(week) - timedelta(days=1))
        return self._instant(day, time.fromisoformat(clock))

    def grace_ends_at(self, week: int) -> datetime:
        """Until when an answer for a week is on time: the end of the week and the grace."""
        day = self.after(week) + timedelta(days=self.program.late_grace_days)
        return self._instant(day, time.min)

    def open_weeks(self, now: datetime, joined_on: date) -> list[int]:
        """Weeks whose check-in has opened and is still on time for somebody who joined then.

        A week that was over before they joined is not asked for. The newest comes first.
        """
        weeks = range(1, min(self.week_at(now), self.program.weeks) + 1)
        return [
            week
            for week in reversed(weeks)
            if self.opens_at(week) <= now < self.grace_ends_at(week)
            and self.after(week) > joined_on
        ]

    def next_opening(self, now: datetime) -> datetime | None:
        """When the next check-in opens that has not opened yet; None when the last one has."""
        first = max(self.week_at(now), 1)
        opening = (self.opens_at(week) for week in range(first, self.program.weeks + 1))
        return next((instant for instant in opening if instant > now), None)

    def phase(self, week: int) -> Phase:
        """The phase of a week; before the start the first, after the close the last."""
        for phase in self.program.phases:
            if week in phase.weeks:
                return phase
        return self.program.phases[0 if week < 1 else -1]

    def iso_week(self, week: int) -> str:
        """The ISO week of a program week's first day, such as 2026-W48."""
        year, number, _ = self.first_day(week).isocalendar()
        return f"{year}-W{number:02d}"

    def _instant(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def working_days(first: date, last: date) -> int:
    """How many days from Monday to Friday lie after `first`, up to and including `last`."""
    weeks, rest = divmod(max((last - first).days, 0), 7)
    return weeks * 5 + sum((first.weekday() + day) % 7 < 5 for day in range(1, rest + 1))
