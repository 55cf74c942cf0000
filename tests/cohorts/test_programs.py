"""Role programs: the shipped ones load, a wrong one is refused with the place and the remedy."""

import logging
from pathlib import Path
from typing import Any

import pytest
import yaml

from cohorts import programs
from cohorts.programs import ProgramError
from cohorts.rules.program import Program

IDS = ("cross_functional", "customer_success", "finance", "marketing", "operations", "sales")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the program files, to spoil."""
    for path in programs.FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def spoil(folder: Path, old: str, new: str, name: str = "sales.yaml") -> Path:
    """Replace the first occurrence of a text in a program file."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder / "sales.yaml"


def refusal(path: Path) -> str:
    with pytest.raises(ProgramError) as refused:
        programs.load(path)
    return str(refused.value)


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def overriding(folder: Path, **keys: Any) -> Path:
    """The sales program with keys of its own in place of the shared ones, at its end."""
    path = folder / "sales.yaml"
    lines = yaml.safe_dump(keys, allow_unicode=True, sort_keys=False)
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{lines}", encoding="utf-8")
    return path


def test_the_six_programs_ship() -> None:
    assert tuple(sorted(programs.shipped())) == IDS


@pytest.mark.parametrize("program_id", IDS)
def test_a_shipped_program_is_one_that_a_cohort_can_run_on(program_id: str) -> None:
    program = Program.from_document(programs.shipped()[program_id])

    assert program.id == program_id
    assert (program.length_days, program.weeks) == (90, 13)
    assert program.supported_through_week == 12
    assert program.templates and program.tracks and program.rubric.criteria
    assert [each.week for each in program.workshops] == [1, 2, 3, 4]
    assert all(template.human_gates and template.red_lines for template in program.templates)


def test_the_shipped_programs_leave_nothing_to_advise(caplog: pytest.LogCaptureFixture) -> None:
    for program_id in IDS:
        programs.load(programs.FOLDER / f"{program_id}.yaml")

    assert caplog.messages == []


def test_a_program_overrides_what_it_repeats_and_inherits_the_rest(folder: Path) -> None:
    document = programs.load(overriding(folder, review={"sla_working_days": 1}))

    assert Program.from_document(document).review_working_days == 1
    assert document["rubric"] == programs.shipped()["sales"]["rubric"]


def test_a_program_without_tracks_is_one_track() -> None:
    assert Program.from_document(programs.shipped()["finance"]).tracks == (
        ("finance", "AI workflows for finance"),
    )


def test_the_version_follows_the_words_and_not_the_order_of_keys() -> None:
    document = programs.shipped()["sales"]
    turned = dict(reversed(document.items()))

    assert programs.version(turned) == programs.version(document)
    assert programs.version({**document, "name": "Another"}) != programs.version(document)


def test_a_quiz_score_in_a_rule_is_refused_with_the_reason(folder: Path) -> None:
    path = spoil(folder, "{prompt_published: 1}", "{quiz_score: 80}", "_defaults.yaml")
    line = line_of(folder / "_defaults.yaml", "quiz_score: 80")

    assert refusal(path) == (
        f"_defaults.yaml, line {line}: milestones.fluency.all.2.quiz_score: quiz_score never earns "
        "anything. Knowing what AI is is not the same as using it. Use workflow_live_for_learner "
        "instead."
    )


@pytest.mark.parametrize("refused", ["attendance", "satisfaction", "quiz_score", "token_usage"])
def test_what_never_earns_anything_is_refused_in_every_milestone(
    refused: str, folder: Path
) -> None:
    for milestone in ("literacy", "fluency", "competence"):
        path = overriding(folder, milestones={milestone: {"all": [{refused: 1}]}})

        assert f"milestones.{milestone}.all.0.{refused}: {refused} never earns anything." in (
            refusal(path)
        )


def test_a_problem_is_placed_at_its_own_file_line_and_key(folder: Path) -> None:
    path = spoil(folder, "cadence: weekly", "cadence: hourly")

    assert refusal(path) == (
        f"sales.yaml, line {line_of(path, 'hourly')}: workflows.0.cadence: 'hourly' is no cadence. "
        "Use one of daily, weekly, biweekly, monthly."
    )


