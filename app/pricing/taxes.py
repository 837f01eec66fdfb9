"""Tax rates on one line: within its price or on top of it, by percent or as a flat amount, rounded per line, half up.

The taxable amount is what is left after the discount and after the taxes that the price includes
(docs.stripe.com/billing/taxes/tax-rates).
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from app.objects.currency import step
from app.objects.line_item import LineItemTax
from app.objects.tax_rate import TaxRate
from app.pricing.allocation import allocate
from app.pricing.rounding import half_up, hundredths


def line_taxes(amount: int, rates: Sequence[TaxRate], currency: str) -> tuple[LineItemTax, ...]:
    """The taxes on a line of `amount` (minor units, after discount), in the order of `rates`.

    Inclusive rates are extracted together: 10 and 5 percent in 115 are 10 and 5. Exclusive ones are each calculated on what
    is left. A flat amount is taken once per line that costs something, and only in its own currency.
    """
    included = _included(amount, [rate for rate in rates if rate.inclusive], currency)
    taxable_amount = amount - sum(included)
    inclusive = iter(included)
    return tuple(
        LineItemTax(
            amount=next(inclusive) if rate.inclusive else _on_top(taxable_amount, rate, currency),
            rate=rate,
            taxability_reason="standard_rated" if _share(rate) or rate.flat_amount else "zero_rated",
            taxable_amount=taxable_amount,
        )
        for rate in rates
    )


def _included(amount: int, rates: Sequence[TaxRate], currency: str) -> list[int]:
    """The part of the amount that each rate takes: flat amounts first, percentages of what then is the net."""
    left = amount
    flats = []
    for rate in rates:
        flats.append(min(_flat(rate, currency), left))
        left -= flats[-1]
    shares = [_share(rate) for rate in rates]
    total = sum(shares, Fraction(0))
    if not total:
        return flats
    whole = half_up(Fraction(left * total, 1 + total), step(currency))
    # The rates divide what is extracted in proportion to their percentages, so that the parts sum to the whole.
    common = lcm(*(share.denominator for share in shares))
    parts = allocate(whole, [int(share * common) for share in shares], step(currency))
    return [flat + part for flat, part in zip(flats, parts, strict=True)]


def _on_top(taxable_amount: int, rate: TaxRate, currency: str) -> int:
    if taxable_amount <= 0:
        return 0
    return half_up(taxable_amount * _share(rate), step(currency)) + _flat(rate, currency)


def _flat(rate: TaxRate, currency: str) -> int:
    flat = rate.flat_amount
    return flat.amount if flat is not None and flat.currency == currency else 0


def _share(rate: TaxRate) -> Fraction:
    """What the rate takes of the net amount: its effective percentage, where that differs from the statutory one."""
    if rate.rate_type == "flat_amount":
        return Fraction(0)
    return hundredths(rate.effective_percentage if rate.effective_percentage is not None else rate.percentage)
