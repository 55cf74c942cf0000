"""What the platform's roles make of a person."""

import pytest

from lti_tool.launch.roles import course_role, is_test_user

LIS = "http://purl.imsglobal.org/vocab/lis/v2/"


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (["membership#Learner"], "learner"),
        (["membership#Instructor"], "instructor"),
        (["membership#ContentDeveloper"], "instructor"),
        (["membership#Administrator"], "administrator"),
        (["membership#Mentor"], "observer"),
        (["membership#Member"], "observer"),
        (["membership/Instructor#TeachingAssistant"], "instructor"),
        (["membership/Instructor#TeachingAssistant", "membership#Learner"], "instructor"),
        (["membership/Learner#Instructor"], "learner"),
        # Canvas: a learner here who teaches elsewhere
        (["membership#Learner", "institution/person#Instructor", "system/person#User"], "learner"),
        (["institution/person#Instructor"], "observer"),
        # Canvas: an account administrator who is not enrolled
        (["institution/person#Administrator", "system/person#User"], "observer"),
        (["system/person#Administrator"], "observer"),
        # Moodle: a site administrator
        (["membership#Instructor", "system/person#Administrator"], "administrator"),
        (["membership#Learner", "institution/person#Administrator"], "learner"),
        ([], "observer"),
    ],
)
def test_course_role(roles: list[str], expected: str) -> None:
    assert course_role(LIS + role for role in roles) == expected


@pytest.mark.parametrize(
    "role",
    [
        "Instructor",
        "membership#Instructor",
        LIS + "membership#Instructor ",
        LIS + "membership#Instructors",
        LIS + "membership#instructor",
        LIS + "membership/Instructor",
        LIS + "membership/Instructor#Teaching/Assistant",
        LIS + "person#Instructor",
        "https://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
        "http://purl.imsglobal.org.evil.example/vocab/lis/v2/membership#Instructor",
        "x" + LIS + "membership#Instructor",
        LIS + "membership#Instructor\n",
    ],
)
def test_s08_look_alikes_are_nobody(role: str) -> None:
    assert course_role([role]) == "observer"


def test_short_names_are_read_where_asked_for() -> None:
    assert course_role(["Learner"], short_names=True) == "learner"
    assert course_role(["Instructor"], short_names=True) == "instructor"
    assert course_role(["Observer"], short_names=True) == "observer"


def test_preview_user() -> None:
    assert is_test_user(["http://purl.imsglobal.org/vocab/lti/system/person#TestUser"])
    assert not is_test_user([LIS + "system/person#TestUser", LIS + "membership#Learner"])
