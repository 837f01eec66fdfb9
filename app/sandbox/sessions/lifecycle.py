"""How a session ends: completed by its buyer, or expired; and how a delayed debit comes to its end after that.

Each function is called within a transaction, on a session that was read in it.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from app.sandbox import events
from app.sandbox.account import Account, Document, overdue
from app.sandbox.resources import subscriptions
from app.sandbox.resources.coupons import redeemed
from app.sandbox.resources.customers import make as make_customer
from app.sandbox.sessions.payments import Method, fail, make_intent, succeed
from app.store.engine import Engine

DEBIT_SECONDS: Final = 10
"""After how many seconds a delayed debit has succeeded or failed; at a bank it takes days."""

AT_ONCE: Final = 20
"""How many sessions one call brings to their end at most."""


@dataclass(frozen=True)
class Answers:
    """What the buyer told on the page, in Stripe's shapes."""

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
    """End an open session without a payment."""
    expired = account.save({**session, "status": "expired", "url": None, "_due": None})
    events.emit(account, "checkout.session.expired", expired)
    return expired


def complete(account: Account, session: Document, answers: Answers, method: Method | None) -> Document:
    """Complete an open session; `method` is None where there is nothing to pay with. Emits what Stripe would."""
    session = _with_answers(session, answers)
    session = _with_customer(account, session, answers)
    total = session["amount_total"]
    intent = None
    status = "no_payment_required" if total == 0 and session["mode"] == "payment" else "paid"
    if total > 0 and method is not None:
        intent = make_intent(account, session, method)
        status = "paid" if intent["status"] == "succeeded" else "unpaid"
        # The payment intent of a subscription's first invoice is not the session's own.
        session["payment_intent" if session["mode"] == "payment" else "_payment_intent"] = intent["id"]
        session["payment_method_types"] = [method.type]
    elif session["mode"] == "subscription":
        status = "no_payment_required"
    if session["mode"] == "subscription":
        session["subscription"] = subscriptions.make(account, session, intent)["id"]
    _count_discount(account, session)
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
    return completed


def settle(account: Account, session: Document) -> Document:
    """A delayed debit comes to its end."""
    intent = account.require("payment_intent", session["payment_intent"] or session["_payment_intent"])
    if session["_settles"]:
        succeed(account, intent)
        settled = account.save({**session, "payment_status": "paid", "_due": None})
        events.emit(account, "checkout.session.async_payment_succeeded", settled)
    else:
        fail(account, intent)
        settled = account.save({**session, "_due": None})
        events.emit(account, "checkout.session.async_payment_failed", settled)
    return settled


def advance(engine: Engine, now: int) -> int:
    """Do what time alone brings about: open sessions expire, delayed debits come to their end. How many did."""
    waiting = overdue(engine, now, AT_ONCE)
    for organization, document in waiting:
        account = Account(engine, organization, now, public_url="")
        engine.run(partial(_advance, account, document["id"]))
    return len(waiting)


def _advance(account: Account, id: str) -> None:
    session = account.require("checkout.session", id)
    if session["_due"] is None or session["_due"] > account.now:
        return
    if session["status"] == "open":
        expire(account, session)
    else:
        settle(account, session)


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
        "custom_fields": [_answered(asked, answers.custom_fields) for asked in session["custom_fields"]],
        "customer_details": details,
    }


def _answered(asked: dict[str, Any], given: dict[str, str]) -> Document:
    return {**asked, asked["type"]: {**asked[asked["type"]], "value": given.get(asked["key"]) or None}}


def _with_customer(account: Account, session: Document, answers: Answers) -> Document:
    """A subscription always gets a customer, a payment only where that was asked for."""
    wanted = session["mode"] == "subscription" or session["customer_creation"] == "always"
    if session["customer"] is not None or not wanted:
        return session
    customer = make_customer(account, email=answers.email, name=answers.name, phone=answers.phone)
    return {**session, "customer": customer["id"]}


def _count_discount(account: Account, session: Document) -> None:
    used = session["_discount"]
    if used is not None:
        code = account.require("promotion_code", used["promotion_code"]) if used["promotion_code"] else None
        redeemed(account, account.require("coupon", used["coupon"]), code)
