"""Rules of line items and optional items: their number, quantities and prices, and what recurring and one-time prices exclude."""

from collections.abc import Iterator

from app.objects.limits import MAXIMUM_ITEMS, MAXIMUM_OPTIONAL_ITEMS, MAXIMUM_QUANTITY
from app.objects.line_item import AdjustableQuantity, quantity_bounds
from app.objects.payment_link import PaymentLink
from app.objects.price import Price, Product
from app.services.links.rules.refuse import at_least, at_most, refuse, within


def counts(link: PaymentLink) -> None:
    """A link has from 1 to 20 line items and at most 10 optional items, together at most 20."""
    count_items(_line_count(link), len(link.optional_items or ()))


def count_items(items: int, optional: int) -> None:
    """Check the numbers alone, before the items are read."""
    if not items:
        raise refuse(
            "A payment link needs at least one line item: line_items.", "line_items", "parameter_invalid_empty"
        )
    at_most(items, MAXIMUM_ITEMS, "line items", "line_items")
    at_most(optional, MAXIMUM_OPTIONAL_ITEMS, "optional items", "optional_items")
    at_most(items + optional, MAXIMUM_ITEMS, "line items and optional items together", "optional_items")


def quantities(link: PaymentLink) -> None:
    """A quantity is at least 1 and lies within the bounds of its adjustable quantity."""
    for index, item in enumerate(link.line_items.data if link.line_items else ()):
        _quantity(item.quantity, item.adjustable_quantity, f"line_items[{index}]")
    for index, optional in enumerate(link.optional_items or ()):
        _quantity(optional.quantity, optional.adjustable_quantity, f"optional_items[{index}]")


def active(link: PaymentLink) -> None:
    """Prices and products are active."""
    for price, param in prices(link):
        if not price.active:
            raise refuse(
                f"The price {price.id} is not active. Choose an active price, or activate it.",
                f"{param}[price]",
                "product_inactive",
            )
        if isinstance(price.product, Product) and not price.product.active:
            raise refuse(
                f"The product of the price {price.id} is not active. Choose another, or activate it.",
                f"{param}[price]",
                "product_inactive",
            )


def chosen_amount(link: PaymentLink) -> None:
    """A price that the buyer chooses is the only line item, with quantity 1, and is not recurring."""
    for index, item in enumerate(link.line_items.data if link.line_items else ()):
        if item.price is None or item.price.custom_unit_amount is None:
            continue
        param = f"line_items[{index}]"
        if _line_count(link) > 1:
            raise refuse("A price that the buyer chooses must be the only line item of its link.", f"{param}[price]")
        if item.quantity != 1:
            raise refuse("A price that the buyer chooses must have the quantity 1.", f"{param}[quantity]")
        if item.adjustable_quantity is not None and item.adjustable_quantity.enabled:
            raise refuse("A price that the buyer chooses has no adjustable quantity.", f"{param}[adjustable_quantity]")
        if item.price.recurring is not None:
            raise refuse("A price that the buyer chooses can't be recurring.", f"{param}[price]")
    for index, optional in enumerate(link.optional_items or ()):
        if isinstance(optional.price, Price) and optional.price.custom_unit_amount is not None:
            raise refuse("A price that the buyer chooses can't be an optional item.", f"optional_items[{index}][price]")


def tiers_recur(link: PaymentLink) -> None:
    """A tiered price is recurring, as at Stripe."""
    for price, param in prices(link):
        if price.billing_scheme == "tiered" and price.recurring is None:
            raise refuse("A tiered price must be recurring.", f"{param}[price]")


def optional_items_differ(link: PaymentLink) -> None:
    """Optional items are identified by their price, so each price is used once."""
    seen: set[str] = set()
    for index, optional in enumerate(link.optional_items or ()):
        id = optional.price.id if isinstance(optional.price, Price) else optional.price
        if id in seen:
            raise refuse(
                f"Two optional items have the price {id}. Raise the quantity instead.",
                f"optional_items[{index}][price]",
            )
        seen.add(id)


def needs_recurring(link: PaymentLink) -> None:
    """Attributes of subscriptions need a line item with a recurring price."""
    if any(
        item.price is not None and item.price.recurring for item in (link.line_items.data if link.line_items else ())
    ):
        return
    given = {
        "subscription_data": link.subscription_data is not None,
        "application_fee_percent": link.application_fee_percent is not None,
        "payment_method_collection": link.payment_method_collection != "always",
    }
    for name, present in given.items():
        if present:
            raise refuse(
                f"{name} is for subscriptions: leave it out, or sell at least one line item with a recurring price.",
                name,
                "parameters_exclusive",
            )


def needs_one_time(link: PaymentLink) -> None:
    """Attributes of one-time payments exclude recurring prices, also in optional items."""
    if not any(price.recurring for price, _ in prices(link)):
        return
    given = {
        "payment_intent_data": link.payment_intent_data is not None,
        "application_fee_amount": link.application_fee_amount is not None,
        "invoice_creation": link.invoice_creation is not None and link.invoice_creation.enabled,
        "transfer_data[amount]": link.transfer_data is not None and link.transfer_data.amount is not None,
    }
    for param, present in given.items():
        if present:
            raise refuse(
                f"{param} is for one-time payments: leave it out, or sell no item with a recurring price.",
                param,
                "parameters_exclusive",
            )


def prices(link: PaymentLink) -> Iterator[tuple[Price, str]]:
    """Yield every price of the link with the parameter of its item."""
    for index, item in enumerate(link.line_items.data if link.line_items else ()):
        if item.price is not None:
            yield item.price, f"line_items[{index}]"
    for index, optional in enumerate(link.optional_items or ()):
        if isinstance(optional.price, Price):
            yield optional.price, f"optional_items[{index}]"


def price_param(price: Price, item: str) -> str:
    """Return the parameter that a price came from: its id, or the data of a new price."""
    return f"{item}[price]" if price.id else f"{item}[price_data]"


def _line_count(link: PaymentLink) -> int:
    return len(link.line_items.data) if link.line_items else 0


def _quantity(quantity: int | None, adjustable: AdjustableQuantity | None, param: str) -> None:
    if quantity is None:
        return
    within(quantity, 1, MAXIMUM_QUANTITY, f"{param}[quantity]")
    if adjustable is None:
        return
    bounds = f"{param}[adjustable_quantity]"
    minimum, maximum = quantity_bounds(adjustable)
    at_least(minimum, 0, f"{bounds}[minimum]")
    within(maximum, 1, MAXIMUM_QUANTITY, f"{bounds}[maximum]")
    if minimum > maximum:
        raise refuse(
            f"{bounds}[minimum] must not be above {bounds}[maximum].", f"{bounds}[minimum]", "parameters_exclusive"
        )
    if adjustable.enabled and not minimum <= quantity <= maximum:
        raise refuse(
            f"{param}[quantity] is {quantity}, but the buyer may choose from {minimum} to {maximum} only.",
            f"{param}[quantity]",
            "parameter_invalid_integer",
        )
