"""The part of a store that only periodic work uses: reconciling with Stripe, and removing what is old."""

from typing import Protocol

from app.objects.attempt import Attempt, State
from app.objects.base import Object
from app.objects.payment_link import PaymentLink


class EventCursor(Object):
    """How far the events of an account at Stripe have been read. `refused_at` is the time at which Stripe refused to list them."""

    event: str | None = None
    refused_at: int | None = None


class Periodic(Protocol):
    """See `Store`, of which this is a part."""

    def accounts_with_open_attempts(self, *, livemode: bool) -> list[str | None]:
        """Return the accounts at Stripe of all open attempts (see `open_attempts`); None is the platform's own."""

    def oldest_open_attempt(self, account: str | None, *, livemode: bool) -> int | None:
        """Return the creation time of the oldest open attempt of an account, or None."""

    def attempts_to_look_at(
        self, account: str | None, now: int, *, livemode: bool, overdue: bool, limit: int = 100
    ) -> list[Attempt]:
        """Return open attempts of an account whose next look is due, the most urgent first.

        With `overdue` only those whose time is over, by a minute where they have a session; else all that are a minute old.
        """

    def attempts_refunding(self, *, livemode: bool, limit: int = 100) -> list[Attempt]:
        """Return attempts of every account with a refund that is stored and whose answer from Stripe is not known."""

    def attempts_to_refund(self, now: int, *, livemode: bool, limit: int = 100) -> list[Attempt]:
        """Return attempts of every account that were paid when no place was left, and whose next look is due."""

    def state_of_session(self, checkout_session: str, account: str | None) -> State | None:
        """Return the state of the attempt with this session of this account, without reading the attempt."""

    def set_next_look(self, id: str, at: int) -> None:
        """Store the earliest time to read the attempt's session again. The version of the attempt stays."""

    def attempts_of_closed_links(
        self, now: int, *, livemode: bool, after: str | None = None, limit: int = 100
    ) -> list[Attempt]:
        """Return attempts in `opened` whose link is switched off, closed or used up, oldest first, after this id.

        Leave out attempts whose own time is over, and attempts with flags, which a merchant has to look at.
        """

    def event_cursor(self, account: str | None, *, livemode: bool) -> EventCursor:
        """Return how far the events of an account have been read."""

    def save_event_cursor(self, account: str | None, cursor: EventCursor, *, livemode: bool) -> None:
        """Store how far the events of an account have been read."""

    def links_to_draw(self, limit: int) -> list[PaymentLink]:
        """Return active links that are new, or have changed since their card was drawn, newest first."""

    def busy_links(self, limit: int) -> list[tuple[PaymentLink, list[str]]]:
        """Return active links whose pages buyers are likely to open next: those of the newest attempts, then the newest links.

        Each comes with the languages of its newest attempts, the most frequent first.
        """

    def set_card_version(self, id: str, version: int) -> None:
        """Store the version of a link whose card was drawn."""

    def count_old(self, before: int, now: int) -> dict[str, int]:
        """Return how many rows of each kind `delete_old` would remove."""

    def delete_old(self, kind: str, before: int, now: int, limit: int) -> int:
        """Remove at most `limit` rows of a kind that are older than `before`, and return how many were removed.

        The kinds are those of `count_old`: attempts that were never paid, applied events, rows with an end of their own (idempotency
        keys, log-ins, refused origins), and last unused prices and products (no attempt names them) and unused pictures.
        Attempts that hold a place or have flags stay, and so do open ones while Stripe can still tell that they were paid.
        """
