"""The money that an organization has taken, day by day in its own time zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.objects.organization import Organization
from app.objects.taken import DaySum
from app.store.protocol import Store

DAYS: Final = 30
"""How many days are shown. The last one is today."""


@dataclass(frozen=True)
class Taken:
    """The sums of the last `DAYS` days. `days` are the days, oldest first. `currencies` begins with the one of most payments."""

    days: tuple[date, ...]
    currencies: tuple[str, ...]
    sums: dict[tuple[int, str], DaySum]

    def on(self, day: int, currency: str) -> DaySum:
        """Return the sum of a day, counted from the oldest one."""
        none = DaySum(amount=0, amount_refunded=0, currency=currency, day=day, number=0)
        return self.sums.get((day, currency), none)

    def total(self, currency: str) -> DaySum:
        """Return the sum of all days, as the sum of the last one."""
        found = [one for (_day, of), one in self.sums.items() if of == currency]
        return DaySum(
            amount=sum(one.amount for one in found),
            amount_refunded=sum(one.amount_refunded for one in found),
            currency=currency,
            day=DAYS - 1,
            number=sum(one.number for one in found),
        )


def taken_by_day(store: Store, organization: Organization, now: int, *, livemode: bool) -> Taken:
    """Return what was taken in the last `DAYS` days of the organization's time zone."""
    zone = _zone(organization.timezone)
    today = datetime.fromtimestamp(now, zone).date()
    days = tuple(today - timedelta(days=back) for back in reversed(range(DAYS)))
    starts = [_start(day, zone) for day in (*days, today + timedelta(days=1))]
    found = store.taken(organization.id, livemode=livemode, days=list(pairwise(starts)))
    numbers: dict[str, int] = {}
    for one in found:
        numbers[one.currency] = numbers.get(one.currency, 0) + one.number
    currencies = sorted(numbers, key=lambda currency: (-numbers[currency], currency))
    return Taken(days, tuple(currencies), {(one.day, one.currency): one for one in found})


def _start(day: date, zone: ZoneInfo) -> int:
    """Return the first second of a day. If midnight is skipped, it is the first second after."""
    return int(datetime.combine(day, time.min, tzinfo=zone).timestamp())


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")
