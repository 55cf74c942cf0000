"""What happened to a workflow, newest first, as the timeline shows it."""

from zoneinfo import ZoneInfo

from cohorts.models import Workflow
from lti_tool.pages.words import moment


def history(workflow: Workflow, zone: ZoneInfo) -> list[dict[str, str]]:
    """Versions, reviews, shipping and publication of a workflow."""
    author = workflow.author.person.display_name
    happened = [
        (version.submitted_at, f"Version {version.number} submitted", author, "circle_half", "")
        for version in workflow.versions
    ]
    for review in workflow.reviews:
        approved = review.decision == "approve"
        title = "approved" if approved else "sent back with changes requested"
        happened.append(
            (
                review.decided_at,
                f"Version {review.version} {title}",
                review.coach.person.display_name,
                "circle_check" if approved else "arrow_back",
                review.comment,
            )
        )
    if workflow.shipped_at is not None:
        happened.append(
            (workflow.shipped_at, "Shipped", author, "circle_dot", workflow.place or "")
        )
    if workflow.standard_published_at is not None:
        owner = f"Looked after by {workflow.standard_owner}."
        happened.append(
            (workflow.standard_published_at, "Published as a standard", author, "star", owner)
        )
    return [
        {"when": moment(when, zone), "title": title, "who": who, "shape": shape, "text": text}
        for when, title, who, shape, text in sorted(happened, key=lambda row: row[0])[::-1]
    ]
