"""A valid statement of our kind, for tests of what carries statements."""

import uuid
from typing import Any

HOME = "https://tool.example.org/xapi"


def a_statement(person: str = "p-8c1f5a2e", **changes: Any) -> dict[str, Any]:
    """A statement with a fresh id; `changes` replace or add properties at the top level."""
    return {
        "id": str(uuid.uuid4()),
        "timestamp": "2026-11-09T10:00:00.000Z",
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": f"{HOME}/people", "name": person},
        },
        "verb": {"id": "http://activitystrea.ms/use", "display": {"en": "used"}},
        "object": {
            "objectType": "Activity",
            "id": f"{HOME}/workflow/w-9",
            "definition": {
                "type": "https://example.org/activity-types/ai-workflow",
                "name": {"en": "Invoice triage"},
            },
        },
        "context": {
            "registration": "3f0c4f0e-6a55-4a4e-9d55-0d1f3b1d7f01",
            "language": "en",
            "team": {
                "objectType": "Group",
                "account": {"homePage": f"{HOME}/cohorts", "name": "c-17"},
            },
            "contextActivities": {"grouping": [{"id": f"{HOME}/cohort/c-17"}]},
        },
        "result": {"extensions": {"https://example.org/extensions/usage-count": 4}},
        **changes,
    }
