from typing import Any

import pytest

from lti_tool.practice_lms import vocabulary as v
from tests.lti_tool.practice_lms.tool_double import LMS, SAME_ORIGIN, Clock, ToolDouble


@pytest.fixture
def column(service: ToolDouble) -> str:
    """A column of 50 points; its address."""
    return str(service.create_line_item()["id"])


def result(service: ToolDouble, column: str) -> dict[str, Any]:
    """What the gradebook holds for the first learner."""
    found: list[dict[str, Any]] = service.results(column, "&user_id=6")
    assert len(found) == 1
    return found[0]


def test_created_line_item_is_201_with_its_id(service: ToolDouble) -> None:
    created = service.create_line_item(tag="milestone:one", resourceId="cohort:1")
    assert created["id"] == f"{LMS}/services/2/lineitems/1/lineitem?type_id=1"
    assert service.call("GET", created["id"]).get_json() == created
    listed = service.call("GET", service.line_items_url())
    assert listed.get_json() == [created]
    assert listed.mimetype == v.LINE_ITEM_CONTAINER_TYPE


@pytest.mark.parametrize(
    "fields",
    [
        {"label": None},
        {"label": " "},
        {"label": 5},
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"scoreMaximum": -1},
        {"scoreMaximum": "50"},
        {"scoreMaximum": True},
        {"scoreMaximum": float("nan")},
        {"scoreMaximum": 10**400},
        {"tag": 5},
        {"label": "\ud800"},
    ],
)
def test_line_item_needs_a_label_and_a_maximum(service: ToolDouble, fields: Any) -> None:
    body = {"label": "x", "scoreMaximum": 50} | fields
    response = service.call("POST", service.line_items_url(), body, v.LINE_ITEM_TYPE)
    assert response.status_code == 400
    assert service.call("GET", service.line_items_url()).get_json() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_body_must_be_a_json_object(service: ToolDouble, body: bytes) -> None:
    response = service.call("POST", service.line_items_url(), body, v.LINE_ITEM_TYPE)
    assert response.status_code == 400


def test_line_item_with_json_media_type_is_400(service: ToolDouble) -> None:
    body = {"label": "x", "scoreMaximum": 1}
    response = service.call("POST", service.line_items_url(), body, "application/json")
    assert response.status_code == 400
    assert "No handler found" in response.get_json()["reason"]


@pytest.mark.parametrize("accept", ["application/json", f"{v.LINE_ITEM_TYPE}, */*", "text/html"])
def test_accept_must_be_exactly_the_media_type(service: ToolDouble, accept: str) -> None:
    assert service.call("GET", service.line_items_url(), Accept=accept).status_code == 400


@pytest.mark.parametrize("accept", ["*/*", v.LINE_ITEM_CONTAINER_TYPE])
def test_accept_of_the_media_type_or_anything_works(service: ToolDouble, accept: str) -> None:
    assert service.call("GET", service.line_items_url(), Accept=accept).status_code == 200


def test_resource_link_of_nobody_or_somebody_else_is_403(service: ToolDouble) -> None:
    for link in ("99", "x"):
        body = {"label": "x", "scoreMaximum": 1, "resourceLinkId": link}
        response = service.call("POST", service.line_items_url(), body, v.LINE_ITEM_TYPE)
        assert response.status_code == 403


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("&tag=a", ["one", "three"]),
        ("&tag=a&resource_id=r", ["three"]),
        ("&resource_link_id=1", ["two"]),
        ("&resource_id=unknown", []),
        ("&tag=", ["two"]),
    ],
)
def test_filters(service: ToolDouble, query: str, labels: list[str]) -> None:
    service.create_line_item(label="one", tag="a")
    service.create_line_item(label="two", resourceLinkId="1")
    service.create_line_item(label="three", tag="a", resourceId="r")
    found = service.call("GET", service.line_items_url() + query).get_json()
    assert [item["label"] for item in found] == labels


def test_limit_pages_with_a_link_header(service: ToolDouble) -> None:
    for number in range(5):
        service.create_line_item(label=str(number), tag="even" if number % 2 == 0 else "odd")
    url: str | None = service.line_items_url() + "&limit=2&tag=even"
    pages = []
    while url:
        response = service.call("GET", url)
        pages.append([item["label"] for item in response.get_json()])
        link = response.headers.get("Link", "")
        assert not link or link.endswith('; rel="next"')
        url = link.partition(">")[0].removeprefix("<") or None
    assert pages == [["0", "2"], ["4"]]


