"""A web process for tests that kill it: people launch one after the other, for ever.

Each learner's first launch enrols them, which is a fact with a statement. Who was answered is
printed. With a number on the command line the process dies in that person's launch, after the
rows and before the commit.
"""

import os
import signal
import sys
from itertools import count
from typing import Any

from sqlalchemy import event, select

from cohorts.models import Cohort, Enrolment
from lti_tool.database import db
from lti_tool.models import Context, Platform
from tests.support.platform import FakePlatform, network_of
from wsgi import app


def main() -> None:
    platform = FakePlatform(network_of(app))
    client = app.test_client()
    with app.app_context():
        platform.store(db.session())
    launch(platform, client, 0)
    with app.app_context():
        open_cohort_in_the_course(platform.issuer)
        if len(sys.argv) > 1:
            event.listen(db.session, "after_flush", DieAfterTheRows(int(sys.argv[1])))
    for number in count(1):
        launch(platform, client, number)
        print(number, flush=True)


def launch(platform: FakePlatform, client: Any, number: int) -> None:
    answer = platform.launch(client, {"sub": f"person-{number}", "name": f"Person {number}"})
    if answer.status_code != 303:
        sys.exit(f"launch {number} was answered {answer.status}")


def open_cohort_in_the_course(issuer: str) -> None:
    """The world's cohort, in the course that the first launch came from."""
    course = select(Context).join(Context.deployment).join(Platform).filter_by(issuer=issuer)
    db.session.scalars(course).one().cohort_id = db.session.scalars(select(Cohort.id)).one()
    db.session.commit()


class DieAfterTheRows:
    """Ends the process at the flush of that many enrolments."""

    def __init__(self, enrolments: int) -> None:
        self.left = enrolments

    def __call__(self, session: Any, _: object) -> None:
        self.left -= any(isinstance(row, Enrolment) for row in session.new)
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
