"""What is posted, what is left alone, and what each answer means to a person."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from lti_tool.gradebook import Posting, failures, score_failure
from lti_tool.gradebook.failures import container_failure, is_stale
from lti_tool.gradebook.line_items import with_query
from lti_tool.gradebook.scores import CANVAS, decide, service_address
from lti_tool.models import Platform
from lti_tool.services import HOLD, PARK, RETRY, WAIT, ServiceAnswer, ServiceError
from tests.lti_tool.delivery.far_side import FOR_EVER, answer
from tests.lti_tool.delivery.world import MARA, World

POSTING = Posting(
    score_id=uuid4(),
    platform_id=uuid4(),
    is_canvas=False,
    context_pk=uuid4(),
    cohort_id=uuid4(),
    lineitems_url="https://lms.example/lineitems",
    scopes=(),
    line_item_url=None,
    milestone="literacy",
    user_id="6",
    score_given=1,
    score_maximum=1,
    comment="",
    ours=(),
    last_sent_at=None,
)


def said(status: int, text: str = "", reason: str = "") -> ServiceAnswer:
    return ServiceAnswer(status, reason, text, None, None, {})


@pytest.mark.parametrize(
    ("shown", "ours", "decision"),
    [
        (None, (), "post"),
        (None, (1,), "post"),
        (1, (), "done"),
        (1.00003, (), "done"),
        (0.99997, (0,), "done"),
        (0, (0,), "post"),
        (0.5, (0, 0.5), "post"),
        (0.33333, (1 / 3,), "post"),
    ],
)
def test_what_is_ours_or_empty_is_brought_up_to_date(
    shown: float | None, ours: tuple[float, ...], decision: str
) -> None:
    assert decide(shown, replace(POSTING, ours=ours)) == decision


@pytest.mark.parametrize(("shown", "ours"), [(0, ()), (0.5, ()), (0.5, (0,)), (0.99, (0, 1))])
def test_any_other_grade_is_a_persons(shown: float, ours: tuple[float, ...]) -> None:
    with pytest.raises(ServiceError) as error:
        decide(shown, replace(POSTING, ours=ours))
    assert (error.value.kind, error.value.message) == (HOLD, failures.GRADED_BY_A_PERSON)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://l.example/2/lineitem?type_id=3", "https://l.example/2/lineitem/scores?type_id=3"),
        ("https://l.example/2/lineitem", "https://l.example/2/lineitem/scores"),
        ("https://l.example/2/lineitem/", "https://l.example/2/lineitem/scores"),
        ("https://l.example/2?a=x/?y", "https://l.example/2/scores?a=x/?y"),
    ],
)
def test_scores_goes_into_the_path(url: str, expected: str) -> None:
    assert service_address(url, "scores") == expected


def test_a_query_that_is_there_is_kept() -> None:
    url = with_query("https://l.example/2?type_id=3&b=", tag="milestone:literacy")
    assert url == "https://l.example/2?type_id=3&b=&tag=milestone%3Aliteracy"


def test_only_a_final_score_is_posted(world: World) -> None:
    """Anything else erases the grade in Moodle and Canvas."""
    world.award(world.enrol(MARA))
    world.drain()
    [post] = world.lms.calls("/scores")
    body = json.loads(post.body)
    assert (body["activityProgress"], body["gradingProgress"]) == ("Completed", "FullyGraded")
    assert (body["scoreGiven"], body["scoreMaximum"]) == (1, 1)
    assert body["comment"] == "Reference literacy"
    assert CANVAS not in body
    assert datetime.fromisoformat(body["timestamp"]) == world.clock()


def test_canvas_is_told_that_this_is_no_new_attempt(world: World) -> None:
    world.change(Platform, product_family="canvas")
    world.award(world.enrol(MARA))
    world.drain()
    [post] = world.lms.calls("/scores")
    assert json.loads(post.body)[CANVAS] == {
        "new_submission": False,
        "prioritize_non_tool_grade": True,
    }


def test_a_grade_rescaled_by_the_lms_is_still_ours(world: World) -> None:
    learner = world.enrol(MARA)
    world.award(learner, score=1)
    world.drain()
    rescaled = [{"userId": MARA, "resultScore": 50, "resultMaximum": 50}]
    world.lms.fault("/results", answer(200, json.dumps(rescaled)))
    world.clock.advance(60)
    world.award(learner, score=0)
    assert world.drain().delivered == 1


def test_somebody_elses_result_is_not_taken_for_the_learners(world: World) -> None:
    """A platform may not know the filter by user and answer with the whole class."""
    world.award(world.enrol(MARA))
    others = [{"userId": "99", "resultScore": 0.5, "resultMaximum": 1}]
    world.lms.fault("/results", answer(200, json.dumps(others)))
    assert world.drain().delivered == 1


@pytest.mark.parametrize(
    "stale",
    [
        answer(409, "[]"),
        answer(400, "Provided timestamp of X before last updated timestamp of Y"),
    ],
)
def test_a_score_refused_as_old_is_sent_once_more_with_a_later_time(
    world: World, stale: object
) -> None:
    learner = world.enrol(MARA)
    world.award(learner)
    world.drain()
    world.clock.advance(60)
    world.award(learner, score=0)
    world.lms.fault("/scores", stale)

    assert world.drain().delivered == 1
    first, second = (
        datetime.fromisoformat(json.loads(one.body)["timestamp"])
        for one in world.lms.calls("/scores")[1:]
    )
    assert (second - first).total_seconds() >= 1
    assert world.grades() == {("Literacy", MARA): 0}


def test_a_score_refused_as_old_again_and_again_is_tried_later(world: World) -> None:
    world.award(world.enrol(MARA))
    world.lms.fault("/scores", answer(409, "[]"), FOR_EVER)

    assert world.drain().waiting == 1
    assert len(world.lms.calls("/scores")) == 2
    assert world.one_score()[0].problem == failures.STALE


@pytest.mark.parametrize(
    ("answered", "sentence"),
    [
        # Moodle
        (said(400, "[]", 'Incorrect score received{"userId":"9"}'), failures.UNKNOWN_PERSON),
        (
            said(400, "[]", 'Incorrect score received{"comment":"has concluded"}'),
            failures.UNKNOWN_PERSON,
        ),
        (said(403, "[]", "Invalid LTI id supplied"), failures.FORBIDDEN),
        (said(404, "[]", "Grade item 9 doesn't exist"), failures.COLUMN_DELETED),
        # Canvas
        (said(422, "User not found in course or is not a student"), failures.UNKNOWN_PERSON),
        (said(422, "This course has concluded. AGS requests"), failures.COURSE_OVER),
        (
            said(422, "cannot be changed at this time: This assignment is still unpublished"),
            failures.UNPUBLISHED,
        ),
        (said(404), failures.COLUMN_DELETED),
        (said(412), failures.COLUMN_OF_ANOTHER_TOOL),
        # D2L, Blackboard
        (said(403, "User is not enrolled in the org unit"), failures.UNKNOWN_PERSON),
        (said(400, "User could not be found: 9"), failures.UNKNOWN_PERSON),
    ],
)
def test_a_refusal_parks_with_a_sentence_for_the_owner(
    answered: ServiceAnswer, sentence: str
) -> None:
    failure = score_failure(answered)
    assert (failure.kind, failure.message) == (PARK, sentence)


@pytest.mark.parametrize("status", [400, 402, 410, 418])
def test_an_unknown_refusal_names_its_status_and_nothing_from_outside(status: int) -> None:
    failure = score_failure(said(status, "<script>"))
    assert failure.kind == PARK
    assert str(status) in failure.message and "<script>" not in failure.message


@pytest.mark.parametrize(
    ("answered", "kind"),
    [(said(500), RETRY), (said(502), RETRY), (said(503), WAIT), (said(429), WAIT)],
)
def test_trouble_of_the_lms_is_never_given_up(answered: ServiceAnswer, kind: str) -> None:
    assert score_failure(answered).kind == container_failure(answered).kind == kind


def test_moodles_echo_of_our_own_timestamp_is_not_staleness() -> None:
    assert not is_stale(said(400, "[]", 'Incorrect score received{"timestamp":"2027"}'))
    assert is_stale(said(400, "Provided timestamp of 2027 before"))
    assert is_stale(said(409))


def test_every_sentence_ends_as_one() -> None:
    sentences = [
        value
        for name, value in vars(failures).items()
        if name.isupper() and isinstance(value, str) and " " in value
    ]
    assert len(sentences) >= 15
    assert all(one.endswith(".") and len(one) <= 500 for one in sentences)


def test_the_instant_posted_is_aware_utc(world: World) -> None:
    world.award(world.enrol(MARA))
    world.drain()
    posted_at = world.one_score()[1].posted_at
    assert posted_at == world.clock() and posted_at.tzinfo is UTC
