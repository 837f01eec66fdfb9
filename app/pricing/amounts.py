"""Computes the amount of one line from the shape of its price. The result is exact until it is rounded once, half up.

Shapes and examples follow docs.stripe.com/products-prices/pricing-models.
"""

from collections.abc import Sequence
from fractions import Fraction

from app.errors import InvalidRequest
from app.objects.currency import step
from app.objects.price import Price, Tier
from app.pricing.rounding import exact_amount, round_half_up


def supports(price: Price, currency: str) -> bool:
    """Return whether a price has an amount in a currency."""
    return currency == price.currency or currency in (price.currency_options or {})


def price_in(price: Price, currency: str) -> Price:
    """Return the same price with its amounts in another currency. No amount is ever converted.

    Raises `InvalidRequest` if the price has none in that currency.
    """
    if currency == price.currency:
        return price
    option = (price.currency_options or {}).get(currency)
    if option is None:
        raise InvalidRequest(f"The price {price.id} has no amount in {currency.upper()}.", param="currency")
    return price.model_copy(
        update={
            "currency": currency,
            "custom_unit_amount": option.custom_unit_amount,
            "tax_behavior": option.tax_behavior or price.tax_behavior,
            "tiers": option.tiers,
            "unit_amount": option.unit_amount,
            "unit_amount_decimal": option.unit_amount_decimal,
        }
    )


def is_metered(price: Price) -> bool:
    """Return whether a price bills usage after the period. Such a price costs nothing today, at any quantity."""
    return price.recurring is not None and price.recurring.usage_type == "metered"


def whole_unit_amount(price: Price) -> int | None:
    """Return the price of one unit in minor units. None if units differ in price or cost a fraction of a minor unit."""
    if price.tiers or price.transform_quantity or price.custom_unit_amount:
        return None
    unit = exact_amount(price.unit_amount, price.unit_amount_decimal)
    return unit.numerator if unit.denominator == 1 else None


def line_amount(price: Price, quantity: int, unit_amount: int | None = None) -> int:
    """Return the price of a quantity in minor units, rounded once to an amount that Stripe charges in the price's currency.

    `unit_amount` is the amount that the buyer chose, for a price with `custom_unit_amount`. A quantity of zero costs nothing, even if
    the first tier has a flat amount.
    """
    if quantity <= 0:
        return 0
    if price.custom_unit_amount is not None:
        amount = Fraction((unit_amount or 0) * quantity)
    elif price.tiers:
        tiered = _volume if price.tiers_mode == "volume" else _graduated
        amount = tiered(price.tiers, quantity)
    else:
        amount = exact_amount(price.unit_amount, price.unit_amount_decimal) * count_packs(price, quantity)
    return round_half_up(amount, step(price.currency))


def count_packs(price: Price, quantity: int) -> int:
    """Return the number of packs in a quantity, rounded up or down as the price says. Without packs, it is the quantity."""
    transform = price.transform_quantity
    if transform is None or transform.divide_by < 1:  # an imported pack of none: the price is not sold
        return quantity
    return -(-quantity // transform.divide_by) if transform.round == "up" else quantity // transform.divide_by


def _graduated(tiers: Sequence[Tier], quantity: int) -> Fraction:
    """Bill each unit at the rate of its own tier. Each tier that the quantity reaches adds its flat amount."""
    amount = Fraction(0)
    below = 0
    for index, tier in enumerate(tiers):
        if quantity <= below:
            break
        # The last tier has no end, even if it names one. Otherwise the units above it would be free.
        last = tier.up_to is None or index == len(tiers) - 1
        reached = quantity if last or tier.up_to is None else min(quantity, tier.up_to)
        amount += (reached - below) * exact_amount(tier.unit_amount, tier.unit_amount_decimal)
        amount += exact_amount(tier.flat_amount, tier.flat_amount_decimal)
        below = reached
    return amount


def _volume(tiers: Sequence[Tier], quantity: int) -> Fraction:
    """Bill every unit at the rate of the tier that the whole quantity reaches, and add that tier's flat amount once."""
    reached = next((tier for tier in tiers if tier.up_to is None or quantity <= tier.up_to), tiers[-1])
    unit = exact_amount(reached.unit_amount, reached.unit_amount_decimal)
    return unit * quantity + exact_amount(reached.flat_amount, reached.flat_amount_decimal)
