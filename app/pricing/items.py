"""Applies a buyer's selection to the items of a link, within their bounds.

A choice out of bounds is reported as a problem and priced at the nearest bound, so no total exceeds what can be sold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.objects.currency import MAXIMUM_CHARGE, step
from app.objects.limits import MAXIMUM_ITEMS, MAXIMUM_OPTIONAL_ITEMS
from app.objects.line_item import AdjustableQuantity, LineItem, quantity_bounds
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.parts import OptionalItem
from app.objects.price import CustomUnitAmount, Price, Product
from app.objects.quote import QuoteProblem
from app.objects.selection import Selection
from app.pricing.amounts import is_metered, price_in, supports
from app.pricing.rounding import round_half_up
from app.pricing.selling import offered_items
from app.pricing.shipping import shipping_amount


@dataclass(frozen=True)
class Item:
    """One item with its quantity, and with the amount that the buyer chose if its price has `custom_unit_amount`."""

    id: str
    adjustable_quantity: AdjustableQuantity | None
    description: str
    optional: bool
    price: Price
    product: Product
    quantity: int
    unit_amount: int | None = None

    @property
    def is_recurring(self) -> bool:
        """Whether the item is billed every period."""
        return self.price.recurring is not None

    @property
    def is_chosen(self) -> bool:
        """Whether the item is sold. A quantity of zero is not; metered usage always is, as it has no quantity yet."""
        return self.quantity > 0 or is_metered(self.price)


def line_items(link: PaymentLink) -> tuple[LineItem, ...]:
    """Return the line items of a link that have a price."""
    return tuple(line for line in (link.line_items.data if link.line_items else ()) if line.price is not None)


def price_of(item: LineItem | OptionalItem) -> Price:
    """Return the price of a line item or optional item. Raises TypeError if only its id was stored."""
    if not isinstance(item.price, Price):
        raise TypeError(f"the price of {item!r} was not loaded")
    return item.price


def currencies(link: PaymentLink) -> tuple[str, ...]:
    """Return the currencies in which every price and shipping rate of a link has an amount. The link's own comes first."""
    prices = [price_of(line) for line in line_items(link)] + [price_of(item) for item in link.optional_items or ()]
    rates = [option.shipping_rate for option in link.shipping_options]
    others = sorted({currency for price in prices for currency in price.currency_options or {}} - {link.currency})
    return link.currency, *(
        currency
        for currency in others
        if all(supports(price, currency) for price in prices)
        and all(shipping_amount(rate, currency) is not None for rate in rates)
    )


def apply_selection(link: PaymentLink, selection: Selection, currency: str) -> tuple[list[Item], list[QuoteProblem]]:
    """Return every line item and every selected optional item of a link, and the problems of the selection."""
    problems: list[QuoteProblem] = []
    lines = line_items(link)
    items = [_line(line, selection, currency, len(lines) == 1, problems) for line in lines]
    optional = [
        _optional(item, selection, currency, problems)
        for item in offered_items(link)
        if selection.optional_quantities.get(price_of(item).id, 0) > 0
    ]
    if len(optional) > MAXIMUM_OPTIONAL_ITEMS or len(items) + len(optional) > MAXIMUM_ITEMS:
        limit = min(MAXIMUM_OPTIONAL_ITEMS, MAXIMUM_ITEMS - len(items))
        problems.append(QuoteProblem(code="too_many_items", limit=limit))
    items += optional
    if not any(item.is_chosen for item in items):
        problems.append(QuoteProblem(code="nothing_chosen"))
    return items, problems


def _line(
    line: LineItem, selection: Selection, currency: str, is_only_line: bool, problems: list[QuoteProblem]
) -> Item:
    price = price_in(price_of(line), currency)
    quantity = line.quantity if line.quantity is not None else 1
    if line.adjustable_quantity and line.adjustable_quantity.enabled:
        # The only item of a link cannot be left out.
        bounds = quantity_bounds(line.adjustable_quantity, least=1 if is_only_line else 0)
        asked = selection.quantities.get(line.id, quantity)
        quantity = _within(asked, *bounds, "quantity", f"line_items[{line.id}][quantity]", problems)
    return Item(
        id=line.id,
        adjustable_quantity=line.adjustable_quantity,
        description=line.description or product_of(price).name,
        optional=False,
        price=price,
        product=product_of(price),
        quantity=quantity,
        unit_amount=_chosen_amount(line.id, price, selection, quantity, problems),
    )


def _optional(item: OptionalItem, selection: Selection, currency: str, problems: list[QuoteProblem]) -> Item:
    price = price_in(price_of(item), currency)
    quantity = item.quantity
    if item.adjustable_quantity and item.adjustable_quantity.enabled:
        bounds = quantity_bounds(item.adjustable_quantity, least=0)
        asked = selection.optional_quantities[price.id]
        quantity = _within(asked, *bounds, "quantity", f"optional_items[{price.id}][quantity]", problems)
    return Item(
        id=price.id,
        adjustable_quantity=item.adjustable_quantity,
        description=product_of(price).name,
        optional=True,
        price=price,
        product=product_of(price),
        quantity=quantity,
    )


def product_of(price: Price) -> Product:
    """Return the product of a price. If only its id was stored, return a product that has its id as its name."""
    return price.product if isinstance(price.product, Product) else Product(id=price.product, name=price.product)


def _chosen_amount(
    id: str, price: Price, selection: Selection, quantity: int, problems: list[QuoteProblem]
) -> int | None:
    """Return the amount that the buyer chose for a `custom_unit_amount`, rounded to a chargeable amount. None for other prices."""
    if price.custom_unit_amount is None:
        return None
    field = f"line_items[{id}][unit_amount]"
    asked = selection.unit_amounts.get(id)
    if asked is None:
        if quantity:
            problems.append(QuoteProblem(code="custom_unit_amount_missing", field=field))
        return None
    amount = round_half_up(asked, step(price.currency))
    return _within(amount, *amount_bounds(price.custom_unit_amount), "custom_unit_amount", field, problems)


def amount_bounds(custom: CustomUnitAmount) -> tuple[int, int]:
    """Return the smallest and the largest amount that the buyer may choose, in minor units: 0 and `MAXIMUM_CHARGE` by default."""
    minimum = custom.minimum if custom.minimum is not None else 0
    return minimum, custom.maximum if custom.maximum is not None else MAXIMUM_CHARGE


def _within(value: int, minimum: int, maximum: int, name: str, field: str, problems: list[QuoteProblem]) -> int:
    """Return the value or the nearest bound, and add a problem if the value is out of bounds."""
    if value < minimum:
        problems.append(QuoteProblem(code=f"{name}_too_small", field=field, limit=minimum))
    elif value > maximum:
        problems.append(QuoteProblem(code=f"{name}_too_large", field=field, limit=maximum))
    return max(minimum, min(value, maximum))


def amount_field(items: Sequence[Item]) -> str | None:
    """Return the form field to blame for a wrong total: the first amount that the buyer chooses, if there is one."""
    custom = (item for item in items if item.price.custom_unit_amount is not None and item.is_chosen)
    return next((f"line_items[{item.id}][unit_amount]" for item in custom), None)
