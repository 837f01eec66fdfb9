"""Subscriptions and the payments of their first invoices: retrieve, cancel, list."""

from typing import Any

from app.errors import ResourceMissing
from app.objects.ids import new_id
from app.objects.scalars import Boolean
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import Request, Words
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.wire.lists import CreatedPage


class SubscriptionCancel(Request):
    """Parameters of `DELETE /v1/subscriptions/<id>`."""

    invoice_now: Boolean | None = None
    prorate: Boolean | None = None


class InvoicePaymentList(CreatedPage):
    """Parameters of `GET /v1/invoice_payments`."""

    invoice: Words | None = None


def create_from_session(account: Account, session: Document, intent: Document | None) -> Document:
    """Create the subscription of a completed session, and the payment of its first invoice if one was due."""
    data: dict[str, Any] = session["_subscription_data"] or {}
    invoice = new_id("in")
    if intent is not None:
        account.add(
            {
                "id": new_id("inpay"),
                "object": "invoice_payment",
                "amount_requested": intent["amount"],
                "created": account.now,
                "currency": intent["currency"],
                "invoice": invoice,
                "livemode": False,
                "payment": {"type": "payment_intent", "payment_intent": intent["id"]},
            }
        )
    return account.add(
        {
            "id": new_id("sub"),
            "object": "subscription",
            "canceled_at": None,
            "created": account.now,
            "currency": session["currency"],
            "customer": session["customer"],
            "description": data.get("description"),
            "ended_at": None,
            "latest_invoice": invoice,
            "livemode": False,
            "metadata": data.get("metadata") or {},
            "start_date": account.now,
            "status": "trialing" if session["_trial_end"] else "active",
            "trial_end": session["_trial_end"],
            "trial_start": account.now if session["_trial_end"] else None,
        }
    )


def _cancel(account: Account, _params: SubscriptionCancel, id: str) -> Document:
    """Cancel a subscription at once. Raises `ResourceMissing` if it is canceled already, as Stripe does."""
    before = account.require("subscription", id)
    if before["status"] == "canceled":
        raise ResourceMissing(f"No such subscription: '{id}'.")
    change = {"status": "canceled", "canceled_at": account.now, "ended_at": account.now}
    after = account.save({**before, **change})
    events.emit(account, "customer.subscription.deleted", after)
    return after


def _list_invoice_payments(account: Account, params: InvoicePaymentList) -> Listing:
    return list_page(account, "invoice_payment", params, lambda payment: params.invoice in (None, payment["invoice"]))


OPERATIONS = (
    Operation("DELETE", "/subscriptions/<id>", "subscription", SubscriptionCancel, _cancel),
    Operation("GET", "/invoice_payments", "invoice_payment", InvoicePaymentList, _list_invoice_payments),
    retrieve_operation("subscriptions", "subscription"),
)
