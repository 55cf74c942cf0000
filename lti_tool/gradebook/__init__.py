"""Milestones in the gradebook of the LMS (LTI Assignment and Grade Services 2.0).

A *line item* is a column, a *score* what a tool posts for one person, a *result* what the LMS
shows for it. Each milestone of a cohort has one line item of its own, without a resource link:
a second line item on a link never reaches the gradebook in Canvas and takes the `lineitem` claim
away in Moodle. Only final scores are posted: anything else erases a grade.

What does not belong here: when something is sent and tried again (`lti_tool.delivery`).
"""

from lti_tool.gradebook.failures import score_failure
from lti_tool.gradebook.line_items import forget_line_item
from lti_tool.gradebook.postings import Posting, load_posting
from lti_tool.gradebook.scores import put_score

__all__ = ["Posting", "forget_line_item", "load_posting", "put_score", "score_failure"]