def test_every_problem_is_told_at_once(folder: Path) -> None:
    spoil(folder, "cadence: weekly", "cadence: hourly")
    path = spoil(folder, "tier_goal: competence", "tier_goal: mastery", "_defaults.yaml")

    lines = refusal(path).splitlines()

    assert [line.split(",")[0] for line in lines] == ["_defaults.yaml", "sales.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: AI workflows for sales\n", "", "name: is missing. Add it as text."),
        ("name: AI workflows for sales", "name: [x]", "name: has the wrong form. Write text there"),
        ("name: AI workflows for sales", "name: ' '", "name: has the wrong form. Write text there"),
        ("week: 1,", "week: first,", "workshops.0.week: has the wrong form. Write a whole number"),
        ("week: 1,", "week: true,", "workshops.0.week: has the wrong form. Write a whole number"),
        ("week: 1,", "", "workshops.0.week: is missing. Add it as a whole number."),
        ("week: 1,", "week: 14,", "workshops.0.week: 14 is no week of the program. Use 0 to 13."),
        ("    unit:", "    units:", "workflows.0.unit: is missing. Add it as text."),
        ("workflows:", "workflow:", "workflows: is missing. Add it as a list."),
        ("team_size_hint: 20", "since: 2026-03-01", "since: is a date. Put it in quotes."),
    ],
)
def test_a_value_of_the_wrong_form(folder: Path, old: str, new: str, expected: str) -> None:
    assert expected in refusal(spoil(folder, old, new))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"weeks": 12}, "weeks: 12 weeks are not 90 days. Count a week begun as a week."),
        (
            {"calendar": {"check_in_opens": "thursday 9", "late_grace_days": 7}},
            "calendar.check_in_opens: 'thursday 9' is no weekday and time. Write it as thu 09:00.",
        ),
        (
            {"calendar": {"check_in_opens": "thu 25:00", "late_grace_days": 7}},
            "calendar.check_in_opens: 'thu 25:00' is no weekday and time.",
        ),
        ({"calendar": {"check_in_opens": "thu 09:00"}}, "calendar.late_grace_days: is missing."),
        (
            {"phases": [{"id": "skill", "name": "Skill", "weeks": list(range(14))}]},
            "phases: has no phase integration.",
        ),
        (
            {"phases": [{"id": "integration", "name": "Use", "weeks": list(range(13))}]},
            "phases: names week 13 0 times. Name every week once.",
        ),
        ({"phases": []}, "phases: has no phase integration."),
        (
            {"rubric": {"pass_each": 2, "levels": ["No", "Yes"], "criteria": []}},
            "rubric.criteria: is empty. Add at least one criterion.",
        ),
        (
            {"rubric": {"pass_each": 2, "levels": ["No", "Yes"], "criteria": []}},
            "rubric.pass_each: is no level. Count the levels from 0: ['No', 'Yes'].",
        ),
        ({"red_lines": {"version": 1}}, "red_lines.always_needs_a_person: is missing."),
        ({"measurement": {"baseline_runs": 3}}, "measurement.follow_up_runs: is missing."),
        ({"delivery": "post"}, "delivery: 'post' is no delivery. Use one of on_demand, live"),
        (
            {"delivery": "on_demand"},
            "delivery: on_demand alone lets people talk about AI, not use it differently.",
        ),
        ({"workshops": []}, "workshops: has fewer than two dates. Spread them over weeks."),
        ({"workflows": []}, "workflows: has none that comes back every week"),
        ({"teams": "Field"}, "teams: has the wrong form. Write a list there."),
        ({"tracks": [{"id": "x"}]}, "tracks.0.name: is missing."),
        ({"milestones": {"mastery": {"all": [{"prompt_published": 1}]}}}, "is no milestone."),
        ({"milestones": {"fluency": [{"prompt_published": 1}]}}, "should be {all: [...]}."),
        ({"milestones": {"fluency": {"all": []}}}, "fluency.all: is empty."),
        ({"milestones": {"fluency": {"all": ["prompt_published"]}}}, "should be one condition."),
    ],
)
def test_a_value_that_no_cohort_could_run_on(
    folder: Path, keys: dict[str, Any], expected: str
) -> None:
    assert expected in refusal(overriding(folder, **keys))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"shipped_often": 3}, "shipped_often: is no condition that the tool knows. Use one of"),
        (
            {"prompt_published": "many"},
            "prompt_published: has the wrong form. Write a whole number",
        ),
        ({"workflow_live": 3}, "workflow_live: has the wrong form. Write a set of keys there."),
        ({"workflow_live": {"used_weeks": 3}}, "workflow_live.of_eligible_weeks: is missing."),
        ({"change_measured": {"any_of": []}}, "any_of: is empty. Add at least one pair."),
        ({"change_measured": {"any_of": ["quiz"]}}, "'quiz' is no pair. Use one of time_pair"),
        ({"milestone": "mastery"}, "'mastery' is no milestone. Use one of literacy"),
        ({"red_lines_attested": "any"}, "'any' is no version that can be asked for."),
        ({"task_map_accepted": False}, "is a condition or is not there. Write true, or remove it."),
    ],
)
def test_a_condition_that_means_nothing(
    folder: Path, condition: dict[str, Any], expected: str
) -> None:
    path = overriding(folder, milestones={"fluency": {"all": [condition]}})

    assert expected in refusal(path)


