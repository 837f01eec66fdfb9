"""Applies what Stripe says about a session to our attempt: reads it back, ends it, refunds it where it came too late.

The webhook, the return page and reconciling all use these functions, so the same news has the same effect and applies once.
"""

import logging
from contextlib import suppress
from dataclasses import replace
from typing import Final

from app.errors import GatewayError, GatewayRefused
from app.gateway.protocol import Gateway
from app.objects import metadata_keys
from app.objects.attempt import Attempt, State
from app.objects.checkout_session import CheckoutSession
from app.objects.order import OVER_LIMIT
from app.objects.payment_link import PaymentLink
from app.objects.shipping_rate import ShippingRate
from app.services.attempts import state_machine
from app.services.attempts.sessions import create_session
from app.services.attempts.state_machine import Fact, fact_of
from app.services.attempts.verification import AMOUNT_DIFFERS, has_other_shipping, mismatch
from app.store.protocol import Store

log: Final = logging.getLogger(__name__)

ALREADY_REFUNDED: Final = "charge_already_refunded"
"""Stripe's code where nothing is left to refund: the merchant refunded the payment, or we did and Stripe has forgotten the
idempotency key (after 24 hours)."""


def log_fields(attempt: Attempt) -> dict[str, str]:
    """Return the fields that identify an attempt in a log record."""
    return {"attempt": attempt.id, "payment_link": attempt.payment_link}


def apply_verified(
    store: Store,
    attempt: Attempt,
    session: CheckoutSession,
    now: int,
    *,
    account: str | None,
    cause: str,
    fact: Fact | None = None,
) -> Attempt:
    """Apply a session that Stripe returned or that a signed event carried. Return the stored attempt.

    A session of another account, mode, currency, link or attempt only adds a flag. If only the amounts differ, it counts and is flagged.
    """
    needs_link = has_other_shipping(attempt, session)
    link = store.link(attempt.payment_link) if needs_link else None
    flag = "link_mismatch" if needs_link and link is None else mismatch(attempt, link, session, account)
    if flag is not None:
        if flag not in attempt.flags:  # reconciling reads the same session again and again
            log.warning("session does not match its attempt", extra={**log_fields(attempt), "flag": flag})
        if flag != AMOUNT_DIFFERS:
            return state_machine.add_flag(store, attempt, flag, now, cause=cause)
    fact = fact or fact_of(session)
    if link is not None and (rate := chosen_rate(link, session)) is not None:
        fact = replace(fact, shipping_rate=rate)
    return state_machine.settle(store, attempt, fact, now, cause=cause, flag=flag)


def chosen_rate(link: PaymentLink, session: CheckoutSession) -> ShippingRate | None:
    """Return the shipping option that the buyer chose at Checkout. An event names it by its id alone."""
    chosen = session.shipping_cost.shipping_rate if session.shipping_cost else None
    id = chosen.get("id") if isinstance(chosen, dict) else chosen
    rates = (option.shipping_rate for option in link.shipping_options)
    offered = next((rate for rate in rates if isinstance(rate, ShippingRate) and rate.id == id), None)
    # The merchant may have taken the option off the link since.
    return ShippingRate.read(chosen) if offered is None and isinstance(chosen, dict) else offered


def apply_session(
    store: Store, gateway: Gateway, attempt: Attempt, now: int, *, cause: str, expired: State = "expired"
) -> Attempt:
    """Read the attempt's session from Stripe and apply it. Return the attempt unchanged where Stripe cannot answer now."""
    try:
        return read_back(store, gateway, attempt, now, cause=cause, expired=expired)
    except GatewayError as error:
        log.warning("session could not be read", extra={**log_fields(attempt), "reason": type(error).__name__})
        return attempt


