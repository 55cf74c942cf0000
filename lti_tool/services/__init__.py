"""Calling a platform's services: access tokens, authorised requests, one error type.

What does not belong here: what is asked of a service. Grades are in `lti_tool.gradebook`, the
roster in `lti_tool.roster`.
"""

from lti_tool.services.answers import ServiceAnswer
from lti_tool.services.client import ServiceClient, open_client
from lti_tool.services.failures import HOLD, PARK, RETRY, WAIT, ServiceError, failure_of

__all__ = [
    "HOLD",
    "PARK",
    "RETRY",
    "WAIT",
    "ServiceAnswer",
    "ServiceClient",
    "ServiceError",
    "failure_of",
    "open_client",
]
