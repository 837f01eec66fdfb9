"""What the buyer chose, read against what the link sells: bounds are applied here, and broken ones named.

A choice out of bounds is a problem and is priced at the nearest bound, so that no total ever grows past what can be sold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.objects.currency import MAXIMUM_CHARGE, step
from app.objects.limits import MAXIMUM_ITEMS, MAXIMUM_OPTIONAL_ITEMS
from app.objects.line_item import AdjustableQuantity, LineItem, quantity_bounds
from app.objects.payment_link import PaymentLink
from app.objects.payment_link_parts import OptionalItem
from app.objects.price import Price, Product
from app.objects.quote import QuoteProblem
from app.objects.selection import Selection
from app.objects.shipping_rate import ShippingRate
from app.pricing.amounts import is_metered, price_in, supports
from app.pricing.rounding import half_up


@dataclass(frozen=True)
class Item:
    """One thing on the page with the quantity and, where the price leaves it open, the amount that the buyer chose."""

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
        """Whether it is billed again and again."""
        return self.price.recurring is not None

    @property
    def is_chosen(self) -> bool:
        """Whether it is sold at all: a quantity of zero is not. Usage has no quantity yet and is always sold."""
        return self.quantity > 0 or is_metered(self.price)


def line_items(link: PaymentLink) -> tuple[LineItem, ...]:
    """The lines that the link sells, every one with its price."""
    return tuple(line for line in (link.line_items.data if link.line_items else ()) if line.price is not None)


def price_of(thing: LineItem | OptionalItem) -> Price:
    """The whole price of a line or an optional item. Raises TypeError where only its id was kept."""
    if not isinstance(thing.price, Price):
        raise TypeError(f"the price of {thing!r} was not loaded")
    return thing.price


def currencies(link: PaymentLink) -> tuple[str, ...]:
    """The currencies that the link can be paid in, its own first: those that every price and shipping rate names."""
    prices = [price_of(line) for line in line_items(link)] + [price_of(item) for item in link.optional_items or ()]
    rates = [option.shipping_rate for option in link.shipping_options]
    others = sorted({currency for price in prices for currency in price.currency_options or {}} - {link.currency})
    return link.currency, *(
        currency
        for currency in others
        if all(supports(price, currency) for price in prices)
        and all(shipping_amount(rate, currency) is not None for rate in rates)
    )


def shipping_amount(rate: ShippingRate | str, currency: str) -> int | None:
    """What this way of sending costs in the currency, in minor units; None where it names no amount in it."""
    if not isinstance(rate, ShippingRate) or rate.fixed_amount is None:
        return None
    if rate.fixed_amount.currency == currency:
        return rate.fixed_amount.amount
    option = (rate.fixed_amount.currency_options or {}).get(currency)
    return option.amount if option else None


def choose(link: PaymentLink, selection: Selection, currency: str) -> tuple[list[Item], list[QuoteProblem]]:
    """Every line of the link and every optional item that was added, and what is wrong with the choice."""
    problems: list[QuoteProblem] = []
    lines = line_items(link)
    items = [_line(line, selection, currency, len(lines) == 1, problems) for line in lines]
    optional = [
        _optional(item, selection, currency, problems)
        for item in link.optional_items or ()
        if selection.optional_quantities.get(price_of(item).id, 0) > 0
    ]
    if len(optional) > MAXIMUM_OPTIONAL_ITEMS or len(items) + len(optional) > MAXIMUM_ITEMS:
        limit = min(MAXIMUM_OPTIONAL_ITEMS, MAXIMUM_ITEMS - len(items))
        problems.append(QuoteProblem(code="too_many_items", limit=limit))
    items += optional
    if not any(item.is_chosen for item in items):
        problems.append(QuoteProblem(code="nothing_chosen"))
    return items, problems


def _line(line: LineItem, selection: Selection, currency: str, sole: bool, problems: list[QuoteProblem]) -> Item:
    price = price_in(price_of(line), currency)
    quantity = line.quantity if line.quantity is not None else 1
    if line.adjustable_quantity and line.adjustable_quantity.enabled:
        # A link that sells one thing alone cannot sell none of it.
        bounds = quantity_bounds(line.adjustable_quantity, least=1 if sole else 0)
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
    """The whole product; where only its id was kept, one that is called by its id."""
    return price.product if isinstance(price.product, Product) else Product(id=price.product, name=price.product)


def _chosen_amount(
    id: str, price: Price, selection: Selection, quantity: int, problems: list[QuoteProblem]
) -> int | None:
    """The amount that the buyer chose for an open price, at what can be charged in its currency; None for any other."""
    if price.custom_unit_amount is None:
        return None
    field = f"line_items[{id}][unit_amount]"
    asked = selection.unit_amounts.get(id)
    if asked is None:
        if quantity:
            problems.append(QuoteProblem(code="custom_unit_amount_missing", field=field))
        return None
    minimum, maximum = price.custom_unit_amount.minimum, price.custom_unit_amount.maximum
    bounds = minimum if minimum is not None else 0, maximum if maximum is not None else MAXIMUM_CHARGE
    amount = half_up(asked, step(price.currency))
    return _within(amount, *bounds, "custom_unit_amount", field, problems)


def _within(value: int, minimum: int, maximum: int, what: str, field: str, problems: list[QuoteProblem]) -> int:
    """The value, or the bound it breaks with a problem named after it."""
    if value < minimum:
        problems.append(QuoteProblem(code=f"{what}_too_small", field=field, limit=minimum))
    elif value > maximum:
        problems.append(QuoteProblem(code=f"{what}_too_large", field=field, limit=maximum))
    return max(minimum, min(value, maximum))


def amount_field(items: Sequence[Item]) -> str | None:
    """The form field that a wrong total points at: the first amount that the buyer chooses, if there is one."""
    open_items = (item for item in items if item.price.custom_unit_amount is not None and item.is_chosen)
    return next((f"line_items[{item.id}][unit_amount]" for item in open_items), None)
