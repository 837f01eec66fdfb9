"""How Stripe's events arrive: the newest ones with their outcomes, and an event that is applied again."""

from dataclasses import dataclass

from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.event import WAITING, Event
from app.services.accounts import changes
from app.services.events import inbox, log
from app.store.protocol import Store
from app.wire.lists import Page


@dataclass(frozen=True)
class StoredEvent:
    """An event and its outcome."""

    event: Event
    outcome: str


def list_stored(store: Store, organization_id: str, page: Page) -> tuple[list[StoredEvent], bool]:
    """Return one page of an organization's events, newest first, and whether more follow. Raises `ResourceMissing`."""
    found, more = store.events(
        organization_id, limit=page.limit, starting_after=page.starting_after, ending_before=page.ending_before
    )
    return [StoredEvent(event, (store.event_outcome(event.id) or (None, WAITING))[1]) for event in found], more


def last_delivery(store: Store) -> int | None:
    """Return when Stripe last delivered an event to this server, or None."""
    return store.last_delivery()


def replay_event(
    store: Store, gateway: Gateway, organization_id: str, id: str, now: int, *, actor: Actor
) -> tuple[Event, str]:
    """Apply an event of the organization again. Return it with its outcome.

    Raises `ResourceMissing`, `InvalidRequest` for an event that this server made, and the errors of `inbox.replay`.
    """
    event = log.retrieve(store, organization_id, id)
    outcome = inbox.replay(store, gateway, id, now)
    changes.record(store, actor, "event.replayed", id, now, organization=organization_id, name=event.type)
    return event, outcome
