"""Lists of links: by view, words and amount, with count and sums of the whole filter. Pages go by key, each by an index."""

# ruff: noqa: S608 -- the names of columns and the texts of conditions are constants of ours

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from app.objects.link_list import LinkFilter, LinkSums, LinkView
from app.objects.payment_link import PaymentLink
from app.store.engine import Engine
from app.store.link_rows import amount_word
from app.store.link_steps import NOT_USED_UP
from app.store.links import LINK_COLUMNS, read_link
from app.store.paging import page
from app.store.word_search import find_by_words

_ATTENTION: Final = (
    "SELECT payment_link FROM link_refusals UNION "
    "SELECT id FROM payment_links WHERE organization = :organization AND active = 1 AND archived = 1 UNION "
    "SELECT id FROM payment_links WHERE organization = :organization AND active = 1 AND due_date IS NOT NULL "
    f"AND {NOT_USED_UP} AND due_date < :today AND (closes_at IS NULL OR closes_at > :now)"
)
"""Links that Stripe refuses, and invoices that are overdue."""

_VIEWS: Final[dict[LinkView, tuple[str, ...]]] = {
    "": (),
    "active": ("active = 1",),
    "attention": ("active = 1",),
    "invoices": ("invoice = 1",),
    "inactive": ("active = 0",),
}


def list_links(
    engine: Engine,
    organization: str,
    chosen: LinkFilter,
    *,
    limit: int,
    starting_after: str | None,
    ending_before: str | None,
) -> tuple[list[PaymentLink], bool]:
    """See `LinkLists.list_links`."""
    source, conditions, values = _source(organization, chosen)
    rows, more = page(
        engine,
        "payment_links",
        {"organization": organization},
        columns=LINK_COLUMNS,
        noun="payment link",
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
        conditions=conditions,
        values=values,
        order=("sort_key", "sequence"),
        source=source,
    )
    return [read_link(row) for row in rows], more


def sum_links(engine: Engine, organization: str, chosen: LinkFilter) -> LinkSums:
    """See `LinkLists.sum_links`."""
    number, payments, amounts = _sums(engine, organization, chosen)
    return LinkSums(number, payments, tuple((currency, total) for currency, total in amounts.items() if total))


def _sums(engine: Engine, organization: str, chosen: LinkFilter) -> tuple[int, int, dict[str, int]]:
    """Return the number of links, the number of payments, and the amounts by currency."""
    number = _count(engine, organization, chosen)
    if chosen.view == "active" and not chosen.is_search:
        inactive = replace(chosen, view="inactive")
        if _count(engine, organization, inactive) < number:
            # All links but the inactive ones: this reads fewer rows.
            _number, payments, amounts = _sums(engine, organization, replace(chosen, view=""))
            _number, others, other_amounts = _sums(engine, organization, inactive)
            left = {currency: total - other_amounts.get(currency, 0) for currency, total in amounts.items()}
            return number, payments - others, left
    source, values = "link_sums WHERE organization = :organization", {"organization": organization}
    if chosen.view or chosen.is_search:
        shown, values = _shown(organization, chosen)
        # CROSS JOIN sets the order for SQLite: the links of the filter, then the sums of each.
        source = (
            f"({shown}) AS shown CROSS JOIN link_sums "
            "WHERE link_sums.organization = :organization AND link_sums.payment_link = shown.id"
        )
    rows = engine.rows(
        "SELECT currency, CAST(SUM(number) AS BIGINT) AS number, CAST(SUM(amount - amount_refunded) AS BIGINT) AS total "
        f"FROM {source} GROUP BY currency ORDER BY number DESC, currency",
        values,
    )
    return number, sum(row["number"] for row in rows), {row["currency"]: row["total"] for row in rows}


def _count(engine: Engine, organization: str, chosen: LinkFilter) -> int:
    shown, values = _shown(organization, chosen)
    (row,) = engine.rows(f"SELECT COUNT(*) AS number FROM ({shown}) AS shown", values)
    return int(row["number"])


def _shown(organization: str, chosen: LinkFilter) -> tuple[str, dict[str, Any]]:
    """Return the statement that finds the ids of a filter's links, and its values."""
    values: dict[str, Any] = {"organization": organization}
    if chosen.is_search and not chosen.view:
        found, found_values = _found(chosen)
        return f"SELECT payment_link AS id FROM ({found}) AS found", values | found_values
    source, conditions, found_values = _source(organization, chosen)
    where = " AND ".join(["payment_links.organization = :organization", *conditions])
    return f"SELECT payment_links.id FROM {source} WHERE {where}", values | found_values


def sums_by_link(engine: Engine, organization: str, links: Sequence[str]) -> dict[str, LinkSums]:
    """See `LinkLists.sums_by_link`."""
    if not links:
        return {}
    names = {f"link_{index}": id for index, id in enumerate(links)}
    rows = engine.rows(
        "SELECT payment_link, currency, number, amount - amount_refunded AS total FROM link_sums "
        f"WHERE organization = :organization AND payment_link IN ({', '.join(f':{name}' for name in names)}) "
        "ORDER BY number DESC, currency",
        {**names, "organization": organization},
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


def _source(organization: str, chosen: LinkFilter) -> tuple[str, list[str], dict[str, Any]]:
    """Return the tables, the conditions and the values of a filter."""
    conditions = list(_VIEWS[chosen.view])
    values: dict[str, Any] = {}
    parts = []
    if chosen.is_search:
        either, values = _found(chosen)
        parts.append(either)
    if chosen.view == "attention":
        parts.append(f"SELECT payment_link FROM ({_ATTENTION}) AS to_see")
        values |= {"now": chosen.now, "today": chosen.today}
    if not parts:
        return "payment_links", conditions, values
    found = " INTERSECT ".join(f"SELECT payment_link FROM ({part}) AS part_{index}" for index, part in enumerate(parts))
    # CROSS JOIN makes SQLite begin with the few links that were found, and not with every link of the organization.
    return (
        f"({found}) AS found CROSS JOIN payment_links",
        [*conditions, "payment_links.id = found.payment_link"],
        {**values, "organization": organization},
    )


def _found(chosen: LinkFilter) -> tuple[str, dict[str, Any]]:
    """Return the statement that finds the ids of links by their words or an amount, and its values."""
    either: list[str] = []
    values: dict[str, Any] = {}
    if chosen.words:
        named, values = find_by_words("link_words", "payment_link", chosen.words)
        either.append(named)
    for decimals, amount in chosen.amounts:
        values |= {f"amount_{decimals}": amount_word(decimals, amount)}
        either.append(
            f"SELECT payment_link FROM link_words WHERE organization = :organization AND word = :amount_{decimals}"
        )
    return " UNION ".join(either), values
