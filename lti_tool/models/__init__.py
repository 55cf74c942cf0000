"""Tables of the LTI side: who launched, from where, and what the platform lets us do."""

from lti_tool.models.course import Context, LineItem, LtiUser, Membership, ResourceLink
from lti_tool.models.keys import AccessToken, ToolKey
from lti_tool.models.platform import Deployment, Invitation, Platform
from lti_tool.models.sessions import LaunchSession, LoginState

__all__ = [
    "AccessToken",
    "Context",
    "Deployment",
    "Invitation",
    "LaunchSession",
    "LineItem",
    "LoginState",
    "LtiUser",
    "Membership",
    "Platform",
    "ResourceLink",
    "ToolKey",
]
