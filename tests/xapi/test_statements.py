"""What our statements say: word for word as in the golden files, valid, and of nobody by name."""

import inspect
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from tests.xapi.samples import AT, GOLDEN, KEY, SCENE, WORKFLOW, samples
from xapi import statements, vocabulary
from xapi.conformance import equivalent, problems
from xapi.statements import Statement, statement_id, to_json

SAMPLES = samples()
every_sample = pytest.mark.parametrize("name", SAMPLES)


def document(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(to_json(SAMPLES[name]))
    return read


def keys(value: Any) -> Iterator[str]:
    """Every key at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def agents(value: Any) -> Iterator[dict[str, Any]]:
    """Every agent and group at any depth."""
    if isinstance(value, dict):
        if value.get("objectType") in ("Agent", "Group"):
            yield value
        for inner in value.values():
            yield from agents(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from agents(inner)


@every_sample
def test_a_statement_says_what_it_said_when_it_was_first_sent(name: str) -> None:
    path = GOLDEN / f"{name}.json"

    assert path.exists(), "write it with: python -m tests.xapi.samples"
    assert json.loads(path.read_text(encoding="utf-8")) == document(name)


@every_sample
def test_a_statement_is_valid_for_the_strictest_store(name: str) -> None:
    assert problems(document(name)) == []


def test_every_builder_has_a_golden_file_and_every_golden_file_a_builder() -> None:
    builders = {
        name
        for name, function in inspect.getmembers(statements, inspect.isfunction)
        if inspect.signature(function).return_annotation is Statement and not name.startswith("_")
    }

    assert {name.partition(".")[0] for name in SAMPLES} == builders
    assert {path.stem for path in GOLDEN.glob("*.json")} == {*SAMPLES}


@every_sample
def test_no_statement_carries_a_score(name: str) -> None:
    assert "score" not in set(keys(document(name)))


@every_sample
def test_people_are_opaque_accounts_and_nothing_else(name: str) -> None:
    found = list(agents(document(name)))

    assert found
    for agent in found:
        assert agent.keys() == {"objectType", "account"}
        assert agent["account"]["homePage"].startswith("https://cohorts.example.org/xapi/")
        assert UUID(agent["account"]["name"]) in (SCENE.learner, SCENE.coach, SCENE.cohort_id)


@every_sample
def test_every_statement_belongs_to_one_enrolment_and_names_our_profile(name: str) -> None:
    context = document(name)["context"]

    assert context["registration"] == str(SCENE.registration)
    assert [each["id"] for each in context["contextActivities"]["category"]] == [
        vocabulary.PROFILE_VERSION
    ]
    assert context["team"]["objectType"] == "Group"


@every_sample
def test_every_verb_is_shown_in_words(name: str) -> None:
    verb = document(name)["verb"]

    assert verb["display"] == {"en": vocabulary.DISPLAY[verb["id"]]}


def test_every_verb_of_the_vocabulary_is_used() -> None:
    assert {document(name)["verb"]["id"] for name in SAMPLES} == vocabulary.DISPLAY.keys()


def test_built_again_a_statement_is_the_same_text() -> None:
    assert {name: to_json(each) for name, each in samples().items()} == {
        name: to_json(each) for name, each in SAMPLES.items()
    }


def test_no_two_facts_share_an_id() -> None:
    one_key = [name for name in SAMPLES if not name.startswith("week_answered.")]
    ids = [document(name)["id"] for name in one_key]

    assert len(set(ids)) == len(ids)


def test_a_corrected_fact_is_a_new_statement_and_another_answer_to_the_same_week_is_not() -> None:
    assert statement_id("week-answered", KEY, 1) != statement_id("week-answered", KEY, 2)
    assert (
        len({document(f"week_answered.{answer}")["id"] for answer in statements.ANSWER_VERBS}) == 1
    )


def test_ids_never_change() -> None:
    assert str(statement_id("enrolled", SCENE.registration)) == document("enrolled")["id"]
    assert UUID("6f0b8f52-6d0c-5e0d-9a57-0a52b1f2c3d1") == statements.NAMESPACE


def test_without_a_coach_no_instructor_is_named() -> None:
    alone = json.loads(to_json(statements.enrolled(replace(SCENE, coach=None), AT)))

    assert "instructor" not in alone["context"]
    assert problems(alone) == []


def test_the_coach_is_the_actor_of_what_a_coach_decides() -> None:
    actors = {name: document(name)["actor"]["account"]["name"] for name in SAMPLES}

    assert [name for name, actor in actors.items() if actor == str(SCENE.coach)] == [
        "task_map_accepted",
        "workflow_reviewed.approved",
        "workflow_reviewed.returned",
    ]


def test_minutes_are_told_as_a_duration_in_whole_seconds() -> None:
    assert document("run_measured.baseline")["result"]["duration"] == "PT01H25M00S"
    assert document("run_measured.follow_up")["result"]["duration"] == "PT32M30S"


def test_words_of_any_language_survive() -> None:
    title = "Überblick „Q3“ – 売上 🙂"

    sent = json.loads(to_json(statements.prompt_published(SCENE, KEY, title, AT)))

    assert sent["object"]["definition"]["name"] == {"en": title}
    assert problems(sent) == []
    assert equivalent(sent, json.loads(json.dumps(sent)))


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        statements.workflow_shipped(SCENE, WORKFLOW, datetime(2026, 3, 12, 14, 30))
