"""The workflows of the demo cohort, as their authors wrote them down."""

from dataclasses import dataclass

Step = dict[str, str]


@dataclass(frozen=True)
class Text:
    """What an author writes. `template` names the example of the program they began with; its red
    lines stay, and all are kept except those in `does_not_apply`, by a part of their wording."""

    template: str | None
    title: str
    unit: str
    task: str
    own_material: str
    steps: tuple[Step, ...]
    time: str
    quality: str
    fallback: str
    cadence: str = "weekly"
    does_not_apply: tuple[tuple[str, str], ...] = ()


def ai(text: str, tool: str, prompt: str = "") -> Step:
    """A step in which AI helps, with the tool or model and why that one."""
    return {"kind": "ai", "text": text, "tool": tool, "prompt": prompt}


def human(text: str) -> Step:
    """A step that a person does."""
    return {"kind": "human", "text": text}


def gate(who: str, checks: str, if_fails: str = "Back to the author with a note") -> Step:
    """An approval gate: who checks what."""
    return {"kind": "gate", "text": checks, "who": who, "checks": checks, "if_fails": if_fails}


SUITE = "The writing model in our document suite: the template and the style guide live there"
LONG = "The licensed long-context model: it reads the whole source at once and quotes line numbers"
SHEET = "The spreadsheet's own model: the figures never leave the workbook"

