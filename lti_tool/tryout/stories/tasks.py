"""The tasks that learners of the demo cohort map, and how well AI fits each of them."""

from cohorts.recording import FITS

FIT, WITH_APPROVAL, DO_NOT_USE = FITS
Entry = dict[str, str]

# For each team: what fits, and what nobody should use AI for.
POSSIBLE: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Brand": (
        ("Minutes of the brand meeting", FIT, "Internal, and everybody who was there reads them."),
        ("Briefs for photographers", WITH_APPROVAL, "The art director has to agree first."),
        ("Answers to sponsorship enquiries", WITH_APPROVAL, "They leave the house in our name."),
        ("Shortening texts for exhibition panels", FIT, "The source is ours and stays beside it."),
    ),
    "Demand generation": (
        ("Naming campaigns by our scheme", FIT, "There are rules, and errors show at once."),
        ("Follow-up mails after a webinar", WITH_APPROVAL, "Offers have to be checked."),
        ("Test plans for landing pages", FIT, "A first list is quick, the choice stays mine."),
        ("Summary of a campaign for sales", WITH_APPROVAL, "Numbers go to another team."),
    ),
    "Content and channels": (
        ("Summaries of long studies", FIT, "I have the study open beside it."),
        ("Translations of short posts", WITH_APPROVAL, "A native speaker reads them first."),
        ("Ideas for headlines", FIT, "Nothing is published as it comes."),
        ("Transcripts of interviews", WITH_APPROVAL, "The person interviewed sees them first."),
    ),
}
REFUSED: dict[str, tuple[tuple[str, str], ...]] = {
    "Brand": (
        ("Statements in a crisis", "Every word is a decision, and it is urgent."),
        ("Choosing agencies", "It is about people and contracts."),
    ),
    "Demand generation": (
        ("Working with customer lists", "Personal data of customers."),
        ("Forecasts from unpublished results", "Results are confidential until they are out."),
    ),
    "Content and channels": (
        ("Quotes of customers", "Nobody may be made to say what they did not say."),
        ("Replies to complaints", "A person has to listen first."),
    ),
}


def entries(team: str, number: int, own: str | None) -> list[Entry]:
    """The task map of a learner of that team; `own` is the task of their workflow, if any."""
    possible, refused = POSSIBLE[team], REFUSED[team]
    chosen = [possible[(number + step) % len(possible)] for step in range(2)]
    if own is not None:
        chosen.insert(0, (own, WITH_APPROVAL, "It comes back often, and somebody checks it."))
    task, why = refused[number % len(refused)]
    return [
        {"task": task, "fit": fit, "why": why}
        for task, fit, why in [*chosen, (task, DO_NOT_USE, why)]
    ]
