"""Lists of orders: by view, words, amount, link and day, with counts and sums of the whole filter; and what merchants did.

Pages go by key: the day of the payment, then the order of insertion. Each view has its own index.
"""

# ruff: noqa: S608 -- the names of columns and the texts of conditions are constants of ours

from collections.abc import Sequence
from typing import Any, Final

from app.objects.attempt import PAID, Attempt
from app.objects.currency import CURRENCIES
from app.objects.order import RECEIVED, Entry, OrderFilter, OrderSums, View
from app.store.attempt_rows import COLUMNS, read_attempts
from app.store.engine import Engine
from app.store.order_rows import COMPLETED, NOT_FINISHED
from app.store.paging import page
from app.store.word_search import find_by_words


def _in_states(states: Sequence[str]) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"


_VIEWS: Final[dict[View, str]] = {
    "": COMPLETED,
    "to-send": "delivery = 'to_send'",
    "sent": "delivery = 'sent'",
    "flagged": "to_check = 1",
    "disputed": "disputed = 1",
    "refunded": "refunded = 1",
    "paid": f"{COMPLETED} AND {_in_states(PAID)}",
    "processing": f"{COMPLETED} AND state = 'processing'",
    "failed": f"{COMPLETED} AND state = 'failed'",
    "unfinished": NOT_FINISHED,
}
"""The condition of each view, as its index has it."""

_WAITING: Final[tuple[View, ...]] = ("to-send", "flagged", "disputed")
"""The views whose orders wait for the merchant."""


def orders(
    engine: Engine,
    organization: str,
    chosen: OrderFilter,
    *,
    limit: int,
    starting_after: str | None,
    ending_before: str | None,
) -> tuple[list[Attempt], bool]:
    """See `OrderDesk.orders`."""
    source, conditions, values = _source(organization, chosen)
    rows, more = page(
        engine,
        "attempts",
        {},
        columns=COLUMNS,
        noun="payment",
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
        conditions=conditions,
        values=values,
        order=("dated", "sequence"),
        source=source,
        owner={"organization": organization},
        oldest_first=chosen.oldest_first,
    )
    return read_attempts(engine, rows), more


def sum_orders(engine: Engine, organization: str, chosen: OrderFilter) -> OrderSums:
    """See `OrderDesk.sum_orders`."""
    source, conditions, values = _source(organization, chosen)
    rows = engine.rows(
        f"SELECT currency, COUNT(*) AS number, SUM(CASE WHEN {_in_states(RECEIVED)} THEN amount - amount_refunded ELSE 0 END) "
        f"AS total FROM {source} WHERE {' AND '.join(conditions)} GROUP BY currency ORDER BY number DESC, currency",
        values,
    )
    sums = ((row["currency"], int(row["total"] or 0)) for row in rows)
    return OrderSums(sum(row["number"] for row in rows), tuple((code, total) for code, total in sums if total))


def count_waiting(engine: Engine, organization: str, most: int) -> dict[View, int]:
    """See `OrderDesk.count_waiting`."""
    parts = (
        f"(SELECT COUNT(*) FROM (SELECT 1 FROM attempts WHERE organization = :organization AND {_VIEWS[view]} LIMIT :most) AS it) "
        f"AS number_{index}"
        for index, view in enumerate(_WAITING)
    )
    row = engine.rows(f"SELECT {', '.join(parts)}", {"organization": organization, "most": most})[0]
    return {view: int(row[f"number_{index}"]) for index, view in enumerate(_WAITING)}


def has_deliveries(engine: Engine, organization: str) -> bool:
    """See `OrderDesk.has_deliveries`."""
    where = (
        f"SELECT 1 FROM attempts WHERE organization = :organization AND {_VIEWS[view]} LIMIT 1"
        for view in ("to-send", "sent")
    )
    return any(engine.rows(sql, {"organization": organization}) for sql in where)


