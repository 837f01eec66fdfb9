"""What a session comes to: its lines, discounts, taxes and totals, with the arithmetic of `app/pricing`. Minor units.

A session keeps what is sold under `_lines`, its discount under `_discount`, and the way of sending under `_shipping_rate`;
everything that Stripe answers about amounts is reckoned from them again whenever one of them changes.
"""

from typing import Any

from app.objects.discount import Coupon
from app.objects.line_item import AdjustableQuantity, LineItemTax
from app.objects.price import Price, Product
from app.objects.tax_rate import TaxRate
from app.pricing.amounts import is_metered, line_amount, price_in
from app.pricing.charges import LineCharge, charge
from app.pricing.items import Item
from app.pricing.taxes import line_taxes
from app.sandbox.account import Account, Document


def price_of(account: Account, id: str) -> Price:
    """The price as pricing wants it, with its product."""
    document = account.require("price", id)
    return Price.read({**document, "product": account.require("product", document["product"])})


def reckon(account: Account, session: Document) -> Document:
    """The session with every amount that follows from what is sold."""
    currency = session["currency"]
    items = [_item(account, line, currency) for line in session["_lines"]]
    free = session["_trial_end"] is not None
    amounts = [due_today(item, free=free) for item in items]
    coupon = _coupon(account, session["_discount"])
    rates = [tuple(_tax_rate(account, id) for id in line["tax_rates"]) for line in session["_lines"]]
    reduced = charge(items, amounts, coupon, (), currency)
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


def due_today(item: Item, *, free: bool) -> int:
    """What a line costs now: nothing for usage, and nothing for what recurs while a trial runs."""
    if is_metered(item.price) or (free and item.is_recurring):
        return 0
    return line_amount(item.price, item.quantity, item.unit_amount)


def shipping_amount(rate: Document, currency: str) -> int | None:
    """What a shipping rate costs in a currency; None where it names no amount in it."""
    fixed: Document = rate["fixed_amount"]
    if fixed["currency"] == currency:
        return int(fixed["amount"])
    option = (fixed["currency_options"] or {}).get(currency)
    return int(option["amount"]) if option else None


def _item(account: Account, line: Document, currency: str) -> Item:
    price = price_in(price_of(account, line["price"]), currency)
    adjustable = line["adjustable_quantity"]
    product = price.product
    assert isinstance(product, Product)  # noqa: S101 -- price_of put it there
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
    return Coupon.read(account.require("coupon", discount["coupon"])) if discount else None


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
    amount = shipping_amount(rate, session["currency"]) or 0
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
        known = taxes.setdefault(tax["rate"]["id"], {**tax, "amount": 0, "taxable_amount": 0})
        known["amount"] += tax["amount"]
        known["taxable_amount"] += tax["taxable_amount"] or 0
    total = sum(entry["amount"] for entry in discounts)
    return {
        "discounts": [{**discounts[0], "amount": total}] if discounts else [],
        "taxes": list(taxes.values()),
    }
