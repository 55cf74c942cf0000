"""Learners whose workflow settles, lapses, sleeps or has ended; and one with two of them."""

from lti_tool.tryout.stories import idle_texts, texts
from lti_tool.tryout.stories.story import (
    AWAY,
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
    unused,
    used,
)

IN_USE = (
    Story(
        "wirawati",
        CONTENT,
        joins="0 wed 13:40",
        maps="0 thu 10:00",
        accepted="1 mon 09:00",
        works=(
            Work(
                texts.SOCIAL_REPLIES,
                starts="1 tue 10:30",
                submits=("1 thu 11:00",),
                runs=(
                    Run("1 tue 17:00", 64, "M"),
                    Run("1 wed 17:00", 58, "M"),
                    Run("1 thu 17:00", 71, "L"),
                ),
                reviews=(Verdict("1 fri 15:00", "Leaving complaints out is the right red line."),),
                ships="2 tue 09:30",
                place="Community desk handbook, page 4",
                weeks={
                    2: used(5, 190),
                    3: used(4, 160),
                    4: unused("quality", "Replies sounded alike, three had to be redone."),
                    6: used(3, 120),
                },
            ),
        ),
    ),
    Story(
        "maria.vasconcelos",
        BRAND,
        joins="0 thu 09:00",
        maps="0 thu 09:30",
        accepted="0 fri 10:10",
        works=(
            Work(
                texts.EVENT_RECAP,
                starts="1 mon 10:00",
                submits=("1 wed 08:45",),
                runs=(
                    Run("1 mon 16:00", 90, "M"),
                    Run("1 tue 16:00", 105, "L"),
                    Run("1 wed 16:00", 85, "M"),
                ),
                reviews=(
                    Verdict(
                        "1 fri 11:10",
                        "Fine for the autumn fairs. Let us see what is left of it when they are "
                        "over.",
                    ),
                ),
                ships="2 mon 08:30",
                place="Fair handbook, last chapter",
                weeks={
                    2: used(3, 135),
                    3: unused("tool", "No connection in hall 4."),
                    6: unused("slower", "Sorting took longer than writing."),
                },
            ),
        ),
    ),
    Story(
        "soren.ostergard",
        DEMAND,
        joins="0 wed 10:10",
        maps="1 mon 11:15",
        accepted="1 tue 09:45",
        works=(
            Work(
                texts.LANDING_BRIEF,
                starts="2 mon 09:40",
                submits=("2 thu 15:30",),
                runs=(
                    Run("2 tue 14:00", 57, "M"),
                    Run("2 wed 10:30", 63, "M"),
                    Run("3 mon 13:20", 49, "S"),
                ),
                reviews=(Verdict("3 tue 10:00", "The web team read it too and is happy."),),
                ships="4 tue 09:00",
                place=f"{FILES}/web/intake",
                weeks={
                    4: used(1, 30, f"{FILES}/web/intake/retail-spring"),
                    5: used(2, 55),
                    6: used(1, 26, f"{FILES}/web/intake/app-relaunch"),
                },
                prompt=Prompt(
                    "5 mon 14:45",
                    title="What the web team would ask",
                    text="You are given a campaign brief and our web intake form. Fill the "
                    "form with sentences of the brief only. "
                    "Where the brief is silent write OPEN and the question to ask.",
                    tool_note="The document suite's model; any model that keeps to a form will do.",
                ),
            ),
        ),
    ),
    Story(
        "zoe.brandstaetter",
        CONTENT,
        joins="0 fri 09:50",
        maps="1 tue 10:20",
        accepted="1 wed 15:00",
        works=(
            Work(
                texts.PARTNER_LETTER,
                starts="2 tue 11:00",
                submits=("3 mon 10:00",),
                reviews=(
                    Verdict(
                        "3 wed 14:00",
                        "Start small. Judge it by the resellers' questions.",
                        "222223",
                    ),
                ),
                waived=(
                    "3 wed 14:10",
                    "The letter is new: there is no old way to time. Reseller "
                    "questions are counted instead.",
                ),
                ships="4 mon 10:00",
                place="Partner portal, news section",
                weeks={4: used(1, 60), 5: NO_OCCASION, 6: used(1, 52)},
            ),
        ),
    ),
    Story(
        "caglar.yildiz",
        CONTENT,
        joins="0 thu 15:05",
        maps="1 mon 14:00",
        accepted="1 wed 15:10",
        works=(
            Work(
                idle_texts.ALT_TEXTS,
                starts="1 thu 09:15",
                submits=("2 mon 16:00",),
                runs=(
                    Run("1 fri 10:00", 26, "M"),
                    Run("2 mon 11:00", 31, "M"),
                    Run("2 tue 11:00", 24, "S"),
                ),
                reviews=(
                    Verdict(
                        "2 thu 09:30", "Worth a try, the images come back with every campaign."
                    ),
                ),
                ships="3 mon 10:30",
                place="Media library, field Description",
                weeks={
                    3: used(1, 30),
                    4: unused("quality", "It describes what is seen, not what it is for."),
                },
                retires=("5 wed 13:30", "not_worth_it"),
            ),
        ),
    ),
    Story(
        "priya.raghunathan",
        CONTENT,
        joins="0 mon 09:18",
        maps="0 mon 11:00",
        accepted="0 tue 11:25",
        champion=True,
        works=(
            Work(
                texts.WEBINAR_CUTDOWN,
                starts="0 wed 13:00",
                submits=("1 mon 14:30",),
                runs=(
                    Run("0 thu 12:00", 210, "L"),
                    Run("1 mon 12:00", 185, "M"),
                    Run("1 tue 15:30", 195, "M"),
                ),
                reviews=(
                    Verdict(
                        "1 thu 16:20",
                        "Time stamps for each claim: others will copy this.",
                        "333222",
                    ),
                ),
                ships="2 wed 09:00",
                place=f"{FILES}/content/webinars",
                weeks={
                    2: used(1, 120),
                    3: used(1, 105, f"{FILES}/content/webinars/storage"),
                    4: AWAY,
                    5: used(1, 98),
                    6: used(1, 101),
                    7: used(1, 95),
                },
                prompt=Prompt(
                    "3 thu 14:00",
                    title="Channel versions with time stamps",
                    text=texts.WEBINAR_CUTDOWN.steps[2]["prompt"],
                    tool_note="The long-context model: an hour of transcript in one piece.",
                ),
            ),
            Work(
                texts.NEWSLETTER_TEST,
                starts="3 mon 09:30",
                submits=("3 fri 13:00",),
                runs=(
                    Run("3 wed 10:00", 35, "S"),
                    Run("4 wed 10:00", 40, "S"),
                    Run("5 mon 15:00", 38, "S"),
                ),
                reviews=(
                    Verdict("4 mon 11:30", "The test itself is the measure. Good.", "222223"),
                ),
                ships="5 tue 09:00",
                place="Newsletter plan, column Test",
                weeks={5: used(1, 18), 6: NO_OCCASION, 7: used(1, 15)},
            ),
        ),
    ),
)
