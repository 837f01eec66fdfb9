"""The lines of a session: reads line items from the catalogue and checks them against mode, currency and quantity."""

from app.errors import InvalidRequest
from app.objects.ids import new_id
from app.objects.limits import MAXIMUM_ITEMS, MAXIMUM_QUANTITY
from app.objects.line_item import quantity_bounds
from app.pricing.amounts import supports
from app.pricing.selling import PRICE_INACTIVE, product_inactive
from app.pricing.unsold import tax_rate_archived
from app.sandbox.account import Account, Document
from app.sandbox.parameters import prefix_params
from app.sandbox.resources import prices
from app.sandbox.sessions.parameters import SessionCreate, SessionLineItem
from app.sandbox.sessions.totals import load_price


def read_lines(account: Account, params: SessionCreate) -> tuple[list[Document], str]:
    """Return the lines as a session stores them, and its currency. Raises `InvalidRequest` that names the line."""
    found = [_load_price(account, line, f"line_items[{index}]") for index, line in enumerate(params.line_items)]
    currency = params.currency or found[0]["currency"]
    lines = []
    for index, (line, price) in enumerate(zip(params.line_items, found, strict=True)):
        param = f"line_items[{index}]"
        check_price(account, price, currency, f"{param}[price]")
        _check_quantity(line, price, param)
        for position, rate in enumerate(line.tax_rates):
            _check_tax_rate(account, rate, f"{param}[tax_rates][{position}]")
        chosen = price["custom_unit_amount"]
        lines.append(
            {
                "id": new_id("li"),
                "price": price["id"],
                "quantity": line.quantity,
                "unit_amount": (chosen["preset"] or 0) if chosen else None,
                "tax_rates": list(line.tax_rates),
                "adjustable_quantity": line.adjustable_quantity.model_dump() if line.adjustable_quantity else None,
                "metadata": dict(line.metadata),
            }
        )
    _check_together(params, found)
    return lines, currency


def check_price(account: Account, price: Document, currency: str, param: str) -> None:
    """Raise `InvalidRequest` for a price that has no amount in a currency."""
    if not supports(load_price(account, price["id"]), currency):
        raise InvalidRequest(
            f"The price specified only supports `{price['currency']}`. This doesn't match the expected currency: `{currency}`.",
            param=param,
        )


def _load_price(account: Account, line: SessionLineItem, param: str) -> Document:
    """Return the price of a line item; create it from `price_data`. Raises `InvalidRequest` if it is not sold."""
    if line.price_data is not None:
        with prefix_params(f"{param}[price_data]"):
            price = prices.add_inline_price(account, line.price_data)
    else:
        price = account.require("price", line.price or "", f"{param}[price]")
        if not price["active"]:
            raise InvalidRequest(PRICE_INACTIVE, param=f"{param}[price]")
    if not account.require("product", price["product"])["active"]:
        place = "price" if line.price_data is None else "price_data][product"
        unsold = product_inactive(price["product"])
        raise InvalidRequest(unsold.message, param=f"{param}[{place}]", code=unsold.code)
    return price


def _check_tax_rate(account: Account, id: str, param: str) -> None:
    """Raise `InvalidRequest` for a tax rate that is unknown or archived."""
    if not account.require("tax_rate", id, param)["active"]:
        raise InvalidRequest(tax_rate_archived(id).message, param=param)


def _check_quantity(line: SessionLineItem, price: Document, param: str) -> None:
    metered = price["recurring"] is not None and price["recurring"]["usage_type"] == "metered"
    if metered:
        if line.quantity is not None:
            raise InvalidRequest(
                "Quantity should not be specified where usage_type is `metered`.", param=f"{param}[quantity]"
            )
        return
    if line.quantity is None:
        raise InvalidRequest(
            f"Quantity is required. Add `quantity` to `{param}`", param=f"{param}[quantity]", code="parameter_missing"
        )
    if line.quantity < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.",
            param=f"{param}[quantity]",
            code="parameter_invalid_integer",
        )
    adjustable = line.adjustable_quantity
    if adjustable is None or not adjustable.enabled:
        return
    minimum, maximum = quantity_bounds(adjustable)
    if not 0 <= minimum <= line.quantity <= maximum <= MAXIMUM_QUANTITY:
        raise InvalidRequest(
            f"`quantity` must be between `adjustable_quantity[minimum]` and `[maximum]` (at most {MAXIMUM_QUANTITY}).",
            param=f"{param}[adjustable_quantity]",
        )


def _check_together(params: SessionCreate, found: list[Document]) -> None:
    recurring = [price["recurring"] for price in found if price["recurring"] is not None]
    if params.mode == "payment" and recurring:
        raise InvalidRequest(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only "
            "one-time prices.",
            param="line_items",
        )
    if params.mode == "subscription" and not recurring:
        raise InvalidRequest(
            "You must provide at least one recurring price in `subscription` mode when using prices.",
            param="line_items",
        )
    if len({(plan["interval"], plan["interval_count"]) for plan in recurring}) > 1:
        raise InvalidRequest(
            "Checkout does not support multiple prices with different billing intervals.", param="line_items"
        )
    one_time = len(found) - len(recurring)
    if params.mode == "subscription" and max(len(recurring), one_time) > MAXIMUM_ITEMS:
        raise InvalidRequest(
            f"A subscription takes at most {MAXIMUM_ITEMS} recurring and {MAXIMUM_ITEMS} one-time line items.",
            param="line_items",
        )
    if any(price["custom_unit_amount"] for price in found) and (len(found) > 1 or params.line_items[0].quantity != 1):
        raise InvalidRequest(
            "A price with `custom_unit_amount` must be the only line item, with a quantity of 1.", param="line_items"
        )
