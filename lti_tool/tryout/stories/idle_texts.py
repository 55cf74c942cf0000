"""More workflows of the demo cohort: those that are not in use yet, or no longer."""

from lti_tool.tryout.stories.texts import LONG, SHEET, SUITE, Text, ai, gate, human

KEYWORD_DIGEST = Text(
    None,
    "Keyword digest for the editorial plan",
    "one digest",
    "Group the month's search terms into questions that the editorial plan should answer.",
    "Editorial plan, search term export",
    (
        human("Export search terms and delete rows with names"),
        ai("Group terms by the question behind them, with volumes", SHEET),
        gate("Search manager", "groups make sense and volumes add up"),
    ),
    "Minutes a digest",
    "Groups the editors throw out",
    "The twenty largest terms as a list",
)
VIDEO_CAPTIONS = Text(
    "content-review",
    "Captions for product videos",
    "one video",
    "Correct the automatic captions of a product video and prepare the translation.",
    "Glossary of product names",
    (
        ai("Correct product names by the glossary and mark unclear passages", LONG),
        human("Listen to the marked passages"),
        gate("Video editor", "captions match the sound before they are published"),
    ),
    "Minutes a video of five minutes",
    "Errors viewers report",
    "Publish without captions and add them the next day",
)
NURTURE_REVIEW = Text(
    "content-review",
    "Review of a nurture sequence",
    "one sequence",
    "Read the five mails of a sequence as one text and find what contradicts or repeats.",
    "Tone of voice guide, offer list",
    (
        ai("List contradictions, repeated arguments and offers that have ended", LONG),
        human("Decide what to change"),
        gate("Marketing automation lead", "offers and dates before the sequence goes live"),
    ),
    "Minutes a sequence",
    "Corrections after going live",
    "Read it aloud with a colleague",
)
LEAD_NOTE = Text(
    "performance-readout",
    "Lead quality note for sales",
    "one note",
    "Tell sales each Friday which campaigns brought leads that fit, from totals only.",
    "Aggregated lead table by campaign",
    (
        human("Take totals by campaign, never rows of people"),
        ai("Describe which campaigns moved and by how much", SHEET),
        gate("Revenue analyst", "each number against the table"),
    ),
    "Minutes a note",
    "Questions sales asks back",
    "Send the table",
)
AGENCY_BRIEF = Text(
    "campaign-brief",
    "Creative brief for the agency",
    "one brief",
    "Write the creative brief from the campaign plan so that the first proposal is usable.",
    "Creative brief template, brand book",
    (
        ai("Draft insight, message and mandatory elements from the plan", SUITE),
        human("Rewrite the message in one sentence of my own"),
        gate("Brand manager", "the message is ours and the mandatory elements are complete"),
    ),
    "Minutes a brief",
    "Rounds until the first proposal is accepted",
    "The template, by hand",
)
COMPETITOR_DIGEST = Text(
    None,
    "Competitor digest from public pages",
    "one digest",
    "Summarise what five competitors changed on their public pages this week.",
    "List of pages we follow",
    (
        ai("Summarise the differences page by page, with links", LONG),
        gate("Author", "every statement has a link that was opened"),
    ),
    "Minutes a digest",
    "Statements without support",
    "Links without a summary",
)
PRODUCT_PAGE = Text(
    "content-review",
    "Product page refresh",
    "one page",
    "Bring a product page up to date with the current release and our plain-language rules.",
    "Plain-language rules, release notes",
    (
        ai("Compare the page with the release notes and mark what is out of date", LONG),
        ai("Suggest plainer wording for sentences above 20 words", SUITE),
        gate("Someone from product", "the page is right"),
    ),
    "Minutes a page",
    "Corrections by product marketing",
    "Only correct what is wrong",
)
CASE_STUDY = Text(
    "repurpose-asset",
    "Case study outline from an interview",
    "one interview",
    "Get from a customer interview to an outline that the customer can approve.",
    "Case study structure",
    (
        ai("Outline the transcript by situation, decision and result", LONG),
        gate("Customer reference manager", ""),
    ),
    "",
    "",
    "",
)
SPONSORSHIP = Text(
    None,
    "Sponsorship enquiries: first answer",
    "one enquiry",
    "",
    "Sponsorship policy",
    (ai("Compare the enquiry with our policy and draft a polite answer", ""),),
    "Minutes an enquiry",
    "",
    "",
)
ALT_TEXTS = Text(
    "content-review",
    "Alternative texts for campaign images",
    "one campaign",
    "Write alternative texts for all images of a campaign page.",
    "Accessibility guide",
    (
        ai("Describe each image in one sentence", "The image model of our media library"),
        gate("Content owner", "the text says what the image is there for"),
    ),
    "Minutes a campaign",
    "Texts the accessibility check rejects",
    "Write them while choosing the images",
)
