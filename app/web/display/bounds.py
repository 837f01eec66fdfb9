"""The limits of quantities and amounts, for fields, hints and messages. They are the limits that pricing checks."""

from dataclasses import dataclass

from app.objects.currency import MAXIMUM_CHARGE, minimum_charge, step
from app.objects.line_item import LineItem, quantity_bounds
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.parts import OptionalItem
from app.pricing.amounts import price_in
from app.pricing.items import line_items, price_of


@dataclass(frozen=True)
class Bounds:
    """A range of quantities, or of amounts in minor units. `preset` is what the field shows at first.

    `is_open` says that the merchant set no maximum, so hints do not name one.
    """

    minimum: int
    maximum: int
    preset: int | None = None
    is_open: bool = False


def item_bounds(link: PaymentLink, item: LineItem) -> Bounds | None:
    """Return the range of a line item's quantity, or None where it is fixed."""
    adjustable = item.adjustable_quantity
    if adjustable is None or not adjustable.enabled:
        return None
    return Bounds(*quantity_bounds(adjustable, least=1 if len(line_items(link)) == 1 else 0), preset=item.quantity)


def option_bounds(option: OptionalItem) -> Bounds:
    """Return the range of an optional item's quantity once it is chosen. A fixed quantity is a range of one."""
    adjustable = option.adjustable_quantity
    if adjustable is None or not adjustable.enabled:
        return Bounds(option.quantity, option.quantity, preset=option.quantity)
    return Bounds(*quantity_bounds(adjustable, least=1), preset=option.quantity)


def amount_bounds(link: PaymentLink, item: LineItem) -> Bounds | None:
    """Return the range of an amount that the buyer chooses, in minor units, or None where the price is fixed.

    A price without a minimum has Stripe's minimum charge, because Stripe would refuse less.
    """
    currency = link.currency
    price = price_in(price_of(item), currency)
    custom = price.custom_unit_amount
    if custom is None:
        return None
    smallest = minimum_charge(currency, link.payment_method_types or ()) or step(currency)
    least = custom.minimum if custom.minimum is not None else smallest
    most = custom.maximum if custom.maximum is not None else MAXIMUM_CHARGE // step(currency) * step(currency)
    return Bounds(least, most, preset=custom.preset, is_open=custom.maximum is None)
