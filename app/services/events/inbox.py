"""The inbox of Stripe's events: each verified event is stored once by its id and applied once, in any order of arrival.

An event that cannot be applied yet waits and is applied later. An event of an unknown type is stored and changes nothing.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from pydantic import ValidationError

from app.errors import InvalidRequest, ResourceMissing, StoreBusy
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt, State
from app.objects.charge import Charge, Dispute, Refund
from app.objects.checkout_session import CheckoutSession
from app.objects.event import APPLIED, IGNORED, MADE, WAITING, Event
from app.services.attempts import refunds_and_disputes
from app.services.attempts.erasure import erased_event
from app.services.attempts.settlement import apply_verified, refund_over_limit
from app.services.attempts.state_machine import Fact, fact_of, refund_is_due
from app.services.events.subjects import (
    DISPUTE_EVENTS,
    MONEY_EVENTS,
    REFUND_EVENTS,
    SESSION_EVENTS,
    find_attempt,
    kept_and_attempt,
    mentioned_attempt,
    named_id,
    organization_of,
    payment_of,
)
from app.services.links import copies, price_refresh
from app.store.protocol import Store

log: Final = logging.getLogger(__name__)

WAITING_SECONDS: Final = 3 * 24 * 3600
"""How long an event waits for the attempt that it is about: as long as Stripe retries the deliveries that precede it. An older
event is about something else on the same Stripe account."""

UNNAMED_WAITING_SECONDS: Final = 15 * 60
"""How long to keep a session event whose metadata lacks our attempt id. After 15 minutes the request that created the session has
stored its id or has died."""

FIRST_TRY_SECONDS: Final = 60
LONGEST_TRY_SECONDS: Final = 6 * 3600

_PART_EVENTS: Final = ("coupon.deleted", "coupon.updated", "tax_rate.updated")
"""The events about the coupon and the tax rates of links. Stripe sends none about shipping rates."""


RefundLate = Callable[[Attempt], Attempt]


class Received(NamedTuple):
    """What a new event did: its outcome, and the state of its attempt before and after."""

    outcome: str
    before: State | None
    after: State | None


def receive(store: Store, gateway: Gateway, event: Event, now: int, *, payload: str | None = None) -> str:
    """Store a verified event, apply it and return its outcome. An event that was applied before changes nothing.

    `payload` is the event as Stripe sent it. Raises `InvalidRequest` for an event of the other mode, which is not stored. Raises
    `StoreError` or `GatewayUnavailable`, so that Stripe sends the event again. If it was stored by then, it waits for reconciling.
    """
    _require_own_mode(gateway, event)
    kept, attempt = kept_and_attempt(store, event)
    if kept is not None:
        applied, outcome = kept
        return outcome if applied is not None else apply_kept(store, gateway, event, now)
    attempt = attempt or find_attempt(store, event)
    if attempt is not None and event.type in SESSION_EVENTS:
        try:
            outcome, after = _receive_at_once(store, event, attempt, now, payload=payload)
        except StoreBusy:
            # Storing the event alone would wait for the same lock again. Stripe sends the event once more.
            raise
        except Exception as error:
            # Nothing is stored yet. Store the event before it is applied, so that it waits where it cannot be applied now.
            fields = {"event": event.id, "reason": type(error).__name__}
            log.warning("event could not be stored and applied together", extra=fields)
        else:
            if after is not None:
                _follow_up(store, gateway, after, now)
            return outcome
    return _receive_new(store, gateway, event, attempt, now, payload=payload)


def _receive_at_once(
    store: Store, event: Event, attempt: Attempt, now: int, *, payload: str | None
) -> tuple[str, Attempt | None]:
    """Store a session event and apply it to its attempt, with one commit. Return its outcome, and the attempt if it was applied.

    The event is inserted before the attempt is locked, as `receive_together` does. In another order, both could wait for each other.
    """
    known = [attempt]

    def work() -> tuple[str, Attempt, Attempt | None]:
        before = known.pop() if known else store.attempt(attempt.id) or attempt
        added = store.add_event(
            event,
            organization=before.organization,
            received=now,
            payload=_text_to_keep(event, payload, before),
            delivered=payload is not None,
            outcome=APPLIED,
        )
        if not added:
            # Another process stored the event in between, and may have applied it.
            before = store.attempt(attempt.id) or attempt
        outcome, after = _settle(store, event, before, now)
        if not added or outcome != APPLIED:
            store.mark_event(event.id, applied=now, outcome=outcome)
        return outcome, before, after

    outcome, before, after = store.run(work)
    if after is None or after.version == before.version or after.erased_at is not None:
        # An attempt that was saved without an erasure was not erased in between, because each version is saved once.
        _erase_if_erased_meanwhile(store, event, before)
    return outcome, after


def receive_together(store: Store, gateway: Gateway, events: Sequence[Event], now: int) -> dict[str, Received]:
    """Receive session events in one transaction: one commit for all of them instead of three for each.

    Return what each new event did, by its id. Stripe is asked for refunds after the commit. Where one event cannot be received, none
    is stored, and the error is raised.
    """
    late: dict[str, Attempt] = {}

    def refund_later(attempt: Attempt) -> Attempt:
        if refund_is_due(attempt):
            late[attempt.id] = attempt
        return attempt

    def work() -> dict[str, Received]:
        late.clear()
        # Every event is inserted before an attempt or a link is locked: see `_receive_at_once`.
        new: dict[str, Attempt | None] = {}
        for event in events:
            _require_own_mode(gateway, event)
            if store.event_outcome(event.id) is None:
                named = payment_of(store, event)
                if _add(store, gateway, event, named, now):
                    new[event.id] = named
        received = {}
        for event in (event for event in events if event.id in new):
            session = str(event.data.object.get("id"))
            before = store.state_of_session(session, event.account)
            outcome = _apply_new(store, gateway, event, find_attempt(store, event), new[event.id], now, refund_later)
            received[event.id] = Received(outcome, before, store.state_of_session(session, event.account))
        return received

    received = store.run(work)
    for attempt in late.values():
        # A refund that the merchant made may have been applied after the payment.
        refund_over_limit(store, gateway, store.attempt(attempt.id) or attempt, now)
    return received


def _require_own_mode(gateway: Gateway, event: Event) -> None:
    if event.livemode != gateway.livemode:
        fields = {"event": event.id, "type": event.type, "livemode": event.livemode}
        log.warning("event of the other mode", extra=fields)
        raise InvalidRequest("This event is of the other mode.", param="livemode", code="livemode_mismatch")


def _receive_new(
    store: Store, gateway: Gateway, event: Event, attempt: Attempt | None, now: int, *, payload: str | None
) -> str:
    """Store an event, then apply it to its attempt, each with its own commit."""
    named = attempt or mentioned_attempt(store, event)
    _add(store, gateway, event, named, now, payload)
    if attempt is None:
        # The request that opened the session may have stored its id in between, and has not seen this event then.
        attempt = find_attempt(store, event)
    return _apply_new(store, gateway, event, attempt, named, now)


def _add(
    store: Store, gateway: Gateway, event: Event, named: Attempt | None, now: int, payload: str | None = None
) -> bool:
    """Store an event that waits to be applied. Return False if it is stored already. `named` is the attempt that it is about."""
    return store.add_event(
        event,
        organization=organization_of(store, gateway, event, named),
        received=now,
        payload=_text_to_keep(event, payload, named),
        delivered=payload is not None,
    )


def _apply_new(
    store: Store,
    gateway: Gateway,
    event: Event,
    attempt: Attempt | None,
    named: Attempt | None,
    now: int,
    refund_late: RefundLate | None = None,
) -> str:
    """Apply an event that was just stored. `refund_late` replaces the refund of a payment that came too late."""
    outcome = _apply(store, gateway, event, attempt, now, refund_late)
    if named is not None and named.erased_at is None:
        _erase_if_erased_meanwhile(store, event, named)
    return outcome


def _text_to_keep(event: Event, payload: str | None, attempt: Attempt | None) -> str:
    """Return the text that Stripe sent, or what is left of the event where the payment that it is about was erased."""
    if attempt is not None and attempt.erased_at is not None:
        return erased_event(event).model_dump_json()
    return payload if payload is not None else event.model_dump_json()


def _erase_if_erased_meanwhile(store: Store, event: Event, attempt: Attempt) -> None:
    """Erase the stored event where its payment was erased between reading the payment and storing the event."""
    current = store.attempt(attempt.id)
    if current is not None and current.erased_at is not None:
        store.replace_event(erased_event(event))


def apply_kept(store: Store, gateway: Gateway, event: Event, now: int) -> str:
    """Apply an event that is stored already and return its outcome. Applying it again changes nothing."""
    return _apply(store, gateway, event, find_attempt(store, event), now)


def next_try(event: Event, now: int) -> int:
    """Return when to try a waiting event again: after as long as it has waited, at most six hours, and not after its wait is over."""
    pause = min(max(now - event.created, FIRST_TRY_SECONDS), LONGEST_TRY_SECONDS)
    ends = (event.created + seconds for seconds in (UNNAMED_WAITING_SECONDS, WAITING_SECONDS))
    return min(now + pause, *(end for end in ends if end > now))


def apply_waiting(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt:
    """Apply the events that arrived before the attempt's session id was stored. Return the stored attempt."""
    waiting = store.waiting_events(about=attempt.checkout_session) if attempt.checkout_session else []
    for event in waiting:
        apply_kept(store, gateway, event, now)
    return (store.attempt(attempt.id) or attempt) if waiting else attempt


