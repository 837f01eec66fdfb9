"""Lists of links: by view, words and amount, with count and sums of the whole filter. Pages go by key, each by an index."""

# ruff: noqa: S608 -- the names of columns and the texts of conditions are constants of ours

from collections.abc import Sequence
from typing import Any, Final

from app.objects.link_list import Counted, LinkFilter, LinkSums, LinkView
from app.objects.listed import Listed
from app.objects.payment_link import PaymentLink
from app.store.engine import Engine
from app.store.link_rows import amount_word
from app.store.link_steps import NOT_USED_UP
from app.store.link_sums import count_by_view, list_sums
from app.store.links import LINK_COLUMNS, read_link
from app.store.paging import bounds, page, rows_by_id
from app.store.search import Search, Searched, Stream, by_word, count_found, found_ids, is_short, search

_LINKS: Final = Searched(
    "payment_links", "link_words", "payment_link", ("sort_key", "sequence"), same="{own}.id = {id}"
)

_OVERDUE: Final = (
    "due_date IS NOT NULL",
    NOT_USED_UP,
    "due_date < :today",
    "(closes_at IS NULL OR closes_at > :now)",
)
"""Invoices that are overdue."""

_REFUSED: Final = "SELECT 1 FROM link_refusals WHERE link_refusals.payment_link = payment_links.id LIMIT 1 OFFSET 0"
"""Whether Stripe refuses a link."""

_VIEWS: Final[dict[LinkView, tuple[str, ...]]] = {
    "": (),
    "active": ("active = 1",),
    "attention": ("active = 1", f"(archived = 1 OR ({' AND '.join(_OVERDUE)}) OR EXISTS ({_REFUSED}))"),
    "invoices": ("invoice = 1",),
    "inactive": ("active = 0",),
}
"""The conditions of each view. Those about `active` and `invoice` alone choose the sums as well."""


def list_links(
    engine: Engine,
    organization: str,
    chosen: LinkFilter,
    *,
    limit: int,
    starting_after: str | None,
    ending_before: str | None,
) -> Listed[PaymentLink]:
    """See `LinkLists.list_links`."""
    owner = {"organization": organization}
    if _has_sums(chosen):
        rows, more = page(
            engine,
            "payment_links",
            owner,
            columns=LINK_COLUMNS,
            noun="payment link",
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
            conditions=_VIEWS[chosen.view],
            order=_LINKS.order,
        )
        return Listed([read_link(row) for row in rows], more)
    between = bounds(
        engine,
        "payment_links",
        owner,
        _LINKS.order,
        noun="payment link",
        starting_after=starting_after,
        ending_before=ending_before,
    )
    found = found_ids(engine, _search(engine, organization, chosen), between, limit)
    return found.of([read_link(row) for row in rows_by_id(engine, "payment_links", LINK_COLUMNS, found.rows)])


def sum_links(engine: Engine, organization: str, chosen: LinkFilter) -> LinkSums:
    """See `LinkLists.sum_links`."""
    if _has_sums(chosen):
        number, sums = list_sums(
            engine, organization, " AND ".join(_VIEWS[chosen.view]) or "1 = 1", livemode=chosen.livemode
        )
        return _sums(number, sums)
    found = _search(engine, organization, chosen)
    if not found.is_whole:
        return LinkSums(count_found(engine, found), is_least=True)
    if not found.streams:
        return LinkSums()
    values = {**found.values, "organization": organization, "livemode": int(chosen.livemode)}
    # CROSS JOIN sets the order for SQLite: the links that are found, then the sums of each.
    rows = engine.rows(
        "SELECT currency, CAST(SUM(number) AS BIGINT) AS number, CAST(SUM(amount - amount_refunded) AS BIGINT) AS total "
        f"FROM ({found.ids()}) AS found CROSS JOIN link_sums "
        "WHERE link_sums.organization = :organization AND link_sums.payment_link = found.id AND link_sums.livemode = :livemode "
        "GROUP BY currency ORDER BY number DESC, currency",
        values,
    )
    return _sums(count_found(engine, found), {row["currency"]: (row["number"], row["total"]) for row in rows})


def _has_sums(chosen: LinkFilter) -> bool:
    """Return whether a table has the sums of a filter."""
    return not chosen.is_search and chosen.view != "attention"


def _sums(number: int, sums: dict[str, tuple[int, int]]) -> LinkSums:
    amounts = tuple((currency, total) for currency, (_payments, total) in sums.items() if total)
    return LinkSums(number, sum(payments for payments, _total in sums.values()), amounts)


