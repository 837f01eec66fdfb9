"""The inbox of Stripe's events: verified by the gateway, kept once by id, applied once, in whatever order they arrive.

An event that cannot be applied yet waits and is applied later; one of an unknown type is kept and changes nothing.
"""

import logging
from collections.abc import Callable
from typing import Final

from pydantic import ValidationError

from app.errors import InvalidRequest, ResourceMissing
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.objects.checkout_session import CheckoutSession
from app.objects.event import Event
from app.services.attempts import state_machine
from app.services.attempts.settlement import apply_verified, refund_over_limit
from app.services.attempts.state_machine import Fact, fact_of
from app.services.links import price_refresh
from app.store.protocol import Store

log: Final = logging.getLogger(__name__)

SESSION_EVENTS: Final = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)

REFUNDED: Final = "charge.refunded"

APPLIED, IGNORED, WAITING, MADE = "applied", "ignored", "waiting", "made"

WAITS_SECONDS: Final = 3 * 24 * 3600
"""How long an event waits for what it is about: as long as Stripe tries to deliver what comes before it. One that is older is of
something else on the same Stripe account."""

NOTED_SECONDS: Final = 15 * 60
"""How long one about a session waits that names no attempt of ours, as a link's own metadata may leave no room for that: by then the
request that opened it has noted the session's id, or will never."""


def receive(store: Store, gateway: Gateway, event: Event, now: int, *, payload: str | None = None) -> str:
    """Keep a verified event and apply it; the outcome. One that was applied before is only acknowledged.

    Raises `InvalidRequest` for an event of the other mode, which is not kept, and `StoreError` or `GatewayUnavailable` so that Stripe
    tries again; what was kept by then waits, and reconciling applies it too.
    """
    if event.livemode != gateway.livemode:
        log.warning(
            "event of the other mode", extra={"event": event.id, "type": event.type, "livemode": event.livemode}
        )
        raise InvalidRequest("This event is of the other mode.", param="livemode", code="livemode_mismatch")
    kept = store.event_outcome(event.id)
    if kept is not None and kept[0] is not None:
        return kept[1]
    if kept is None:
        kept_as = payload if payload is not None else event.model_dump_json()
        store.add_event(event, organization=_organization(store, event), received=now, payload=kept_as)
    return apply_kept(store, gateway, event, now)


def apply_kept(store: Store, gateway: Gateway, event: Event, now: int) -> str:
    """Apply an event that is in the inbox already; doing it again changes nothing."""
    apply = _TYPES.get(event.type)
    outcome = apply(store, gateway, event, now) if apply is not None else IGNORED
    if outcome != WAITING:
        # What waits is noted as waiting already: whoever has applied it meanwhile must not be contradicted.
        store.mark_event(event.id, applied=now, outcome=outcome)
    return outcome


def apply_waiting(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt:
    """Apply events about this attempt that came before its session was written down; the attempt as it is then."""
    waiting = store.waiting_events(about=attempt.checkout_session) if attempt.checkout_session else []
    for event in waiting:
        apply_kept(store, gateway, event, now)
    return (store.attempt(attempt.id) or attempt) if waiting else attempt


def replay(store: Store, gateway: Gateway, id: str, now: int) -> str:
    """Apply a kept event again, for an operator; the outcome. Raises `ResourceMissing`, and `InvalidRequest` for one of our own."""
    event, outcome = store.event(id), store.event_outcome(id)
    if event is None or outcome is None:
        raise ResourceMissing(f"No such event: {id}.")
    if outcome[1] == MADE:
        raise InvalidRequest(f"Event {id} was made here: it tells of what was done, and there is nothing to apply.")
    return apply_kept(store, gateway, event, now)


def _organization(store: Store, event: Event) -> str | None:
    """Whose event it is: the attempt's organization, where the account is the attempt's too, else the one that the account names."""
    attempt = _attempt(store, event)
    if attempt is not None and attempt.account == event.account:
        return attempt.organization
    for organization in store.organizations():
        if event.account is not None and event.account in {organization.id, organization.stripe_account}:
            return organization.id
    return None


def _attempt(store: Store, event: Event) -> Attempt | None:
    """The attempt that an event is about: by session id first, else by the id that we put in the metadata."""
    about = event.data.object
    if event.type in SESSION_EVENTS and isinstance(about.get("id"), str):
        found = store.attempt_by_session(about["id"])
        if found is not None:
            return found
    metadata = about.get("metadata")
    id = metadata.get("counterfoil_attempt") if isinstance(metadata, dict) else None
    return store.attempt(id) if isinstance(id, str) else None


def _session_event(store: Store, gateway: Gateway, event: Event, now: int) -> str:
    """Paid, processing, failed or expired, as the session in the event says."""
    try:
        session = CheckoutSession.read(event.data.object)
    except ValidationError:
        return "refused: not a session"
    attempt = _attempt(store, event)
    if attempt is None:
        named = "counterfoil_attempt" in (session.metadata or {})
        return _early(event, now, WAITS_SECONDS if named else NOTED_SECONDS)
    fact = Fact("failed") if event.type.endswith("async_payment_failed") else fact_of(session)
    attempt = apply_verified(store, attempt, session, now, account=event.account, cause=event.id, fact=fact)
    attempt = refund_over_limit(store, gateway, attempt, now)
    if attempt.payment_intent is not None:
        _apply_early_refunds(store, gateway, attempt.payment_intent, now)
    return APPLIED


def _early(event: Event, now: int, seconds: int = WAITS_SECONDS) -> str:
    """What becomes of an event about something that is not known, or not known yet."""
    return WAITING if now - event.created < seconds else IGNORED


def _apply_early_refunds(store: Store, gateway: Gateway, payment_intent: str, now: int) -> None:
    """A refund names no session, so it waits until its payment is known."""
    for event in store.waiting_events(about=payment_intent):
        apply_kept(store, gateway, event, now)


def _refund_event(store: Store, _gateway: Gateway, event: Event, now: int) -> str:
    """A charge was refunded: in full, the attempt is; in part, it is flagged and stays paid. The sale is never deleted."""
    charge = event.data.object
    intent = charge.get("payment_intent")
    if not isinstance(intent, str):
        return IGNORED
    # Not by its metadata: those of our payment may have been copied to another one, and what never fitted is not to count.
    attempt = store.attempt_by_payment_intent(intent)
    if attempt is None:
        return _early(event, now)
    if event.account != attempt.account:
        state_machine.add_flag(store, attempt.id, "account_mismatch", now, cause=event.id)
    elif charge.get("refunded") is True:
        state_machine.settle(store, attempt.id, Fact("refunded"), now, cause=event.id)
    else:
        state_machine.add_flag(store, attempt.id, "partially_refunded", now, cause=event.id)
    return APPLIED


def _price_event(store: Store, gateway: Gateway, event: Event, _now: int) -> str:
    """A price changed: the links that show it take it over (ruling 10)."""
    return APPLIED if price_refresh.refresh_price(store, gateway, event) else IGNORED


def _product_event(store: Store, _gateway: Gateway, event: Event, _now: int) -> str:
    """A product changed: the links that show it take it over (ruling 10)."""
    return APPLIED if price_refresh.refresh_product(store, event) else IGNORED


_TYPES: Final[dict[str, Callable[[Store, Gateway, Event, int], str]]] = {
    **dict.fromkeys(SESSION_EVENTS, _session_event),
    REFUNDED: _refund_event,
    "price.updated": _price_event,
    "product.updated": _product_event,
}
