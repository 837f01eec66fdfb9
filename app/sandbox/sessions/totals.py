"""Computes the amounts of a session with `app/pricing`: lines, discounts, taxes and totals, in minor units.

A session stores its lines under `_lines`, its discount under `_discount`, and its shipping rate under `_shipping_rate`. All amounts
are computed again whenever one of them changes.
"""

from typing import Any

from app.objects.discount import Coupon
from app.objects.line_item import AdjustableQuantity, LineItemTax
from app.objects.price import Price, Product
from app.objects.quote import QuoteProblem
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate
from app.pricing.amounts import is_metered, line_amount, price_in
from app.pricing.charge_check import charge_problem
from app.pricing.charges import LineCharge, compute_charges
from app.pricing.items import Item
from app.pricing.shipping import cheapest_shipping, shipping_amount
from app.pricing.taxes import line_taxes
from app.sandbox.account import Account, Document


def load_price(account: Account, id: str) -> Price:
    """Return a price of the catalogue as a model, with its product."""
    document = account.require("price", id)
    return Price.read({**document, "product": account.require("product", document["product"])})


def compute_totals(account: Account, session: Document) -> Document:
    """Return the session with all of its amounts."""
    currency = session["currency"]
    items = [_item(account, line, currency) for line in session["_lines"]]
    in_trial = session["_trial_end"] is not None
    amounts = [amount_due_today(item, in_trial=in_trial) for item in items]
    coupon = _coupon(account, session["_discount"])
    rates = [tuple(_tax_rate(account, id) for id in line["tax_rates"]) for line in session["_lines"]]
    reduced = compute_charges(items, amounts, coupon, (), currency)
    charges = [
        LineCharge(line.amount_subtotal, line.amount_discount, _taxes(item, line, taxed, currency))
        for item, line, taxed in zip(items, reduced, rates, strict=True)
    ]
    shipping = _shipping_cost(account, session)
    amount_shipping = shipping["amount_total"] if shipping else 0
    lines = [
        _line(account, session, line, item, charged)
        for line, item, charged in zip(session["_lines"], items, charges, strict=True)
    ]
    return {
        **session,
        "amount_subtotal": sum(line.amount_subtotal for line in charges),
        "amount_total": sum(line.amount_total for line in charges) + amount_shipping,
        "line_items": {
            "object": "list",
            "data": lines,
            "has_more": False,
            "url": f"/v1/checkout/sessions/{session['id']}/line_items",
        },
        "shipping_cost": shipping,
        "total_details": {
            "amount_discount": sum(line.amount_discount for line in charges),
            "amount_shipping": amount_shipping,
            "amount_tax": sum(line.amount_tax for line in charges),
            "breakdown": _breakdown(lines),
        },
    }


def find_total_problem(account: Account, session: Document) -> QuoteProblem | None:
    """Return why Stripe does not charge the session's total, or None. Shipping that is still to be chosen counts with its cheapest rate."""
    amount = session["amount_total"]
    if session["_shipping_rate"] is None:
        rates = (account.require("shipping_rate", option["shipping_rate"]) for option in session["shipping_options"])
        amount += cheapest_shipping(map(ShippingRate.read, rates), session["currency"])
    return charge_problem(amount, session["currency"], methods=session["allowed_payment_method_types"])


def has_custom_amount(session: Document) -> bool:
    """Return whether the buyer chooses an amount of the session."""
    return any(line["unit_amount"] is not None for line in session["_lines"])


def amount_due_today(item: Item, *, in_trial: bool) -> int:
    """Return what a line costs now. Metered usage costs nothing yet, nor does a recurring item during a trial."""
    if is_metered(item.price) or (in_trial and item.is_recurring):
        return 0
    return line_amount(item.price, item.quantity, item.unit_amount)


def _item(account: Account, line: Document, currency: str) -> Item:
    price = price_in(load_price(account, line["price"]), currency)
    adjustable = line["adjustable_quantity"]
    product = price.product
    assert isinstance(product, Product)  # noqa: S101 -- load_price loads it
    return Item(
        id=line["id"],
        adjustable_quantity=AdjustableQuantity.read(adjustable) if adjustable else None,
        description=product.name,
        optional=False,
        price=price,
        product=product,
        quantity=line["quantity"] or 0,
        unit_amount=line["unit_amount"],
    )


def _taxes(item: Item, line: LineCharge, rates: tuple[TaxRate, ...], currency: str) -> tuple[LineItemTax, ...]:
    if not item.is_chosen:
        return ()
    return line_taxes(line.amount_subtotal - line.amount_discount, rates, currency)


def _coupon(account: Account, discount: Document | None) -> Coupon | None:
    document = account.recall("coupon", discount["coupon"]) if discount else None
    return Coupon.read(document) if document else None


def _tax_rate(account: Account, id: str) -> TaxRate:
    return TaxRate.read(account.require("tax_rate", id))


def _line(account: Account, session: Document, line: Document, item: Item, charged: LineCharge) -> Document:
    discounts = []
    if charged.amount_discount:
        discounts.append({"amount": charged.amount_discount, "discount": _discount(session)})
    return {
        "id": line["id"],
        "object": "item",
        "adjustable_quantity": line["adjustable_quantity"],
        "amount_discount": charged.amount_discount,
        "amount_subtotal": charged.amount_subtotal,
        "amount_tax": charged.amount_tax,
        "amount_total": charged.amount_total,
        "currency": session["currency"],
        "description": item.description,
        "discounts": discounts,
        "metadata": line["metadata"],
        "price": account.require("price", line["price"]),
        "quantity": line["quantity"],
        "taxes": [tax.model_dump(mode="json") for tax in charged.taxes],
    }


def _discount(session: Document) -> Document:
    used = session["_discount"]
    return {
        "id": used["id"],
        "object": "discount",
        "checkout_session": session["id"],
        "customer": None,
        "end": None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": used["promotion_code"],
        "source": {"coupon": used["coupon"], "type": "coupon"},
        "start": session["created"],
        "subscription": None,
        "subscription_item": None,
    }


def _shipping_cost(account: Account, session: Document) -> Document | None:
    if session["_shipping_rate"] is None:
        return None
    rate = account.require("shipping_rate", session["_shipping_rate"])
    amount = shipping_amount(ShippingRate.read(rate), session["currency"]) or 0
    return {
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "shipping_rate": rate["id"],
        "taxes": [],
    }


def _breakdown(lines: list[Document]) -> Document:
    discounts = [entry for line in lines for entry in line["discounts"]]
    taxes: dict[str, dict[str, Any]] = {}
    for tax in (tax for line in lines for tax in line["taxes"]):
        entry = taxes.setdefault(tax["rate"]["id"], {**tax, "amount": 0, "taxable_amount": 0})
        entry["amount"] += tax["amount"]
        entry["taxable_amount"] += tax["taxable_amount"] or 0
    total = sum(entry["amount"] for entry in discounts)
    return {
        "discounts": [{**discounts[0], "amount": total}] if discounts else [],
        "taxes": list(taxes.values()),
    }