def test_without_limit_everything_comes_at_once(service: ToolDouble) -> None:
    for number in range(12):
        service.create_line_item(label=str(number))
    response = service.call("GET", service.line_items_url())
    assert len(response.get_json()) == 12
    assert "Link" not in response.headers


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", "9" * 30, ""])
def test_nonsense_limit_is_400(service: ToolDouble, limit: str) -> None:
    service.create_line_item()
    response = service.call("GET", service.line_items_url() + f"&limit={limit}")
    assert response.status_code == 400


def test_put_replaces_and_rescales(service: ToolDouble, column: str) -> None:
    service.post_score(column)
    body = {"label": "New", "scoreMaximum": 100, "tag": "t"}
    response = service.call("PUT", column, body, v.LINE_ITEM_TYPE)
    assert response.status_code == 200
    assert (response.get_json()["label"], response.get_json()["tag"]) == ("New", "t")
    assert result(service, column)["resultScore"] == 80
    assert result(service, column)["resultMaximum"] == 100


@pytest.mark.parametrize("body", [{"label": "x"}, {"scoreMaximum": 5}])
def test_put_needs_label_and_maximum(service: ToolDouble, column: str, body: Any) -> None:
    assert service.call("PUT", column, body, v.LINE_ITEM_TYPE).status_code == 400


def test_deleted_line_item_is_404_from_then_on(service: ToolDouble, column: str) -> None:
    assert service.call("DELETE", column).status_code == 204
    assert service.call("GET", column).status_code == 404
    assert service.post_score(column).status_code == 404
    assert service.call("DELETE", column).status_code == 404


def test_column_deleted_by_the_teacher_is_404_for_the_tool(
    service: ToolDouble, column: str
) -> None:
    service.post_score(column)
    assert "1 grade will be gone" in service.http.get("/course/2/gradebook/1/delete").text
    deleted = service.http.post("/course/2/gradebook/1/delete", headers=SAME_ORIGIN)
    assert deleted.status_code == 303
    response = service.post_score(column)
    assert response.status_code == 404
    assert response.get_json()["reason"] == "Grade item 1 doesn't exist."


def test_another_tools_line_item_is_hidden(service: ToolDouble, column: str) -> None:
    service.register()
    service.activate()
    service.with_scopes()
    assert service.call("GET", service.line_items_url()).get_json() == []
    assert service.call("GET", column).status_code == 403
    assert service.call("GET", column.replace("type_id=1", "type_id=2")).status_code == 404


def test_address_must_keep_its_query(service: ToolDouble, column: str) -> None:
    response = service.call("GET", column.partition("?")[0])
    assert response.status_code == 403
    assert "type_id=1" in response.get_json()["reason"]


def test_single_line_item_of_a_link_is_named_in_the_launch(service: ToolDouble) -> None:
    created = service.create_line_item(resourceLinkId="1")
    assert service.launch()[v.AGS_CLAIM]["lineitem"] == created["id"]


def test_second_line_item_of_a_link_takes_the_claim_away(service: ToolDouble) -> None:
    service.create_line_item(resourceLinkId="1")
    service.create_line_item(resourceLinkId="1")
    assert "lineitem" not in service.launch()[v.AGS_CLAIM]


def test_score_is_200_with_an_empty_body(service: ToolDouble, column: str) -> None:
    response = service.post_score(column, comment='Well done <b>& "more"')
    assert (response.status_code, response.data) == (200, b"")
    stored = result(service, column)
    assert stored["userId"] == "6"
    assert stored["comment"] == 'Well done <b>& "more"'
    assert stored["scoreOf"] == column
    assert stored["timestamp"] == "2027-03-01T09:00:00+00:00"


@pytest.mark.parametrize(
    ("given", "maximum", "stored"), [(8.5, 10, 42.5), (6.66, 10, 33.3), (0, 10, 0), (50, 50, 50)]
)
def test_score_is_rescaled_to_the_columns_maximum(
    service: ToolDouble, column: str, given: float, maximum: float, stored: float
) -> None:
    service.post_score(column, scoreGiven=given, scoreMaximum=maximum)
    assert result(service, column)["resultScore"] == stored


