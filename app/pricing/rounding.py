"""Exact numbers become amounts here and nowhere else. Pure: an exact fraction in, a whole number of minor units out."""

from decimal import Decimal
from fractions import Fraction


def half_up(value: Fraction | int, step: int = 1) -> int:
    """The nearest multiple of `step`, halves away from zero: the rounding that invoices and Stripe use."""
    numerator, denominator = abs(value.numerator), value.denominator
    unit = denominator * step
    rounded = (2 * numerator + unit) // (2 * unit) * step
    return rounded if value >= 0 else -rounded


def exact(amount: int | None, decimal: Decimal | None) -> Fraction:
    """An amount in minor units as Stripe writes it twice, whole and decimal: the decimal one counts, being finer."""
    return Fraction(decimal if decimal is not None else amount or 0)


def hundredths(percentage: Decimal) -> Fraction:
    """Percent as a share of one."""
    return Fraction(Fraction(percentage), 100)
