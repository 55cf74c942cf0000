"""A record store for trying the tool without one: the statement receiver as its own process.

Started with `python -m lti_tool.practice_lrs`; never part of a production start. It listens on
the loopback address only, and its page shows what has arrived to whoever can reach that.
"""

from lti_tool.practice_lrs.app import PracticeLrsSettings, create_practice_lrs

__all__ = ["PracticeLrsSettings", "create_practice_lrs"]
