"""Sums of payments by quarter of an hour and currency, so that a page adds up few rows. Quarters fit the days of every time zone."""

# ruff: noqa: S608 -- the numbers of days and the texts of conditions are ours

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.objects.order import RECEIVED
from app.objects.taken import DaySum
from app.store.engine import Engine
from app.store.sums import Share, Sums

QUARTER: Final = 900
"""Seconds of one sum. Every time zone is a multiple of it away from UTC."""

SUMS: Final = ("number", "amount", "amount_refunded")

_TAKEN: Final = Sums("taken", ("organization", "livemode", "quarter", "currency"), SUMS)

IS_RECEIVED: Final = f"state IN ({', '.join(repr(state) for state in RECEIVED)})"
"""Attempts whose money has arrived, refunded or not."""

FILL: Final = (
    "INSERT INTO taken (organization, livemode, quarter, currency, number, amount, amount_refunded) "
    f"SELECT organization, livemode, dated / {QUARTER} * {QUARTER}, currency, COUNT(*), SUM(amount), SUM(amount_refunded) "
    f"FROM attempts WHERE {IS_RECEIVED} GROUP BY organization, livemode, dated / {QUARTER} * {QUARTER}, currency"
)
"""Counts the attempts of earlier versions."""


def change_taken(engine: Engine, organization: str, old: Share, new: Share) -> None:
    """Subtract the old share of an attempt from the sums of its quarter, and add the new one."""
    _TAKEN.change(engine, old, new, organization=organization)


def taken(engine: Engine, organization: str, *, livemode: bool, days: Sequence[tuple[int, int]]) -> list[DaySum]:
    """See `OrderDesk.taken`."""
    listed = ", ".join(f"({index}, {int(since)}, {int(until)})" for index, (since, until) in enumerate(days))
    rows = engine.rows(
        f"WITH days (day, since, until) AS (VALUES {listed}) "
        "SELECT day, currency, CAST(SUM(number) AS BIGINT) AS number, CAST(SUM(amount) AS BIGINT) AS amount, "
        "CAST(SUM(amount_refunded) AS BIGINT) AS amount_refunded "
        "FROM days CROSS JOIN taken WHERE organization = :organization AND livemode = :livemode "
        "AND quarter >= since AND quarter < until GROUP BY day, currency HAVING SUM(number) > 0 ORDER BY day, currency",
        {"organization": organization, "livemode": int(livemode)},
    )
    return [DaySum.model_validate({name: row[name] for name in DaySum.model_fields}) for row in rows]


def received_share(columns: Mapping[str, Any] | None) -> Share:
    """Return what an attempt adds to the sums and the keys of those sums, or None if its money has not arrived."""
    if columns is None or columns["state"] not in RECEIVED:
        return None
    quarter = columns["dated"] - columns["dated"] % QUARTER
    same = {name: columns[name] for name in ("livemode", "came_from", "currency", "amount", "amount_refunded")}
    return {**same, "quarter": quarter, "number": 1}
