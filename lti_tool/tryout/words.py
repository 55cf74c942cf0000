"""What the start prints."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lti_tool.practice_lms.people import COACHES, LEARNERS
from lti_tool.tryout.addresses import LRS_ACCOUNT, Addresses
from lti_tool.tryout.folder import Folder

LEARNER = next(person.name for person in LEARNERS if person.champion)
COACH = COACHES[0].name
WIDTH = 34


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Say what is being done, and afterwards `ready`, or the word that the body gives instead."""
    print(f"  {what} ".ljust(WIDTH + 2, ".") + " ", end="", flush=True)
    words = ["ready"]
    yield words.append
    print(words[-1], flush=True)


def ready(addresses: Addresses, folder: Folder, invitation: str, seconds: float) -> str:
    """Where everything is, what to click first, and how it ends."""
    flask = Path(os.path.relpath(sys.executable)).with_name("flask")
    return f"""
Ready after {seconds:.0f} seconds.

  Practice LMS   {addresses.lms}
  The tool       {addresses.tool} (opens inside the LMS)
  Practice LRS   {addresses.lrs} (xAPI at {addresses.lrs}/xapi, {LRS_ACCOUNT} / {LRS_ACCOUNT})

What to click first
  1. Open {addresses.lms} and choose {LEARNER}, a learner.
     It is week 7 of 13, with 24 learners, two coaches and three champions.
  2. Enter as somebody else: {COACH}, a coach. Reviews and milestones wait there.
  3. Confirm a milestone. Then look at Gradebook in the LMS, and at the LRS.

To connect another LMS, paste this address where it registers tools (once, within 24 hours):
  {invitation}
A new one:
  . {folder.environment} && {flask} --app wsgi platform invite

Everything is kept in {folder.path}. Ctrl-C ends it, the same command goes on.
To start over: rm -r {folder.path}
"""
