"""Rounds exact numbers to amounts: an exact fraction in, a whole number of minor units out. Nothing else rounds money."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache


def round_half_up(value: Fraction | int, step: int = 1) -> int:
    """Return the nearest multiple of `step`, halves away from zero. Stripe and invoices round in this way."""
    numerator, denominator = abs(value.numerator), value.denominator
    unit = denominator * step
    rounded = (2 * numerator + unit) // (2 * unit) * step
    return rounded if value >= 0 else -rounded


@lru_cache(maxsize=1024)
def exact_amount(amount: int | None, decimal: Decimal | None) -> Fraction:
    """Return an amount that Stripe writes twice, as an integer and as a decimal. The decimal is finer, so it has precedence."""
    return Fraction(decimal if decimal is not None else amount or 0)


def percent_as_fraction(percentage: Decimal) -> Fraction:
    """Return percent as a fraction of one: 25 is 1/4."""
    return Fraction(Fraction(percentage), 100)
