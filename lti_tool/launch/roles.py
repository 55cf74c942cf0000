"""What a person is in a course, from the roles that the platform sends (LTI 1.3 core, annex A.2).

Only context roles count. Institution and system roles say what somebody is elsewhere: a learner
here may teach another course, and must not see this one as a teacher would.
"""

import re
from collections.abc import Iterable
from typing import Literal

Role = Literal["learner", "instructor", "administrator", "observer"]

LIS = "http://purl.imsglobal.org/vocab/lis/v2/"
MEMBERSHIP = LIS + "membership"
ADMINISTRATORS_ELSEWHERE = frozenset(
    {f"{LIS}institution/person#Administrator", f"{LIS}system/person#Administrator"}
)
# Another base than all the others: the LTI vocabulary, not the LIS one.
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

# Principal context roles that mean something here. Mentor, Manager, Member and Officer watch.
MEANING: dict[str, Role] = {
    "Administrator": "administrator",
    "Instructor": "instructor",
    "ContentDeveloper": "instructor",
    "Learner": "learner",
}
PRINCIPAL = re.compile(re.escape(MEMBERSHIP) + r"#([A-Za-z]+)")
# membership/Instructor#TeachingAssistant counts as Instructor: Open edX sends it without the
# principal role, Canvas with it.
SUB_ROLE = re.compile(re.escape(MEMBERSHIP) + r"/([A-Za-z]+)#[A-Za-z]+")
RANK: tuple[Role, ...] = ("administrator", "instructor", "learner")


def course_role(roles: Iterable[str], *, short_names: bool = False) -> Role:
    """The word for what these roles make a person in the course; the most able one wins.

    A context instructor who administers the institution is an administrator; an administrator
    without any context role only observes. `short_names` also reads `Learner` for
    `membership#Learner`, as Moodle's roster writes it; a launch never does.

    >>> course_role(["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"])
    'learner'
    """
    roles = list(roles)
    held = {MEANING[name] for name in map(_principal, roles) if name in MEANING}
    if short_names:
        held |= {MEANING[role] for role in roles if role in MEANING}
    if "instructor" in held and not ADMINISTRATORS_ELSEWHERE.isdisjoint(roles):
        return "administrator"
    return next((role for role in RANK if role in held), "observer")


def is_test_user(roles: Iterable[str]) -> bool:
    """Whether this is an LMS's preview user, such as the Canvas test student."""
    return TEST_USER in roles


def _principal(role: str) -> str | None:
    match = PRINCIPAL.fullmatch(role) or SUB_ROLE.fullmatch(role)
    return match[1] if match else None
