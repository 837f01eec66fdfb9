"""Our own events, made here or received from Stripe, as the organization that they belong to may read them."""

from app.errors import ResourceMissing
from app.objects.event import Event
from app.store.protocol import Store
from app.wire.lists import Page


def retrieve(store: Store, organization_id: str, id: str) -> Event:
    """The organization's event. Raises `ResourceMissing`, alike for what is not there and what is somebody else's."""
    missing = ResourceMissing(f"No such event: '{id[:100]}'.", param="id")
    try:
        store.events(
            organization_id, limit=1, starting_after=id
        )  # a place in the organization's own list, or no place at all
    except ResourceMissing:
        raise missing from None
    event = store.event(id)
    if event is None:
        raise missing
    return event


def list_events(store: Store, organization_id: str, page: Page, *, type: str | None) -> tuple[list[Event], bool]:
    """One page of the organization's events, newest first, and whether more follow. Raises `ResourceMissing`."""
    return store.events(
        organization_id,
        type=type,
        limit=page.limit,
        starting_after=page.starting_after,
        ending_before=page.ending_before,
    )
