"""Lists of orders: by view, words, amount, link and day, with counts and sums of the whole filter; and what merchants did.

Pages go by key: the day of the payment, then the order of insertion. Each view has its own index.
"""

# ruff: noqa: S608 -- the names of columns and the texts of conditions are constants of ours

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from app.objects.attempt import PAID, Attempt
from app.objects.currency import CURRENCIES
from app.objects.listed import Listed
from app.objects.order import RECEIVED, Entry, OrderFilter, OrderSums, View
from app.store import order_sums
from app.store.attempt_rows import COLUMNS, read_attempts
from app.store.engine import Engine
from app.store.order_rows import COMPLETED, NOT_FINISHED
from app.store.paging import bounds, page, rows_by_id
from app.store.search import Search, Searched, Stream, count_found, found_ids, search
from app.store.taken import QUARTER


def _in_states(states: Sequence[str]) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"


VIEWS: Final[dict[View, str]] = {
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

_IN_ORGANIZATION: Final = "organization = :organization AND livemode = :livemode"

_ORDERS: Final = Searched(
    "attempts",
    "attempt_words",
    "attempt",
    ("dated", "sequence"),
    owner=_IN_ORGANIZATION,
    # The plus keeps SQLite from the row itself: the index of the list has all that a filter asks for.
    same="{own}.dated = {found}.dated AND +{own}.sequence = {found}.sequence",
)

_SINCE: Final = "dated >= :since"
_UNTIL: Final = "dated < :until"

_WIDE: Final[tuple[View, ...]] = ("", "paid")
"""The views that may have almost every order."""

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
) -> Listed[Attempt]:
    """See `OrderDesk.orders`."""
    owner = {"organization": organization}
    if not chosen.is_search and _narrowed_by(chosen) <= 1:
        conditions, values = _filter(chosen)
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
            values=owner | values,
            order=_ORDERS.order,
            owner=owner,
            oldest_first=chosen.oldest_first,
        )
        return Listed(read_attempts(engine, rows), more)
    between = bounds(
        engine,
        "attempts",
        owner,
        _ORDERS.order,
        noun="payment",
        starting_after=starting_after,
        ending_before=ending_before,
        oldest_first=chosen.oldest_first,
    )
    if _is_known_empty(engine, organization, chosen):
        return Listed([], more=False)
    found = found_ids(engine, _search(engine, organization, chosen), between, limit)
    return found.of(read_attempts(engine, rows_by_id(engine, "attempts", COLUMNS, found.rows)))


def sum_orders(engine: Engine, organization: str, chosen: OrderFilter) -> OrderSums:
    """See `OrderDesk.sum_orders`."""
    if _has_sums(chosen):
        return _sums(_kept_sums(engine, organization, chosen))
    if _is_known_empty(engine, organization, chosen):
        return OrderSums()
    found = _search(engine, organization, chosen)
    if not found.is_whole:
        return OrderSums(count_found(engine, found), is_least=True)
    if not found.streams:
        return OrderSums()
    # CROSS JOIN makes SQLite begin with the few orders that are found, and not with every order.
    rows = engine.rows(
        f"SELECT currency, COUNT(*) AS number, SUM(CASE WHEN {_in_states(RECEIVED)} THEN amount - amount_refunded ELSE 0 END) "
        f"AS total FROM ({found.ids()}) AS found CROSS JOIN attempts WHERE attempts.id = found.id "
        "GROUP BY currency ORDER BY number DESC, currency",
        found.values,
    )
    return _sums({row["currency"]: (row["number"], int(row["total"] or 0)) for row in rows})


def _has_sums(chosen: OrderFilter) -> bool:
    """Return whether a table has the sums of a filter: it has those of full quarters of an hour."""
    times = (chosen.since or 0, chosen.until or 0)
    return not chosen.is_search and chosen.view != "unfinished" and not any(time % QUARTER for time in times)


