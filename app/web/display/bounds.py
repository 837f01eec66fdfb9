"""Between which quantities and amounts a buyer may choose, for fields, hints and messages; the same bounds that pricing keeps."""

from dataclasses import dataclass

from app.objects.currency import MAXIMUM_CHARGE, minimum_charge, step
from app.objects.line_item import LineItem, quantity_bounds
from app.objects.payment_link import PaymentLink
from app.objects.payment_link_parts import OptionalItem
from app.pricing.amounts import price_in
from app.pricing.items import line_items, price_of


@dataclass(frozen=True)
class Bounds:
    """From `minimum` to `maximum`, in pieces or in minor units; `preset` is what the field shows at first."""

    minimum: int
    maximum: int
    preset: int | None = None


def item_bounds(link: PaymentLink, item: LineItem) -> Bounds | None:
    """Of a line item's quantity; None where it is fixed."""
    adjustable = item.adjustable_quantity
    if adjustable is None or not adjustable.enabled:
        return None
    return Bounds(*quantity_bounds(adjustable, least=1 if len(line_items(link)) == 1 else 0), preset=item.quantity)


def option_bounds(option: OptionalItem) -> Bounds:
    """Of an optional item once it is chosen; a fixed quantity is a bound of its own."""
    adjustable = option.adjustable_quantity
    if adjustable is None or not adjustable.enabled:
        return Bounds(option.quantity, option.quantity, preset=option.quantity)
    return Bounds(*quantity_bounds(adjustable, least=1), preset=option.quantity)


def amount_bounds(item: LineItem, currency: str) -> Bounds | None:
    """Of an amount that the buyer chooses, in minor units; None where the price is fixed.

    Without a minimum of the price's own, it is Stripe's least charge: less could not be paid anyway.
    """
    price = price_in(price_of(item), currency)
    custom = price.custom_unit_amount
    if custom is None:
        return None
    least = custom.minimum if custom.minimum is not None else (minimum_charge(currency) or step(currency))
    most = custom.maximum if custom.maximum is not None else MAXIMUM_CHARGE // step(currency) * step(currency)
    return Bounds(least, most, preset=custom.preset)
