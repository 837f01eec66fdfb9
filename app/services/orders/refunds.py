"""Refunds that a merchant asks for: of a whole payment or of a part, and never twice.

The request is stored before Stripe is asked, and its id is the idempotency key. The same form sent again, in another process or after a
crash, finds the request and asks Stripe with the same key. A form that was opened before another refund was made is refused.
"""

from typing import Final

from app.errors import GatewayError, GatewayRefused, InvalidRequest, StoreBusy
from app.gateway.protocol import Gateway
from app.objects import metadata_keys
from app.objects.attempt import Attempt
from app.objects.change import Actor
from app.objects.charge import Refund, RefundReason, RefundRequest
from app.objects.ids import new_id
from app.objects.order import RECEIVED, Entry
from app.pricing.refunds import amount_left, with_refund
from app.services.accounts import changes
from app.services.attempts.payments import retrieve
from app.services.attempts.settlement import ALREADY_REFUNDED, read_back
from app.services.attempts.state_machine import PARTIALLY_REFUNDED, with_refunds_judged
from app.services.orders.handling import actor_name
from app.store.protocol import Store

KEY_SECONDS: Final = 20 * 3600
"""How long to rely on Stripe's memory of an idempotency key, which is 24 hours. Later, look for the refund first."""


class RefundRefused(InvalidRequest):
    """The refund cannot be made as asked. `code` says why. `left` is the amount that can still be refunded, in minor units of `currency`.

    Codes: `amount_too_large`, `amount_too_small`, `changed` (the payment is another one than the form showed), `finished` (an earlier
    refund was completed now, and the new one was not made), `nothing_left`, `not_paid`.
    """

    def __init__(self, message: str, code: str, *, left: int = 0, currency: str = "") -> None:
        self.left = left
        self.currency = currency
        super().__init__(message, param="amount", code=code)


def refundable(attempt: Attempt) -> tuple[int, str] | None:
    """Return the amount that can be refunded and its currency, or None."""
    left = amount_left(attempt)
    if attempt.state not in RECEIVED or left is None or not left[0]:
        return None
    return left if attempt.payment_intent or attempt.subscription else None


def refund(
    store: Store,
    gateway: Gateway,
    organization_id: str,
    id: str,
    now: int,
    *,
    actor: Actor,
    amount: int | None = None,
    left: int | None = None,
    reason: RefundReason = "requested_by_customer",
    request: str | None = None,
) -> Attempt:
    """Refund a payment, or `amount` of it in minor units of its charge. Return the stored attempt.

    `request` is the id of the form and `left` the amount that could be refunded when it was opened. Raises `RefundRefused`, `GatewayError`,
    `ResourceMissing`. After `GatewayUnavailable` Stripe may have made the refund: send the same form again.
    """
    attempt = _with_known_payment(store, gateway, retrieve(store, organization_id, id), now)
    known = attempt.refund_request
    if known is not None and known.status == "pending" and known.id != request:
        _finish(store, gateway, attempt, known, now)
        raise _refused("An earlier refund was completed now.", "finished", store.attempt(id) or attempt)
    asked = store.run(
        lambda: _store_request(store, id, now, actor=actor, amount=amount, left=left, reason=reason, request=request)
    )
    if asked.status == "made":
        return retrieve(store, organization_id, id)
    return _finish(store, gateway, attempt, asked, now)


def finish_refund(store: Store, gateway: Gateway, organization_id: str, id: str, now: int) -> Attempt:
    """Ask Stripe again for a refund whose answer is not known. Return the stored attempt. Raises `GatewayError`, `ResourceMissing`."""
    attempt = retrieve(store, organization_id, id)
    known = attempt.refund_request
    if known is None or known.status != "pending":
        return attempt
    return _finish(store, gateway, attempt, known, now)


