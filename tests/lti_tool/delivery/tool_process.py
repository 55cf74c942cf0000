"""The tool in a process of its own, for tests that kill it.

`flask --app tests.lti_tool.delivery.tool_process deliver` is the command that an operator starts.
`python -m tests.lti_tool.delivery.tool_process` takes people in, one request each, and says who
was acknowledged; with a name it dies in that person's request, after the rows and before the
commit.
"""

import os
import signal
import sys
from itertools import count

from sqlalchemy import select

from cohorts import enrolment
from cohorts.models import Cohort, Person
from lti_tool import delivery
from lti_tool.app import utc_now
from lti_tool.database import db
from wsgi import app

if "deliver" not in app.cli.commands:
    delivery.init_app(app)

DIES_AT = sys.argv[1] if len(sys.argv) > 1 else ""


@app.post("/people/<name>")
def take_in(name: str) -> str:
    """Record the fact and its statement, commit, answer."""
    session = db.session()
    person = Person(display_name=name, created_at=utc_now())
    session.add(person)
    cohort = session.scalars(select(Cohort)).one()
    enrolment.admit(session, cohort=cohort, person=person, role="learner", now=utc_now())
    session.flush()
    if name == DIES_AT:
        os.kill(os.getpid(), signal.SIGKILL)
    session.commit()
    return name


if __name__ == "__main__":
    client = app.test_client()
    for number in count():
        print(client.post(f"/people/{number}").text, flush=True)