LAUNCH_BRIEF = Text(
    "campaign-brief",
    "Campaign brief for product launches",
    "one brief",
    "Turn a product manager's launch request into a brief our agency can start from.",
    "House brief template, version 7",
    (
        human("Ask the product manager for goal, date, budget and what is public already"),
        ai(
            "List what the request leaves open, by section of the template",
            SUITE,
            "You have our brief template and a launch request. For each section of the template "
            "name what the request answers and what it leaves open. Quote the request. "
            "Add nothing.",
        ),
        ai("Draft the brief from the completed request", SUITE),
        gate("Campaign lead", "objective, audience and budget are those that were agreed"),
        gate("Product manager", "every product claim is public and true"),
    ),
    "Minutes of my work on one brief, checking included",
    "Rounds of rework the agency asks for",
    "The paper checklist and last quarter's brief as a model",
)
PAID_READOUT = Text(
    "performance-readout",
    "Paid channels read-out",
    "one read-out",
    "Write Monday's note on what changed in search and paid social, and what to ask about it.",
    "Channel dashboard, weekly export",
    (
        human("Export the weekly table without campaign names of customers"),
        ai("Describe every change of more than ten percent in one sentence", SHEET),
        ai("Propose three questions for the channel owners", SHEET),
        gate("Performance analyst", "each number against the dashboard", "The line is struck out"),
        human("Send it to the channel owners"),
    ),
    "Minutes from export to sending",
    "Corrections after sending",
    "Send the table with three handwritten lines",
)
WEBINAR_CUTDOWN = Text(
    "repurpose-asset",
    "Webinar to channel versions",
    "one webinar",
    "Turn a recorded webinar into a post, a newsletter paragraph and four social texts.",
    "Tone of voice guide, channel lengths",
    (
        ai("Outline the transcript with time stamps", LONG),
        human("Choose the two ideas worth repeating"),
        ai(
            "Draft each version from the outline, with the time stamp of every claim",
            LONG,
            "Write the versions named below from this outline only. After every claim put the "
            "time stamp it rests on. Where the outline has no support, leave the claim out.",
        ),
        gate("Channel owner", "claims and quotes are unchanged from the recording"),
    ),
    "Minutes a webinar, from transcript to approved versions",
    "Share of versions published without rework",
    "Only the newsletter paragraph, by hand",
)
NEWSLETTER_TEST = Text(
    "repurpose-asset",
    "Subject lines for the newsletter test",
    "one issue",
    "Write the two subject lines that we test against each other every second Wednesday.",
    "Results of the last twelve tests",
    (
        ai("Propose ten lines in two directions, under 45 characters", SUITE),
        human("Choose one line of each direction"),
        gate("Newsletter editor", "the line promises nothing the issue does not hold"),
    ),
    "Minutes an issue",
    "Difference in opening rate between the two lines",
    "Take the headline of the first article",
    cadence="biweekly",
)
BLOG_REVIEW = Text(
    "content-review",
    "Style and fact check of blog articles",
    "one article",
    "Check a guest article against our style guide and mark every fact that needs a source.",
    "Editorial style guide, chapter 2 to 5",
    (
        ai("Mark departures from the style guide with the number of the rule", LONG),
        ai("List every checkable fact with its sentence", LONG),
        gate("Editor", "accepts or rejects each suggestion by hand"),
        human("Open a source for each fact, or strike it out"),
        gate("Content owner", "facts and legal wording before it is published"),
    ),
    "Minutes an article",
    "Errors found after publication, for ten articles",
    "Two people read, one for style and one for facts",
)
SEARCH_ADS = Text(
    "repurpose-asset",
    "Search advert variants from a landing page",
    "one landing page",
    "Write fifteen headlines and four descriptions for a new page, within the length limits.",
    "List of approved product claims",
    (
        ai("Draft variants from the page's own wording", SUITE),
        ai("Check lengths and mark claims that are not on the approved list", SHEET),
        gate("Search manager", "each claim is on the approved list"),
    ),
    "Minutes a landing page",
    "Variants the advert platform rejects",
    "Reuse the best variants of the nearest page",
)
PRESS_FACTS = Text(
    "content-review",
    "Fact list for press releases",
    "one release",
    "List every number, name and date of a press release with its source before legal reads it.",
    "Press release checklist",
    (
        ai("Extract numbers, names, dates and superlatives, each with its line", LONG),
        human("Put the source beside each, or mark it open"),
        gate("Head of communications", "no open line is left", "The release waits"),
        gate("Legal counsel", "wording about competitors and results"),
    ),
    "Minutes a release until legal has it",
    "Questions that come back from legal",
    "The checklist on paper, two readers",
    does_not_apply=(("unpublished results", "Releases are read after the results are public."),),
)
SOCIAL_REPLIES = Text(
    None,
    "First drafts of replies on social channels",
    "one day's questions",
    "Answer recurring product questions in the comments in our own tone within the day.",
    "Answer library, tone of voice guide",
    (
        human("Leave out complaints and anything about a person"),
        ai("Draft a reply from the answer library", SUITE),
        gate("Community manager", "tone, and that the answer is the current one"),
        human("Post it"),
    ),
    "Minutes a day",
    "Replies we had to correct",
    "Post the library answer as it is",
    cadence="daily",
)
EVENT_RECAP = Text(
    "repurpose-asset",
    "Trade fair recap",
    "one fair day",
    "Turn the booth team's notes into a recap for sales by the next morning.",
    "Recap format agreed with sales",
    (
        ai("Sort the notes by topic and remove names of visitors", SUITE),
        gate("Booth lead", "nothing personal is left and nothing is invented"),
        human("Send it to the sales leads"),
    ),
    "Minutes a fair day",
    "Questions sales has to ask again",
    "Send the notes as they are",
)
LANDING_BRIEF = Text(
    "campaign-brief",
    "Landing page brief",
    "one page",
    "Brief the web team for a campaign page so that they need no second meeting.",
    "Web team's intake form",
    (
        ai("Fill the intake form from the campaign brief and mark what is missing", SUITE),
        human("Ask the campaign lead for what is missing"),
        gate("Web producer", "she can start without a meeting"),
    ),
    "Minutes a page",
    "Questions of the web team after the hand-over",
    "Fill the form by hand",
)
PARTNER_LETTER = Text(
    None,
    "Partner newsletter from release notes",
    "one issue",
    "Tell our resellers every second week what changed in the product and what it means to them.",
    "Last year's issues",
    (
        ai("Sort published release notes by what matters to a reseller", LONG),
        ai("Draft five short paragraphs in plain language", LONG),
        gate("Partner manager", "nothing is promised that is not released"),
    ),
    "Nothing to time before: the letter is new",
    "Questions from resellers within a week",
    "Link to the release notes",
    cadence="biweekly",
)
