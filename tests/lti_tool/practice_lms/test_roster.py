import pytest

from lti_tool.practice_lms import vocabulary as v
from lti_tool.practice_lms.people import COACHES, LEARNERS, PEOPLE
from tests.lti_tool.practice_lms.tool_double import (
    LMS,
    SAME_ORIGIN,
    ToolDouble,
    registration_request,
)

ROSTER = f"{LMS}/services/CourseSection/2/bindings/1/memberships"


def members(service: ToolDouble, query: str = "") -> dict[str, dict[str, object]]:
    """Every member by user id, all pages followed."""
    url: str | None = ROSTER + query
    found = {}
    while url:
        response = service.call("GET", url, Accept=v.MEMBERSHIP_CONTAINER_TYPE)
        assert response.mimetype == v.MEMBERSHIP_CONTAINER_TYPE
        found |= {member["user_id"]: member for member in response.get_json()["members"]}
        url = response.headers.get("Link", "").partition(">")[0].removeprefix("<") or None
    return found


def test_pages_carry_the_page_size_and_a_link_to_the_next(service: ToolDouble) -> None:
    first = service.call("GET", ROSTER)
    body = first.get_json()
    assert body["id"] == ROSTER
    assert body["context"] == {"id": "2", "label": "COHORT", "title": "AI workflows for marketing"}
    assert len(body["members"]) == 10
    assert first.headers["Link"] == f'<{ROSTER}?limit=10&from=10>; rel="next"'
    assert len(members(service)) == 27


def test_limit_asks_for_less_never_for_more(service: ToolDouble) -> None:
    assert len(service.call("GET", f"{ROSTER}?limit=3").get_json()["members"]) == 3
    assert len(service.call("GET", f"{ROSTER}?limit=100").get_json()["members"]) == 10


def test_roles_are_short_names(service: ToolDouble) -> None:
    roles = [member["roles"] for member in members(service).values()]
    assert {role for (role,) in roles} == {"Learner", "Instructor"}


def test_non_editing_teacher_is_a_learner_in_the_roster(service: ToolDouble) -> None:
    assert service.launch("5")[f"{v.LTI}roles"] == [v.INSTRUCTOR]
    assert members(service)["5"]["roles"] == ["Learner"]
    assert members(service)["4"]["roles"] == ["Instructor"]


def test_administrator_is_no_member(service: ToolDouble) -> None:
    assert "2" not in members(service)


@pytest.mark.parametrize("role", ["Instructor", v.INSTRUCTOR.replace("#", "%23")])
def test_role_filter_takes_short_name_and_uri(service: ToolDouble, role: str) -> None:
    assert set(members(service, f"?role={role}")) == {"3", "4"}


def test_role_filter_is_kept_on_the_next_page(service: ToolDouble) -> None:
    assert len(members(service, "?role=Learner&limit=7")) == 25


def test_unknown_role_finds_nobody(service: ToolDouble) -> None:
    assert members(service, "?role=Mentor") == {}


def test_inactive_member_is_shown_as_inactive_and_removed_one_is_missing(
    service: ToolDouble,
) -> None:
    for user_id, status in (("6", "Inactive"), ("7", "Removed")):
        changed = service.http.post(
            f"/course/2/roster/{user_id}", data={"status": status}, headers=SAME_ORIGIN
        )
        assert changed.status_code == 303
    found = members(service)
    assert found["6"]["status"] == "Inactive"
    assert found["8"]["status"] == "Active"
    assert "7" not in found


@pytest.mark.parametrize(("user_id", "status"), [("6", "Deleted"), ("2", "Removed"), ("x", "")])
def test_only_members_change_place(service: ToolDouble, user_id: str, status: str) -> None:
    response = service.http.post(
        f"/course/2/roster/{user_id}", data={"status": status}, headers=SAME_ORIGIN
    )
    assert response.status_code == 400


def test_wrong_accept_is_400(service: ToolDouble) -> None:
    assert service.call("GET", ROSTER, Accept="application/json").status_code == 400


def test_roster_of_another_tool_is_403(service: ToolDouble) -> None:
    assert service.call("GET", ROSTER.replace("bindings/1", "bindings/2")).status_code == 403


def test_names_the_tool_did_not_ask_for_are_missing(stranger: ToolDouble) -> None:
    body = registration_request()
    body[v.TOOL_CONFIGURATION]["claims"] = ["sub"]
    stranger.register(body)
    stranger.activate()
    member = members(stranger.with_scopes())["6"]
    assert not {"name", "given_name", "family_name", "email"} & set(member)
    assert member["lis_person_sourcedid"] == "S-001"


def test_people_are_a_course_of_24_with_two_coaches_and_three_champions() -> None:
    assert len(LEARNERS) == 24
    assert sum(learner.champion for learner in LEARNERS) == 3
    assert [coach.editing for coach in COACHES] == [True, False]
    assert len({person.user_id for person in PEOPLE}) == len(PEOPLE)
    assert len({person.username for person in PEOPLE}) == len(PEOPLE)
    assert all(person.email.endswith(("@example.com", "@example.org")) for person in PEOPLE)
    assert all(person.email.isascii() for person in PEOPLE)