def test_topics_in_another_order_are_refused(folder: Path) -> None:
    order = programs.shipped()["sales"]["curriculum_order"]

    assert "curriculum_order: is not the six topics in their order. Mental models come first" in (
        refusal(overriding(folder, curriculum_order=order[::-1]))
    )


def test_for_literacy_alone_on_demand_is_enough(folder: Path) -> None:
    path = overriding(folder, tier_goal="literacy", delivery="on_demand", curriculum_order=["any"])

    assert programs.load(path)["delivery"] == "on_demand"


def test_a_live_program_needs_a_live_workshop(folder: Path) -> None:
    path = folder / "sales.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("mode: live", "mode: video"))

    assert "Use live or hybrid with a workshop of mode live" in refusal(path)


def test_hours_that_change_little_are_advised_against(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    workshops = [
        {"id": f"w{week}", "week": week, "minutes": 75, "mode": "live", "builds": "a draft"}
        for week in (1, 2)
    ]

    with caplog.at_level(logging.WARNING):
        programs.load(overriding(folder, workshops=workshops))

    assert caplog.messages == [
        "sales.yaml: the workshops take 150 minutes. Three to five hours a person are what changes "
        "work: plan 180 to 300 minutes."
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"id: [", "sales.yaml, line 1: "),
        (b"id: a\n\tname: b", "sales.yaml, line 2: "),
        (b"", "sales.yaml, line 1: a program is a set of keys. Begin with id:."),
        (b"- id", "sales.yaml, line 1: a program is a set of keys. Begin with id:."),
        (b"id: \xff", "sales.yaml: cannot be read (UnicodeDecodeError)."),
        (b"id: a\x00b", "Correct the YAML."),
        (b"id: 2026-02-30", "Correct the YAML."),
        (b"id: !!python/object:os.system x", "sales.yaml, line 1: "),
        (b"id: a\n---\nid: b", "sales.yaml, line 2: "),
        (b"extends: _missing", "_missing.yaml: cannot be read (FileNotFoundError)."),
    ],
)
def test_a_file_that_is_no_program(folder: Path, content: bytes, expected: str) -> None:
    (folder / "sales.yaml").write_bytes(content)

    assert expected in refusal(folder / "sales.yaml")


def test_two_files_with_one_id_are_refused(folder: Path) -> None:
    paths = [folder / "finance.yaml", folder / "sales.yaml"]
    spoil(folder, "id: sales", "id: finance")

    with pytest.raises(ProgramError) as refused:
        programs.by_id(paths)

    assert str(refused.value) == (
        "sales.yaml: id: 'finance' is the id of finance.yaml already. "
        "Give this program an id of its own."
    )
