"""Details of an order that are still only at Stripe: Stripe's fee, and details that earlier versions did not store."""

import logging
from contextlib import suppress
from typing import Final

from app.errors import GatewayError
from app.gateway.protocol import Gateway
from app.objects.attempt import Attempt
from app.objects.charge import BalanceTransaction
from app.objects.order import RECEIVED
from app.services.attempts.settlement import log_fields, read_back
from app.services.attempts.state_machine import change
from app.store.protocol import Store

log: Final = logging.getLogger(__name__)


def complete_details(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt:
    """Read the missing details of a paid order from Stripe, once. Return the stored attempt.

    If Stripe does not answer or the key may not read them, the order stays as it is.
    """
    if attempt.erased_at is not None or attempt.state not in RECEIVED or attempt.livemode != gateway.livemode:
        return attempt
    try:
        if attempt.checkout_session is not None and _lacks_details(attempt):
            attempt = read_back(store, gateway, attempt, now, cause="details")
        if attempt.balance_transaction is None and attempt.payment_intent is not None and attempt.amount_total:
            attempt = _learn_fee(store, gateway, attempt, now)
    except GatewayError as error:
        log.info("details of an order could not be read", extra={**log_fields(attempt), "reason": type(error).__name__})
    return attempt


def _lacks_details(attempt: Attempt) -> bool:
    """Return whether the session has details that are missing. An event has neither the payment method nor a subscription's payment."""
    parts = (attempt.payment_intent, attempt.payment_method)
    return not attempt.details_known or (bool(attempt.amount_total) and None in parts)


def _learn_fee(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt:
    moved: BalanceTransaction | None = None
    with suppress(GatewayError):
        moved = gateway.retrieve_fee(attempt.payment_intent or "", account=attempt.account)
    if moved is None:
        return attempt

    def step(current: Attempt) -> Attempt:
        if current.balance_transaction == moved:
            return current
        return current.model_copy(update={"balance_transaction": moved, "updated": now, "version": current.version + 1})

    return change(store, attempt, step, cause="fee")
