"""Every verb, activity type and extension that our statements use, filed under who owns its IRI.

Terms of our own live in the Cohort Evidence profile. A term is never renamed once a statement with
it has left the tool.
"""

PROFILE = "https://w3id.org/xapi/cohort-evidence"
PROFILE_VERSION = f"{PROFILE}/v1.0.0"

# ADL vocabulary
REGISTERED = "http://adlnet.gov/expapi/verbs/registered"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
PROFILE_TYPE = "http://adlnet.gov/expapi/activities/profile"

# Activity Streams. Many producers write activitystrea.ms/schema/1.0/…; the published profile has
# the short form, and so do we.
ACCEPT = "http://activitystrea.ms/accept"
APPROVE = "http://activitystrea.ms/approve"
REJECT = "http://activitystrea.ms/reject"
SUBMIT = "http://activitystrea.ms/submit"
USE = "http://activitystrea.ms/use"

# Total Learning Architecture
ASSERTED = "https://w3id.org/xapi/tla/verbs/asserted"
COMPETENCY = "https://w3id.org/xapi/tla/activity-types/competency"
EVIDENCE = "https://w3id.org/xapi/tla/extensions/evidence"

# Cohort Evidence: verbs
SHIPPED = f"{PROFILE}/verbs/shipped"
MEASURED = f"{PROFILE}/verbs/measured"
ATTESTED = f"{PROFILE}/verbs/attested"
PUBLISHED = f"{PROFILE}/verbs/published"
DID_NOT_USE = f"{PROFILE}/verbs/did-not-use"
HAD_NO_OCCASION = f"{PROFILE}/verbs/had-no-occasion"
WAS_AWAY = f"{PROFILE}/verbs/was-away"

# Cohort Evidence: activity types
AI_WORKFLOW = f"{PROFILE}/activity-types/ai-workflow"
BENCHMARK_TASK = f"{PROFILE}/activity-types/benchmark-task"
COHORT = f"{PROFILE}/activity-types/cohort"
PROGRAMME = f"{PROFILE}/activity-types/programme"
PROMPT = f"{PROFILE}/activity-types/prompt"
RED_LINES = f"{PROFILE}/activity-types/red-lines"
TASK_MAP = f"{PROFILE}/activity-types/task-map"
WORKFLOW_STANDARD = f"{PROFILE}/activity-types/workflow-standard"

# Cohort Evidence: extensions
EVIDENCE_SOURCE = f"{PROFILE}/extensions/evidence-source"
EVIDENCE_STRENGTH = f"{PROFILE}/extensions/evidence-strength"
ISO_WEEK = f"{PROFILE}/extensions/iso-week"
MEASUREMENT_PHASE = f"{PROFILE}/extensions/measurement-phase"
PROGRAM_WEEK = f"{PROFILE}/extensions/program-week"
RUBRIC_RATINGS = f"{PROFILE}/extensions/rubric-ratings"
RULES_VERSION = f"{PROFILE}/extensions/rules-version"
RUN = f"{PROFILE}/extensions/run"
USAGE_COUNT = f"{PROFILE}/extensions/usage-count"
WORKFLOW_VERSION = f"{PROFILE}/extensions/workflow-version"

DISPLAY = {
    REGISTERED: "enrolled",
    VOIDED: "voided",
    ACCEPT: "accepted",
    APPROVE: "approved",
    REJECT: "returned",
    SUBMIT: "submitted",
    USE: "used",
    ASSERTED: "asserted",
    SHIPPED: "shipped",
    MEASURED: "measured",
    ATTESTED: "attested",
    PUBLISHED: "published",
    DID_NOT_USE: "did not use",
    HAD_NO_OCCASION: "had no occasion to use",
    WAS_AWAY: "was away from",
}
