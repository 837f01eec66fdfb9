"""Emits events: each is stored as a document, and queued for delivery in the same transaction."""

from typing import Any, Final

from app.objects.api_version import API_VERSION
from app.objects.ids import new_id
from app.sandbox.account import DEFAULT_ACCOUNT, Account, Document
from app.sandbox.expansion import render
from app.sandbox.resources.redemption import current

DELIVERED: Final = (
    "charge.dispute.",
    "charge.refunded",
    "checkout.session.",
    "coupon.deleted",
    "coupon.updated",
    "payment_intent.succeeded",
    "price.deleted",
    "price.updated",
    "product.deleted",
    "product.updated",
    "refund.",
    "tax_rate.updated",
)
"""The event types that the application's webhook is subscribed to, by prefix. Other events can only be retrieved."""


def emit(account: Account, type: str, document: Document, previous: dict[str, Any] | None = None) -> None:
    """Store an event, and queue it for delivery if the application is subscribed to its type.

    `previous` has the former values of the attributes that an update changed. The event's `account` is the account's id, as in events of
    connected accounts. By it the application knows the organization.
    """
    data: Document = {"object": event_object(current(account, document))}
    if previous is not None:
        data["previous_attributes"] = previous
    delivered = type.startswith(DELIVERED)
    event = {
        "id": new_id("evt"),
        "object": "event",
        "account": account.id if account.id != DEFAULT_ACCOUNT else None,
        "api_version": API_VERSION,
        "created": account.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": int(delivered),
        "request": {"id": account.request_id, "idempotency_key": account.idempotency_key},
        "type": type,
    }
    account.add(event)
    if not delivered:
        return
    account.engine.execute(
        "INSERT INTO sandbox_deliveries (organization, event, due, attempts, status, delivered)"
        " VALUES (:organization, :event, :due, 0, NULL, NULL)",
        {"organization": account.id, "event": event["id"], "due": account.now},
    )


def event_object(document: Document) -> Document:
    """Return a document as an event has it: nothing is expanded, and attributes that need `expand[]` are left out."""
    return render(document)


def previous_attributes(before: Document, after: Document) -> dict[str, Any]:
    """Return the former values of the attributes that an update changed."""
    return {key: before.get(key) for key in after if not key.startswith("_") and before.get(key) != after[key]}