def _kept_sums(engine: Engine, organization: str, chosen: OrderFilter) -> dict[str, tuple[int, int]]:
    """Return the sums of a filter, without its search, from their table."""
    return order_sums.sum_orders(
        engine,
        organization,
        chosen.payment_link or "",
        _condition(chosen),
        chosen.since,
        chosen.until,
        chosen.currency,
        livemode=chosen.livemode,
    )


def _is_known_empty(engine: Engine, organization: str, chosen: OrderFilter) -> bool:
    """Return whether the table of sums says that no order passes a filter, so that no row need be looked at."""
    listed = replace(chosen, words=(), amounts=())
    return _narrowed_by(chosen) > 0 and _has_sums(listed) and not _kept_sums(engine, organization, listed)


def _sums(sums: dict[str, tuple[int, int]]) -> OrderSums:
    amounts = tuple((currency, total) for currency, (_number, total) in sums.items() if total)
    return OrderSums(sum(number for number, _total in sums.values()), amounts)


def count_waiting(engine: Engine, organization: str, *, livemode: bool) -> dict[View, int]:
    """See `OrderDesk.count_waiting`."""
    conditions = [VIEWS[view] for view in _WAITING]
    counts = order_sums.count_orders(engine, organization, conditions, livemode=livemode)
    return dict(zip(_WAITING, counts, strict=True))


def count_started(engine: Engine, link: str, most: int, *, livemode: bool) -> int:
    """See `OrderDesk.count_started`. Each part is counted by its own index."""
    values = {"link": link, "livemode": int(livemode), "most": most}
    some = "SELECT 1 FROM attempts WHERE payment_link = :link AND livemode = :livemode"
    parts = (
        f"(SELECT COUNT(*) FROM ({some} AND {part} LIMIT :most) AS it) AS number_{index}"
        for index, part in enumerate((COMPLETED, NOT_FINISHED))
    )
    (row,) = engine.rows(f"SELECT {', '.join(parts)}", values)
    return min(most, int(row["number_0"]) + int(row["number_1"]))


def count_paying(engine: Engine, link: str, most: int, *, livemode: bool) -> int:
    """See `OrderDesk.count_paying`."""
    some = "SELECT 1 FROM attempts WHERE payment_link = :link AND state = 'opened' AND livemode = :livemode LIMIT :most"
    values = {"link": link, "livemode": int(livemode), "most": most}
    return int(engine.rows(f"SELECT COUNT(*) AS number FROM ({some}) AS it", values)[0]["number"])


def has_deliveries(engine: Engine, organization: str, *, livemode: bool) -> bool:
    """See `OrderDesk.has_deliveries`."""
    conditions = [VIEWS["to-send"], VIEWS["sent"]]
    return any(order_sums.count_orders(engine, organization, conditions, livemode=livemode))


def order_currencies(engine: Engine, organization: str, *, livemode: bool) -> list[str]:
    """See `OrderDesk.order_currencies`."""
    return sorted(
        currency
        for currency in order_sums.sum_orders(engine, organization, "", COMPLETED, None, None, None, livemode=livemode)
        if currency
    )


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


_BY_LINK: Final = (
    "payment_link = :payment_link",
    "livemode = :livemode",
    # This form makes SQLite take the index of the link, which is the shorter one.
    "(SELECT organization FROM payment_links WHERE id = :payment_link) = :organization",
)
_BY_CURRENCY: Final = "currency = :currency"


def _condition(chosen: OrderFilter) -> str:
    """Return the condition of the view. The lists by link and by currency have only attempts whose buyer completed Checkout."""
    view = VIEWS[chosen.view]
    is_narrow = chosen.payment_link is not None or chosen.currency is not None
    return f"{view} AND {COMPLETED}" if is_narrow and chosen.view not in {"", "unfinished"} else view


