"""How Stripe's events arrive: the newest ones with their outcomes, and an event that is applied again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.objects.change import Actor
from app.objects.event import WAITING, Event
from app.objects.payment_link import PaymentLink
from app.services.accounts import changes
from app.services.events import inbox, log
from app.services.events.subjects import references
from app.store.protocol import Store
from app.wire.lists import Page

_OF_PRODUCTS: Final = frozenset({"price.deleted", "price.updated", "product.updated"})
"""The events about a product, or about one of its prices. The product may be deleted since."""


@dataclass(frozen=True)
class Subject:
    """What an event is about: a payment and its link, a link, or a product. Each is None if the organization has none."""

    payment: Attempt | None = None
    link: PaymentLink | None = None
    product: str | None = None


@dataclass(frozen=True)
class StoredEvent:
    """An event, its outcome, and what it is about."""

    event: Event
    outcome: str
    about: Subject


def list_stored(store: Store, organization_id: str, page: Page) -> tuple[list[StoredEvent], bool]:
    """Return one page of an organization's events, newest first, and whether more follow. Raises `ResourceMissing`."""
    found, more = store.events(
        organization_id, limit=page.limit, starting_after=page.starting_after, ending_before=page.ending_before
    )
    outcomes = store.event_outcomes([event.id for event in found])
    about = _subjects(store, organization_id, found)
    return [StoredEvent(event, outcomes.get(event.id, WAITING), about[event.id]) for event in found], more


def _subjects(store: Store, organization_id: str, found: Sequence[Event]) -> dict[str, Subject]:
    """Return what each event is about, by the event's id. Only objects of the organization that still exist count."""
    payments = _payments(store, found)
    own = {event: payment for event, payment in payments.items() if payment.organization == organization_id}
    links = {event: payment.payment_link for event, payment in own.items()}
    products: dict[str, str] = {}
    for event in found:
        if event.id not in payments and (id := _object_of(event)) is not None:
            (links if _is_about_a_link(event) else products)[event.id] = id
    deleted = store.deleted_products(organization_id, set(products.values()))
    by_id = {link.id: link for link in store.links_named(organization_id, set(links.values()))}
    return {
        event.id: Subject(
            payment=own.get(event.id),
            link=by_id.get(links.get(event.id, "")),
            product=product if (product := products.get(event.id)) not in deleted else None,
        )
        for event in found
    }


def _payments(store: Store, found: Sequence[Event]) -> dict[str, Attempt]:
    """Return the payment that each event is about, by the event's id, as `payment_of` finds it."""
    named = {event.id: list(references(event)) for event in found}
    known: dict[tuple[str, str | None, str], Attempt] = {}
    for payment in store.payments_named({id for several in named.values() for _kind, id in several}):
        account = payment.account or ""
        known[("id", payment.id, account)] = payment
        known[("checkout_session", payment.checkout_session, account)] = payment
        known[("payment_intent", payment.payment_intent, account)] = payment
    payments = {}
    for event in found:
        keys = ((kind, id, event.account or "") for kind, id in named[event.id])
        if (first := next((known[key] for key in keys if key in known), None)) is not None:
            payments[event.id] = first
    return payments


def _object_of(event: Event) -> str | None:
    """Return the id of the link or the product that an event is about, or None."""
    about = event.data.object
    id = about.get("product") if about.get("object") == "price" else about.get("id")
    return id if isinstance(id, str) and (_is_about_a_link(event) or event.type in _OF_PRODUCTS) else None


def _is_about_a_link(event: Event) -> bool:
    return event.data.object.get("object") == "payment_link"


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
