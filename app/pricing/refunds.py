"""What was refunded of a payment, from what Stripe said about its charge and its refunds in any order. Pure.

A refund is known by its own events. The charge says how much was refunded in all; the part of it that no known refund explains was refunded
without an event of its own.
"""

from dataclasses import dataclass

from app.objects.attempt import Attempt
from app.objects.charge import Charge, Refund


@dataclass(frozen=True)
class Refunded:
    """A part of the payment that was sent back, in minor units of `currency`, and when."""

    amount: int
    currency: str
    created: int


def with_charge(attempt: Attempt, charge: Charge) -> Attempt:
    """Return the attempt with what is known of its charge. An older report, with a smaller refunded amount, changes nothing."""
    before = attempt.charge
    if before is not None and before.id == charge.id and charge.amount_refunded <= before.amount_refunded:
        return attempt
    return attempt.model_copy(update={"charge": charge})


def with_refund(attempt: Attempt, refund: Refund) -> Attempt:
    """Return the attempt with a refund, or with a later status of one that it has."""
    before = next((known for known in attempt.refunds if known.id == refund.id), None)
    if before is not None and refund.rank <= before.rank:
        return attempt
    others = [known for known in attempt.refunds if known.id != refund.id]
    refunds = tuple(sorted([*others, refund], key=lambda known: (known.created, known.id)))
    return attempt.model_copy(update={"refunds": refunds})


def refunded_parts(attempt: Attempt) -> list[Refunded]:
    """Return what was sent back, oldest first. Failed refunds are left out."""
    parts = [
        Refunded(refund.amount, refund.currency, refund.created) for refund in attempt.refunds if not refund.has_failed
    ]
    charge = attempt.charge
    if charge is not None:
        rest = charge.amount_refunded - sum(refund.amount for refund in attempt.refunds)
        if rest > 0:
            parts.append(Refunded(rest, charge.currency, charge.updated))
    return sorted(parts, key=lambda part: part.created)


def amount_refunded(attempt: Attempt) -> int:
    """Return how much was sent back, in minor units of the charge's currency."""
    return sum(part.amount for part in refunded_parts(attempt))


def amount_refunded_here(attempt: Attempt) -> int:
    """Return how much of the payment was refunded, in minor units of the attempt's currency.

    If the buyer paid in another currency, the refunded share of the charge is the refunded share of the amount.
    """
    refunded = amount_refunded(attempt)
    if not refunded or attempt.charge is None or attempt.charge.currency == attempt.currency:
        return refunded
    total = attempt.quote.amount_total if attempt.amount_total is None else attempt.amount_total
    return total * refunded // attempt.charge.amount if attempt.charge.amount else 0


def amount_left(attempt: Attempt) -> tuple[int, str] | None:
    """Return what is left of the payment after its refunds, and the currency. None while that cannot be known.

    Where the buyer paid in another currency, a refund may be reported before the charge in that currency.
    """
    if attempt.charge is not None:
        charged, currency = attempt.charge.amount, attempt.charge.currency
    elif attempt.amount_total is not None:
        charged, currency = attempt.amount_total, attempt.currency
    else:
        return None
    if any(part.currency != currency for part in refunded_parts(attempt)):
        return None
    return max(charged - amount_refunded(attempt), 0), currency


def is_fully_refunded(attempt: Attempt) -> bool:
    """Return whether everything that was charged was sent back."""
    left = amount_left(attempt)
    return left is not None and left[0] == 0 and bool(refunded_parts(attempt))
