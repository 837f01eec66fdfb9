"""Invoices: the first one of a subscription, and that of a payment whose link asks for an invoice. List, retrieve and search them."""

from typing import Any, Literal

from app.objects.ids import new_id
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import Id
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation, search_operation
from app.wire.lists import CreatedPage, Page, take_page

_SEARCHED = {
    "created": int,
    "currency": str,
    "customer": str,
    "number": str,
    "receipt_number": str,
    "status": str,
    "subscription": str,
    "total": int,
}


class InvoiceList(CreatedPage):
    """Parameters of `GET /v1/invoices`."""

    collection_method: Literal["charge_automatically", "send_invoice"] | None = None
    customer: Id | None = None
    status: Literal["draft", "open", "paid", "uncollectible", "void"] | None = None
    subscription: Id | None = None


class InvoicePaymentList(CreatedPage):
    """Parameters of `GET /v1/invoice_payments`."""

    invoice: Id | None = None


def add_invoice(
    account: Account, session: Document, intent: Document | None, subscription: str | None, period_end: int
) -> Document:
    """Add the invoice of a completed session, and its payment if one was due. The invoice is open until a debit has arrived."""
    id, total = new_id("in"), session["amount_total"]
    is_paid = intent is None or intent["status"] == "succeeded"
    invoice = account.add(
        {
            "id": id,
            "object": "invoice",
            **_amounts(session, paid=total if is_paid else 0),
            **_buyer(session),
            "account_country": None,
            "account_name": None,
            "attempt_count": int(intent is not None),
            "attempted": True,
            "auto_advance": False,
            "automatic_tax": session["automatic_tax"],
            "billing_reason": "subscription_create" if subscription else "manual",
            "collection_method": "charge_automatically",
            "created": account.now,
            "currency": session["currency"],
            "default_payment_method": None,
            "description": None,
            "discounts": [],
            "due_date": None,
            "effective_at": account.now,
            "footer": None,
            "hosted_invoice_url": None,
            "invoice_pdf": None,
            "lines": _lines(account, session, id, subscription, period_end),
            "livemode": False,
            "metadata": _metadata(session, subscription),
            "number": f"{id[-8:].upper()}-0001",
            "parent": _parent(session, subscription) if subscription else None,
            "period_end": account.now,
            "period_start": account.now,
            "receipt_number": None,
            "status": "paid" if is_paid else "open",
            "status_transitions": {
                "finalized_at": account.now,
                "marked_uncollectible_at": None,
                "paid_at": account.now if is_paid else None,
                "voided_at": None,
            },
            "_checkout_session": session["id"],
            "_subscription": subscription,
        }
    )
    if intent is not None:
        _add_payment(account, invoice, intent)
    events.emit(account, "invoice.paid" if is_paid else "invoice.finalized", invoice)
    return invoice


def mark_paid(account: Account, id: str) -> None:
    """Mark an open invoice as paid, because its debit has arrived."""
    invoice = account.require("invoice", id)
    transitions = {**invoice["status_transitions"], "paid_at": account.now}
    paid = {"amount_paid": invoice["total"], "amount_remaining": 0, "status": "paid", "status_transitions": transitions}
    events.emit(account, "invoice.paid", account.save({**invoice, **paid}))


def _amounts(session: Document, *, paid: int) -> Document:
    details, total = session["total_details"], session["amount_total"]
    return {
        "amount_due": total,
        "amount_paid": paid,
        "amount_remaining": total - paid,
        "amount_shipping": details["amount_shipping"],
        "ending_balance": 0,
        "shipping_cost": None,
        "starting_balance": 0,
        "subtotal": session["amount_subtotal"],
        "total": total,
        "total_discount_amounts": [],
        "total_excluding_tax": total - details["amount_tax"],
        "total_taxes": [],
    }


def _buyer(session: Document) -> Document:
    details = session["customer_details"] or {}
    return {
        "customer": session["customer"],
        "customer_address": details.get("address"),
        "customer_email": details.get("email"),
        "customer_name": details.get("name"),
        "customer_phone": details.get("phone"),
        "customer_shipping": (session["collected_information"] or {}).get("shipping_details"),
        "customer_tax_ids": details.get("tax_ids") or [],
    }


def _metadata(session: Document, subscription: str | None) -> dict[str, str]:
    data = (session["invoice_creation"] or {}).get("invoice_data") or {}
    return {} if subscription else dict(data.get("metadata") or {})


def _parent(session: Document, subscription: str) -> Document:
    metadata = (session["_subscription_data"] or {}).get("metadata") or {}
    details = {"metadata": metadata, "subscription": subscription}
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


def _lines(account: Account, session: Document, invoice: str, subscription: str | None, period_end: int) -> Document:
    lines = [
        _line(account, line, invoice, subscription, period_end if line["price"]["recurring"] else account.now)
        for line in session["line_items"]["data"]
    ]
    return {"object": "list", "data": lines, "has_more": False, "url": f"/v1/invoices/{invoice}/lines"}


def _line(account: Account, line: Document, invoice: str, subscription: str | None, period_end: int) -> Document:
    price: dict[str, Any] = line["price"]
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": line["amount_subtotal"],
        "currency": line["currency"],
        "description": line["description"],
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice,
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"end": period_end, "start": account.now},
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": line["quantity"],
        "subscription": subscription,
        "subtotal": line["amount_subtotal"],
        "taxes": [],
    }


def _add_payment(account: Account, invoice: Document, intent: Document) -> None:
    account.add(
        {
            "id": new_id("inpay"),
            "object": "invoice_payment",
            "amount_requested": intent["amount"],
            "created": account.now,
            "currency": intent["currency"],
            "invoice": invoice["id"],
            "livemode": False,
            "payment": {"type": "payment_intent", "payment_intent": intent["id"]},
        }
    )


def _list(account: Account, params: InvoiceList) -> Listing:
    def matches(invoice: Document) -> bool:
        return (
            params.collection_method in (None, invoice["collection_method"])
            and params.customer in (None, invoice["customer"])
            and params.status in (None, invoice["status"])
            and params.subscription in (None, invoice["_subscription"])
        )

    return list_page(account, "invoice", params, matches)


def _list_lines(account: Account, params: Page, id: str) -> Listing:
    lines: list[Document] = account.require("invoice", id)["lines"]["data"]
    return Listing(*take_page(lines, params, id_of=lambda line: str(line["id"]), noun="line item"))


def _list_payments(account: Account, params: InvoicePaymentList) -> Listing:
    return list_page(account, "invoice_payment", params, lambda payment: params.invoice in (None, payment["invoice"]))


OPERATIONS = (
    Operation("GET", "/invoice_payments", "invoice_payment", InvoicePaymentList, _list_payments),
    Operation("GET", "/invoices", "invoice", InvoiceList, _list),
    Operation("GET", "/invoices/<id>/lines", "line_item", Page, _list_lines),
    retrieve_operation("invoices", "invoice"),
    search_operation("invoices", "invoice", _SEARCHED, {"subscription": "_subscription"}),
)