def count_links(engine: Engine, organization: str, chosen: LinkFilter) -> dict[LinkView, Counted]:
    """See `LinkLists.count_links`."""
    counts = count_by_view(engine, organization)
    found = _search(engine, organization, LinkFilter("attention", now=chosen.now, today=chosen.today))
    return {
        "": Counted(sum(counts.values())),
        "active": Counted(sum(number for (active, _invoice), number in counts.items() if active)),
        "attention": Counted(count_found(engine, found), is_least=not found.is_whole),
        "invoices": Counted(sum(number for (_active, invoice), number in counts.items() if invoice)),
        "inactive": Counted(sum(number for (active, _invoice), number in counts.items() if not active)),
    }


def sums_by_link(engine: Engine, organization: str, links: Sequence[str], *, livemode: bool) -> dict[str, LinkSums]:
    """See `LinkLists.sums_by_link`."""
    if not links:
        return {}
    names = {f"link_{index}": id for index, id in enumerate(links)}
    rows = engine.rows(
        "SELECT payment_link, currency, CAST(SUM(number) AS BIGINT) AS number, "
        "CAST(SUM(amount - amount_refunded) AS BIGINT) AS total FROM link_sums "
        f"WHERE organization = :organization AND payment_link IN ({', '.join(f':{name}' for name in names)}) AND livemode = :livemode "
        "GROUP BY payment_link, currency ORDER BY number DESC, currency",
        {**names, "organization": organization, "livemode": int(livemode)},
    )
    return {
        id: LinkSums(
            number=1,
            payments=sum(row["number"] for row in rows if row["payment_link"] == id),
            amounts=tuple(
                (row["currency"], row["total"]) for row in rows if row["payment_link"] == id and row["total"]
            ),
        )
        for id in links
    }


def held_links(engine: Engine, links: Sequence[str]) -> frozenset[str]:
    """See `LinkLists.held_links`."""
    if not links:
        return frozenset()
    names = {f"link_{index}": id for index, id in enumerate(links)}
    rows = engine.rows(
        f"SELECT id FROM payment_links WHERE id IN ({', '.join(f':{name}' for name in names)}) "
        "AND completed < places_limit AND places >= places_limit",
        names,
    )
    return frozenset(row["id"] for row in rows)


def _search(engine: Engine, organization: str, chosen: LinkFilter) -> Search:
    """Return how to find the links of a search, or those that need attention."""
    values = {"organization": organization, "now": chosen.now, "today": chosen.today}
    if not chosen.is_search:
        streams = _need_attention(engine, values)
        return search(engine, _LINKS, organization, (), streams, (), values)
    amounts = [
        by_word(_LINKS, f"amount_{decimals}", amount_word(decimals, amount)) for decimals, amount in chosen.amounts
    ]
    filter = _VIEWS[chosen.view]
    own = "payment_links.organization = :organization"
    conditions = (own, "active = 1") if chosen.view == "attention" else (own, *filter)
    listed = Stream("payment_links", "payment_links.id", conditions, has_filter=chosen.view != "attention")
    return search(
        engine,
        _LINKS,
        organization,
        chosen.words,
        amounts,
        filter,
        values,
        listed=listed,
        is_narrow=chosen.view in ("inactive", "invoices"),
    )


def _need_attention(engine: Engine, values: dict[str, Any]) -> list[Stream]:
    """Return the streams of the links that need attention. Many overdue or refused links are read in the order of the list."""
    active = ("payment_links.organization = :organization", "active = 1")
    overdue = Stream("payment_links", "payment_links.id", (*active, *_OVERDUE), has_filter=True)
    if not is_short(engine, overdue, values):
        # "+ 0" keeps SQLite from the index by due date.
        in_order = tuple(condition.replace("due_date <", "due_date + 0 <") for condition in _OVERDUE)
        overdue = Stream("payment_links", "payment_links.id", (*active, *in_order), has_filter=True)
    refused = Stream(
        "link_refusals CROSS JOIN payment_links",
        "payment_links.id",
        ("payment_links.id = link_refusals.payment_link", *active),
        has_filter=True,
    )
    if not is_short(engine, refused, values):
        refused = Stream("payment_links", "payment_links.id", (*active, f"EXISTS ({_REFUSED})"), has_filter=True)
    return [
        Stream("payment_links", "payment_links.id", (*active, "archived = 1"), has_filter=True),
        refused,
        overdue,
    ]
