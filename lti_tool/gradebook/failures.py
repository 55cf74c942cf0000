"""What each answer of a gradebook means, and the sentence that an owner reads.

The one table of gradebook failures. What Moodle and Canvas say in each case was read in their
sources (Moodle `gradebookservices/classes/local/resources/scores.php`, Canvas
`scores_controller.rb`); Moodle explains itself in the status line, Canvas in the body.
"""

from lti_tool.services import PARK, RETRY, ServiceAnswer, ServiceError, failure_of

NO_SERVICE = (
    "This course does not let the tool write grades. Allow it in the LMS to read and add grades "
    "in the gradebook, open the tool once from the course, then send again."
)
NO_ACCOUNT = "This person never opened the tool from an LMS, so there is no gradebook to write to."
NO_COURSE = (
    "The course of this cohort is not known on the person's LMS. Open the tool once from the "
    "course, then send again."
)
NOT_A_LEARNER = (
    "Only learners have a grade, and this person is not enrolled as a learner now. "
    "Nothing was sent."
)
GRADED_BY_A_PERSON = "The gradebook shows a grade set by a person. We did not change it."
COLUMN_DELETED = (
    "The column was deleted in the LMS. Make it again, or leave it out of the gradebook."
)
COURSE_GONE = (
    "The LMS no longer has the gradebook of this course. If the course is over, nothing is to be "
    "done; else open the tool once from the course, then send again."
)
COLUMN_OF_ANOTHER_TOOL = (
    "The LMS says that this column belongs to another tool. Ask the LMS administrator whether the "
    "tool was registered twice."
)
UNKNOWN_PERSON = (
    "The LMS does not count this person as a learner of the course. Enrol them there as a "
    "student, then send again."
)
COURSE_OVER = "The course has ended in the LMS, which takes no more grades for it."
UNPUBLISHED = "The column is not published in the LMS. Publish it there, then send again."
FORBIDDEN = (
    "The LMS does not let the tool write to this column. Ask the LMS administrator what the tool "
    "may do in this course, then send again."
)
STALE = (
    "The LMS says that it has a newer grade, yet shows an older one of ours. We try again by "
    "ourselves; if it stays, compare the clocks of the tool and of the LMS."
)
NO_COLUMN_MADE = (
    "The LMS did not say where the new column is. We try again by ourselves; if this stays, ask "
    "the operator of the tool."
)
UNREADABLE = "The LMS answered, but not as a gradebook does. We try again by ourselves."

# Words of the answer, in lower case, and what they mean; the first that fits counts.
_BY_WORDS = (
    (
        "incorrect score received",
        UNKNOWN_PERSON,
    ),  # Moodle, followed by what we sent: so it is first
    ("has concluded", COURSE_OVER),
    ("unpublished", UNPUBLISHED),
    ("is not a student", UNKNOWN_PERSON),  # Canvas
    ("user not found", UNKNOWN_PERSON),
    ("user could not be found", UNKNOWN_PERSON),  # Blackboard
    ("not enrolled", UNKNOWN_PERSON),  # D2L
)
_BY_STATUS = {403: FORBIDDEN, 404: COLUMN_DELETED, 412: COLUMN_OF_ANOTHER_TOOL}


def score_failure(answer: ServiceAnswer) -> ServiceError:
    """The error for a line item's answer that is not a success."""
    failure = failure_of(answer)
    if failure.kind != PARK or answer.status == 401:
        return failure
    said = f"{answer.reason} {answer.text}".lower()
    for words, sentence in _BY_WORDS:
        if words in said:
            return ServiceError(sentence, PARK)
    return ServiceError(_BY_STATUS.get(answer.status, failure.message), PARK)


def container_failure(answer: ServiceAnswer) -> ServiceError:
    """The error for an answer of the course's line items that is not a success."""
    return ServiceError(COURSE_GONE, PARK) if answer.status == 404 else score_failure(answer)


def is_stale(answer: ServiceAnswer) -> bool:
    """Whether a score was refused as not newer than what is stored.

    Moodle answers 409 where the timestamp is not later in whole seconds, Canvas 400 with a
    sentence about the timestamp. Moodle's 400 repeats our own timestamp in its status line, so
    only the body counts.
    """
    return answer.status == 409 or (answer.status == 400 and "timestamp" in answer.text.lower())


def unreadable() -> ServiceError:
    """The error for an answer of status 2xx whose body is something else than asked for."""
    return ServiceError(UNREADABLE, RETRY)