def _filter(chosen: OrderFilter) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions and the values of a filter, without its search."""
    conditions = [_condition(chosen), *([_IN_ORGANIZATION] if chosen.payment_link is None else _BY_LINK)]
    values: dict[str, Any] = {"livemode": int(chosen.livemode)}
    for name, condition in (
        ("payment_link", None),
        ("since", _SINCE),
        ("until", _UNTIL),
        ("currency", _BY_CURRENCY),
    ):
        value = getattr(chosen, name)
        if value is not None:
            conditions += [condition] if condition else []
            values[name] = value
    return conditions, values


def _narrowed_by(chosen: OrderFilter) -> int:
    """Return by how many of its view, its link and its currency a filter narrows the list. For each of them there is an index."""
    return (chosen.view not in _WIDE) + (chosen.payment_link is not None) + (chosen.currency is not None)


def _listed(engine: Engine, organization: str, chosen: OrderFilter) -> Stream:
    """Return the shortest list with an index in which the orders of a filter are: its view, its link or its currency."""
    by_view = Stream("attempts", "attempts.id", (_IN_ORGANIZATION, VIEWS[chosen.view]))
    if not chosen.payment_link and not chosen.currency:
        return replace(by_view, has_filter=True)
    done = NOT_FINISHED if chosen.view == "unfinished" else COMPLETED
    by_link = Stream("attempts", "attempts.id", (*_BY_LINK, done))
    if chosen.view == "unfinished":
        return by_link if chosen.payment_link else by_view
    lists: list[tuple[int, int, Stream]] = []
    for stream, link, condition, currency in (
        (by_view, None, VIEWS[chosen.view], None),
        (by_link, chosen.payment_link, COMPLETED, None),
        (Stream("attempts", "attempts.id", (_IN_ORGANIZATION, _BY_CURRENCY, done)), None, COMPLETED, chosen.currency),
    ):
        if (link or currency) if stream is not by_view else chosen.view not in _WIDE:
            sums = order_sums.sum_orders(
                engine, organization, link or "", condition, None, None, currency, livemode=chosen.livemode
            )
            lists.append((sum(number for number, _total in sums.values()), len(lists), stream))
    return min(lists)[-1]


def _search(engine: Engine, organization: str, chosen: OrderFilter) -> Search:
    """Return how to find the orders of a search by their words or their amount, or those of a filter that no index has alone."""
    conditions, values = _filter(chosen)
    values |= {"organization": organization}
    within = [bound for bound, value in ((_SINCE, chosen.since), (_UNTIL, chosen.until)) if value is not None]
    if chosen.is_search and chosen.view == "unfinished":
        # Only orders whose buyer completed Checkout are found by words or an amount.
        return search(engine, _ORDERS, organization, (), (), conditions, values, within=within)
    listed = _listed(engine, organization, chosen)
    if not chosen.is_search:
        return search(engine, _ORDERS, organization, (), [listed], conditions, values, within=within)
    amounts = [
        Stream(
            "attempts",
            "attempts.id",
            (_IN_ORGANIZATION, COMPLETED, f"amount = :{name}", _with_decimals(decimals)),
            {name: amount},
        )
        for name, decimals, amount in ((f"amount_{decimals}", decimals, amount) for decimals, amount in chosen.amounts)
    ]
    # Only orders whose buyer completed Checkout have words, so the list of all of them needs no check.
    is_narrow = _narrowed_by(chosen) > 0
    filter = conditions if is_narrow or chosen.view else []
    return search(
        engine,
        _ORDERS,
        organization,
        chosen.words,
        amounts,
        filter,
        values,
        listed=listed,
        is_narrow=is_narrow,
        within=within,
    )


def _with_decimals(decimals: int) -> str:
    """Return the condition for currencies with this number of decimals. Most have two.

    It is not about the column alone, because SQLite would then take the index by currency instead of that by amount.
    """
    exceptions = {code: rule.decimals for code, rule in CURRENCIES.items() if rule.decimals != 2}
    if decimals == 2:
        return f"currency || '' NOT IN ({', '.join(repr(code) for code in exceptions)})"
    return f"currency || '' IN ({', '.join(repr(code) for code, number in exceptions.items() if number == decimals)})"
