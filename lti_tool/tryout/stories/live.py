"""Learners with a workflow that lives in their everyday work."""

from dataclasses import replace

from lti_tool.tryout.stories import texts
from lti_tool.tryout.stories.story import (
    BRAND,
    CONTENT,
    DEMAND,
    FILES,
    NO_OCCASION,
    Prompt,
    Run,
    Story,
    Verdict,
    Work,
    used,
)

LIVE = (
    Story(
        "ana.ramirez",
        BRAND,
        joins="0 mon 09:12",
        maps="0 mon 09:40",
        accepted="0 tue 11:05",
        champion=True,
        works=(
            Work(
                texts.LAUNCH_BRIEF,
                starts="0 tue 14:10",
                first=replace(texts.LAUNCH_BRIEF, steps=texts.LAUNCH_BRIEF.steps[:-1]),
                submits=("0 fri 10:30", "1 wed 09:15"),
                runs=(
                    Run("0 wed 16:00", 115, "M"),
                    Run("0 fri 15:20", 98, "M"),
                    Run("1 tue 11:40", 140, "L"),
                ),
                reviews=(
                    Verdict(
                        "1 mon 15:10",
                        "A real task and a clear brief. Before I approve: who "
                        "makes sure that we do not announce something that is not public?",
                        "322122",
                        {
                            "human_gates": "Add a gate for the product manager, who "
                            "knows what is public."
                        },
                    ),
                    Verdict(
                        "1 thu 10:05",
                        "The new gate does it. The first prompt is good enough "
                        "to share with the team.",
                        "332322",
                    ),
                ),
                ships="2 mon 09:30",
                place=f"{FILES}/brand/briefs",
                weeks={
                    2: used(2, 96, f"{FILES}/brand/briefs/solar-kit"),
                    3: used(1, 51, f"{FILES}/brand/briefs/retail-spring", verified=True),
                    4: used(2, 84, f"{FILES}/brand/briefs/service-plan"),
                    5: used(1, 40, f"{FILES}/brand/briefs/app-relaunch", verified=True),
                    6: used(2, 78, f"{FILES}/brand/briefs/fair-stand"),
                    7: used(1, 37, f"{FILES}/brand/briefs/winter-offer"),
                },
                prompt=Prompt(
                    "3 tue 13:30",
                    title="What a launch request leaves open",
                    text=texts.LAUNCH_BRIEF.steps[1]["prompt"],
                    tool_note="The model in our document suite: it has the template at hand. "
                    "Longer models add sections nobody asked for.",
                ),
                standard="6 wed 11:00",
            ),
        ),
        fluent="6 mon 14:20",
    ),
    Story(
        "lukasz.wisniewski",
        CONTENT,
        joins="0 tue 10:31",
        maps="0 wed 09:05",
        accepted="0 thu 14:00",
        works=(
            Work(
                texts.BLOG_REVIEW,
                starts="0 fri 11:00",
                submits=("1 tue 15:45",),
                runs=(
                    Run("0 fri 16:10", 74, "M"),
                    Run("1 mon 10:20", 66, "M"),
                    Run("1 wed 14:50", 81, "M"),
                ),
                reviews=(
                    Verdict(
                        "1 fri 09:40",
                        "Two gates in the right places. Please keep the fact list with the "
                        "article, so that we can look back.",
                    ),
                ),
                ships="2 tue 10:00",
                place=f"{FILES}/content/review",
                weeks={
                    2: used(2, 70),
                    3: used(3, 96, f"{FILES}/content/review/heat-pumps"),
                    5: used(2, 58, f"{FILES}/content/review/storage-myths"),
                    6: used(
                        3,
                        84,
                        f"{FILES}/content/review/installer-interview",
                        note="Two of three guest authors now send sources themselves.",
                    ),
                },
                prompt=Prompt(
                    "4 wed 10:15",
                    title="Facts that need a source",
                    text="List every statement in the article that could be checked: "
                    "numbers, dates, names, comparisons, causes. "
                    "For each give the sentence and say what kind of source would "
                    "settle it. Do not judge whether it is true.",
                    tool_note="The long-context model, because the article and the style guide "
                    "fit in one go.",
                ),
            ),
        ),
    ),
    Story(
        "chau.nguyen",
        DEMAND,
        joins="0 tue 11:02",
        maps="0 wed 15:20",
        accepted="0 fri 09:30",
        works=(
            Work(
                texts.SEARCH_ADS,
                starts="1 tue 09:10",
                submits=("1 fri 16:05",),
                runs=(
                    Run("1 wed 11:00", 62, "M"),
                    Run("1 thu 13:15", 55, "S"),
                    Run("2 mon 10:10", 70, "M"),
                ),
                reviews=(
                    Verdict(
                        "2 tue 11:20",
                        "The list of approved claims as a gate is what makes this safe.",
                        "323222",
                    ),
                ),
                ships="3 mon 09:00",
                place="The search team's shared workbook, sheet Variants",
                weeks={
                    3: used(2, 48),
                    4: used(1, 22, f"{FILES}/search/solar-kit"),
                    5: used(2, 41, verified=True),
                    6: used(2, 44),
                    7: used(1, 20),
                },
            ),
        ),
    ),
    Story(
        "layla.alhaddad",
        BRAND,
        joins="0 wed 08:55",
        maps="0 wed 09:20",
        accepted="0 thu 14:10",
        works=(
            Work(
                texts.PRESS_FACTS,
                starts="1 mon 13:00",
                submits=("1 thu 09:50",),
                runs=(
                    Run("1 mon 15:00", 45, "M"),
                    Run("1 wed 09:30", 52, "M", "calendar"),
                    Run("2 mon 14:00", 38, "S"),
                ),
                reviews=(
                    Verdict(
                        "1 fri 14:30",
                        "Agreed with legal. Keep the rule that an open line stops the release.",
                    ),
                ),
                ships="2 tue 09:00",
                place="Press folder, template Fact list",
                weeks={
                    2: used(1, 25),
                    3: NO_OCCASION,
                    4: used(2, 47),
                    5: used(1, 22),
                    6: used(1, 24),
                    7: NO_OCCASION,
                },
            ),
        ),
    ),
    Story(
        "temitope.olatunji",
        DEMAND,
        joins="0 mon 09:25",
        maps="0 mon 10:15",
        accepted="0 tue 11:15",
        champion=True,
        works=(
            Work(
                texts.PAID_READOUT,
                starts="0 wed 10:00",
                submits=("1 mon 09:05",),
                runs=(
                    Run("0 thu 12:00", 88, "M"),
                    Run("1 mon 11:30", 94, "M"),
                    Run("2 mon 10:30", 79, "M"),
                ),
                reviews=(
                    Verdict(
                        "1 wed 16:00",
                        "Good that every number goes back to the dashboard. Say in the note how "
                        "many lines were struck out.",
                        "232322",
                    ),
                ),
                ships="2 mon 12:15",
                place=f"{FILES}/performance/notes",
                weeks={
                    week: used(1, minutes, f"{FILES}/performance/notes/week-{week}")
                    for week, minutes in ((2, 52), (3, 47), (4, 45), (5, 41), (6, 43), (7, 40))
                },
                prompt=Prompt(
                    "3 fri 09:20",
                    title="Describe changes, do not explain them",
                    text="You have a table of this week and last week. For every row that "
                    "changed by more than ten percent write one "
                    "sentence: what, from what, to what. Give no reasons. Put the row "
                    "number at the end.",
                    tool_note="The spreadsheet's own model: the table never leaves the workbook.",
                ),
            ),
        ),
        not_yet=(
            "6 tue 16:40",
            "Nearly there. Walk me through the note of week 5 on Thursday, then I confirm.",
        ),
    ),
)
