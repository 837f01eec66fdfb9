"""The part of a store that the API's Checkout Sessions are read from: attempts that have a session, and sessions inside events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.objects.attempt import Attempt, State


@dataclass(frozen=True)
class SessionFilter:
    """Which attempts to list: those of an organization whose session is of this account and mode. None means any.

    `created_from` and `created_to` are bounds of the attempt's creation, and both are included.
    """

    organization: str
    account: str | None
    livemode: bool
    created_from: int | None = None
    created_to: int | None = None
    payment_link: str | None = None
    states: tuple[State, ...] = ()


class SessionLists(Protocol):
    """See `Store`, of which this is a part."""

    def attempts_of_sessions(self, organization: str, sessions: Sequence[str]) -> dict[str, Attempt]:
        """Return the organization's attempts with these sessions, of any account, by the session's id."""

    def attempts_with_session(
        self,
        wanted: SessionFilter,
        *,
        limit: int,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> tuple[list[Attempt], bool]:
        """Return a page of attempts that have a session, newest first, and whether more follow in the direction asked.

        The cursors are ids of attempts. Raises `UnknownCursor` for an unknown one.
        """

    def sessions_in_events(
        self, organization: str, sessions: Sequence[str], api_version: str
    ) -> dict[str, dict[str, Any]]:
        """Return the newest copy of each session that an event of this API version carried, by the session's id."""