def test_score_above_the_maximum_is_cut(service: ToolDouble, column: str) -> None:
    service.post_score(column, scoreGiven=12, scoreMaximum=10)
    assert result(service, column)["resultScore"] == 50


@pytest.mark.parametrize("seconds", [0, -1, -3600, 0.6])
def test_equal_or_older_timestamp_is_409_at_whole_seconds(
    service: ToolDouble, column: str, clock: Clock, seconds: float
) -> None:
    clock.advance(0.1)
    assert service.post_score(column).status_code == 200
    clock.advance(seconds)
    response = service.post_score(column, scoreGiven=1)
    assert response.status_code == 409
    assert response.get_json()["reason"].startswith("Refusing score with an earlier timestamp")
    assert result(service, column)["resultScore"] == 40


def test_next_second_is_newer(service: ToolDouble, column: str, clock: Clock) -> None:
    clock.advance(0.9)
    service.post_score(column)
    clock.advance(0.1)
    assert service.post_score(column, scoreGiven=1).status_code == 200
    assert result(service, column)["resultScore"] == 5


def test_timestamp_counts_for_each_learner_and_column_alone(
    service: ToolDouble, column: str
) -> None:
    other = service.create_line_item()["id"]
    assert service.post_score(column).status_code == 200
    assert service.post_score(column, userId="7").status_code == 200
    assert service.post_score(other).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-01T10:00:01+01:00",
        "2027-03-01T09:00:01.123Z",
        "2027-03-01T09:00:01.123456Z",
        "2027-03-01T09:00:01Z",
    ],
)
def test_timestamps_with_zone_and_fraction_are_understood(
    service: ToolDouble, column: str, text: str
) -> None:
    assert service.post_score(column).status_code == 200
    assert service.post_score(column, timestamp=text).status_code == 200
    assert result(service, column)["timestamp"] == "2027-03-01T09:00:01+00:00"


def test_future_timestamp_is_taken_and_blocks_until_then(
    service: ToolDouble, column: str, clock: Clock
) -> None:
    assert service.post_score(column, timestamp="2027-03-02T09:00:00Z").status_code == 200
    clock.advance(1800)
    assert service.post_score(column).status_code == 409


@pytest.mark.parametrize(
    "text",
    [None, "", "yesterday", "2027-03-01", "2027-03-01T09:00:01", "9999-12-31T23:59:59-12:00", 5],
)
def test_timestamp_without_zone_or_sense_is_400(
    service: ToolDouble, column: str, text: Any
) -> None:
    assert service.post_score(column, timestamp=text).status_code == 400


@pytest.mark.parametrize(
    "field", ["timestamp", "userId", "activityProgress", "gradingProgress", "scoreMaximum"]
)
def test_score_without_a_required_field_is_400(
    service: ToolDouble, column: str, field: str
) -> None:
    assert service.post_score(column, field).status_code == 400
    assert service.results(column) == []


@pytest.mark.parametrize(
    "user_id", ["3", "4", "5", "2", "999", "", 6, None], ids=lambda user_id: repr(user_id)
)
def test_unknown_user_or_no_learner_is_400(service: ToolDouble, column: str, user_id: Any) -> None:
    response = service.post_score(column, userId=user_id)
    assert response.status_code == 400
    assert service.results(column) == []


def test_removed_learner_is_400(service: ToolDouble, column: str) -> None:
    service.http.post("/course/2/roster/6", data={"status": "Removed"}, headers=SAME_ORIGIN)
    assert service.post_score(column).status_code == 400


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scoreGiven", -1),
        ("scoreGiven", "8"),
        ("scoreGiven", True),
        ("scoreGiven", float("inf")),
        ("scoreMaximum", 0),
        ("scoreMaximum", "10"),
        ("activityProgress", "Done"),
        ("gradingProgress", "Graded"),
        ("comment", 5),
    ],
)
def test_score_with_a_wrong_value_is_400(
    service: ToolDouble, column: str, field: str, value: Any
) -> None:
    assert service.post_score(column, **{field: value}).status_code == 400


