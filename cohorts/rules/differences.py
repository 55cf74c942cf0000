"""What changed between two versions of a workflow, in the lines that a person reads."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

STEP_WORDS = {"ai": "AI helps", "human": "Human does", "gate": "Approval gate"}
SAME, ADDED, REMOVED = "same", "added", "removed"


def lines(title: str, content: Mapping[str, Any]) -> list[str]:
    """A workflow as plain lines, in reading order."""
    return [f"Title: {title}", f"Task: {content.get('task', '')}", *_rest(content)]


def changes(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """(same, added or removed, line) for every line of either version, in reading order."""
    found: list[tuple[str, str]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [(SAME, line) for line in after[j1:j2]]
        else:
            found += [(REMOVED, line) for line in before[i1:i2]]
            found += [(ADDED, line) for line in after[j1:j2]]
    return found


def _rest(content: Mapping[str, Any]) -> Iterator[str]:
    for number, step in enumerate(content.get("steps", []), start=1):
        yield f"Step {number}, {STEP_WORDS.get(step['kind'], 'Step')}: {step.get('text', '')}"
        for key, words in (("tool", "with"), ("who", "checked by"), ("checks", "checks")):
            if step.get(key, "").strip():
                yield f"Step {number}, {words}: {step[key]}"
        if step.get("if_fails", "").strip():
            yield f"Step {number}, if not: {step['if_fails']}"
    for line in content.get("red_lines", []):
        why = "kept" if line.get("kept") else f"does not apply: {line.get('because', '')}"
        yield f"Red line, {line['text']}: {why}"
    for key, value in content.get("measure", {}).items():
        if value:
            yield f"Measured, {key}: {value}"
    if content.get("fallback", "").strip():
        yield f"Without the tool: {content['fallback']}"
