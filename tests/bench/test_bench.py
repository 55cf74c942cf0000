"""The benchmark itself: what it times are real launches, and it says what it found."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool.database import db
from lti_tool.models import LaunchSession
from tests.bench.__main__ import show
from tests.bench.launch import Sample, samples
from tests.bench.workers import Measured, application, close, furnished
from tests.support.platform import ON_ONE_DATABASE


@ON_ONE_DATABASE
def test_every_timed_launch_opens_a_session(database_url: str) -> None:
    app, platform = application(furnished(database_url, rounds=3))
    assert len(samples(app, platform, 3)) == 3
    assert _sessions(app) == 4  # one more for the page whose template the floor renders
    close(app)


@pytest.mark.parametrize(("milliseconds", "verdict"), [(2.9, "met"), (3.1, "not met")])
def test_says_whether_the_aim_is_met(
    milliseconds: float, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = Sample(milliseconds / 1000, 0, 0, 0.0003, 0.0004, 0.0003)
    show("SQLite", Measured([sample] * 10, server_seconds=None))
    table = capsys.readouterr().out
    assert f"{milliseconds:.2f}    1.00     {milliseconds:.1f}  {verdict}\n" in table


def _sessions(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(LaunchSession)) or 0
