"""One pure builder for each statement, with an example sentence.

Every builder takes a `Scene` (who, in which cohort), the evidence's own key and the instant it
happened, and returns a finished tincan Statement. The id is computed from the kind, the key and
the revision of the fact, so that building it again never makes a second statement. No statement
carries `result.score`, a name or an address of a person.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from tincan import (
    Activity,
    ActivityDefinition,
    Context,
    ContextActivities,
    Extensions,
    LanguageMap,
    Result,
    StatementRef,
    Verb,
)
from tincan import Statement as Statement  # for those who carry statements and know no tincan

from xapi import actors
from xapi import vocabulary as v

# Never change: every id of every statement ever sent depends on it.
NAMESPACE = UUID("6f0b8f52-6d0c-5e0d-9a57-0a52b1f2c3d1")

LANGUAGE = "en"
PLATFORM = "Cohort programs"

ANSWER_VERBS = {
    "used": v.USE,
    "not_used": v.DID_NOT_USE,
    "no_occasion": v.HAD_NO_OCCASION,
    "away": v.WAS_AWAY,
}


@dataclass(frozen=True)
class Scene:
    """Where a statement belongs: one learner's enrolment in one cohort."""

    tool_url: str
    registration: UUID
    learner: UUID
    cohort_id: UUID
    cohort_name: str
    program_id: str
    program_name: str
    coach: UUID | None = None


@dataclass(frozen=True)
class WorkflowFacts:
    """What statements say about a workflow."""

    id: UUID
    title: str


def statement_id(kind: str, key: UUID, revision: int = 1) -> UUID:
    """The id of the statement of one fact: always the same for kind, key and revision."""
    return uuid5(NAMESPACE, f"{kind}:{key}:{revision}")