def _with_known_payment(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> Attempt:
    """Return the attempt with its payment intent and its charge. Read them from Stripe if they are missing."""
    if (
        attempt.state in RECEIVED
        and attempt.amount_total
        and (attempt.payment_intent is None or attempt.charge is None)
    ):
        return read_back(store, gateway, attempt, now, cause="refund")
    return attempt


def _store_request(
    store: Store,
    id: str,
    now: int,
    *,
    actor: Actor,
    amount: int | None,
    left: int | None,
    reason: RefundReason,
    request: str | None,
) -> RefundRequest:
    """Check the refund against the stored attempt, and store the request. Return it, or the earlier request of the same form."""
    attempt = store.attempt(id)
    if attempt is None:
        raise StoreBusy
    known = attempt.refund_request
    if known is not None and request is not None and known.id == request and known.status != "refused":
        return known
    if known is not None and known.status == "pending":
        raise _refused("Another refund is being made.", "changed", attempt)
    wanted = _checked_amount(attempt, amount, left)
    asked = RefundRequest(
        id=new_id("rr") if request is None or (known is not None and known.id == request) else request,
        actor=actor,
        amount=wanted[0],
        created=now,
        currency=wanted[1],
        left=left if left is not None else wanted[0],
        reason=reason,
    )
    _save(store, attempt, {"refund_request": asked}, now)
    return asked


def _checked_amount(attempt: Attempt, amount: int | None, left: int | None) -> tuple[int, str]:
    """Return the amount to refund and its currency. Raises `RefundRefused`."""
    can = refundable(attempt)
    if can is None:
        if attempt.state in RECEIVED:
            raise _refused("Nothing is left of this payment.", "nothing_left", attempt)
        raise _refused("This payment has not arrived.", "not_paid", attempt)
    rest, currency = can
    if left is not None and left != rest:
        raise _refused("Another refund was made since this page was opened.", "changed", attempt)
    if amount is not None and amount < 1:
        raise _refused("Enter an amount above zero.", "amount_too_small", attempt)
    if amount is not None and amount > rest:
        raise _refused("This is more than what is left of the payment.", "amount_too_large", attempt)
    return (rest if amount is None else amount), currency


def _finish(store: Store, gateway: Gateway, attempt: Attempt, asked: RefundRequest, now: int) -> Attempt:
    """Ask Stripe for a stored refund and store the answer. Return the stored attempt. Raises `GatewayError`."""
    try:
        made = _ask(gateway, attempt, asked, now)
    except GatewayRefused as error:
        store.run(lambda: _store_answer(store, attempt.id, asked, None, now))
        if error.code == ALREADY_REFUNDED:
            # It was refunded at Stripe, and the event has not arrived yet.
            _read_again(store, gateway, attempt, now)
            raise _refused(
                "Nothing is left of this payment.", "nothing_left", store.attempt(attempt.id) or attempt
            ) from error
        raise
    return store.run(lambda: _store_answer(store, attempt.id, asked, made, now))


def _ask(gateway: Gateway, attempt: Attempt, asked: RefundRequest, now: int) -> Refund:
    metadata = {metadata_keys.ATTEMPT: attempt.id, metadata_keys.REFUND: asked.id}
    intent, account = attempt.payment_intent or "", attempt.account
    if now - asked.created > KEY_SECONDS:
        found = gateway.find_refund(intent, {metadata_keys.REFUND: asked.id}, account=account)
        if found is not None:
            return found
    return gateway.create_refund(
        payment_intent=intent,
        amount=asked.amount,
        idempotency_key=f"{attempt.id}-{asked.id}",
        reason=asked.reason,
        metadata=metadata,
        account=account,
    )


def _read_again(store: Store, gateway: Gateway, attempt: Attempt, now: int) -> None:
    try:
        read_back(store, gateway, attempt, now, cause="refund")
    except GatewayError:
        return


def _store_answer(store: Store, id: str, asked: RefundRequest, made: Refund | None, now: int) -> Attempt:
    """Store what Stripe answered to a request. Doing it again changes nothing."""
    attempt = store.attempt(id)
    if attempt is None:
        raise StoreBusy
    known = attempt.refund_request
    if known is None or known.id != asked.id or known.status != "pending":
        return attempt
    if made is None:
        return _save(store, attempt, {"refund_request": asked.model_copy(update={"status": "refused"})}, now)
    after = with_refunds_judged(with_refund(attempt, made), now)
    # A merchant need not look at a part that they refunded themselves.
    checked = dict.fromkeys([*after.checked_flags, *(flag for flag in after.flags if flag == PARTIALLY_REFUNDED)])
    answered = asked.model_copy(update={"refund": made.id, "status": "made"})
    changes.record(store, asked.actor, "payment.refunded", id, now, organization=attempt.organization)
    store.add_entry(
        Entry(
            id=new_id("ent"),
            act="refund",
            actor=actor_name(asked.actor),
            amount=made.amount,
            attempt=id,
            created=now,
            currency=made.currency,
            refund=made.id,
            text=asked.reason,
        )
    )
    return _save(
        store, after, {"checked_flags": tuple(checked), "refund_request": answered}, now, version=attempt.version
    )


def _save(store: Store, attempt: Attempt, changes: dict[str, object], now: int, version: int | None = None) -> Attempt:
    before = attempt.version if version is None else version
    after = attempt.model_copy(update={**changes, "updated": now, "version": before + 1})
    if not store.save_attempt(after, "refunded by the merchant"):
        raise StoreBusy
    return after


def _refused(message: str, code: str, attempt: Attempt) -> RefundRefused:
    left, currency = amount_left(attempt) or (0, attempt.currency)
    return RefundRefused(message, code, left=left, currency=currency)
