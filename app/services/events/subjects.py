"""What an event is about: its attempt and its organization."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

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


Kind = Literal["checkout_session", "id", "payment_intent"]
Reference = tuple[Kind, str]
"""A column of attempts and its value, by which an event names its payment."""


def organization_of(store: Store, gateway: Gateway, event: Event, attempt: Attempt | None) -> str | None:
    """Return the organization that the event belongs to: the attempt's, else the only one that uses the event's account."""
    if attempt is not None:
        return attempt.organization
    organizations = organizations_of_account(store, gateway, event.account)
    return organizations[0] if len(organizations) == 1 else None


def payment_of(store: Store, event: Event) -> Attempt | None:
    """Return the attempt that an event is about, whether the event changes it or not."""
    return find_attempt(store, event) or mentioned_attempt(store, event)


def kept_and_attempt(store: Store, event: Event) -> tuple[tuple[int | None, str] | None, Attempt | None]:
    """Return when an event was applied and its outcome if it is stored, else the attempt of the session that it is about, if any.

    Both come from one statement, because almost every session event is new and names the session of an attempt.
    """
    session = event.data.object.get("id")
    if event.type in SESSION_EVENTS and isinstance(session, str):
        return store.outcome_and_attempt(event.id, session, event.account)
    return store.event_outcome(event.id), None


def find_attempt(store: Store, event: Event) -> Attempt | None:
    """Return the attempt that an event changes, or None."""
    return _first(store, event, _changed(event))


def mentioned_attempt(store: Store, event: Event) -> Attempt | None:
    """Return the attempt that an event is about which changes nothing here, or None. Its data must not outlive the attempt's."""
    return _first(store, event, _mentioned(event))


def references(event: Event) -> Iterator[Reference]:
    """Yield what an event may name its payment by, in the order in which `payment_of` looks for it."""
    yield from _changed(event)
    yield from _mentioned(event)


def _changed(event: Event) -> Iterator[Reference]:
    """Yield the references to the attempt that an event changes.

    A session event is found by the session's id, else by our id in its metadata. A refund or a dispute is found only by its payment
    intent: metadata can be copied to another payment.
    """
    about = event.data.object
    if event.type in MONEY_EVENTS:
        candidates: list[tuple[Kind, Any]] = [("payment_intent", about.get("payment_intent"))]
    elif event.type in SESSION_EVENTS:
        candidates = [("checkout_session", about.get("id")), ("id", named_id(event))]
    else:
        candidates = []
    yield from ((kind, id) for kind, id in candidates if isinstance(id, str))


def _mentioned(event: Event) -> Iterator[Reference]:
    """Yield the references to an attempt that an event is about.

    A payment intent, a charge or an invoice names our attempt in metadata, at some depth, or a payment intent that we know.
    """
    about = event.data.object
    intent = about.get("id") if about.get("object") == "payment_intent" else about.get("payment_intent")
    if isinstance(intent, str):
        yield "payment_intent", intent
    yield from (("id", id) for id in _values(about, metadata_keys.ATTEMPT))


def _first(store: Store, event: Event, named: Iterable[Reference]) -> Attempt | None:
    """Return the first attempt that is found by one of these references, or None.

    Every account can write any id into its metadata, so only an attempt of the event's own account counts.
    """
    for kind, id in named:
        if kind == "checkout_session":
            found = store.attempt_by_session(id, event.account)
        elif kind == "payment_intent":
            found = store.attempt_by_payment_intent(id, event.account)
        else:
            found = store.attempt(id)
        if found is not None and found.account == event.account:
            return found
    return None


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


def named_id(event: Event) -> str | None:
    """Return the attempt id in the metadata of the event's object, or None."""
    metadata = event.data.object.get("metadata")
    id = metadata.get(metadata_keys.ATTEMPT) if isinstance(metadata, dict) else None
    return id if isinstance(id, str) else None
