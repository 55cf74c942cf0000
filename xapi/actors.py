"""Actors: opaque accounts of this tool. No name and no address ever enters a statement."""

from typing import Any
from uuid import UUID

from tincan import Agent, AgentAccount, Group


def person(tool_url: str, person_id: UUID) -> Agent:
    """The agent of one person: the account of that opaque id at this tool."""
    return Agent(account=AgentAccount(home_page=f"{tool_url}/xapi/people", name=str(person_id)))


class IdentifiedGroup(Group):
    """A group that is known by its account alone.

    tincan 1.0.0 always serialises `member: []`, which strict LRSs refuse with 400
    (xAPI 1.0.3, Data 2.4.2.2: `member` is optional for an identified group).
    """

    def as_version(self, version: str = "1.0.3") -> dict[str, Any]:
        """The group as JSON data, without an empty member list."""
        result: dict[str, Any] = super().as_version(version)
        if not result.get("member"):
            result.pop("member", None)
        return result


def team(tool_url: str, cohort_id: UUID) -> IdentifiedGroup:
    """The cohort as an identified group."""
    account = AgentAccount(home_page=f"{tool_url}/xapi/cohorts", name=str(cohort_id))
    return IdentifiedGroup(account=account)
