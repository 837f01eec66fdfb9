"""What Stripe says of a session, applied to our attempt: read back, expired, and sent back when it came too late.

The webhook, the return page and reconciling all end here, so that the same news has the same effect once.
"""

import logging
from contextlib import suppress
from typing import Final

from app.errors import GatewayError, GatewayRefused
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt, State
from app.objects.checkout_session import CheckoutSession
from app.services.attempts import state_machine
from app.services.attempts.sessions import create_session
from app.services.attempts.state_machine import OVER_LIMIT, Fact, fact_of
from app.services.attempts.verification import mismatch
from app.store.protocol import Store

log: Final = logging.getLogger(__name__)

ALREADY_REFUNDED: Final = "charge_already_refunded"
"""Stripe's word where nothing is left to send back: by the merchant's hand, or by us before Stripe forgot the key (after 24 hours)."""


def log_fields(attempt: Attempt) -> dict[str, str]:
    """Which attempt, of which link: for a line in the log."""
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
    """Apply a session that came from Stripe itself or in a signed event; what does not fit is flagged and changes nothing."""
    link = store.link(attempt.payment_link)
    flag = mismatch(attempt, link, session, account) if link is not None else "link_mismatch"
    if flag is not None:
        if flag not in attempt.flags:  # it is read again every minute
            log.warning("session does not fit its attempt", extra={**log_fields(attempt), "flag": flag})
        return state_machine.add_flag(store, attempt.id, flag, now, cause=cause)
    return state_machine.settle(store, attempt.id, fact or fact_of(session), now, cause=cause)


def apply_session(
    store: Store, gateway: Gateway, attempt: Attempt, now: int, *, cause: str, expired: State = "expired"
) -> Attempt:
    """Read the attempt's session back and apply what it says; unchanged where Stripe cannot be asked now."""
    try:
        return read_back(store, gateway, attempt, now, cause=cause, expired=expired)
    except GatewayError as error:
        log.warning("session could not be read", extra={**log_fields(attempt), "reason": type(error).__name__})
        return attempt


def read_back(
    store: Store, gateway: Gateway, attempt: Attempt, now: int, *, cause: str, expired: State = "expired"
) -> Attempt:
    """Read the attempt's session back and apply what it says. Raises `GatewayError`.

    An attempt whose session was never opened ends when its time is over: nobody was ever sent to it. `expired` is the state of one
    whose session has expired, where more is known of that than Stripe says.
    """
    if attempt.checkout_session is None:
        if attempt.expires_at > now:
            return attempt
        return state_machine.settle(store, attempt.id, Fact("expired"), now, cause="never opened")
    session = gateway.retrieve_checkout_session(attempt.checkout_session, account=attempt.account)
    fact = fact_of(session)
    if fact.state == "expired":
        fact = Fact(expired)
    attempt = apply_verified(store, attempt, session, now, account=attempt.account, cause=cause, fact=fact)
    return refund_over_limit(store, gateway, attempt, now)


def expire_session(store: Store, gateway: Gateway, attempt: Attempt, now: int, *, cause: str, state: State) -> Attempt:
    """End an open session at Stripe, then the attempt; its place is free only after that. Raises `GatewayUnavailable`.

    Where Stripe refuses because the session is no longer open, what it says of the session counts instead; one that has expired before
    its time was ended by this very step, whose process died or whose answer was lost.
    """
    if attempt.checkout_session is None:
        # A lost answer may have been about one.
        with suppress(GatewayRefused):
            attempt = create_session(store, gateway, attempt, now, cause="session found again")
    if attempt.checkout_session is not None:
        try:
            gateway.expire_checkout_session(attempt.checkout_session, account=attempt.account)
        except GatewayRefused:
            expired: State = state if attempt.expires_at > now else "expired"
            return apply_session(store, gateway, attempt, now, cause=cause, expired=expired)
    return state_machine.settle(store, attempt.id, Fact(state), now, cause=cause)


def refund_over_limit(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt:
    """Undo a payment that came when no place was left; one that cannot be undone now is tried again by reconciling."""
    known = attempt.payment_intent or attempt.subscription or attempt.state == "no_payment_required"
    if not state_machine.refund_is_due(attempt) or not known:
        return attempt
    refund = None
    try:
        refund = _refund_and_cancel(gateway, attempt)
    except GatewayRefused as error:
        if error.code != ALREADY_REFUNDED:
            log.warning("payment could not be undone", extra={**log_fields(attempt), "reason": error.code})
            return attempt
    except GatewayError as error:
        log.warning("payment could not be undone", extra={**log_fields(attempt), "reason": type(error).__name__})
        return attempt
    return state_machine.settle(store, attempt.id, Fact("refunded", refund=refund), now, cause="no place was left")


def _refund_and_cancel(gateway: Gateway, attempt: Attempt) -> str | None:
    """End what was begun and send back what was taken; the refund's id."""
    key, account = f"{attempt.id}-refund", attempt.account
    metadata = {"counterfoil_attempt": attempt.id, "counterfoil_reason": OVER_LIMIT}
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
    )
