"""What can become of statements that are sent: an outcome for each, or one error for all."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What became of one statement: stored, or refused with the reason for people to read.

    `statement_id` is None only where the text given had none. `existing` is the JSON of what the
    store holds under the id, where that is another statement.
    """

    statement_id: str | None
    stored: bool
    reason: str | None = None
    existing: str | None = None


class LrsError(Exception):
    """The store as a whole did not take the request.

    `permanent` means that it will not get better by itself: credentials, address, configuration.
    Otherwise try again, not before `retry_after` seconds if the store named a time. `status` is
    the HTTP status, None if there was no answer. `settled` holds the outcomes that were known
    when it happened; the statements not among them are to be sent again, and those that the store
    took after all will be found as stored then.
    """

    def __init__(
        self,
        message: str,
        permanent: bool,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.status = status
        self.retry_after = retry_after
        self.settled: tuple[Outcome, ...] = ()
