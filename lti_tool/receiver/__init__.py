"""A receiver of xAPI statements: the statements and about resources over a store of its own.

Used by the practice LRS. It follows the requirements of xAPI-Communication 1.0.3 sections 2.1,
2.8, 3.2, 3.3 and 4.0 for what it has, but is no record store in the full sense of the
specification: there are no state, profile, agents or activities resources and no attachments.

What does not belong here: evidence, cohorts, and any judgement of a statement beyond its validity.
"""

from lti_tool.receiver.blueprint import MAX_BODY_BYTES, statement_receiver
from lti_tool.receiver.credentials import Authenticate, single_account
from lti_tool.receiver.filters import StatementFilter, agent_key
from lti_tool.receiver.store import StatementConflict, StatementStore

__all__ = [
    "MAX_BODY_BYTES",
    "Authenticate",
    "StatementConflict",
    "StatementFilter",
    "StatementStore",
    "agent_key",
    "single_account",
    "statement_receiver",
]
