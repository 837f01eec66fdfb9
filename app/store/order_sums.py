"""Sums of orders by mode, view, currency and period, of the organization and of each link, so that a list of any length adds up few rows.

A period is a quarter of an hour, a day, 32 days, or all time. A row has the columns that the views of the order desk ask for, so the
condition of a view chooses orders and their sums alike.
"""

# ruff: noqa: S608 -- the names of columns and the texts of conditions are constants of ours

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from app.objects.attempt import CHECKOUT_COMPLETED
from app.objects.order import RECEIVED
from app.store.engine import Engine
from app.store.order_rows import COMPLETED, IN_A_VIEW, LISTED, NOT_FINISHED
from app.store.sums import Share, Sums, signed
from app.store.taken import IS_RECEIVED, QUARTER

ALL_TIME: Final = 0
LENGTHS: Final = (32 * 24 * 3600, 24 * 3600, QUARTER)
"""The lengths of periods in seconds. Each is a multiple of the next one."""

_FAR: Final = LENGTHS[0] * 2**40
"""A time in seconds that no order reaches. It is the end of a period of any length."""

_VIEW: Final = ("state", "delivery", "disputed", "refunded", "to_check")
"""The columns that conditions of views ask for."""

_SUMS: Final = ("number", "total")
_KEYS: Final = ("organization", "payment_link", "livemode", "period", "begins", "currency", *_VIEW)
_ORDERS: Final = Sums(
    "order_sums",
    _KEYS,
    _SUMS,
    [
        {"payment_link": owner, "period": str(length), "begins": f":begins_{length}" if length else "0"}
        for owner in ("''", ":payment_link")
        for length in (ALL_TIME, *reversed(LENGTHS))
    ],
)

_GROUPED: Final = ", ".join(("currency", *_VIEW))
_TOTAL: Final = f"CAST(SUM(CASE WHEN {IS_RECEIVED} THEN amount - amount_refunded ELSE 0 END) AS BIGINT)"
_BEGINS: Final = {ALL_TIME: "0", **{length: f"dated / {length} * {length}" for length in LENGTHS}}


def _fill(condition: str) -> tuple[str, ...]:
    """Return the statements that count the attempts of a condition."""
    return tuple(
        f"INSERT INTO order_sums ({', '.join((*_KEYS, *_SUMS))}) "
        f"SELECT organization, {link}, livemode, {length}, {begins}, {_GROUPED}, COUNT(*), {_TOTAL} FROM attempts WHERE {condition} "
        f"GROUP BY organization, livemode, {_GROUPED}"
        + ("" if link == "''" else f", {link}")
        + ("" if length == ALL_TIME else f", {begins}")
        for link in ("''", "payment_link")
        for length, begins in _BEGINS.items()
    )


FILL: Final = _fill(COMPLETED)
"""Counts the orders of earlier versions whose buyers completed Checkout."""

FILL_NOT_FINISHED: Final = _fill(f"{NOT_FINISHED} AND {IN_A_VIEW}")
"""Counts the other attempts of earlier versions that a view lists."""


def change_order_sums(
    engine: Engine, organization: str, link: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> None:
    """Subtract the old columns of an attempt from the sums of orders, and add the new ones."""
    old, new = _share(before), _share(after)
    if old == new:
        return
    if old is not None and new is not None:
        changes = (
            change
            for length in (ALL_TIME, *LENGTHS)
            for owner_id in ("", link)
            for change in signed(
                _in_period(old, length), _in_period(new, length), organization=organization, payment_link=owner_id
            )
        )
        _ORDERS.add(engine, changes)
    elif (share := new or old) is not None:
        begins = {f"begins_{length}": _begin(share, length) for length in LENGTHS}
        owner = {"organization": organization, "payment_link": link}
        _ORDERS.add_one(engine, -1 if new is None else 1, {**share, **begins, **owner})


def sum_orders(
    engine: Engine,
    organization: str,
    link: str,
    condition: str,
    since: int | None,
    until: int | None,
    currency: str | None,
    *,
    livemode: bool,
) -> dict[str, tuple[int, int]]:
    """Return the number of orders and their money less refunds, by currency. `since` and `until` are full quarters of an hour."""
    parts = ", ".join(f"({length}, {first}, {last})" for length, first, last in periods(since, until))
    if not parts:
        return {}
    rows = engine.rows(
        f"WITH parts (length, since, until) AS (VALUES {parts}) "
        "SELECT currency, CAST(SUM(number) AS BIGINT) AS number, CAST(SUM(total) AS BIGINT) AS total "
        "FROM parts CROSS JOIN order_sums WHERE organization = :organization AND payment_link = :payment_link AND livemode = :livemode "
        f"AND period = length AND begins >= since AND begins < until AND {condition} "
        f"{'AND currency = :currency ' if currency else ''}GROUP BY currency HAVING SUM(number) > 0 ORDER BY number DESC, currency",
        {
            "organization": organization,
            "payment_link": link,
            "livemode": int(livemode),
            **({"currency": currency} if currency else {}),
        },
    )
    return {row["currency"]: (row["number"], row["total"]) for row in rows}


def count_orders(engine: Engine, organization: str, conditions: Sequence[str], *, livemode: bool) -> list[int]:
    """Return how many orders of all time each of these conditions chooses."""
    counts = (
        f"CAST(COALESCE(SUM(CASE WHEN {condition} THEN number ELSE 0 END), 0) AS BIGINT) AS number_{index}"
        for index, condition in enumerate(conditions)
    )
    (row,) = engine.rows(
        f"SELECT {', '.join(counts)} FROM order_sums WHERE organization = :organization AND payment_link = '' "
        f"AND livemode = :livemode AND period = {ALL_TIME} AND begins = 0",
        {"organization": organization, "livemode": int(livemode)},
    )
    return [int(row[f"number_{index}"]) for index in range(len(conditions))]


def periods(since: int | None, until: int | None) -> Iterator[tuple[int, int, int]]:
    """Yield the periods that cover a time as length, first and end: long ones in the middle, short ones at both ends.

    >>> list(periods(None, None))
    [(0, 0, 1)]
    >>> list(periods(900, 86400 * 2))
    [(86400, 86400, 172800), (900, 900, 86400)]
    """
    if since is None and until is None:
        yield ALL_TIME, 0, 1
    else:
        yield from _covering(-_FAR if since is None else since, _FAR if until is None else until, LENGTHS)


def _covering(since: int, until: int, lengths: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
    length, *shorter = lengths
    first, last = -(-since // length) * length, until // length * length
    if first < last:
        yield length, first, last
        ends = [(since, first), (last, until)]
    else:
        ends = [(since, until)]
    for begin, end in ends if shorter else ():
        if begin < end:
            yield from _covering(begin, end, tuple(shorter))


def _share(columns: Mapping[str, Any] | None) -> Share:
    """Return what an attempt adds to the sums and the keys of those sums, or None if no view but that of unfinished ones lists it."""
    if columns is None:
        return None
    if columns["state"] not in CHECKOUT_COMPLETED and not any(columns[name] for name in LISTED):
        return None
    total = columns["amount"] - columns["amount_refunded"] if columns["state"] in RECEIVED else 0
    return {name: columns[name] for name in ("currency", "dated", "livemode", *_VIEW)} | {"number": 1, "total": total}


def _in_period(share: Mapping[str, Any], length: int) -> Mapping[str, Any]:
    return {**share, "begins": _begin(share, length) if length else 0, "period": length}


def _begin(share: Mapping[str, Any], length: int) -> int:
    begin: int = share["dated"] // length * length
    return begin
