"""A statement of every builder, with the same facts every time.

    python -m tests.xapi.samples

writes the golden files that are missing. It never changes one: what a builder wrote yesterday is in
somebody's record store today.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from xapi import statements
from xapi.statements import Scene, Statement, Week, WorkflowFacts, statement_id, to_json

GOLDEN = Path(__file__).parent / "golden"

AT = datetime(2026, 3, 12, 14, 30, tzinfo=UTC)
KEY = UUID("2f1d7a52-5c5e-4f0e-8a63-4f5c8f8b1a01")
SCENE = Scene(
    tool_url="https://cohorts.example.org",
    registration=UUID("7a0f2c3e-10b4-4b5d-9d0f-5b8f3d9c2e11"),
    learner=UUID("c0a8e9d4-3a5b-4f7c-8e21-6b1f0d2a3c22"),
    cohort_id=UUID("94d6b1f0-8c7e-4a3b-b2d1-0f9e8d7c6b33"),
    cohort_name="Marketing, spring",
    program_id="marketing",
    program_name="AI workflows for marketing",
    coach=UUID("5b3c2d1e-9f8a-4b7c-a6d5-4e3f2a1b0c44"),
)
WORKFLOW = WorkflowFacts(UUID("e1d2c3b4-a596-4877-9685-746352413055"), "Campaign brief")
WEEK = Week(6, "2026-W12")
SUBMITTED = statement_id("workflow-submitted", KEY)


def _answered(answer: str, times: int | None = None) -> Statement:
    return statements.week_answered(
        SCENE, KEY, 1, WORKFLOW, WEEK, answer, times, 2, "self-report", AT
    )


def _measured(stage: str, minutes: float) -> Statement:
    run = {"unit": "one brief", "size": "M", "method": "stopwatch"}
    return statements.run_measured(SCENE, KEY, WORKFLOW, stage, minutes, run, AT)


def _reviewed(approved: bool, comment: str, level: int) -> Statement:
    levels = {"task_fit": 3, "human_gates": level}
    return statements.workflow_reviewed(SCENE, KEY, SUBMITTED, approved, comment, levels, AT)


def samples() -> dict[str, Statement]:
    """A statement of every builder, by the builder's name and, after a point, the case."""
    return {
        "enrolled": statements.enrolled(SCENE, AT),
        "task_map_accepted": statements.task_map_accepted(SCENE, KEY, 1, AT),
        "red_lines_attested": statements.red_lines_attested(SCENE, KEY, 3, AT),
        "run_measured.baseline": _measured("baseline", 85),
        "run_measured.follow_up": _measured("follow_up", 32.5),
        "workflow_submitted": statements.workflow_submitted(SCENE, KEY, WORKFLOW, 2, AT),
        "workflow_reviewed.approved": _reviewed(True, "", 2),
        "workflow_reviewed.returned": _reviewed(False, "Name who checks the numbers.", 1),
        "workflow_shipped": statements.workflow_shipped(SCENE, WORKFLOW, AT),
        "week_answered.used": _answered("used", 3),
        "week_answered.not_used": _answered("not_used"),
        "week_answered.no_occasion": _answered("no_occasion"),
        "week_answered.away": _answered("away"),
        "prompt_published": statements.prompt_published(SCENE, KEY, "Brief from a request", AT),
        "standard_published": statements.standard_published(SCENE, WORKFLOW, AT),
        "milestone_confirmed": statements.milestone_confirmed(
            SCENE, KEY, "fluency", [SUBMITTED], "0f1e2d3c4b5a", AT
        ),
        "voided": statements.voided(SCENE, SUBMITTED, AT),
    }


def write_missing() -> list[str]:
    """Write the golden files that are not there; their names."""
    written = []
    for name, statement in samples().items():
        path = GOLDEN / f"{name}.json"
        if not path.exists():
            pretty = json.dumps(json.loads(to_json(statement)), indent=2, ensure_ascii=False)
            path.write_text(f"{pretty}\n", encoding="utf-8")
            written.append(path.name)
    return written


if __name__ == "__main__":
    print("\n".join(write_missing()) or "Every builder has its golden file.")
