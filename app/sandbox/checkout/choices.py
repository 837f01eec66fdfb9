"""The choices that a buyer makes on the page: quantities, custom amounts, optional items, shipping, a promotion code.

The session is not changed until it is paid. Each answer of the page computes its totals from the form alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.objects.line_item import AdjustableQuantity, quantity_bounds
from app.objects.price import CustomUnitAmount
from app.pricing.items import amount_bounds
from app.pricing.money import format_amount, parse_amount
from app.sandbox.account import Account, Document
from app.sandbox.checkout.text import _
from app.sandbox.resources.promotion_codes import find_code
from app.sandbox.sessions.discounts import find_code_problem, new_discount
from app.sandbox.sessions.totals import compute_totals, find_total_problem


@dataclass
class ChosenSession:
    """A copy of the session with the choices of a form, and their errors by field name."""

    session: Document
    errors: dict[str, str] = field(default_factory=dict)


def apply_choices(account: Account, session: Document, form: Mapping[str, str], locale: str) -> ChosenSession:
    """Apply the choices of a form to a copy of the session and compute its totals."""
    chosen = ChosenSession(dict(session))
    lines = [_line(account, session, line, form, locale, chosen.errors) for line in session["_lines"]]
    lines += _optional_lines(session, form, chosen.errors)
    chosen.session["_lines"] = [line for line in lines if line["quantity"] != 0] or lines[:1]
    _choose_shipping(chosen.session, form)
    chosen.session = compute_totals(account, chosen.session)
    _apply_promotion_code(account, chosen, form)
    if form and not chosen.errors:
        _check_total(account, chosen, locale)
    return chosen


def _apply_promotion_code(account: Account, chosen: ChosenSession, form: Mapping[str, str]) -> None:
    text = form.get("promotion_code", "").strip()
    if not text or not chosen.session["allow_promotion_codes"]:
        return
    code = find_code(account, text)
    if code is None or find_code_problem(account, code, chosen.session) is not None:
        chosen.errors["promotion_code"] = _("This code does not apply to this order. Check it, or leave it out")
        return
    chosen.session["_discount"] = new_discount(code["promotion"]["coupon"], code)
    chosen.session["discounts"] = [{"coupon": None, "promotion_code": code["id"]}]
    chosen.session = compute_totals(account, chosen.session)


def _check_total(account: Account, chosen: ChosenSession, locale: str) -> None:
    """Report a total that Stripe does not charge, at the field that the buyer can change."""
    problem = find_total_problem(account, chosen.session)
    if problem is None:
        return
    limit = format_amount(problem.limit or 0, chosen.session["currency"], locale)
    if problem.code == "amount_too_small":
        message = _("The total must be at least %(amount)s", amount=limit)
    else:
        message = _("The total must be at most %(amount)s", amount=limit)
    chosen.errors[_field_of_total(chosen.session)] = message


def _field_of_total(session: Document) -> str:
    """Return the field on which the total depends most: a custom amount, else the promotion code, else a quantity."""
    lines = session["_lines"]
    custom = next((line for line in lines if line["unit_amount"] is not None), None)
    if custom is not None:
        return f"line_items[{custom['id']}][unit_amount]"
    return "promotion_code" if session["_discount"] else f"line_items[{lines[0]['id']}][quantity]"


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
    minimum, maximum = amount_bounds(CustomUnitAmount.read(option))
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
    """Set the shipping rate: the buyer's choice, or the first one."""
    rates = [option["shipping_rate"] for option in session["shipping_options"]]
    if rates:
        choice = form.get("shipping_rate")
        session["_shipping_rate"] = choice if choice in rates else rates[0]
