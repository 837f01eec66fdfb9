"""The end of a session: its buyer completes it, or it expires. A delayed debit succeeds or fails after that.

Each function is called within a transaction, on a session that was read in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from app.sandbox import events
from app.sandbox.account import Account, Document, find_due
from app.sandbox.payments.invoices import add_invoice, mark_paid
from app.sandbox.payments.methods import Method
from app.sandbox.resources import disputes, refunds, subscriptions
from app.sandbox.resources.coupons import count_redemption
from app.sandbox.resources.customers import add_customer
from app.sandbox.sessions.payments import create_intent, fail, succeed
from app.store.engine import Engine

DEBIT_SECONDS: Final = 10
"""Seconds until a delayed debit has succeeded or failed. A bank takes days."""

BATCH_SIZE: Final = 20
"""The largest number of due sessions that one call advances."""


@dataclass(frozen=True)
class Answers:
    """The buyer's answers on the page, in Stripe's shapes."""

    email: str
    name: str | None = None
    address: Document | None = None
    phone: str | None = None
    shipping_details: Document | None = None
    tax_ids: tuple[Document, ...] = ()
    business_name: str | None = None
    individual_name: str | None = None
    consent: Document = field(default_factory=dict)
    custom_fields: dict[str, str] = field(default_factory=dict)


def expire(account: Account, session: Document) -> Document:
    """Expire an open session."""
    expired = account.save({**session, "status": "expired", "url": None, "_due": None})
    events.emit(account, "checkout.session.expired", expired)
    return expired


def complete(account: Account, session: Document, answers: Answers, method: Method | None) -> Document:
    """Complete an open session and emit Stripe's events. `method` is None if no payment is needed."""
    session = _with_answers(session, answers)
    session = _add_customer(account, session, answers)
    total = session["amount_total"]
    intent = None
    status = "no_payment_required" if total == 0 and session["mode"] == "payment" else "paid"
    if total > 0 and method is not None:
        intent = create_intent(account, session, method)
        status = "paid" if intent["status"] == "succeeded" else "unpaid"
        # The payment intent of a subscription's first invoice is not part of the session.
        session["payment_intent" if session["mode"] == "payment" else "_payment_intent"] = intent["id"]
        session["payment_method_types"] = [method.type]
    elif session["mode"] == "subscription":
        status = "no_payment_required"
    if session["mode"] == "subscription":
        subscription = subscriptions.create_from_session(account, session, intent)
        session |= {"subscription": subscription["id"], "invoice": subscription["latest_invoice"]}
    elif (session["invoice_creation"] or {}).get("enabled"):
        session["invoice"] = add_invoice(account, session, intent, None, account.now)["id"]
    _count_redemption(account, session)
    settles = method is not None and method.settles is not None and total > 0
    completed = account.save(
        {
            **session,
            "status": "complete",
            "payment_status": status,
            "url": None,
            "_due": account.now + DEBIT_SECONDS if settles else None,
            "_settles": method.settles if method else None,
        }
    )
    events.emit(account, "checkout.session.completed", completed)
    if method is not None and method.dispute is not None and intent is not None:
        disputes.open_dispute(account, account.require("charge", intent["latest_charge"]), method.dispute)
    return completed


def settle(account: Account, session: Document) -> Document:
    """Let a delayed debit succeed or fail."""
    intent = account.require("payment_intent", session["payment_intent"] or session["_payment_intent"])
    if session["_settles"]:
        succeed(account, intent)
        if session["invoice"] is not None:
            mark_paid(account, session["invoice"])
        settled = account.save({**session, "payment_status": "paid", "_due": None})
        events.emit(account, "checkout.session.async_payment_succeeded", settled)
    else:
        fail(account, intent)
        settled = account.save({**session, "_due": None})
        events.emit(account, "checkout.session.async_payment_failed", settled)
    return settled


def advance(engine: Engine, now: int) -> int:
    """Expire open sessions, and settle delayed debits and refunds that are due. Return how many."""
    due = find_due(engine, now, BATCH_SIZE)
    for organization, document in due:
        account = Account(engine, organization, now, public_url="")
        work: Callable[[Account, str], Any] = (
            refunds.settle_refund if document["object"] == "refund" else advance_session
        )
        engine.run(partial(work, account, document["id"]))
    return len(due)


def advance_session(account: Account, id: str) -> Document:
    """Expire or settle a session if it is due. Return it."""
    session = account.require("checkout.session", id)
    if session["_due"] is None or session["_due"] > account.now:
        return session
    return expire(account, session) if session["status"] == "open" else settle(account, session)


def _with_answers(session: Document, answers: Answers) -> Document:
    details = {
        "address": answers.address,
        "business_name": answers.business_name,
        "email": answers.email,
        "individual_name": answers.individual_name,
        "name": answers.name,
        "phone": answers.phone,
        "tax_exempt": "none",
        "tax_ids": list(answers.tax_ids),
    }
    return {
        **session,
        "collected_information": {
            "business_name": answers.business_name,
            "individual_name": answers.individual_name,
            "shipping_details": answers.shipping_details,
        },
        "consent": answers.consent or None,
        "custom_fields": [_with_answer(field, answers.custom_fields) for field in session["custom_fields"]],
        "customer_details": details,
    }


def _with_answer(field: dict[str, Any], answers: dict[str, str]) -> Document:
    return {**field, field["type"]: {**field[field["type"]], "value": answers.get(field["key"]) or None}}


def _add_customer(account: Account, session: Document, answers: Answers) -> Document:
    """Create a customer for a subscription, and for a payment with `customer_creation` `always`."""
    wanted = session["mode"] == "subscription" or session["customer_creation"] == "always"
    if session["customer"] is not None or not wanted:
        return session
    customer = add_customer(account, email=answers.email, name=answers.name, phone=answers.phone)
    return {**session, "customer": customer["id"]}


def _count_redemption(account: Account, session: Document) -> None:
    used = session["_discount"]
    if used is not None:
        code = account.require("promotion_code", used["promotion_code"]) if used["promotion_code"] else None
        count_redemption(account, account.recall("coupon", used["coupon"]), code)
