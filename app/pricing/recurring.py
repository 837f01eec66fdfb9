"""What comes back: trials, and what is charged every interval after them. Values only; the words are the page's."""

from collections.abc import Sequence

from app.objects.discount import Coupon
from app.objects.payment_link import PaymentLink
from app.objects.price import Interval
from app.objects.quote import RecurringTotal
from app.objects.tax_rate import TaxRate
from app.pricing.amounts import is_metered
from app.pricing.charges import charge, tax_totals
from app.pricing.items import Item

SECONDS_A_DAY = 86_400


def trial_period_days(link: PaymentLink, items: Sequence[Item]) -> int | None:
    """How many days are free before the first period, or None where nothing that was chosen recurs or there is no trial.

    `subscription_data` decides; without one, the longest trial that a chosen price still carries, as older prices do.
    """
    recurring = [item.price.recurring for item in items if item.is_chosen and item.price.recurring is not None]
    if not recurring:
        return None
    if link.subscription_data is not None and link.subscription_data.trial_period_days is not None:
        return link.subscription_data.trial_period_days or None
    return max((price.trial_period_days or 0 for price in recurring), default=0) or None


def trial_end(days: int | None, now: int) -> int | None:
    """When the first period is charged, in Unix seconds."""
    return now + days * SECONDS_A_DAY if days else None


def recurring_totals(
    items: Sequence[Item],
    amounts: Sequence[int],
    coupon: Coupon | None,
    rates: Sequence[TaxRate],
    currency: str,
    starts_at: int | None,
) -> tuple[RecurringTotal, ...]:
    """What each interval costs, in the order in which the intervals first appear.

    `amounts` are what the items cost in one period, `coupon` a discount that lasts. Usage is not in it: nobody knows it yet,
    and an interval in which only usage is billed has no total. Stripe takes one interval per session; this only groups.
    """
    groups: dict[tuple[Interval, int], list[int]] = {}
    for index, item in enumerate(items):
        recurring = item.price.recurring
        if recurring is not None and item.is_chosen and not is_metered(item.price):
            groups.setdefault((recurring.interval, recurring.interval_count), []).append(index)
    totals = []
    for (interval, interval_count), indexes in groups.items():
        lines = charge([items[i] for i in indexes], [amounts[i] for i in indexes], coupon, rates, currency)
        totals.append(
            RecurringTotal(
                amount_discount=sum(line.amount_discount for line in lines),
                amount_subtotal=sum(line.amount_subtotal for line in lines),
                amount_tax=sum(line.amount_tax for line in lines),
                amount_total=sum(line.amount_total for line in lines),
                interval=interval,
                interval_count=interval_count,
                starts_at=starts_at,
                taxes=tax_totals(lines),
            )
        )
    return tuple(totals)