def read_back(
    store: Store, gateway: Gateway, attempt: Attempt, now: int, *, cause: str, expired: State = "expired"
) -> Attempt:
    """Read the attempt's session from Stripe and apply it. Return the stored attempt. Raises `GatewayError`.

    An attempt without a session expires when its time is over: no buyer was ever sent to Checkout. `expired` is the state of an
    attempt whose session has expired; callers that know more pass another one, for example `canceled`.
    """
    if attempt.checkout_session is None:
        if attempt.expires_at > now:
            return attempt
        return state_machine.settle(store, attempt, Fact("expired"), now, cause="never opened")
    session = gateway.retrieve_checkout_session(attempt.checkout_session, account=attempt.account)
    fact = fact_of(session)
    if fact.state == "expired":
        fact = Fact(expired)
    attempt = apply_verified(store, attempt, session, now, account=attempt.account, cause=cause, fact=fact)
    return refund_over_limit(store, gateway, attempt, now)


def expire_session(store: Store, gateway: Gateway, attempt: Attempt, now: int, *, cause: str, state: State) -> Attempt:
    """End an open session at Stripe, then the attempt. Only then is its place free. Raises `GatewayUnavailable`."""
    settled = end_at_stripe(store, gateway, attempt, now, cause=cause, state=state)
    return settled or settle_ended(store, attempt, now, cause=cause, state=state)


def end_at_stripe(
    store: Store, gateway: Gateway, attempt: Attempt, now: int, *, cause: str, state: State
) -> Attempt | None:
    """End an open session at Stripe. Return None where it ended: then call `settle_ended`. Raises `GatewayUnavailable`.

    Stripe refuses to end a session that is no longer open. In that case, read the session, apply it and return the attempt. If it
    expired before its time, an earlier run of this function ended it and then died or lost the answer.
    """
    if attempt.checkout_session is None:
        # The session may exist although its answer was lost.
        with suppress(GatewayRefused):
            attempt = create_session(store, gateway, attempt, now, cause="session found again")
    if attempt.checkout_session is None:
        return None
    try:
        gateway.expire_checkout_session(attempt.checkout_session, account=attempt.account)
    except GatewayRefused:
        expired: State = state if attempt.expires_at > now else "expired"
        return apply_session(store, gateway, attempt, now, cause=cause, expired=expired)
    return None


def settle_ended(store: Store, attempt: Attempt, now: int, *, cause: str, state: State) -> Attempt:
    """End an attempt whose session has ended at Stripe, and release its place. Return the stored attempt."""
    # Stripe's event about the ended session may have arrived by now.
    attempt = store.attempt(attempt.id) or attempt
    return state_machine.settle(store, attempt, Fact(state), now, cause=cause)


def refund_over_limit(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt:
    """Refund a payment that arrived after the last place was taken. Return the stored attempt.

    Where Stripe cannot do it now, reconciling tries again.
    """
    known = attempt.payment_intent or attempt.subscription or attempt.state == "no_payment_required"
    if not state_machine.refund_is_due(attempt) or not known:
        return attempt
    refund = None
    try:
        refund = _refund_and_cancel(gateway, attempt)
    except GatewayRefused as error:
        if error.code != ALREADY_REFUNDED:
            log.warning("payment could not be refunded", extra={**log_fields(attempt), "reason": error.code})
            return attempt
    except GatewayError as error:
        log.warning("payment could not be refunded", extra={**log_fields(attempt), "reason": type(error).__name__})
        return attempt
    return state_machine.settle(store, attempt, Fact("refunded", refund=refund), now, cause="no place was left")


def _refund_and_cancel(gateway: Gateway, attempt: Attempt) -> str | None:
    """Cancel the attempt's subscription and refund its payment. Return the id of the refund, or None where nothing was paid."""
    key, account = f"{attempt.id}-refund", attempt.account
    metadata = {metadata_keys.ATTEMPT: attempt.id, metadata_keys.REASON: OVER_LIMIT}
    if attempt.subscription is not None:
        return gateway.end_subscription(attempt.subscription, idempotency_key=key, metadata=metadata, account=account)
    if attempt.payment_intent is None:
        return None
    return gateway.create_refund(
        payment_intent=attempt.payment_intent,
        idempotency_key=key,
        reason="requested_by_customer",
        metadata=metadata,
        account=account,
    ).id
