"""Is this a valid xAPI statement, and are these two the same one?

Pure functions over parsed JSON, as strict as the strictest record store we know (ADL's LRS) and
the specification. Sections in messages are those of xAPI-Data (xAPI 1.0.3, part two).

What does not belong here: what our own profile asks of a statement, and anything about requests,
storage or permissions.
"""

from xapi.conformance.comparison import equivalent
from xapi.conformance.formats import is_iri, is_uuid, parse_timestamp
from xapi.conformance.parsing import MalformedJson, parse_json
from xapi.conformance.statement import VOIDED, agent_problems, problems

__all__ = [
    "VOIDED",
    "MalformedJson",
    "agent_problems",
    "equivalent",
    "is_iri",
    "is_uuid",
    "parse_json",
    "parse_timestamp",
    "problems",
]
