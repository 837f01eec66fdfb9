"""Stripe's limits for the amount of one charge, for the pay page and the sandbox alike."""

from collections.abc import Collection

from app.objects.currency import MAXIMUM_CHARGE, minimum_charge
from app.objects.quote import QuoteProblem


def charge_problem(
    amount: int, currency: str, *, field: str | None = None, methods: Collection[str] | None = None
) -> QuoteProblem | None:
    """Return why this amount (minor units) cannot be charged, or None. An amount of zero is free and needs no charge.

    `methods` are the payment methods that the link or the session names, if any.

    The problem's code is `amount_too_small` or `amount_too_large`, its limit the nearest amount that Stripe charges.
    """
    minimum = minimum_charge(currency, methods or ())
    if minimum is not None and 0 < amount < minimum:
        return QuoteProblem(code="amount_too_small", field=field, limit=minimum)
    if amount > MAXIMUM_CHARGE:
        return QuoteProblem(code="amount_too_large", field=field, limit=MAXIMUM_CHARGE)
    return None
