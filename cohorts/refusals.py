"""Why a use case did not do what was asked: one exception, with the problems at their fields."""

from collections.abc import Sequence

from cohorts.rules.workflows import Problem


class Refused(Exception):
    """The facts are not acceptable. Each problem names a field and says what to do."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems: Sequence[Problem] = problems


class NotAllowed(Exception):
    """The actor may not do this: somebody else has to. `code` is what a person reads about."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Stale(Exception):
    """Somebody changed or decided this since the actor last saw it. Nothing was saved."""
