"""The people of the practice course, as plain data that demonstrations and tests may import.

The LMS knows two course roles, as Moodle does: the program owner and both coaches launch as
Instructor. Who of them owns the program and who coaches is the tool's knowledge, not the LMS's;
`kind` and `champion` are here for the pages of the practice LMS and for demonstration data.
"""

from dataclasses import dataclass
from typing import Literal

from lti_tool.practice_lms.vocabulary import (
    INSTITUTION_ADMINISTRATOR,
    INSTRUCTOR,
    LEARNER,
    SYSTEM_ADMINISTRATOR,
)

COURSE_ID = 2
COURSE_TITLE = "AI workflows for marketing"
COURSE_LABEL = "COHORT"

Kind = Literal["owner", "coach", "learner", "administrator"]


@dataclass(frozen=True)
class Person:
    """Somebody of the practice course; `name` is the full name in its own order."""

    user_id: str
    name: str
    given_name: str
    family_name: str
    username: str
    sourcedid: str
    kind: Kind
    editing: bool = False
    champion: bool = False

    @property
    def email(self) -> str:
        """An address nobody receives mail at."""
        return f"{self.username}@example.com"

    @property
    def role_name(self) -> str:
        """The role in words, as the pages of the practice LMS show it."""
        if self.kind == "coach":
            return "Coach (editing teacher)" if self.editing else "Coach (non-editing teacher)"
        return {"owner": "Program owner", "learner": "Learner"}.get(self.kind, "Administrator")

    @property
    def launch_roles(self) -> list[str]:
        """Role URIs of a launch. A non-editing teacher is an Instructor here, as in Moodle."""
        if self.kind == "administrator":
            return [INSTITUTION_ADMINISTRATOR, INSTRUCTOR, SYSTEM_ADMINISTRATOR]
        return [LEARNER] if self.kind == "learner" else [INSTRUCTOR]

    @property
    def roster_role(self) -> str | None:
        """Short role name of the roster; None for somebody who is no member of the course.

        A non-editing teacher is a Learner here although the launch says Instructor, as in Moodle.
        """
        if self.kind == "administrator":
            return None
        return "Instructor" if self.editing else "Learner"

    @property
    def gradable(self) -> bool:
        """Whether the gradebook has a row for this person."""
        return self.kind == "learner"


ADMINISTRATOR = Person("2", "Admin User", "Admin", "User", "admin", "", "administrator", True)
OWNER = Person("3", "Ada Lindqvist", "Ada", "Lindqvist", "ada.lindqvist", "T-001", "owner", True)
COACHES = (
    Person("4", "Noor Haddad", "Noor", "Haddad", "noor.haddad", "T-002", "coach", True),
    Person("5", "Tomás Iglesias", "Tomás", "Iglesias", "tomas.iglesias", "T-003", "coach"),
)

# (given name, family name, user name, full name where it is not "given family")
_LEARNER_NAMES: tuple[tuple[str, str, str, str], ...] = (
    ("Ana Sofía", "Ramírez Núñez", "ana.ramirez", ""),
    ("Łukasz", "Wiśniewski", "lukasz.wisniewski", ""),
    ("Minh Châu", "Nguyễn", "chau.nguyen", "Nguyễn Minh Châu"),
    ("ليلى", "الحداد", "layla.alhaddad", ""),
    ("Temitọpẹ", "Ọlátúnjí", "temitope.olatunji", ""),
    ("Wirawati", "", "wirawati", "Wirawati"),
    (
        "Maria Aparecida Fernanda",
        "de Albuquerque Cavalcanti e Vasconcelos",
        "maria.vasconcelos",
        "",
    ),
    ("Søren", "Østergård", "soren.ostergard", ""),
    ("Zoë", "Brandstätter", "zoe.brandstaetter", ""),
    ("Xiaowen", "Li", "xiaowen.li", "Li Xiaowen"),
    ("Hina", "Satō", "hina.sato", ""),
    ("Seo-yeon", "Kim", "seoyeon.kim", "Kim Seo-yeon"),
    ("Aarav", "Krishnamurthy", "aarav.krishnamurthy", ""),
    ("Fatoumata", "Diabaté", "fatoumata.diabate", ""),
    ("Γιώργος", "Παπαδάκης", "giorgos.papadakis", ""),
    ("Олена", "Шевчук", "olena.shevchuk", ""),
    ("Siobhán", "Ní Bhriain", "siobhan.nibhriain", ""),
    ("Jean-Baptiste", "Lefèvre", "jean-baptiste.lefevre", ""),
    ("Çağlar", "Yıldız", "caglar.yildiz", ""),
    ("Priya", "Raghunathan", "priya.raghunathan", ""),
    ("Tomáš", "Dvořáček", "tomas.dvoracek", ""),
    ("Kaʻiulani", "Nakamura", "kaiulani.nakamura", ""),
    ("רות", "אברהמי", "ruth.avrahami", ""),
    ("Grace", "O’Connell", "grace.oconnell", ""),
)
_CHAMPIONS = {"ana.ramirez", "temitope.olatunji", "priya.raghunathan"}

LEARNERS: tuple[Person, ...] = tuple(
    Person(
        user_id=str(number + 5),
        name=full or f"{given} {family}",
        given_name=given,
        family_name=family,
        username=username,
        sourcedid=f"S-{number:03}",
        kind="learner",
        champion=username in _CHAMPIONS,
    )
    for number, (given, family, username, full) in enumerate(_LEARNER_NAMES, start=1)
)

PEOPLE: tuple[Person, ...] = (ADMINISTRATOR, OWNER, *COACHES, *LEARNERS)
BY_USER_ID: dict[str, Person] = {person.user_id: person for person in PEOPLE}