def replay(store: Store, gateway: Gateway, id: str, now: int) -> str:
    """Apply a stored event again for an operator. Return its outcome.

    Raises `ResourceMissing`, and `InvalidRequest` for an event that this server made.
    """
    event, outcome = store.event(id), store.event_outcome(id)
    if event is None or outcome is None:
        raise ResourceMissing(f"No such event: {id}.")
    if outcome[1] == MADE:
        raise InvalidRequest(f"Event {id} was made here. It reports a change, so there is nothing to apply.")
    return apply_kept(store, gateway, event, now)


def _apply(
    store: Store,
    gateway: Gateway,
    event: Event,
    attempt: Attempt | None,
    now: int,
    refund_late: RefundLate | None = None,
) -> str:
    if event.type in SESSION_EVENTS:
        outcome = _apply_session_event(store, gateway, event, attempt, now, refund_late)
    elif event.type in MONEY_EVENTS:
        outcome = _apply_money_event(store, event, attempt, now)
    elif event.type == "price.updated":
        outcome = APPLIED if price_refresh.refresh_price(store, gateway, event) else IGNORED
    elif event.type == "price.deleted":
        outcome = APPLIED if price_refresh.delete_price(store, gateway, event) else IGNORED
    elif event.type in {"product.updated", "product.deleted"}:
        outcome = APPLIED if price_refresh.refresh_product(store, gateway, event) else IGNORED
    elif event.type in _PART_EVENTS:
        outcome = APPLIED if copies.refresh_part(store, gateway, event) else IGNORED
    else:
        outcome = IGNORED
    if outcome != WAITING:
        # A new event is stored as waiting. Another process may have applied it since, so `waiting` is never written here.
        store.mark_event(event.id, applied=now, outcome=outcome)
    return outcome


