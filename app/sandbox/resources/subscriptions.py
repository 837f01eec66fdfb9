"""Subscriptions: created by a session, retrieved, listed, searched and canceled."""

from typing import Any, Literal

from app.errors import ResourceMissing
from app.objects.ids import new_id
from app.objects.price import Recurring
from app.objects.scalars import Boolean
from app.pricing.recurring import end_of_period
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import Id, Request
from app.sandbox.payments.invoices import add_invoice
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation, search_operation
from app.wire.lists import CreatedPage


class SubscriptionCancel(Request):
    """Parameters of `DELETE /v1/subscriptions/<id>`."""

    invoice_now: Boolean | None = None
    prorate: Boolean | None = None


class SubscriptionList(CreatedPage):
    """Parameters of `GET /v1/subscriptions`."""

    collection_method: Literal["charge_automatically", "send_invoice"] | None = None
    customer: Id | None = None
    price: Id | None = None
    status: Literal["active", "all", "canceled", "ended", "trialing"] | None = None


def create_from_session(account: Account, session: Document, intent: Document | None) -> Document:
    """Create the subscription of a completed session, with its first invoice."""
    data: dict[str, Any] = session["_subscription_data"] or {}
    id, trial_end = new_id("sub"), session["_trial_end"]
    recurring = [line for line in session["line_items"]["data"] if line["price"]["recurring"]]
    period_end = trial_end or end_of_period(account.now, Recurring.read(recurring[0]["price"]["recurring"]))
    invoice = add_invoice(account, session, intent, id, period_end)
    subscription = account.add(
        {
            "id": id,
            "object": "subscription",
            "automatic_tax": session["automatic_tax"],
            "billing_cycle_anchor": trial_end or account.now,
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "collection_method": "charge_automatically",
            "created": account.now,
            "currency": session["currency"],
            "customer": session["customer"],
            "default_payment_method": intent["payment_method"] if intent else None,
            "description": data.get("description"),
            "discounts": [],
            "ended_at": None,
            "items": _items(account, id, recurring, period_end),
            "latest_invoice": invoice["id"],
            "livemode": False,
            "metadata": data.get("metadata") or {},
            "start_date": account.now,
            "status": "trialing" if trial_end else "active",
            "trial_end": trial_end,
            "trial_start": account.now if trial_end else None,
        }
    )
    events.emit(account, "customer.subscription.created", subscription)
    return subscription


def _items(account: Account, subscription: str, lines: list[Document], period_end: int) -> Document:
    items = [
        {
            "id": new_id("si"),
            "object": "subscription_item",
            "created": account.now,
            "current_period_end": period_end,
            "current_period_start": account.now,
            "discounts": [],
            "metadata": line["metadata"],
            "price": line["price"],
            "quantity": line["quantity"],
            "subscription": subscription,
            "tax_rates": [],
        }
        for line in lines
    ]
    url = f"/v1/subscription_items?subscription={subscription}"
    return {"object": "list", "data": items, "has_more": False, "url": url}


def _cancel(account: Account, _params: SubscriptionCancel, id: str) -> Document:
    """Cancel a subscription at once. Raises `ResourceMissing` if it is canceled already, as Stripe does."""
    before = account.require("subscription", id)
    if before["status"] == "canceled":
        raise ResourceMissing(f"No such subscription: '{id}'.")
    change = {"status": "canceled", "canceled_at": account.now, "ended_at": account.now}
    after = account.save({**before, **change})
    events.emit(account, "customer.subscription.deleted", after)
    return after


def _list(account: Account, params: SubscriptionList) -> Listing:
    """List subscriptions. As at Stripe, canceled ones are listed only if `status` asks for them."""

    def matches(subscription: Document) -> bool:
        status = "canceled" if params.status == "ended" else params.status
        prices = {item["price"]["id"] for item in subscription.get("items", {}).get("data", ())}
        return (
            (subscription["status"] != "canceled" if status is None else status in ("all", subscription["status"]))
            and params.customer in (None, subscription["customer"])
            and (params.price is None or params.price in prices)
            and params.collection_method in (None, "charge_automatically")
        )

    return list_page(account, "subscription", params, matches)


OPERATIONS = (
    Operation("DELETE", "/subscriptions/<id>", "subscription", SubscriptionCancel, _cancel),
    Operation("GET", "/subscriptions", "subscription", SubscriptionList, _list),
    retrieve_operation("subscriptions", "subscription"),
    search_operation("subscriptions", "subscription", {"canceled_at": int, "created": int, "status": str}),
)