@pytest.mark.parametrize("media_type", ["application/json", v.LINE_ITEM_TYPE, ""])
def test_score_with_another_media_type_is_400(
    service: ToolDouble, column: str, media_type: str
) -> None:
    url = column.replace("?", "/scores?")
    response = service.call("POST", url, service.score(), media_type)
    assert response.status_code == 400
    assert "No handler found" in response.get_json()["reason"]


def test_scores_goes_before_the_query(service: ToolDouble, column: str) -> None:
    response = service.call("POST", f"{column}/scores", service.score(), v.SCORE_TYPE)
    assert response.status_code == 400
    assert "before the '?'" in response.get_json()["reason"]
    assert service.results(column) == []


@pytest.mark.parametrize("progress", ["PendingManual", "Pending", "Failed", "NotReady"])
@pytest.mark.parametrize("without", [(), ("scoreGiven",)])
def test_anything_but_a_final_score_erases_the_grade_and_answers_200(
    service: ToolDouble, column: str, clock: Clock, progress: str, without: tuple[str, ...]
) -> None:
    service.post_score(column)
    clock.advance(1)
    response = service.post_score(column, *without, gradingProgress=progress)
    assert response.status_code == 200
    assert "resultScore" not in result(service, column)


def test_fully_graded_without_a_score_erases_the_grade(
    service: ToolDouble, column: str, clock: Clock
) -> None:
    service.post_score(column)
    clock.advance(1)
    assert service.post_score(column, "scoreGiven").status_code == 200
    assert "resultScore" not in result(service, column)


def test_score_without_a_comment_deletes_the_comment(
    service: ToolDouble, column: str, clock: Clock
) -> None:
    service.post_score(column, comment="kept until the next score")
    clock.advance(1)
    service.post_score(column)
    assert "comment" not in result(service, column)


def test_grade_typed_by_the_teacher_is_in_the_results_and_moves_the_time(
    service: ToolDouble, column: str, clock: Clock
) -> None:
    service.post_score(column)
    milestone_time = clock().isoformat()
    clock.advance(90)
    typed = service.http.post(
        "/course/2/gradebook/1/6", data={"score": "12,5", "comment": "Mine"}, headers=SAME_ORIGIN
    )
    assert typed.status_code == 303
    stored = result(service, column)
    assert (stored["resultScore"], stored["comment"]) == (12.5, "Mine")
    assert stored["timestamp"] == "2027-03-01T09:01:30+00:00"
    assert service.post_score(column, timestamp=milestone_time).status_code == 409
    clock.advance(1)
    assert service.post_score(column).status_code == 200
    assert result(service, column)["resultScore"] == 40


def test_teacher_clears_a_grade(service: ToolDouble, column: str, clock: Clock) -> None:
    service.post_score(column, comment="Well done")
    service.http.post("/course/2/gradebook/1/6", data={"clear": "1"}, headers=SAME_ORIGIN)
    stored = result(service, column)
    assert "resultScore" not in stored
    assert "comment" not in stored


@pytest.mark.parametrize("typed", ["", "x", "51", "-1", "nan", "1e999"])
def test_teacher_types_a_number_within_the_column(
    service: ToolDouble, column: str, typed: str
) -> None:
    page = service.http.post(
        "/course/2/gradebook/1/6", data={"score": typed, "comment": "kept"}, headers=SAME_ORIGIN
    )
    assert page.status_code == 400
    assert "Type a number from 0 to 50." in page.text
    assert "kept" in page.text
    assert service.results(column) == []


def test_results_page_with_limit_and_filter_by_user(service: ToolDouble, column: str) -> None:
    for user_id in ("6", "7", "8"):
        service.post_score(column, userId=user_id)
    assert [row["userId"] for row in service.results(column, "&user_id=7")] == ["7"]
    assert service.results(column, "&user_id=20") == []
    first = service.call("GET", column.replace("?", "/results?") + "&limit=2")
    assert [row["userId"] for row in first.get_json()] == ["6", "7"]
    following = first.headers["Link"].partition(">")[0].removeprefix("<")
    assert [row["userId"] for row in service.call("GET", following).get_json()] == ["8"]


def test_activity_of_the_course_cannot_be_reached_from_another_course(
    service: ToolDouble,
) -> None:
    url = service.line_items_url().replace("/2/", "/3/")
    assert service.call("GET", url).status_code == 404
    assert service.call("GET", f"{LMS}/services/2/lineitems/{'9' * 40}/lineitem").status_code == 404
