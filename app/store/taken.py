"""Sums of payments by quarter of an hour and currency, and by link and currency, so that a page adds up few rows.

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

_SUMS: Final = ("number", "amount", "amount_refunded")

_RECEIVED: Final = f"state IN ({', '.join(repr(state) for state in RECEIVED)})"

FILL: Final = (
    "INSERT INTO taken (organization, livemode, quarter, currency, number, amount, amount_refunded) "
    f"SELECT organization, livemode, dated / {QUARTER} * {QUARTER}, currency, COUNT(*), SUM(amount), SUM(amount_refunded) "
    f"FROM attempts WHERE {_RECEIVED} GROUP BY organization, livemode, dated / {QUARTER} * {QUARTER}, currency"
)
"""Counts the attempts of earlier versions."""

FILL_LINKS: Final = (
    "INSERT INTO link_sums (organization, payment_link, currency, number, amount, amount_refunded) "
    "SELECT organization, payment_link, currency, COUNT(*), SUM(amount), SUM(amount_refunded) "
    f"FROM attempts WHERE {_RECEIVED} GROUP BY organization, payment_link, currency"
)
"""Counts them by link."""


def change_sums(
    engine: Engine,
    organization: str,
    link: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Subtract the old columns of an attempt from the sums, and add the new ones. Call it in the attempt's transaction."""
    old, new = _share(before), _share(after)
    if old == new:
        return
    _change(engine, "taken", ("livemode", "quarter", "currency"), {"organization": organization}, (old, new))
    named = {"organization": organization, "payment_link": link}
    _change(engine, "link_sums", ("currency",), named, (old, new))


def _change(
    engine: Engine,
    table: str,
    keys: Sequence[str],
    owner: Mapping[str, str],
    shares: tuple[dict[str, Any] | None, dict[str, Any] | None],
) -> None:
    """Subtract the first share from the sums of a table, and add the second one. `keys` and `owner` are the table's primary key."""
    changes: dict[tuple[Any, ...], list[int]] = {}
    for share, sign in zip(shares, (-1, 1), strict=True):
        if share is not None:
            key = tuple(share[name] for name in keys)
            total = changes.setdefault(key, [0] * len(_SUMS))
            changes[key] = [one + sign * share[name] for one, name in zip(total, _SUMS, strict=True)]
    columns = (*owner, *keys, *_SUMS)
    for key, sums in sorted(changes.items()):
        engine.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)}) "
            f"ON CONFLICT ({', '.join((*owner, *keys))}) DO UPDATE SET "
            + ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in _SUMS),
            {**owner, **dict(zip(keys, key, strict=True)), **dict(zip(_SUMS, sums, strict=True))},
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


def _share(columns: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what an attempt adds to the sums and the keys of those sums, or None if its money has not arrived."""
    if columns is None or columns["state"] not in RECEIVED:
        return None
    quarter = columns["dated"] - columns["dated"] % QUARTER
    same = {name: columns[name] for name in ("livemode", "currency", "amount", "amount_refunded")}
    return {**same, "quarter": quarter, "number": 1}
