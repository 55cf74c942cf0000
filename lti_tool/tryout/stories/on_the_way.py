"""Learners whose workflow is not in use yet, or who have none."""

from dataclasses import replace

from lti_tool.tryout.stories import idle_texts as texts
from lti_tool.tryout.stories.story import BRAND, CONTENT, DEMAND, Run, Story, Verdict, Work

ON_THE_WAY = (
    Story(
        "xiaowen.li",
        DEMAND,
        joins="0 thu 11:20",
        maps="1 tue 13:00",
        accepted="1 thu 10:00",
        works=(
            Work(
                texts.KEYWORD_DIGEST,
                starts="3 thu 10:00",
                submits=("4 fri 11:30",),
                runs=(Run("4 tue 15:00", 130, "L"),),
                reviews=(
                    Verdict(
                        "5 wed 09:30",
                        "Approved. Two more timed digests, and you can ship; the search team has "
                        "one next week.",
                    ),
                ),
            ),
        ),
    ),
    Story(
        "hina.sato",
        CONTENT,
        joins="0 fri 08:40",
        maps="1 mon 09:30",
        accepted="1 wed 15:20",
        works=(
            Work(
                texts.VIDEO_CAPTIONS,
                starts="4 tue 14:00",
                submits=("5 thu 16:10",),
                runs=(
                    Run("4 wed 11:00", 68, "M"),
                    Run("5 tue 11:00", 75, "M"),
                    Run("5 fri 12:00", 60, "M", "estimate"),
                ),
                reviews=(
                    Verdict(
                        "6 mon 15:45",
                        "Listening to the marked passages is what I hoped to read. An estimate "
                        "does not count as a timed run, so one is still missing.",
                        "223222",
                    ),
                ),
            ),
        ),
    ),
    Story(
        "seoyeon.kim",
        DEMAND,
        joins="0 thu 12:15",
        maps="1 mon 16:00",
        accepted="1 thu 10:15",
        works=(
            Work(
                texts.NURTURE_REVIEW,
                starts="5 mon 10:00",
                submits=("6 mon 09:20",),
                runs=(
                    Run("5 wed 16:00", 95, "M"),
                    Run("5 fri 14:30", 110, "L"),
                    Run("6 tue 10:00", 88, "M"),
                ),
            ),
        ),
    ),
    Story(
        "aarav.krishnamurthy",
        DEMAND,
        joins="1 mon 09:35",
        maps="1 wed 11:00",
        accepted="1 fri 13:10",
        works=(Work(texts.LEAD_NOTE, "5 thu 09:00", submits=("6 thu 14:20",)),),
    ),
    Story(
        "fatoumata.diabate",
        BRAND,
        joins="0 wed 16:10",
        maps="0 fri 10:00",
        accepted="1 mon 15:30",
        works=(
            Work(
                texts.AGENCY_BRIEF,
                starts="4 mon 13:00",
                first=replace(
                    texts.AGENCY_BRIEF,
                    steps=(texts.AGENCY_BRIEF.steps[0], texts.AGENCY_BRIEF.steps[2]),
                    quality="How good the brief is",
                ),
                submits=("5 tue 15:00", "7 mon 08:40"),
                runs=(Run("4 thu 10:00", 120, "M"), Run("5 mon 09:30", 135, "M")),
                reviews=(
                    Verdict(
                        "5 fri 10:20",
                        "The draft is sound, but I do not find you in it. Which sentence would "
                        "you defend in front of the agency?",
                        "222221",
                        {"measurement_plan": "Name something you can count, such as rounds."},
                    ),
                ),
            ),
        ),
    ),
    Story(
        "giorgos.papadakis",
        CONTENT,
        joins="0 fri 11:45",
        maps="1 tue 15:30",
        accepted="1 thu 09:10",
        works=(
            Work(
                texts.COMPETITOR_DIGEST,
                starts="5 tue 11:00",
                submits=("6 mon 13:30",),
                reviews=(
                    Verdict(
                        "6 wed 10:40",
                        "Useful, and close. You check your own work here: who else reads the "
                        "digest before it goes to the board?",
                        "222122",
                        {"human_gates": "A second reader for everything that leaves the team."},
                    ),
                ),
            ),
        ),
    ),
    Story(
        "olena.shevchuk",
        CONTENT,
        joins="0 thu 14:25",
        maps="0 fri 13:00",
        accepted="1 tue 10:10",
        works=(
            Work(
                texts.PRODUCT_PAGE,
                starts="3 wed 10:00",
                submits=("5 mon 11:15",),
                runs=(Run("4 mon 14:00", 84, "M"),),
                reviews=(
                    Verdict(
                        "5 wed 14:50",
                        "Begin with the gate: name the product manager, then the rest falls into "
                        "place.",
                        "212122",
                        {
                            "prompt_structure": "Write the prompt down so that others can run it.",
                            "human_gates": "A name or a role instead of “someone from product”.",
                        },
                    ),
                ),
            ),
        ),
    ),
    Story(
        "siobhan.nibhriain",
        CONTENT,
        joins="0 fri 09:05",
        maps="2 mon 10:00",
        accepted="2 wed 09:45",
        literate=False,
        works=(Work(texts.CASE_STUDY, "5 tue 13:40"),),
    ),
    Story(
        "jean-baptiste.lefevre",
        BRAND,
        joins="1 mon 10:50",
        maps="2 tue 14:30",
        accepted="2 thu 11:00",
        red_lines=False,
        track="cross_functional",
        works=(Work(texts.SPONSORSHIP, "6 tue 17:05"),),
    ),
    Story(
        "tomas.dvoracek",
        BRAND,
        joins="2 mon 09:15",
        maps="6 fri 11:10",
        track="cross_functional",
    ),
    Story(
        "kaiulani.nakamura",
        DEMAND,
        joins="5 mon 09:40",
        maps="5 thu 16:30",
        returned=(
            "6 tue 09:55",
            "Three good tasks. Let us talk about the second one: customer lists are a red line, "
            "so how would it work without them?",
        ),
    ),
    Story("ruth.avrahami", BRAND, joins="1 tue 08:50"),
    Story("grace.oconnell", DEMAND, joins="6 wed 10:05"),
)