def to_json(statement: Statement) -> str:
    """The frozen text of a statement, as it goes to every LRS and never changes again."""
    return json.dumps(
        statement.as_version(), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def enrolled(scene: Scene, at: datetime) -> Statement:
    """Mara enrolled in the cohort Marketing, spring."""
    return _statement(scene, "enrolled", scene.registration, at, v.REGISTERED, _cohort(scene))


def task_map_accepted(scene: Scene, key: UUID, revision: int, at: datetime) -> Statement:
    """Coach Lee accepted Mara's task map."""
    task_map = _activity(scene, f"task-map/{key}", v.TASK_MAP, "Task map")
    return _statement(
        scene,
        "task-map-accepted",
        key,
        at,
        v.ACCEPT,
        task_map,
        revision=revision,
        actor=scene.coach,
        result=Result(success=True),
    )


def red_lines_attested(scene: Scene, key: UUID, version: int, at: datetime) -> Statement:
    """Mara attested version 3 of the cohort's red lines."""
    path = f"cohort/{scene.cohort_id}/red-lines/{version}"
    red_lines = _activity(scene, path, v.RED_LINES, f"Red lines, version {version}")
    return _statement(scene, "red-lines-attested", key, at, v.ATTESTED, red_lines)


def run_measured(
    scene: Scene,
    key: UUID,
    workflow: WorkflowFacts,
    stage: str,
    minutes: float,
    run: dict[str, str],
    at: datetime,
) -> Statement:
    """Mara measured 85 minutes for one brief before she used AI for it.

    `stage` is baseline or follow_up; `run` says unit, size and method in plain words.
    """
    task = _activity(scene, f"task/{workflow.id}", v.BENCHMARK_TASK, workflow.title)
    result = Result(
        duration=f"PT{round(minutes * 60)}S",
        extensions=Extensions({v.MEASUREMENT_PHASE: stage.replace("_", "-"), v.RUN: run}),
    )
    kind = f"{stage.replace('_', '-')}-measured"
    return _statement(scene, kind, key, at, v.MEASURED, task, result=result)


def workflow_submitted(
    scene: Scene, key: UUID, workflow: WorkflowFacts, version: int, at: datetime
) -> Statement:
    """Mara submitted version 2 of Campaign brief for review."""
    return _statement(
        scene,
        "workflow-submitted",
        key,
        at,
        v.SUBMIT,
        _workflow(scene, workflow),
        extensions={v.WORKFLOW_VERSION: version},
    )


def workflow_reviewed(
    scene: Scene,
    key: UUID,
    submitted: UUID,
    approved: bool,
    comment: str,
    levels: dict[str, int],
    at: datetime,
) -> Statement:
    """Coach Lee approved (or returned) what Mara had submitted.

    `submitted` is the id of the statement of that submission.
    """
    result = Result(
        success=approved,
        response=comment or None,
        extensions=Extensions({v.RUBRIC_RATINGS: levels}),
    )
    return _statement(
        scene,
        "workflow-approved" if approved else "workflow-returned",
        key,
        at,
        v.APPROVE if approved else v.REJECT,
        StatementRef(id=submitted),
        actor=scene.coach,
        result=result,
    )


def workflow_shipped(scene: Scene, workflow: WorkflowFacts, at: datetime) -> Statement:
    """Mara shipped Campaign brief: she now uses it in her own work."""
    return _statement(
        scene,
        "workflow-shipped",
        workflow.id,
        at,
        v.SHIPPED,
        _workflow(scene, workflow),
        result=Result(completion=True),
    )


@dataclass(frozen=True)
class Week:
    """A program week and the ISO week it lies in, such as 2026-W48."""

    number: int
    iso_week: str


def week_answered(
    scene: Scene,
    key: UUID,
    revision: int,
    workflow: WorkflowFacts,
    week: Week,
    answer: str,
    times: int | None,
    strength: int,
    source: str,
    at: datetime,
) -> Statement:
    """Mara used Campaign brief in week 6 (or did not, or it did not come up, or she was away).

    `source` is self-report, coach or integration.
    """
    count = Extensions({v.USAGE_COUNT: times}) if answer == "used" and times else None
    return _statement(
        scene,
        "week-answered",
        key,
        at,
        ANSWER_VERBS[answer],
        _workflow(scene, workflow),
        revision=revision,
        result=Result(extensions=count) if count else None,
        extensions={
            v.ISO_WEEK: week.iso_week,
            v.PROGRAM_WEEK: week.number,
            v.EVIDENCE_SOURCE: source,
            v.EVIDENCE_STRENGTH: strength,
        },
    )


def prompt_published(scene: Scene, key: UUID, title: str, at: datetime) -> Statement:
    """Mara published the prompt Brief from a request in the library."""
    prompt = _activity(scene, f"prompt/{key}", v.PROMPT, title)
    return _statement(scene, "prompt-published", key, at, v.PUBLISHED, prompt)


def standard_published(scene: Scene, workflow: WorkflowFacts, at: datetime) -> Statement:
    """Mara published Campaign brief as a standard with a named owner."""
    standard = _activity(scene, f"standard/{workflow.id}", v.WORKFLOW_STANDARD, workflow.title)
    return _statement(scene, "standard-published", workflow.id, at, v.PUBLISHED, standard)


def milestone_confirmed(
    scene: Scene,
    key: UUID,
    milestone: str,
    evidence: list[UUID],
    rules_version: str,
    at: datetime,
) -> Statement:
    """Mara reached Fluency, confirmed by coach Lee; these statements earned it."""
    path = f"programme/{scene.program_id}/milestone/{milestone}"
    competency = _activity(scene, path, v.COMPETENCY, milestone.capitalize())
    return _statement(
        scene,
        "milestone-confirmed",
        key,
        at,
        v.ASSERTED,
        competency,
        result=Result(success=True),
        extensions={
            v.EVIDENCE: [str(statement) for statement in evidence],
            v.RULES_VERSION: rules_version,
        },
    )


def voided(scene: Scene, target: UUID, at: datetime) -> Statement:
    """The statement was a wrong record and is voided (xAPI 1.0.3, Data 2.3.2)."""
    return _statement(scene, "voided", target, at, v.VOIDED, StatementRef(id=target))


def _statement(
    scene: Scene,
    kind: str,
    key: UUID,
    at: datetime,
    verb: str,
    about: Activity | StatementRef,
    *,
    revision: int = 1,
    actor: UUID | None = None,
    result: Result | None = None,
    extensions: dict[str, Any] | None = None,
) -> Statement:
    if at.tzinfo is None:
        raise ValueError("a statement needs an aware timestamp")
    return Statement(
        id=statement_id(kind, key, revision),
        timestamp=at,
        actor=actors.person(scene.tool_url, actor or scene.learner),
        verb=Verb(id=verb, display=LanguageMap({LANGUAGE: v.DISPLAY[verb]})),
        object=about,
        result=result,
        context=_context(scene, isinstance(about, Activity), extensions),
    )


def _context(scene: Scene, about_activity: bool, extensions: dict[str, Any] | None) -> Context:
    programme = _activity(scene, f"programme/{scene.program_id}", v.PROGRAMME, scene.program_name)
    profile = Activity(id=v.PROFILE_VERSION, definition=ActivityDefinition(type=v.PROFILE_TYPE))
    return Context(
        registration=scene.registration,
        instructor=actors.person(scene.tool_url, scene.coach) if scene.coach else None,
        team=actors.team(scene.tool_url, scene.cohort_id),
        # Only where the object is an Activity (xAPI 1.0.3, Data 2.4.6); strict LRSs refuse others.
        platform=PLATFORM if about_activity else None,
        language=LANGUAGE,
        context_activities=ContextActivities(
            category=[profile], grouping=[_cohort(scene)], parent=[programme]
        ),
        extensions=Extensions(extensions) if extensions else None,
    )


def _activity(scene: Scene, path: str, activity_type: str, name: str) -> Activity:
    return Activity(
        id=f"{scene.tool_url}/xapi/{path}",
        definition=ActivityDefinition(type=activity_type, name=LanguageMap({LANGUAGE: name})),
    )


def _cohort(scene: Scene) -> Activity:
    return _activity(scene, f"cohort/{scene.cohort_id}", v.COHORT, scene.cohort_name)


def _workflow(scene: Scene, workflow: WorkflowFacts) -> Activity:
    return _activity(scene, f"workflow/{workflow.id}", v.AI_WORKFLOW, workflow.title)
