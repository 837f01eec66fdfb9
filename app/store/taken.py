"""What an organization has taken, in sums by quarter of an hour and currency, so that a page adds up few rows.

A sum changes in the transaction that changes the attempt. Quarters fit the days of every time zone.
"""

# ruff: noqa: S608 -- the numbers of days and the texts of conditions are ours

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.objects.order import RECEIVED
from app.objects.taken import DaySum
from app.store.engine import Engine

QUARTER: Final = 900
"""Seconds of one sum. Every time zone is a multiple of it away from UTC."""

SUMMED: Final = "amount, amount_refunded, currency, dated, livemode, state"
"""The columns of an attempt that its sum depends on."""

_RECEIVED: Final = f"state IN ({', '.join(repr(state) for state in RECEIVED)})"

FILL: Final = (
    "INSERT INTO taken (organization, livemode, quarter, currency, number, amount, amount_refunded) "
    f"SELECT organization, livemode, dated / {QUARTER} * {QUARTER}, currency, COUNT(*), SUM(amount), SUM(amount_refunded) "
    f"FROM attempts WHERE {_RECEIVED} GROUP BY organization, livemode, dated / {QUARTER} * {QUARTER}, currency"
)
"""Counts the attempts of earlier versions."""


def change_sums(
    engine: Engine, organization: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> None:
    """Take an attempt's columns out of the sums as they were, and add them as they are now. Call it in the attempt's transaction."""
    old, new = _share(before), _share(after)
    if old == new:
        return
    changes: dict[tuple[Any, ...], list[int]] = {}
    for share, sign in ((old, -1), (new, 1)):
        if share is not None:
            key, amounts = share
            total = changes.setdefault(key, [0, 0, 0])
            changes[key] = [one + sign * other for one, other in zip(total, amounts, strict=True)]
    for (livemode, quarter, currency), (number, amount, amount_refunded) in sorted(changes.items()):
        engine.execute(
            "INSERT INTO taken (organization, livemode, quarter, currency, number, amount, amount_refunded) "
            "VALUES (:organization, :livemode, :quarter, :currency, :number, :amount, :amount_refunded) "
            "ON CONFLICT (organization, livemode, quarter, currency) DO UPDATE SET number = taken.number + excluded.number, "
            "amount = taken.amount + excluded.amount, "
            "amount_refunded = taken.amount_refunded + excluded.amount_refunded",
            {
                "organization": organization,
                "livemode": livemode,
                "quarter": quarter,
                "currency": currency,
                "number": number,
                "amount": amount,
                "amount_refunded": amount_refunded,
            },
        )


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


def _share(columns: Mapping[str, Any] | None) -> tuple[tuple[Any, ...], tuple[int, int, int]] | None:
    """Return the key of an attempt's sum and what the attempt adds to it, or None where its money has not arrived."""
    if columns is None or columns["state"] not in RECEIVED:
        return None
    quarter = columns["dated"] - columns["dated"] % QUARTER
    return (columns["livemode"], quarter, columns["currency"]), (1, columns["amount"], columns["amount_refunded"])