def _apply_session_event(
    store: Store, gateway: Gateway, event: Event, attempt: Attempt | None, now: int, refund_late: RefundLate | None
) -> str:
    """Apply the session in the event: paid, processing, failed or expired."""
    outcome, attempt = _settle(store, event, attempt, now)
    if attempt is not None:
        _follow_up(store, gateway, attempt, now, refund_late)
    return outcome


def _settle(store: Store, event: Event, attempt: Attempt | None, now: int) -> tuple[str, Attempt | None]:
    """Apply the session in an event to its attempt. Return the outcome of the event, and the stored attempt if it was applied."""
    try:
        session = CheckoutSession.read(event.data.object)
    except ValidationError:
        return "refused: not a session", None
    if attempt is None:
        named = named_id(event)
        if named is not None and store.attempt(named) is not None:
            # An attempt never changes its account, so there is nothing to wait for.
            log.warning("event names an attempt of another account", extra={"event": event.id, "attempt": named})
            return IGNORED, None
        return _outcome_without_attempt(event, now, UNNAMED_WAITING_SECONDS if named is None else WAITING_SECONDS), None
    fact = Fact("failed") if event.type.endswith("async_payment_failed") else fact_of(session)
    attempt = apply_verified(store, attempt, session, now, account=event.account, cause=event.id, fact=fact)
    return APPLIED, attempt


def _follow_up(
    store: Store, gateway: Gateway, attempt: Attempt, now: int, refund_late: RefundLate | None = None
) -> None:
    """Refund a payment that came too late, and apply the refunds and disputes that arrived before their payment was known.

    After the commit: on PostgreSQL, a refund that arrives at the same time either finds the payment or is found here.
    """
    attempt = refund_late(attempt) if refund_late is not None else refund_over_limit(store, gateway, attempt, now)
    if attempt.payment_intent is not None:
        for waiting in store.waiting_events(about=attempt.payment_intent):
            apply_kept(store, gateway, waiting, now)


def _apply_money_event(store: Store, event: Event, attempt: Attempt | None, now: int) -> str:
    """Apply a refund or a dispute. The sale is never deleted."""
    if not isinstance(event.data.object.get("payment_intent"), str):
        return IGNORED
    if attempt is None:
        return _outcome_without_attempt(event, now, WAITING_SECONDS)
    try:
        if event.type in REFUND_EVENTS:
            _apply_refund(store, attempt, event, now)
        elif event.type in DISPUTE_EVENTS:
            _apply_dispute(store, attempt, event, now)
        else:
            _apply_charge(store, attempt, event, now)
    except ValidationError:
        return "refused: not the object of its type"
    return APPLIED


def _apply_charge(store: Store, attempt: Attempt, event: Event, now: int) -> None:
    charge = Charge.read({**event.data.object, "updated": event.created})
    refunds_and_disputes.apply_charge(store, attempt, charge, now, cause=event.id)


def _apply_refund(store: Store, attempt: Attempt, event: Event, now: int) -> None:
    refunds_and_disputes.apply_refund(store, attempt, Refund.read(event.data.object), now, cause=event.id)


def _apply_dispute(store: Store, attempt: Attempt, event: Event, now: int) -> None:
    dispute = Dispute.read({**event.data.object, "updated": event.created})
    refunds_and_disputes.apply_dispute(store, attempt, dispute, now, cause=event.id)


TYPES: Final = (
    *sorted(SESSION_EVENTS),
    *(type for type in MONEY_EVENTS if type != "charge.refund.updated"),
    *_PART_EVENTS,
    "price.deleted",
    "price.updated",
    "product.deleted",
    "product.updated",
)
"""The types of events to read from Stripe, which lists events of at most 20 types at once. `refund.updated` says the same as
`charge.refund.updated`, which is applied if a webhook delivers it."""


def _outcome_without_attempt(event: Event, now: int, seconds: int) -> str:
    return WAITING if now - event.created < seconds else IGNORED
