"""Payment intents and charges of completed sessions."""

from typing import Any

from app.objects.ids import new_id
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.payments.balance import add_transaction, charge_fee
from app.sandbox.payments.methods import Method, add_method, billing_details


def create_intent(account: Account, session: Document, method: Method) -> Document:
    """Create the payment intent of a completed session, and its charge."""
    data: dict[str, Any] = session["_payment_intent_data"] or {}
    manual = data.get("capture_method") == "manual"
    keep = session["mode"] == "subscription" or bool(data.get("setup_future_usage"))
    intent = account.add(
        {
            "id": new_id("pi"),
            "object": "payment_intent",
            "amount": session["amount_total"],
            "amount_capturable": session["amount_total"] if manual and method.settles is None else 0,
            "amount_received": 0,
            "application_fee_amount": data.get("application_fee_amount"),
            "canceled_at": None,
            "capture_method": data.get("capture_method") or "automatic_async",
            "created": account.now,
            "currency": session["currency"],
            "customer": session["customer"],
            "description": data.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": data.get("metadata") or {},
            "next_action": None,
            "on_behalf_of": data.get("on_behalf_of"),
            "payment_method": add_method(account, session, method, keep=keep)["id"],
            "payment_method_types": [method.type],
            "receipt_email": data.get("receipt_email"),
            "setup_future_usage": data.get("setup_future_usage"),
            "shipping": _shipping(session),
            "statement_descriptor": data.get("statement_descriptor"),
            "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
            "status": "processing",
            "transfer_data": data.get("transfer_data"),
            "transfer_group": data.get("transfer_group"),
        }
    )
    charge = account.add(_new_charge(account, session, intent, method))
    intent = account.save({**intent, "latest_charge": charge["id"]})
    if method.settles is not None:
        events.emit(account, "payment_intent.processing", intent)
        return intent
    if manual:
        intent = account.save({**intent, "status": "requires_capture"})
        account.save({**charge, "status": "succeeded", "paid": True, "captured": False})
        events.emit(account, "payment_intent.amount_capturable_updated", intent)
        return intent
    return succeed(account, intent)


def succeed(account: Account, intent: Document) -> Document:
    """Let a payment succeed."""
    charge = account.require("charge", intent["latest_charge"])
    moved = add_transaction(
        account,
        charge,
        charge["amount"],
        type="charge",
        fee=charge_fee(charge["amount"]),
        description=charge["description"],
    )
    paid = {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
    charge = account.save({**charge, **paid, "balance_transaction": moved["id"]})
    intent = account.save({**intent, "status": "succeeded", "amount_received": intent["amount"]})
    events.emit(account, "payment_intent.succeeded", intent)
    events.emit(account, "charge.succeeded", charge)
    return intent


def fail(account: Account, intent: Document) -> Document:
    """Let a payment fail, as when a bank returns a debit."""
    error = {"code": "payment_intent_payment_attempt_failed", "message": "The payment failed.", "type": "card_error"}
    charge = account.require("charge", intent["latest_charge"])
    charge = account.save(
        {**charge, "status": "failed", "failure_code": error["code"], "failure_message": error["message"]}
    )
    intent = account.save({**intent, "status": "requires_payment_method", "last_payment_error": error})
    events.emit(account, "payment_intent.payment_failed", intent)
    events.emit(account, "charge.failed", charge)
    return intent


def _new_charge(account: Account, session: Document, intent: Document, method: Method) -> Document:
    id = new_id("ch")
    return {
        "id": id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application_fee_amount": intent["application_fee_amount"],
        "balance_transaction": None,
        "billing_details": billing_details(session),
        "captured": False,
        "created": account.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": intent["metadata"],
        "on_behalf_of": intent["on_behalf_of"],
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": method.details(),
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "refunds": {"object": "list", "data": [], "has_more": False, "url": f"/v1/charges/{id}/refunds"},
        "shipping": intent["shipping"],
        "status": "pending",
        "_refund": method.refund,
    }


def _shipping(session: Document) -> Document | None:
    details: Document | None = (session["collected_information"] or {}).get("shipping_details")
    return details
