"""A role program as the rules see it, read from its plain document.

The document is what a program file says after `extends` (see `cohorts.programs`), and what a
cohort keeps as its frozen copy. Reading it here assumes it was validated when it was loaded.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Phase:
    """A named stretch of program weeks."""

    id: str
    name: str
    weeks: tuple[int, ...]


@dataclass(frozen=True)
class Workshop:
    """A hands-on session and what people build in it. Who came is never recorded."""

    id: str
    week: int
    minutes: int
    builds: str


@dataclass(frozen=True)
class Template:
    """A workflow that a learner may start from."""

    id: str
    title: str
    task: str
    unit: str
    cadence: str
    ai_help: tuple[str, ...]
    human_gates: tuple[dict[str, str], ...]
    red_lines: tuple[str, ...]
    measures: dict[str, str]


@dataclass(frozen=True)
class Criterion:
    """One line of the review rubric."""

    id: str
    name: str
    asks: str


@dataclass(frozen=True)
class Rubric:
    """Criteria and levels; a workflow passes when each criterion has at least `pass_each`."""

    pass_each: int
    levels: tuple[str, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class RedLines:
    """What must never happen, in three parts, under one version number."""

    version: int
    never_in_a_public_tool: tuple[str, ...]
    always_needs_a_person: tuple[str, ...]
    not_covered_yet: tuple[str, ...]


@dataclass(frozen=True)
class Measurement:
    """How many timed runs make a pair, and when the second half may be timed."""

    baseline_runs: int
    follow_up_runs: int
    follow_up_from_week: int
    follow_up_min_weeks_after_shipping: int


@dataclass(frozen=True)
class Program:
    """One role program."""

    id: str
    name: str
    length_days: int
    weeks: int
    phases: tuple[Phase, ...]
    workshops: tuple[Workshop, ...]
    templates: tuple[Template, ...]
    tracks: tuple[tuple[str, str], ...]
    teams: tuple[str, ...]
    rubric: Rubric
    red_lines: RedLines
    measurement: Measurement
    milestones: dict[str, dict[str, Any]]
    check_in_opens: str
    late_grace_days: int
    review_working_days: int

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Program":
        """Read a validated program document."""
        lines = document["red_lines"]
        rubric = document["rubric"]
        calendar = document["calendar"]
        tracks = document.get("tracks") or [{"id": document["id"], "name": document["name"]}]
        return cls(
            id=document["id"],
            name=document["name"],
            length_days=document["length_days"],
            weeks=document["weeks"],
            phases=tuple(
                Phase(phase["id"], phase["name"], tuple(phase["weeks"]))
                for phase in document["phases"]
            ),
            workshops=tuple(
                Workshop(item["id"], item["week"], item["minutes"], item["builds"])
                for item in document["workshops"]
            ),
            templates=tuple(_template(item) for item in document["workflows"]),
            tracks=tuple((track["id"], track["name"]) for track in tracks),
            teams=tuple(document.get("teams", ())),
            rubric=Rubric(
                rubric["pass_each"],
                tuple(rubric["levels"]),
                tuple(Criterion(**criterion) for criterion in rubric["criteria"]),
            ),
            red_lines=RedLines(
                lines["version"],
                tuple(lines["never_in_a_public_tool"]),
                tuple(lines["always_needs_a_person"]),
                tuple(lines["not_covered_yet"]),
            ),
            measurement=Measurement(**document["measurement"]),
            milestones=document["milestones"],
            check_in_opens=calendar["check_in_opens"],
            late_grace_days=calendar["late_grace_days"],
            review_working_days=document["review"]["sla_working_days"],
        )

    def template(self, template_id: str) -> Template | None:
        """The workflow example of that id, if the program has it."""
        return next((each for each in self.templates if each.id == template_id), None)

    @property
    def supported_through_week(self) -> int:
        """The last week of the Integration phase: later weeks earn nothing new."""
        return max(
            week for phase in self.phases if phase.id == "integration" for week in phase.weeks
        )


def _template(item: dict[str, Any]) -> Template:
    return Template(
        id=item["id"],
        title=item["title"],
        task=item["task"],
        unit=item["unit"],
        cadence=item["cadence"],
        ai_help=tuple(item["ai_help"]),
        human_gates=tuple(item["human_gates"]),
        red_lines=tuple(item["red_lines"]),
        measures=dict(item["measures"]),
    )
