"""The event log: events that this server made or received, as their organization may read them."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from app.errors import ResourceMissing
from app.objects.event import Event
from app.store.protocol import Store
from app.wire.lists import EventList

EARLIER_SECONDS: Final = 300
"""How much earlier than its creation at Stripe an event may arrive here: clocks differ."""

_AT_ONCE: Final = 100


def retrieve(store: Store, organization_id: str, id: str) -> Event:
    """Return the organization's event. Raises `ResourceMissing` for an unknown id and for another organization's event."""
    missing = ResourceMissing(f"No such event: '{id[:100]}'.", param="id")
    try:
        # The event is a valid cursor only if it is in the organization's own list.
        store.events(organization_id, limit=1, starting_after=id)
    except ResourceMissing:
        raise missing from None
    event = store.event(id)
    if event is None:
        raise missing
    return event


def list_events(store: Store, organization_id: str, params: EventList) -> tuple[list[Event], bool]:
    """Return one page of the organization's events, newest first, and whether more follow. Raises `ResourceMissing`."""
    found = list(islice(_matching(store, organization_id, params), params.limit + 1))
    shown = found[: params.limit]
    return (shown[::-1] if params.ending_before is not None else shown), len(found) > params.limit


def _matching(store: Store, organization_id: str, params: EventList) -> Iterator[Event]:
    """Return the events that pass the filters, from the cursor on. The store filters as far as it can."""
    backwards = params.ending_before is not None
    direction = "ending_before" if backwards else "starting_after"
    cursor = params.ending_before or params.starting_after
    earliest = params.earliest
    limit, more = params.limit + 1, True
    while more:
        rows, more = store.events(
            organization_id,
            type=(params.type,) if params.type else params.types,
            received_from=earliest - EARLIER_SECONDS if earliest is not None else None,
            limit=limit,
            **{direction: cursor},
        )
        ordered = rows[::-1] if backwards else rows
        yield from (event for event in ordered if params.matches(event.model_dump(mode="json")))
        cursor, limit = (ordered[-1].id if ordered else None), _AT_ONCE


def count_outcomes(store: Store) -> dict[tuple[str, str], int]:
    """Return how many events there are of each type and outcome, over all organizations."""
    return store.event_counts()