def order_currencies(engine: Engine, organization: str) -> list[str]:
    """See `OrderDesk.order_currencies`. Each step of the recursion finds the next currency in the index, so few rows are read."""
    mine = f"organization = :organization AND {COMPLETED}"
    rows = engine.rows(
        "WITH RECURSIVE found (currency) AS ("
        f"SELECT MIN(currency) FROM attempts WHERE {mine} UNION ALL "
        f"SELECT (SELECT MIN(currency) FROM attempts WHERE {mine} AND currency > found.currency) FROM found "
        "WHERE found.currency IS NOT NULL) SELECT currency FROM found WHERE currency IS NOT NULL",
        {"organization": organization},
    )
    return [row["currency"] for row in rows if row["currency"]]


def add_entry(engine: Engine, entry: Entry) -> None:
    """See `OrderDesk.add_entry`."""
    engine.execute(
        "INSERT INTO order_entries (id, attempt, document) VALUES (:id, :attempt, :document)",
        {"id": entry.id, "attempt": entry.attempt, "document": entry.model_dump_json()},
    )


def save_entry(engine: Engine, entry: Entry) -> None:
    """See `OrderDesk.save_entry`."""
    engine.execute(
        "UPDATE order_entries SET document = :document WHERE id = :id",
        {"id": entry.id, "document": entry.model_dump_json()},
    )


def entries(engine: Engine, attempt: str) -> list[Entry]:
    """See `OrderDesk.entries`."""
    rows = engine.rows(
        "SELECT document FROM order_entries WHERE attempt = :attempt ORDER BY sequence", {"attempt": attempt}
    )
    return [Entry.model_validate_json(row["document"]) for row in rows]


def erase_entries(engine: Engine, attempt: str) -> None:
    """Remove the texts of everything that merchants did with an order."""
    for entry in entries(engine, attempt):
        if entry.text is not None:
            save_entry(engine, entry.model_copy(update={"text": None}))


def _source(organization: str, chosen: OrderFilter) -> tuple[str, list[str], dict[str, Any]]:
    """Return the tables, the conditions and the values of a filter."""
    conditions = [_VIEWS[chosen.view]]
    values: dict[str, Any] = {"organization": organization}
    if chosen.payment_link is None:
        conditions.append("attempts.organization = :organization")
    else:
        # This form makes SQLite take the index of the link, which is the shorter one.
        conditions.append("(SELECT organization FROM payment_links WHERE id = :payment_link) = :organization")
        conditions += [COMPLETED] if chosen.view != "unfinished" else []
    for name, condition in (
        ("payment_link", "payment_link = :payment_link"),
        ("since", "dated >= :since"),
        ("until", "dated < :until"),
        ("currency", "currency = :currency"),
    ):
        value = getattr(chosen, name)
        if value is not None:
            conditions.append(condition)
            values[name] = value
    if not chosen.is_search:
        return "attempts", conditions, values
    found, found_values = _found(chosen)
    # CROSS JOIN makes SQLite begin with the few orders that were found, and not with every order of the organization.
    return (
        f"({found}) AS found CROSS JOIN attempts",
        [*conditions, "attempts.id = found.attempt"],
        values | found_values,
    )


def _found(chosen: OrderFilter) -> tuple[str, dict[str, Any]]:
    """Return the statement that finds the ids of orders by their words or their amount, and its values."""
    either: list[str] = []
    values: dict[str, Any] = {}
    if chosen.words:
        named, values = find_by_words("attempt_words", "attempt", chosen.words)
        either.append(named)
    for decimals, amount in chosen.amounts:
        values |= {f"amount_{decimals}": amount}
        either.append(
            f"SELECT id AS attempt FROM attempts WHERE organization = :organization AND {COMPLETED} "
            f"AND amount = :amount_{decimals} AND {_with_decimals(decimals)}"
        )
    return " UNION ".join(either), values


def _with_decimals(decimals: int) -> str:
    """Return the condition for currencies with this number of decimals. Most have two."""
    exceptions = {code: rule.decimals for code, rule in CURRENCIES.items() if rule.decimals != 2}
    if decimals == 2:
        return f"currency NOT IN ({', '.join(repr(code) for code in exceptions)})"
    return f"currency IN ({', '.join(repr(code) for code, number in exceptions.items() if number == decimals)})"
