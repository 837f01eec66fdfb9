"""Read an account's new events from Stripe, so that a missed webhook costs nothing.

Where nothing happened this is one call. A cursor per account says how far it has been read.
"""

from collections.abc import Callable, Sequence
from typing import Final

from app.errors import GatewayRefused
from app.gateway.protocol import Gateway
from app.objects.event import Event
from app.services.events.inbox import TYPES
from app.store.periodic import EventCursor
from app.store.protocol import Store

SETTLING_SECONDS: Final = 60
"""How long an event may take until Stripe lists it. The cursor passes no event that is younger, so a late one is still found."""

SKEW_SECONDS: Final = 300
"""By how much Stripe's clock may differ from ours."""

REFUSED_SECONDS: Final = 3600
"""How long to wait before asking again after Stripe said that the key may not list events."""


def read_new_events(
    store: Store,
    gateway: Gateway,
    account: str | None,
    now: int,
    *,
    receive: Callable[[Sequence[Event]], None],
    goes_on: Callable[[], bool],
) -> bool:
    """Hand every new event of an account to `receive`, page by page. Return False where the key may not list events.

    The events of a page are in the order in which they happened. `receive` may get an event more than once. Raises `GatewayError`.
    """
    cursor = store.event_cursor(account, livemode=gateway.livemode)
    if cursor.refused_at is not None and 0 <= now - cursor.refused_at < REFUSED_SECONDS:
        return False
    reader = _Reader(store, gateway, account, now, receive, goes_on)
    try:
        reader.read(cursor)
    except GatewayRefused as error:
        if error.status != 403:
            raise
        reader.keep(cursor.model_copy(update={"refused_at": now}))
        return False
    return True


class _Reader:
    """One account's catching up."""

    def __init__(
        self,
        store: Store,
        gateway: Gateway,
        account: str | None,
        now: int,
        receive: Callable[[Sequence[Event]], None],
        goes_on: Callable[[], bool],
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._account = account
        self._now = now
        self._receive = receive
        self._goes_on = goes_on

    def read(self, cursor: EventCursor) -> None:
        """Read on from the cursor, or from the oldest open attempt where there is none."""
        if cursor.event is not None:
            try:
                return self._read_newer(cursor.event)
            except GatewayRefused as error:
                # Stripe keeps events for 30 days.
                if error.code != "resource_missing":
                    raise
        return self._read_since_oldest_attempt(cursor)

    def keep(self, cursor: EventCursor) -> None:
        """Store how far the account has been read."""
        self._store.save_event_cursor(self._account, cursor, livemode=self._gateway.livemode)

    def _read_newer(self, event: str) -> None:
        """Read page by page towards the newest event. Keep the place after each page, so that a process that dies loses one page."""
        kept, more = event, True
        while more and self._goes_on():
            page, more = self._gateway.list_events(types=TYPES, account=self._account, ending_before=event)
            if not page:
                break
            self._receive(page[::-1])
            event = page[0].id
            settled = self._newest_settled(page)
            if settled is not None and settled != kept:
                self.keep(EventCursor(event=settled))
                kept = settled

    def _read_since_oldest_attempt(self, cursor: EventCursor) -> None:
        """Read from the newest event back to the oldest open attempt. Keep the place at the end, when no gap is left behind it."""
        oldest = self._store.oldest_open_attempt(self._account, livemode=self._gateway.livemode)
        if oldest is None:
            return
        settled, after, more = None, None, True
        while more:
            if not self._goes_on():
                return
            page, more = self._gateway.list_events(
                types=TYPES, account=self._account, created_gte=oldest - SKEW_SECONDS, starting_after=after
            )
            if not page:
                break
            self._receive(page[::-1])
            settled = settled or self._newest_settled(page)
            after = page[-1].id
        if cursor != EventCursor(event=settled):
            self.keep(EventCursor(event=settled))

    def _newest_settled(self, page: list[Event]) -> str | None:
        """Return the newest event that no late one can still precede: all that come before it in time are older as well."""
        settled = None
        for event in reversed(page):
            if event.created > self._now - SETTLING_SECONDS:
                break
            settled = event.id
        return settled
