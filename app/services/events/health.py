"""How Stripe's events arrive: the newest ones with their outcomes, and an event that is applied again."""

from dataclasses import dataclass
from typing import Final

from app.gateway.protocol import Gateway
from app.objects.change import Actor
from app.objects.event import WAITING, Event
from app.services.accounts import changes
from app.services.events import inbox, log
from app.services.events.subjects import payment_of
from app.store.protocol import Store
from app.wire.lists import Page

_OF_PRODUCTS: Final = frozenset({"price.deleted", "price.updated", "product.updated"})
"""The events about a product that exists, or about one of its prices."""


@dataclass(frozen=True)
class StoredEvent:
    """An event and its outcome. `about` is the id of the payment, the link or the product that it is about."""

    event: Event
    outcome: str
    about: str | None = None


def list_stored(store: Store, organization_id: str, page: Page) -> tuple[list[StoredEvent], bool]:
    """Return one page of an organization's events, newest first, and whether more follow. Raises `ResourceMissing`."""
    found, more = store.events(
        organization_id, limit=page.limit, starting_after=page.starting_after, ending_before=page.ending_before
    )
    return [
        StoredEvent(event, (store.event_outcome(event.id) or (None, WAITING))[1], _about(store, organization_id, event))
        for event in found
    ], more


def _about(store: Store, organization_id: str, event: Event) -> str | None:
    """Return the id of the organization's object that an event is about, or None. A deleted product has no page."""
    payment = payment_of(store, event)
    if payment is not None:
        return payment.id if payment.organization == organization_id else None
    about = event.data.object
    id = about.get("product") if about.get("object") == "price" else about.get("id")
    if not isinstance(id, str):
        return None
    if about.get("object") == "payment_link":
        link = store.link(id)
        return id if link is not None and link.counterfoil.organization == organization_id else None
    return id if event.type in _OF_PRODUCTS else None


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
