"""What one line costs, by the shape of its price. Exact until the line's end, where it is rounded once, half up.

Shapes and numbers follow docs.stripe.com/products-prices/pricing-models.
"""

from collections.abc import Sequence
from fractions import Fraction

from app.errors import InvalidRequest
from app.objects.currency import step
from app.objects.price import Price, Tier
from app.pricing.rounding import exact, half_up


def supports(price: Price, currency: str) -> bool:
    """Whether the price names an amount in this currency."""
    return currency == price.currency or currency in (price.currency_options or {})


def price_in(price: Price, currency: str) -> Price:
    """The same price with its amounts of another currency.

    Raises `InvalidRequest` where it has none: an amount is never converted by us.
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
    """Whether usage is billed after the period: nothing is due today, whatever the quantity says."""
    return price.recurring is not None and price.recurring.usage_type == "metered"


def whole_unit_amount(price: Price) -> int | None:
    """What one unit costs, where every unit costs the same whole number of minor units; None for any other shape."""
    if price.tiers or price.transform_quantity or price.custom_unit_amount:
        return None
    unit = exact(price.unit_amount, price.unit_amount_decimal)
    return unit.numerator if unit.denominator == 1 else None


def line_amount(price: Price, quantity: int, unit_amount: int | None = None) -> int:
    """What `quantity` of it costs, in minor units, rounded once and to what can be charged in the price's currency.

    `unit_amount` is the amount that the buyer chose, for a price that leaves it open. Nothing bought costs nothing, even
    where the first tier has a flat amount: a line of zero is not sold.
    """
    if quantity <= 0:
        return 0
    if price.custom_unit_amount is not None:
        amount = Fraction((unit_amount or 0) * quantity)
    elif price.tiers:
        tiered = _volume if price.tiers_mode == "volume" else _graduated
        amount = tiered(price.tiers, quantity)
    else:
        amount = exact(price.unit_amount, price.unit_amount_decimal) * _packs(price, quantity)
    return half_up(amount, step(price.currency))


def _packs(price: Price, quantity: int) -> int:
    """The quantity that is multiplied: of a price by the pack, how many packs that is, a started one counted or not."""
    transform = price.transform_quantity
    if transform is None:
        return quantity
    return -(-quantity // transform.divide_by) if transform.round == "up" else quantity // transform.divide_by


def _graduated(tiers: Sequence[Tier], quantity: int) -> Fraction:
    """Every unit is billed at the rate of the tier it falls into; each tier that is entered adds its flat amount."""
    amount = Fraction(0)
    below = 0
    for index, tier in enumerate(tiers):
        if quantity <= below:
            break
        # A last tier that names its end goes on past it: no unit is ever free by mistake.
        last = tier.up_to is None or index == len(tiers) - 1
        reached = quantity if last or tier.up_to is None else min(quantity, tier.up_to)
        amount += (reached - below) * exact(tier.unit_amount, tier.unit_amount_decimal)
        amount += exact(tier.flat_amount, tier.flat_amount_decimal)
        below = reached
    return amount


def _volume(tiers: Sequence[Tier], quantity: int) -> Fraction:
    """Every unit is billed at the rate of the tier that the whole quantity reaches, whose flat amount is added once."""
    reached = next((tier for tier in tiers if tier.up_to is None or quantity <= tier.up_to), tiers[-1])
    unit = exact(reached.unit_amount, reached.unit_amount_decimal)
    return unit * quantity + exact(reached.flat_amount, reached.flat_amount_decimal)
