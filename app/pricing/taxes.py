"""Computes the taxes of one line: inclusive or exclusive, by percent or as a flat amount, rounded half up per line.

The taxable amount is the amount after the discount, without inclusive taxes (docs.stripe.com/billing/taxes/tax-rates).
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

from app.objects.currency import step
from app.objects.line_item import LineItemTax
from app.objects.tax_rate import TaxRate
from app.pricing.allocation import allocate
from app.pricing.rounding import percent_as_fraction, round_half_up


def line_taxes(amount: int, rates: Sequence[TaxRate], currency: str) -> tuple[LineItemTax, ...]:
    """Return the taxes of a line of `amount` (minor units, after discount), in the order of `rates`.

    Inclusive rates are extracted together: 10 and 5 percent in 115 are 10 and 5. Each exclusive rate is computed on the taxable
    amount. A flat amount is added once per line that costs something, and only in its own currency.
    """
    inclusive_amounts = _inclusive_amounts(amount, [rate for rate in rates if rate.inclusive], currency)
    taxable_amount = amount - sum(inclusive_amounts)
    inclusive = iter(inclusive_amounts)
    return tuple(
        LineItemTax(
            amount=next(inclusive) if rate.inclusive else _exclusive_amount(taxable_amount, rate, currency),
            rate=rate,
            taxability_reason="standard_rated" if _share(rate) or rate.flat_amount else "zero_rated",
            taxable_amount=taxable_amount,
        )
        for rate in rates
    )


def _inclusive_amounts(amount: int, rates: Sequence[TaxRate], currency: str) -> list[int]:
    """Return the part of the amount that each rate takes: flat amounts first, then percentages of the remaining net amount."""
    left = amount
    flats = []
    for rate in rates:
        flats.append(min(_flat_amount(rate, currency), left))
        left -= flats[-1]
    shares = [_share(rate) for rate in rates]
    total = sum(shares, Fraction(0))
    if not total:
        return flats
    whole = round_half_up(Fraction(left * total, 1 + total), step(currency))
    # The rates divide the extracted amount in proportion to their percentages, so that the parts sum to the whole.
    common = lcm(*(share.denominator for share in shares))
    parts = allocate(whole, [int(share * common) for share in shares], step(currency))
    return [flat + part for flat, part in zip(flats, parts, strict=True)]


def _exclusive_amount(taxable_amount: int, rate: TaxRate, currency: str) -> int:
    if taxable_amount <= 0:
        return 0
    return round_half_up(taxable_amount * _share(rate), step(currency)) + _flat_amount(rate, currency)


def _flat_amount(rate: TaxRate, currency: str) -> int:
    flat = rate.flat_amount
    return flat.amount if flat is not None and flat.currency == currency else 0


def _share(rate: TaxRate) -> Fraction:
    """Return the rate as a fraction of the net amount. The effective percentage has precedence over the statutory one."""
    if rate.rate_type == "flat_amount":
        return Fraction(0)
    return percent_as_fraction(rate.effective_percentage if rate.effective_percentage is not None else rate.percentage)
