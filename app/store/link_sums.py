"""Sums of payments by link and origin of the buyers, and number and sums of an organization's links by view: a list adds up few rows.

Live payments and test payments are summed apart. A link is counted once, whatever its payments are.

The tables change in the transaction that changes the attempt or the link.
"""

# ruff: noqa: S608 -- the texts of conditions are constants of ours

from collections.abc import Mapping
from typing import Any, Final

from app.store.engine import Engine
from app.store.sums import Share, Sums
from app.store.taken import IS_RECEIVED, SUMS

FILL_LINKS: Final = (
    "INSERT INTO link_sums (organization, payment_link, livemode, currency, came_from, number, amount, amount_refunded) "
    "SELECT organization, payment_link, livemode, currency, came_from, COUNT(*), SUM(amount), SUM(amount_refunded) "
    f"FROM attempts WHERE {IS_RECEIVED} GROUP BY organization, payment_link, livemode, currency, came_from"
)
"""Counts the attempts of earlier versions by link."""

FILL_LISTS: Final = (
    "INSERT INTO link_list_sums (organization, active, invoice, livemode, currency, links, number, amount, amount_refunded) "
    "SELECT organization, active, invoice, 0, '', COUNT(*), 0, 0, 0 FROM payment_links GROUP BY organization, active, invoice",
    "INSERT INTO link_list_sums (organization, active, invoice, livemode, currency, links, number, amount, amount_refunded) "
    "SELECT payment_links.organization, active, invoice, livemode, currency, 0, COUNT(*), SUM(amount), SUM(amount_refunded) "
    f"FROM attempts JOIN payment_links ON payment_links.id = attempts.payment_link WHERE {IS_RECEIVED} "
    "GROUP BY payment_links.organization, active, invoice, livemode, currency",
)
"""Counts the links of earlier versions, and adds up their sums."""

_OF_LINKS: Final = Sums("link_sums", ("organization", "payment_link", "livemode", "currency", "came_from"), SUMS)
_OF_LISTS: Final = Sums(
    "link_list_sums", ("organization", "active", "invoice", "livemode", "currency"), ("links", *SUMS)
)

_LOCK_VIEW: Final = {
    # One transaction at a time writes, so the link is locked already.
    "sqlite": "SELECT active, invoice FROM payment_links WHERE id = :id",
    # This changes nothing. A transaction that moves the link and began earlier has to begin again: it has not seen this payment.
    "postgresql": "UPDATE payment_links SET places = places WHERE id = :id RETURNING active, invoice",
}
"""The statement that finds the view of a link, and keeps the link in it until this transaction ends."""


def change_link_sums(engine: Engine, organization: str, link: str, old: Share, new: Share) -> None:
    """Subtract the old share of an attempt from the sums of its link, and add the new one."""
    (view,) = engine.rows(_LOCK_VIEW[engine.dialect], {"id": link})
    _OF_LINKS.change(engine, old, new, organization=organization, payment_link=link)
    _OF_LISTS.change(engine, old, new, organization=organization, links=0, **view)


def move_link(
    engine: Engine, organization: str, link: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> None:
    """Count a new link, or move a changed one with its sums from its old view to its new one. Both have `active` and `invoice`.

    Call it after the statement that changes the link, which locks it.
    """
    old, new = ({"active": of["active"], "invoice": of["invoice"]} if of else None for of in (before, after))
    if old == new:
        return
    itself = {"livemode": 0, "currency": "", "links": 1, "number": 0, "amount": 0, "amount_refunded": 0}
    taken = (
        engine.rows(
            "SELECT livemode, currency, 0 AS links, number, amount, amount_refunded FROM link_sums "
            "WHERE organization = :organization AND payment_link = :id",
            {"organization": organization, "id": link},
        )
        if old
        else []
    )
    changes = [
        (sign, {**row, **view, "organization": organization})
        for sign, view in ((-1, old), (1, new))
        if view is not None
        for row in (itself, *taken)
    ]
    _OF_LISTS.add(engine, changes)


def link_origins(engine: Engine, organization: str, link: str, most: int, *, livemode: bool) -> list[tuple[str, int]]:
    """See `LinkLists.link_origins`."""
    rows = engine.rows(
        "SELECT came_from, CAST(SUM(number) AS BIGINT) AS number FROM link_sums WHERE organization = :organization "
        "AND payment_link = :link AND livemode = :livemode GROUP BY came_from HAVING SUM(number) > 0 "
        "ORDER BY 2 DESC, came_from LIMIT :most",
        {"organization": organization, "link": link, "livemode": int(livemode), "most": most},
    )
    return [(row["came_from"], row["number"]) for row in rows]


def list_sums(
    engine: Engine, organization: str, condition: str, *, livemode: bool
) -> tuple[int, dict[str, tuple[int, int]]]:
    """Return the number of the links of a view, and by currency the number of their payments and the money less refunds.

    `condition` is about `active` and `invoice`. Live payments or test payments are added up, never both.
    """
    rows = engine.rows(
        "SELECT currency, CAST(SUM(links) AS BIGINT) AS links, CAST(SUM(number) AS BIGINT) AS number, "
        "CAST(SUM(amount - amount_refunded) AS BIGINT) AS total FROM link_list_sums "
        f"WHERE organization = :organization AND {condition} AND (livemode = :livemode OR currency = '') "
        "GROUP BY currency ORDER BY number DESC, currency",
        {"organization": organization, "livemode": int(livemode)},
    )
    amounts = {row["currency"]: (row["number"], row["total"]) for row in rows if row["currency"]}
    return sum(row["links"] for row in rows), amounts


def count_by_view(engine: Engine, organization: str) -> dict[tuple[bool, bool], int]:
    """Return the number of links by whether they are active and whether they are invoices."""
    rows = engine.rows(
        "SELECT active, invoice, links FROM link_list_sums WHERE organization = :organization AND currency = ''",
        {"organization": organization},
    )
    return {(bool(row["active"]), bool(row["invoice"])): row["links"] for row in rows}
