"""What changed between two versions of a workflow."""

from typing import Any

from cohorts.rules.differences import changes, lines

BEFORE: dict[str, Any] = {
    "task": "Write the brief.",
    "steps": [
        {"kind": "ai", "text": "Draft it", "tool": "chat"},
        {"kind": "gate", "text": "Check it", "who": "Lead", "checks": "sources"},
    ],
    "red_lines": [{"text": "no names", "kept": True, "because": ""}],
    "measure": {"time": "minutes", "quality": ""},
    "fallback": "",
}


def marks(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str]]:
    """Only what is not the same."""
    found = changes(lines("Brief", before), lines("Brief", after))
    return [each for each in found if each[0] != "same"]


def test_reading_order() -> None:
    assert lines("Brief", BEFORE) == [
        "Title: Brief",
        "Task: Write the brief.",
        "Step 1, AI helps: Draft it",
        "Step 1, with: chat",
        "Step 2, Approval gate: Check it",
        "Step 2, checked by: Lead",
        "Step 2, checks: sources",
        "Red line, no names: kept",
        "Measured, time: minutes",
    ]


def test_nothing_changed() -> None:
    assert marks(BEFORE, dict(BEFORE)) == []


def test_a_changed_line_is_removed_and_added() -> None:
    assert marks(BEFORE, {**BEFORE, "task": "Write it."}) == [
        ("removed", "Task: Write the brief."),
        ("added", "Task: Write it."),
    ]


def test_a_red_line_that_no_longer_applies() -> None:
    line = {"text": "no names", "kept": False, "because": "there are none"}
    assert marks(BEFORE, {**BEFORE, "red_lines": [line]}) == [
        ("removed", "Red line, no names: kept"),
        ("added", "Red line, no names: does not apply: there are none"),
    ]


def test_a_gate_that_was_taken_out_is_seen() -> None:
    assert [mark for mark, _ in marks(BEFORE, {**BEFORE, "steps": BEFORE["steps"][:1]})] == [
        "removed",
        "removed",
        "removed",
    ]


def test_every_line_of_both_versions_is_there() -> None:
    after = {**BEFORE, "fallback": "By hand.", "steps": BEFORE["steps"][::-1]}
    found = changes(lines("Brief", BEFORE), lines("Better brief", after))
    assert [text for mark, text in found if mark != "added"] == lines("Brief", BEFORE)
    assert [text for mark, text in found if mark != "removed"] == lines("Better brief", after)


def test_an_empty_draft_has_lines_too() -> None:
    assert lines("", {}) == ["Title: ", "Task: "]
