"""The attempt's state machine: one transition function, monotone under any order and repetition of facts.

A fact is what somebody verified said (Stripe's session, a signed event, a buyer who came back); a state is only ever left
for one that is further on, so a late or doubled fact changes nothing. Places of a link are kept in step in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.errors import ResourceMissing, StoreBusy
from app.objects.attempt import Attempt, State
from app.objects.checkout_session import CheckoutSession
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
"""How far on a state is. Expiry and cancelling come before processing because a session that completed was never expired,
whatever order the news arrives in; a session that we ended is canceled, even where Stripe's event about it was faster."""

LIVE: Final = frozenset({"opened", "processing", "paid", "no_payment_required", "refunded"})
"""States in which the same selection of the same form must not be tried again."""

COMPLETED: Final = frozenset({"processing", "paid", "no_payment_required"})
"""States of a form whose buyer has done everything, so that it opens nothing more."""

SETTLED: Final = frozenset({"paid", "no_payment_required", "refunded"})
"""States in which nothing that Stripe could say of the session would change anything."""

OVER_LIMIT: Final = "over_limit"


@dataclass(frozen=True)
class Fact:
    """What is known to have happened, and the details that came with it."""

    state: State
    amount_total: int | None = None
    customer_email: str | None = None
    payment_intent: str | None = None
    payment_method: str | None = None
    refund: str | None = None
    subscription: str | None = None


def fact_of(session: CheckoutSession) -> Fact:
    """What a verified session says: paid is whatever says `payment_status` `paid`; `complete` alone is not.

    A delayed debit that came back shows where the payment intent is expanded: it asks for another payment method.
    """
    return Fact(
        state=_state_of(session),
        amount_total=session.amount_total,
        customer_email=session.customer_details.email if session.customer_details else None,
        payment_intent=_id(session.payment_intent),
        payment_method=_payment_method(session.payment_intent),
        subscription=_id(session.subscription),
    )


def transition(attempt: Attempt, fact: Fact, now: int) -> Attempt:
    """The attempt after this fact; the same object when the fact brings nothing new. Places are not its business."""
    changes: dict[str, object] = {}
    if RANK[fact.state] > RANK[attempt.state]:
        changes["state"] = fact.state
    if fact.state in {"paid", "no_payment_required", "refunded"} and attempt.paid_at is None:
        changes["paid_at"] = now
    if fact.state in {"paid", "no_payment_required", "processing", "refunded"}:
        for name in ("amount_total", "customer_email", "payment_intent", "payment_method", "refund", "subscription"):
            value = getattr(fact, name)
            if value is not None and value != getattr(attempt, name):
                changes[name] = value
    if not changes:
        return attempt
    return attempt.model_copy(update=changes | {"updated": now, "version": attempt.version + 1})


def settle(store: Store, id: str, fact: Fact, now: int, *, cause: str) -> Attempt:
    """Apply a fact to the attempt in the store, with its place, in one transaction; the attempt as it is afterwards."""
    return change(store, id, lambda attempt: transition(attempt, fact, now), cause=cause)


def change(store: Store, id: str, step: Callable[[Attempt], Attempt], *, cause: str) -> Attempt:
    """Read, change and save an attempt in one transaction that is tried again when another writer was faster."""

    def work() -> Attempt:
        before = store.attempt(id)
        if before is None:
            raise ResourceMissing("There is no such attempt.")
        after = step(before)
        if after is before:
            return before
        after = _update_place(store, after)
        if not store.save_attempt(after, cause):
            raise StoreBusy
        return after

    return store.run(work)


def add_flag(store: Store, id: str, flag: str, now: int, *, cause: str) -> Attempt:
    """Note on an attempt that something did not fit; its state stays."""

    def step(attempt: Attempt) -> Attempt:
        if flag in attempt.flags:
            return attempt
        return attempt.model_copy(
            update={"flags": (*attempt.flags, flag), "updated": now, "version": attempt.version + 1}
        )

    return change(store, id, step, cause=cause)


def refund_is_due(attempt: Attempt) -> bool:
    """Whether this payment came when no place was left, and has not been undone yet: sent back, and its subscription ended."""
    return attempt.state in {"paid", "no_payment_required"} and OVER_LIMIT in attempt.flags and attempt.refund is None


def _update_place(store: Store, attempt: Attempt) -> Attempt:
    """Give back, complete or ask again for the attempt's place, as its state demands."""
    if attempt.state in {"expired", "canceled", "failed"}:
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
        # The limit was lowered while the place was held, and others were faster.
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


def _id(reference: object) -> str | None:
    """The id of something that Stripe gave as an id or, expanded, as an object."""
    if isinstance(reference, dict):
        reference = reference.get("id")
    return reference if isinstance(reference, str) else None


def _payment_method(payment_intent: object) -> str | None:
    """How it was paid, in Stripe's words: `visa 4242`, `sepa_debit 3000`, or the type alone."""
    charge = payment_intent.get("latest_charge") if isinstance(payment_intent, dict) else None
    details = charge.get("payment_method_details") if isinstance(charge, dict) else None
    if not isinstance(details, dict) or not isinstance(details.get("type"), str):
        return None
    method = details.get(details["type"])
    if not isinstance(method, dict):
        return str(details["type"])
    name = method.get("brand") or details["type"]
    return f"{name} {method['last4']}" if method.get("last4") else str(name)
