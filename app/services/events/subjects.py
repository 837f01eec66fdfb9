"""What an event is about: its attempt and its organization."""

from collections.abc import Iterator
from typing import Final

from app.gateway.protocol import Gateway
from app.objects import metadata_keys
from app.objects.attempt import Attempt
from app.objects.event import Event
from app.services.accounts.organizations import organizations_of_account
from app.store.protocol import Store

SESSION_EVENTS: Final = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)

REFUND_EVENTS: Final = ("charge.refund.updated", "refund.created", "refund.failed", "refund.updated")

DISPUTE_EVENTS: Final = (
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)

MONEY_EVENTS: Final = ("charge.refunded", *REFUND_EVENTS, *DISPUTE_EVENTS)
"""The events about money that goes back. Each names its payment intent."""


def organization_of(store: Store, gateway: Gateway, event: Event, attempt: Attempt | None) -> str | None:
    """Return the organization that the event belongs to: the attempt's, else the only one that uses the event's account."""
    if attempt is not None:
        return attempt.organization
    organizations = organizations_of_account(store, gateway, event.account)
    return organizations[0] if len(organizations) == 1 else None


def payment_of(store: Store, event: Event) -> Attempt | None:
    """Return the attempt that an event is about, whether the event changes it or not."""
    return find_attempt(store, event) or mentioned_attempt(store, event)


def find_attempt(store: Store, event: Event) -> Attempt | None:
    """Return the attempt that an event changes, or None.

    A session event is found by the session's id, else by our id in its metadata. A refund or a dispute is found only by its payment
    intent: metadata can be copied to another payment.
    """
    about = event.data.object
    if event.type in MONEY_EVENTS:
        intent = about.get("payment_intent")
        return store.attempt_by_payment_intent(intent, event.account) if isinstance(intent, str) else None
    if event.type not in SESSION_EVENTS:
        return None
    session = about.get("id")
    found = store.attempt_by_session(session, event.account) if isinstance(session, str) else None
    return found or _named_attempt(store, event)


def mentioned_attempt(store: Store, event: Event) -> Attempt | None:
    """Return the attempt that an event is about which changes nothing here, or None. Its data must not outlive the attempt's.

    A payment intent, a charge or an invoice names our attempt in metadata, at some depth, or a payment intent that we know.
    """
    about = event.data.object
    intent = about.get("id") if about.get("object") == "payment_intent" else about.get("payment_intent")
    found = store.attempt_by_payment_intent(intent, event.account) if isinstance(intent, str) else None
    for id in _values(about, metadata_keys.ATTEMPT) if found is None else ():
        named = store.attempt(id)
        if named is not None and named.account == event.account:
            return named
    return found


def _values(data: object, name: str) -> Iterator[str]:
    """Yield the texts that have this name, at any depth."""
    if isinstance(data, list):
        for item in data:
            yield from _values(item, name)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == name and isinstance(value, str):
                yield value
            else:
                yield from _values(value, name)


def _named_attempt(store: Store, event: Event) -> Attempt | None:
    """Return the attempt whose id is in the metadata of the event's object, or None.

    Every account can write any id into its metadata, so only an attempt of the event's own account counts.
    """
    named = named_id(event)
    attempt = store.attempt(named) if named is not None else None
    return attempt if attempt is not None and attempt.account == event.account else None


def named_id(event: Event) -> str | None:
    """Return the attempt id in the metadata of the event's object, or None."""
    metadata = event.data.object.get("metadata")
    id = metadata.get(metadata_keys.ATTEMPT) if isinstance(metadata, dict) else None
    return id if isinstance(id, str) else None
