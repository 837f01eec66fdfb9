"""Computes one charge, today's or a later period's: amounts of lines in, their discounts, taxes and totals out."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.objects.currency import step
from app.objects.discount import Coupon
from app.objects.line_item import LineItemTax
from app.objects.quote import QuoteTax
from app.objects.tax_rate import TaxRate
from app.pricing.allocation import allocate
from app.pricing.discounts import applies_to, discount_amount
from app.pricing.items import Item
from app.pricing.taxes import line_taxes


@dataclass(frozen=True)
class LineCharge:
    """The amounts of one line in one charge, in minor units."""

    amount_subtotal: int
    amount_discount: int = 0
    taxes: tuple[LineItemTax, ...] = ()

    @property
    def amount_tax(self) -> int:
        """All tax on the line, inclusive and exclusive."""
        return sum(tax.amount for tax in self.taxes)

    @property
    def amount_total(self) -> int:
        """The subtotal less the discount, plus exclusive tax."""
        exclusive = sum(tax.amount for tax in self.taxes if not tax.rate.inclusive)
        return self.amount_subtotal - self.amount_discount + exclusive


def compute_charges(
    items: Sequence[Item], amounts: Sequence[int], coupon: Coupon | None, rates: Sequence[TaxRate], currency: str
) -> list[LineCharge]:
    """Return the charge of each item, in order. `amounts` are their prices in minor units.

    The discount is computed once on all lines that it applies to, and divided among them by the largest remainder. Taxes are computed
    line by line after the discount. An item that is not chosen is neither reduced nor taxed.
    """
    discounts = _discounts(items, amounts, coupon, currency)
    return [
        LineCharge(
            amount_subtotal=amount,
            amount_discount=discount,
            taxes=line_taxes(amount - discount, rates, currency) if item.is_chosen else (),
        )
        for item, amount, discount in zip(items, amounts, discounts, strict=True)
    ]


def tax_totals(charges: Sequence[LineCharge]) -> tuple[QuoteTax, ...]:
    """Return each tax summed over all lines, in the order of first appearance."""
    totals: dict[str, QuoteTax] = {}
    for tax in (tax for line in charges for tax in line.taxes):
        before = totals[tax.rate.id].amount if tax.rate.id in totals else 0
        totals[tax.rate.id] = QuoteTax(amount=before + tax.amount, inclusive=tax.rate.inclusive, rate=tax.rate)
    return tuple(totals.values())


def _discounts(items: Sequence[Item], amounts: Sequence[int], coupon: Coupon | None, currency: str) -> list[int]:
    if coupon is None:
        return [0] * len(amounts)
    reduced = [amount if applies_to(coupon, item) else 0 for item, amount in zip(items, amounts, strict=True)]
    return allocate(discount_amount(coupon, sum(reduced), currency), reduced, step(currency))
