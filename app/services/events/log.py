"""The event log: events that this server made or received, as their organization may read them."""

from app.errors import ResourceMissing
from app.objects.event import Event
from app.store.protocol import Store
from app.wire.lists import Page


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


def list_events(store: Store, organization_id: str, page: Page, *, type: str | None) -> tuple[list[Event], bool]:
    """Return one page of the organization's events, newest first, and whether more follow. Raises `ResourceMissing`."""
    return store.events(
        organization_id,
        type=type,
        limit=page.limit,
        starting_after=page.starting_after,
        ending_before=page.ending_before,
    )


def count_outcomes(store: Store) -> dict[tuple[str, str], int]:
    """Return how many events there are of each type and outcome, over all organizations."""
    return store.event_counts()
