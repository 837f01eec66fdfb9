"""Events: what happened in an account, kept as documents and queued for delivery in the same transaction."""

from typing import Any, Final

from app.objects.api_version import API_VERSION
from app.objects.ids import new_id
from app.sandbox.account import DEFAULT_ACCOUNT, Account, Document
from app.sandbox.expansion import render

DELIVERED: Final = (
    "charge.refunded",
    "checkout.session.",
    "payment_intent.succeeded",
    "price.updated",
    "product.updated",
    "refund.",
)
"""What the application's webhook is subscribed to, as an endpoint at Stripe would be; other events can be read back."""


def emit(account: Account, type: str, document: Document, previous: dict[str, Any] | None = None) -> None:
    """Keep an event, and queue it where the application listens for it.

    `previous` holds the attributes that an update changed, as they were.

    `account` of the event is the account's id, as on events of connected accounts: it is also how the application tells
    whose event it is.
    """
    data: Document = {"object": plain(document)}
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


def plain(document: Document) -> Document:
    """The document as an event carries it: nothing expanded, nothing that stands only in expanded answers."""
    return render(document)


def changed(before: Document, after: Document) -> dict[str, Any]:
    """The attributes of `before` that an update gave another value."""
    return {key: before.get(key) for key in after if not key.startswith("_") and before.get(key) != after[key]}
