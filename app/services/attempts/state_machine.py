"""The attempt's state machine: one transition function that gives the same result for any order and repetition of facts.

A fact comes from a verified source: a session that Stripe returned, a signed event, or a buyer's return. A state changes only to
one of higher rank, so a late or repeated fact changes nothing. The link's places change in the same transaction.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from app.errors import ResourceMissing, StoreBusy
from app.objects.address import Address, ShippingDetails
from app.objects.attempt import COMPLETED, ENDED, PAID, SETTLED, Attempt, State
from app.objects.charge import Charge
from app.objects.checkout_session import CheckoutSession, TaxId, TotalDetails
from app.objects.order import OVER_LIMIT
from app.objects.selection import Answers, Consent
from app.objects.shipping_rate import ShippingRate
from app.pricing.refunds import is_fully_refunded, refunded_parts, with_charge
from app.store.protocol import Store

RANK: Final[dict[State, int]] = {
    "opened": 0,
    "expired": 1,
    "canceled": 2,
    "processing": 3,
    "failed": 4,
    "no_payment_required": 5,
    "paid": 5,
    "refunded": 6,
}
"""The rank of each state. A completed session never expires, so `processing` outranks `expired` and `canceled` in any order of
events. We end a session to cancel it, so `canceled` outranks the `expired` of Stripe's event about that session."""

_BRANDED: Final = frozenset({"card", "card_present", "interac_present"})
"""The types whose brand says more than the type. Brands of other types are names of banks."""

PARTIALLY_REFUNDED: Final = "partially_refunded"
REFUND_FAILED: Final = "refund_failed"
"""The flag of a payment whose refund failed: the buyer did not get the money."""


@dataclass(frozen=True)
class Fact:
    """What happened to a session, with the details that came with the news."""

    state: State
    amount_total: int | None = None
    details_known: bool = False
    """Whether the fact has all details of its session."""
    charge: Charge | None = None
    checkout_answers: Answers | None = None
    customer_address: Address | None = None
    customer_email: str | None = None
    customer_name: str | None = None
    customer_phone: str | None = None
    customer_tax_ids: tuple[TaxId, ...] | None = None
    payment_intent: str | None = None
    payment_method: str | None = None
    refund: str | None = None
    shipping_details: ShippingDetails | None = None
    shipping_rate: ShippingRate | None = None
    subscription: str | None = None
    total_details: TotalDetails | None = None


_DETAILS: Final = (
    *("amount_total", "checkout_answers", "customer_address", "customer_email", "customer_name", "customer_phone"),
    *("customer_tax_ids", "payment_intent", "payment_method", "refund", "shipping_details", "shipping_rate"),
    *("subscription", "total_details"),
)
"""What a fact tells beside the state."""

_PERSONAL: Final = frozenset(
    {"checkout_answers", "customer_address", "customer_email", "customer_name", "customer_phone"}
    | {"customer_tax_ids", "payment_method", "shipping_details"}
)
"""What is not stored again once a payment was erased."""


def fact_of(session: CheckoutSession) -> Fact:
    """Return what a verified session says. Only `payment_status` `paid` means paid; `status` `complete` alone does not.

    A delayed debit that was returned is visible only where the payment intent is expanded: it requires another payment method.
    """
    customer = session.customer_details
    return Fact(
        state=_state_of(session),
        amount_total=session.source_amount_total,
        details_known=True,
        charge=_charge(session.payment_intent),
        checkout_answers=_answers(session),
        customer_address=customer.address if customer else None,
        customer_email=customer.email if customer else None,
        customer_name=customer.name or customer.individual_name or customer.business_name if customer else None,
        customer_phone=customer.phone if customer else None,
        customer_tax_ids=customer.tax_ids or None if customer else None,
        payment_intent=_id(session.payment_intent),
        payment_method=_payment_method(session.payment_intent),
        shipping_details=session.delivery,
        subscription=_id(session.subscription),
        # Where the buyer paid in another currency, these amounts are in that one.
        total_details=session.total_details if session.currency_conversion is None else None,
    )


