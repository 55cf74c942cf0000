"""A clock that a test sets."""

from datetime import datetime, timedelta


class Clock:
    """Answers the same instant until it is moved. Hand it to whatever takes `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> datetime:
        """Move on, for example `advance(days=7)`; the new instant."""
        self.now += timedelta(**parts)
        return self.now
