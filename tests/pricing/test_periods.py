"""When a billing period ends."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.objects.price import Recurring
from app.pricing.recurring import end_of_period


@pytest.mark.parametrize(
    ("start", "interval", "count", "end"),
    [
        ((2026, 1, 15), "month", 1, (2026, 2, 15)),
        ((2026, 1, 31), "month", 1, (2026, 2, 28)),
        ((2028, 1, 31), "month", 1, (2028, 2, 29)),
        ((2026, 11, 30), "month", 3, (2027, 2, 28)),
        ((2028, 2, 29), "year", 1, (2029, 2, 28)),
        ((2026, 12, 1), "year", 3, (2029, 12, 1)),
        ((2026, 12, 31), "day", 1, (2027, 1, 1)),
        ((2026, 12, 31), "week", 2, (2027, 1, 14)),
    ],
)
def test_a_period_ends_on_the_same_day_or_the_last_one_of_a_short_month(
    start: tuple[int, int, int], interval: Any, count: int, end: tuple[int, int, int]
) -> None:
    begin = int(datetime(*start, 13, 30, tzinfo=UTC).timestamp())
    ends = end_of_period(begin, Recurring(interval=interval, interval_count=count, usage_type="licensed"))
    assert datetime.fromtimestamp(ends, UTC) == datetime(*end, 13, 30, tzinfo=UTC)
