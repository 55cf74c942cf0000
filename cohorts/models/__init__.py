"""Tables of the domain, one file a noun. Foreign keys point within this package only."""

from cohorts.models.award import Award, Deferral
from cohorts.models.cohort import Cohort, Enrolment
from cohorts.models.evidence import Attestation, PublishedPrompt, TaskMap, TimedRun, WeeklyAnswer
from cohorts.models.outbox import Delivery, Destination, Score, StatementRecord
from cohorts.models.person import Person
from cohorts.models.workflow import Review, Workflow, WorkflowAuthor, WorkflowVersion

__all__ = [
    "Attestation",
    "Award",
    "Cohort",
    "Deferral",
    "Delivery",
    "Destination",
    "Enrolment",
    "Person",
    "PublishedPrompt",
    "Review",
    "Score",
    "StatementRecord",
    "TaskMap",
    "TimedRun",
    "WeeklyAnswer",
    "Workflow",
    "WorkflowAuthor",
    "WorkflowVersion",
]