def transition(attempt: Attempt, fact: Fact, now: int) -> Attempt:
    """Return the attempt after this fact, or the same object when the fact adds nothing. Places are not updated here."""
    changes: dict[str, object] = {}
    if RANK[fact.state] > RANK[attempt.state]:
        changes["state"] = fact.state
    if fact.state in SETTLED and attempt.paid_at is None:
        changes["paid_at"] = now
    if fact.details_known and not attempt.details_known and fact.state in COMPLETED:
        changes["details_known"] = True
    if fact.state in COMPLETED or fact.state == "refunded":
        for name in _DETAILS:
            value = getattr(fact, name)
            if value is None or (attempt.erased_at is not None and name in _PERSONAL):
                continue
            if value != getattr(attempt, name):
                changes[name] = value
    version = {"updated": now, "version": attempt.version + 1}
    if fact.charge is None or fact.state not in COMPLETED:
        return attempt.model_copy(update=changes | version) if changes else attempt
    after = attempt.model_copy(update=changes) if changes else attempt
    after = with_charge(after, fact.charge.model_copy(update={"updated": now}))
    if not refund_is_due(after):  # Where we refund it ourselves, the refund's id is still to be learned.
        after = with_refunds_judged(after, now)
    return attempt if after is attempt else after.model_copy(update=version)


def with_refunds_judged(attempt: Attempt, now: int) -> Attempt:
    """Return the attempt with the state and the flags that its refunds ask for, or the same object.

    A full refund changes the state. If it fails afterwards, the attempt is paid again.
    """
    full = is_fully_refunded(attempt)
    failed = any(refund.has_failed for refund in attempt.refunds)
    holds = {PARTIALLY_REFUNDED: not full and bool(refunded_parts(attempt)), REFUND_FAILED: failed}
    flags = [flag for flag in attempt.flags if flag != PARTIALLY_REFUNDED or not full]
    flags += [flag for flag, it_holds in holds.items() if it_holds and flag not in flags]
    changes: dict[str, object] = {"flags": tuple(flags)} if tuple(flags) != attempt.flags else {}
    if changes:
        # If a flag is raised again, a merchant must look at it again.
        changes["checked_flags"] = tuple(flag for flag in attempt.checked_flags if flag in flags)
    if full and RANK["refunded"] > RANK[attempt.state]:
        changes |= {"state": "refunded", "paid_at": now if attempt.paid_at is None else attempt.paid_at}
    elif failed and not full and attempt.state == "refunded":
        changes["state"] = "paid"
    return attempt.model_copy(update=changes) if changes else attempt


def settle(store: Store, attempt: Attempt, fact: Fact, now: int, *, cause: str, flag: str | None = None) -> Attempt:
    """Apply a fact to the attempt and its place, and add `flag`, in one transaction. Return the stored attempt."""

    def step(current: Attempt) -> Attempt:
        after = transition(current, fact, now)
        if flag is None or flag in after.flags:
            return after
        # The store takes one version more for each saved change.
        return flagged(after, flag, now).model_copy(update={"version": current.version + 1})

    return change(store, attempt, step, cause=cause)


def flagged(attempt: Attempt, flag: str, now: int) -> Attempt:
    """Return the attempt with this flag, or the same object where it has the flag already."""
    if flag in attempt.flags:
        return attempt
    changes = {"flags": (*attempt.flags, flag), "updated": now, "version": attempt.version + 1}
    return attempt.model_copy(update=changes)


def add_flag(store: Store, attempt: Attempt, flag: str, now: int, *, cause: str) -> Attempt:
    """Add a flag to the attempt. Its state stays."""
    return change(store, attempt, lambda current: flagged(current, flag, now), cause=cause)


