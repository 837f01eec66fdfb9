"""What a buyer may still change on the page: quantities, open amounts, optional items, the way of sending, a promotion code.

The session itself is not touched before it is paid: each answer of the page reckons from the form alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.objects.currency import MAXIMUM_CHARGE
from app.objects.line_item import AdjustableQuantity, quantity_bounds
from app.pricing.money import format_amount, parse_amount
from app.sandbox.account import Account, Document
from app.sandbox.checkout.text import _
from app.sandbox.sessions.discounts import code_refusal, find_code, using
from app.sandbox.sessions.totals import reckon


@dataclass
class Chosen:
    """The session as it would be with the form's choices, and what is wrong with them by field name."""

    session: Document
    errors: dict[str, str] = field(default_factory=dict)


def choose(account: Account, session: Document, form: Mapping[str, str], locale: str) -> Chosen:
    """Apply the form's choices to a copy of the session and reckon it."""
    chosen = Chosen(dict(session))
    lines = [_line(account, session, line, form, locale, chosen.errors) for line in session["_lines"]]
    lines += _optional_lines(session, form, chosen.errors)
    chosen.session["_lines"] = [line for line in lines if line["quantity"] != 0] or lines[:1]
    _choose_shipping(chosen.session, form)
    chosen.session = reckon(account, chosen.session)
    text = form.get("promotion_code", "").strip()
    if text and session["allow_promotion_codes"]:
        code = find_code(account, text)
        refused = code is None or code_refusal(account, code, chosen.session) is not None
        if code is None or refused:
            chosen.errors["promotion_code"] = _("This code does not count for this order. Check it, or leave it out")
        else:
            chosen.session["_discount"] = using(code["promotion"]["coupon"], code)
            chosen.session["discounts"] = [{"coupon": None, "promotion_code": code["id"]}]
            chosen.session = reckon(account, chosen.session)
    return chosen


def read_bounds(adjustable: Document, *, is_only_line: bool) -> tuple[int, int]:
    """Return the smallest and the largest quantity that the buyer may choose."""
    return quantity_bounds(AdjustableQuantity.read(adjustable), least=1 if is_only_line else 0)


def _line(
    account: Account, session: Document, line: Document, form: Mapping[str, str], locale: str, errors: dict[str, str]
) -> Document:
    changed = dict(line)
    adjustable = line["adjustable_quantity"]
    name = f"line_items[{line['id']}][quantity]"
    if adjustable and adjustable["enabled"] and name in form:
        limits = read_bounds(adjustable, is_only_line=len(session["_lines"]) == 1)
        changed["quantity"] = _quantity(form[name], limits, line["quantity"], name, errors)
    name = f"line_items[{line['id']}][unit_amount]"
    if line["unit_amount"] is not None and name in form:
        price = account.require("price", line["price"])
        changed["unit_amount"] = _amount(form[name], price, session["currency"], locale, name, errors)
    return changed


def _optional_lines(session: Document, form: Mapping[str, str], errors: dict[str, str]) -> list[Document]:
    lines = []
    for item in session["optional_items"] or ():
        name = f"optional_items[{item['price']}][quantity]"
        text = form.get(name, "0").strip() or "0"
        adjustable = item["adjustable_quantity"]
        limits = (item["quantity"], item["quantity"])
        if adjustable and adjustable["enabled"]:
            limits = read_bounds(adjustable, is_only_line=False)
        quantity = 0 if text == "0" else _quantity(text, limits, item["quantity"], name, errors)
        if quantity:
            lines.append(
                {
                    "id": f"li_{item['price']}",
                    "price": item["price"],
                    "quantity": quantity,
                    "unit_amount": None,
                    "tax_rates": [],
                    "adjustable_quantity": adjustable,
                    "metadata": {},
                    "optional": True,
                }
            )
    return lines


def _quantity(text: str, limits: tuple[int, int], fallback: int, name: str, errors: dict[str, str]) -> int:
    minimum, maximum = limits
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= 6 and minimum <= int(text) <= maximum:
        return int(text)
    errors[name] = _("Enter a quantity from %(minimum)s to %(maximum)s", minimum=minimum, maximum=maximum)
    return fallback


def _amount(text: str, price: Document, currency: str, locale: str, name: str, errors: dict[str, str]) -> int:
    option = price["currency_options"][currency]["custom_unit_amount"]
    minimum = option["minimum"] or 0
    maximum = option["maximum"] if option["maximum"] is not None else MAXIMUM_CHARGE
    try:
        amount = parse_amount(text, currency, locale)
    except ValueError:
        amount = -1
    if minimum <= amount <= maximum:
        return amount
    errors[name] = _(
        "Enter an amount from %(minimum)s to %(maximum)s",
        minimum=format_amount(minimum, currency, locale),
        maximum=format_amount(maximum, currency, locale),
    )
    return int(option["preset"] or 0)


def _choose_shipping(session: Document, form: Mapping[str, str]) -> None:
    """The first way of sending is chosen until the buyer chooses another."""
    rates = [option["shipping_rate"] for option in session["shipping_options"]]
    if rates:
        asked = form.get("shipping_rate")
        session["_shipping_rate"] = asked if asked in rates else rates[0]
