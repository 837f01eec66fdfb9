"""Trials, and the charge of each billing interval after them."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from app.objects.discount import Coupon
from app.objects.payment_link import PaymentLink
from app.objects.price import Interval, Recurring
from app.objects.quote import RecurringTotal
from app.objects.tax_rate import TaxRate
from app.pricing.amounts import is_metered
from app.pricing.charges import compute_charges, tax_totals
from app.pricing.items import Item

SECONDS_A_DAY = 86_400

DAYS: Final = {"day": 1, "week": 7, "month": 30, "year": 365}
"""About how long each interval is. To compare whole intervals, that is enough."""


def trial_period_days(link: PaymentLink, items: Sequence[Item]) -> int | None:
    """Return the length of the trial before the first period. None if there is no trial, or no chosen item recurs.

    `subscription_data` decides. Without it, the trial is the longest one of the chosen prices, as older prices may have one.
    """
    recurring = [item.price.recurring for item in items if item.is_chosen and item.price.recurring is not None]
    if not recurring:
        return None
    if link.subscription_data is not None and link.subscription_data.trial_period_days is not None:
        return link.subscription_data.trial_period_days or None
    return longest_trial(recurring)


def longest_trial(prices: Iterable[Recurring]) -> int | None:
    """Return the longest trial of recurring prices, in days, or None if none has one."""
    return max((price.trial_period_days or 0 for price in prices), default=0) or None


def trial_end(days: int | None, now: int) -> int | None:
    """Return when the first period is charged, in Unix seconds, or None without a trial."""
    return now + days * SECONDS_A_DAY if days else None


def end_of_period(start: int, recurring: Recurring) -> int:
    """Return when a period that starts then ends, in Unix seconds. A month that has no such day ends on its last day.

    For example, one month after 31 January is 28 or 29 February.
    """
    count = recurring.interval_count
    if recurring.interval not in ("month", "year"):
        return start + count * DAYS.get(recurring.interval, 1) * SECONDS_A_DAY
    begin = datetime.fromtimestamp(start, UTC)
    months = begin.month - 1 + count * (12 if recurring.interval == "year" else 1)
    year, month = begin.year + months // 12, months % 12 + 1
    day = min(begin.day, monthrange(year, month)[1])
    return int(begin.replace(year=year, month=month, day=day).timestamp())


def later_coupon(coupon: Coupon | None, items: Sequence[Item], days: int | None) -> Coupon | None:
    """Return the coupon if it reduces the next charge of the subscription as well, else None.

    A coupon that repeats for some months ends with them, counted from today. `days` is the length of the trial.
    """
    if coupon is None or coupon.duration != "repeating" or coupon.duration_in_months is None:
        return coupon if coupon is not None and coupon.duration != "once" else None
    lengths = [
        DAYS[item.price.recurring.interval] * item.price.recurring.interval_count
        for item in items
        if item.is_chosen and item.price.recurring is not None and item.price.recurring.interval in DAYS
    ]
    next_charge = days or min(lengths, default=0)
    return coupon if next_charge < coupon.duration_in_months * DAYS["month"] else None


def recurring_totals(
    items: Sequence[Item],
    amounts: Sequence[int],
    coupon: Coupon | None,
    rates: Sequence[TaxRate],
    currency: str,
    starts_at: int | None,
) -> tuple[RecurringTotal, ...]:
    """Return the total of each billing interval, in the order of first appearance.

    `amounts` are the prices of the items for one period. `coupon` is a discount that repeats. Usage is unknown and left out; an
    interval that bills only usage has no total. An interval that is new at Stripe is left out: its price is not sold. A session takes one
    interval, which is not checked here.
    """
    groups: dict[tuple[Interval, int], list[int]] = {}
    for index, item in enumerate(items):
        recurring = item.price.recurring
        if recurring is not None and recurring.interval in DAYS and item.is_chosen and not is_metered(item.price):
            groups.setdefault((recurring.interval, recurring.interval_count), []).append(index)
    totals = []
    for (interval, interval_count), indexes in groups.items():
        chosen, prices = [items[i] for i in indexes], [amounts[i] for i in indexes]
        lines = compute_charges(chosen, prices, coupon, rates, currency)
        months = coupon.duration_in_months if coupon and coupon.duration == "repeating" else None
        full = compute_charges(chosen, prices, None, rates, currency) if months else ()
        totals.append(
            RecurringTotal(
                amount_discount=sum(line.amount_discount for line in lines),
                amount_subtotal=sum(line.amount_subtotal for line in lines),
                amount_tax=sum(line.amount_tax for line in lines),
                amount_total=sum(line.amount_total for line in lines),
                amount_total_later=sum(line.amount_total for line in full) if months else None,
                duration_in_months=months,
                interval=interval,
                interval_count=interval_count,
                starts_at=starts_at,
                taxes=tax_totals(lines),
            )
        )
    return tuple(totals)