def change(store: Store, attempt: Attempt, step: Callable[[Attempt], Attempt], *, cause: str) -> Attempt:
    """Change and save an attempt in one transaction. Return the stored attempt.

    The first try uses the attempt that was passed in and saves it only if the stored version is still the same. The stored attempt
    is read where that fails, and where the step finds nothing to change.
    """
    known = [attempt]

    def work() -> Attempt:
        before = known.pop() if known else _read(store, attempt.id)
        after = step(before)
        if after is before is attempt:
            before = _read(store, attempt.id)
            after = step(before)
        if after is before:
            return before
        after = _update_place(store, after)
        if not store.save_attempt(after, cause):
            raise StoreBusy
        return after

    return store.run(work)


def refund_is_due(attempt: Attempt) -> bool:
    """Return whether this payment arrived after the last place was taken and has not been refunded yet."""
    return attempt.state in PAID and OVER_LIMIT in attempt.flags and attempt.refund is None


def _read(store: Store, id: str) -> Attempt:
    attempt = store.attempt(id)
    if attempt is None:
        raise ResourceMissing("There is no such attempt.")
    return attempt


def _update_place(store: Store, attempt: Attempt) -> Attempt:
    """Release, complete or take again the attempt's place, as its state requires. Return the attempt with its new place."""
    if attempt.state in ENDED:
        if attempt.place == "held":
            store.release_place(attempt.payment_link)
        elif attempt.place == "taken":
            store.uncomplete_place(attempt.payment_link)
        else:
            return attempt
        return attempt.model_copy(update={"place": "released"})
    if attempt.state == "opened" or attempt.place in {"none", "taken"} or OVER_LIMIT in attempt.flags:
        return attempt
    over_limit = attempt.model_copy(update={"flags": (*attempt.flags, OVER_LIMIT), "place": "released"})
    if attempt.place == "released" and not store.hold_place(attempt.payment_link):
        return over_limit
    if not store.complete_place(attempt.payment_link):
        # The merchant lowered the limit while the place was held, and other buyers completed first.
        store.release_place(attempt.payment_link)
        return over_limit
    return attempt.model_copy(update={"place": "taken"})


def _state_of(session: CheckoutSession) -> State:
    if session.payment_status == "paid":
        return "paid"
    if session.status == "expired":
        return "expired"
    if session.status != "complete":
        return "opened"
    if session.payment_status == "no_payment_required":
        return "no_payment_required"
    intent = session.payment_intent if isinstance(session.payment_intent, dict) else {}
    return "failed" if intent.get("status") in {"requires_payment_method", "canceled"} else "processing"


def _answers(session: CheckoutSession) -> Answers | None:
    """Return answers and consents that Checkout asked for. A session that our page opened asks for none."""
    if session.consent is None and not session.custom_fields:
        return None
    given = Answers(consent=session.consent or Consent(), custom_fields=session.answers)
    return None if given == Answers() else given


def _id(reference: object) -> str | None:
    """Return the id of something that Stripe sends as an id or, expanded, as an object."""
    if isinstance(reference, dict):
        reference = reference.get("id")
    return reference if isinstance(reference, str) else None


def _charge(payment_intent: object) -> Charge | None:
    """Return the charge where the payment intent has it expanded."""
    charge = payment_intent.get("latest_charge") if isinstance(payment_intent, dict) else None
    with suppress(ValidationError):
        return Charge.read(charge) if isinstance(charge, dict) else None
    return None


def _payment_method(payment_intent: object) -> str | None:
    """Return the payment method in Stripe's words: `visa 4242`, `sepa_debit 3000`, or only the type."""
    charge = payment_intent.get("latest_charge") if isinstance(payment_intent, dict) else None
    details = charge.get("payment_method_details") if isinstance(charge, dict) else None
    if not isinstance(details, dict) or not isinstance(details.get("type"), str):
        return None
    method = details.get(details["type"])
    if not isinstance(method, dict):
        return str(details["type"])
    name = (method.get("brand") if details["type"] in _BRANDED else None) or details["type"]
    return f"{name} {method['last4']}" if method.get("last4") else str(name)
