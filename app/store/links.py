"""Payment links: the document, its codes, and an index of the objects at Stripe that it holds copies of.

`app/store/places.py` changes the counters of places. Saving a link changes its limit and never the counts.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from app.objects.base import whole
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.price import Price
from app.objects.stored_link import StoredLink
from app.store.engine import Engine, Row, atomic, fetch_one
from app.store.import_steps import SORT_KEY_GAP
from app.store.link_rows import LIST_COLUMNS, change_words, list_columns
from app.store.link_sums import move_link
from app.store.organizations import read_organization
from app.store.page_states import new_edition
from app.store.paging import page
from app.store.protocol import SlugTaken
from app.store.refusals import clear_refusal

LINK_COLUMNS: Final = "organization, edition, document, completed"

_WITH_ORGANIZATION: Final = (
    "SELECT organization, payment_links.edition, payment_links.document, completed, organizations.document AS organization_document "
    "FROM link_codes JOIN payment_links ON payment_links.id = payment_link JOIN organizations ON organizations.id = organization "
    "WHERE code = :code"
)

_NEXT_SORT_KEY: Final = (
    f"SELECT (COALESCE(MAX(sort_key), 0) / {SORT_KEY_GAP} + 1) * {SORT_KEY_GAP} AS sort_key "  # noqa: S608
    "FROM payment_links WHERE organization = :organization"
)

_INSERT: Final = (
    "INSERT INTO payment_links "  # noqa: S608
    "(id, organization, active, version, places, completed, places_limit, closes_at, document, edition, sort_key, "
    f"{', '.join(LIST_COLUMNS)}) "
    "VALUES (:id, :organization, :active, :version, :completed, :completed, :places_limit, :closes_at, :document, :edition, "
    f"COALESCE(:sort_key, ({_NEXT_SORT_KEY})), {', '.join(f':{name}' for name in LIST_COLUMNS)})"
)


@atomic
def add_link(engine: Engine, link: PaymentLink, sort_key: int | None) -> None:
    """See `Store.add_link`. The count of completed sessions starts with the link's own, so an imported link continues its count."""
    restrictions, organization = link.restrictions, link.counterfoil.organization
    engine.execute(
        _INSERT,
        {
            **_columns(link),
            "organization": organization,
            "sort_key": sort_key,
            "completed": restrictions.completed_sessions.count if restrictions else 0,
        },
    )
    _change_codes(engine, link, frozenset())
    _change_resources(engine, link, frozenset())
    change_words(engine, link)
    move_link(engine, organization, link.id, None, list_columns(link) | {"active": int(link.active)})


@atomic
def save_link(engine: Engine, link: PaymentLink) -> bool:
    """See `Store.save_link`. The link's organization never changes."""
    before = fetch_one(
        engine, "SELECT organization, active, invoice FROM payment_links WHERE id = :id", {"id": link.id}
    )
    columns = _columns(link)
    changed = engine.execute(
        "UPDATE payment_links SET active = :active, version = :version, places_limit = :places_limit, "  # noqa: S608
        f"{', '.join(f'{name} = :{name}' for name in LIST_COLUMNS)}, closes_at = :closes_at, document = :document, edition = :edition "
        "WHERE id = :id AND version = :version - 1",
        columns,
    )
    if changed and before is not None:
        move_link(engine, before["organization"], link.id, before, columns)
        codes = engine.rows("SELECT code FROM link_codes WHERE payment_link = :id", {"id": link.id})
        _change_codes(engine, link, frozenset(row["code"] for row in codes))
        resources = engine.rows("SELECT resource FROM link_resources WHERE payment_link = :id", {"id": link.id})
        _change_resources(engine, link, frozenset(row["resource"] for row in resources))
        change_words(engine, link)
        clear_refusal(engine, link.id)
    return changed > 0


def next_sort_key(engine: Engine, organization: str) -> int:
    """See `Store.next_sort_key`."""
    (row,) = engine.rows(_NEXT_SORT_KEY, {"organization": organization})
    return int(row["sort_key"])


def sort_keys(engine: Engine, organization: str) -> dict[str, int]:
    """See `Store.sort_keys`."""
    rows = engine.rows(
        "SELECT id, sort_key FROM payment_links WHERE organization = :organization", {"organization": organization}
    )
    return {row["id"]: row["sort_key"] for row in rows}


@atomic
def set_sort_keys(engine: Engine, keys: Mapping[str, int]) -> None:
    """See `Store.set_sort_keys`."""
    for id, key in sorted(keys.items()):
        engine.execute("UPDATE payment_links SET sort_key = :key WHERE id = :id", {"id": id, "key": key})
        engine.execute("UPDATE link_words SET sort_key = :key WHERE payment_link = :id", {"id": id, "key": key})


def save_imported(engine: Engine, id: str, attributes: Mapping[str, Any]) -> None:
    """See `Store.save_imported`."""
    engine.execute(
        "INSERT INTO imported_links (payment_link, document) VALUES (:id, :document) "
        "ON CONFLICT (payment_link) DO UPDATE SET document = excluded.document",
        {"id": id, "document": json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))},
    )


def imported(engine: Engine, id: str) -> dict[str, Any] | None:
    """See `Store.imported`."""
    row = fetch_one(engine, "SELECT document FROM imported_links WHERE payment_link = :id", {"id": id})
    return dict(json.loads(row["document"])) if row else None


def link(engine: Engine, id: str) -> PaymentLink | None:
    """Return the link with this id, or None."""
    found = unread_link(engine, id)
    return found.read() if found else None


def unread_link(engine: Engine, id: str) -> StoredLink | None:
    """See `Store.unread_link`."""
    row = fetch_one(engine, f"SELECT {LINK_COLUMNS} FROM payment_links WHERE id = :id", {"id": id})  # noqa: S608
    return stored_link(row) if row else None


def link_by_code(engine: Engine, code: str) -> PaymentLink | None:
    """See `Store.link_by_code`."""
    row = fetch_one(
        engine,
        f"SELECT {LINK_COLUMNS} FROM link_codes JOIN payment_links ON id = payment_link WHERE code = :code",  # noqa: S608
        {"code": code},
    )
    return read_link(row) if row else None


def link_and_organization(engine: Engine, code: str) -> tuple[PaymentLink, Organization] | None:
    """See `Store.link_and_organization`."""
    row = fetch_one(engine, _WITH_ORGANIZATION, {"code": code})
    return (read_link(row), read_organization(row["organization_document"])) if row else None


def unread_links(
    engine: Engine,
    organization: str,
    *,
    active: bool | None,
    limit: int,
    starting_after: str | None,
    ending_before: str | None,
) -> tuple[list[StoredLink], bool]:
    """See `Store.unread_links`."""
    filters = {"organization": organization} | ({} if active is None else {"active": int(active)})
    rows, more = page(
        engine,
        "payment_links",
        filters,
        columns=LINK_COLUMNS,
        noun="payment link",
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
        order=("sort_key", "sequence"),
    )
    return [stored_link(row) for row in rows], more


def links_with(engine: Engine, resource: str, organizations: Sequence[str]) -> list[PaymentLink]:
    """See `Store.links_with`."""
    names = {f"organization_{index}": id for index, id in enumerate(organizations)}
    if not names:
        return []
    owners = ", ".join(f":{name}" for name in names)
    rows = engine.rows(
        f"SELECT {LINK_COLUMNS} FROM link_resources JOIN payment_links ON id = payment_link "  # noqa: S608
        f"WHERE resource = :resource AND organization IN ({owners}) ORDER BY sequence",
        {"resource": resource, **names},
    )
    return [read_link(row) for row in rows]


def links_to_draw(engine: Engine, limit: int) -> list[PaymentLink]:
    """See `Periodic.links_to_draw`."""
    rows = engine.rows(
        f"SELECT {LINK_COLUMNS} FROM payment_links WHERE active = 1 AND card_version < version "  # noqa: S608
        "ORDER BY sequence DESC LIMIT :limit",
        {"limit": limit},
    )
    return [read_link(row) for row in rows]


def set_card_version(engine: Engine, id: str, version: int) -> None:
    """See `Periodic.set_card_version`."""
    engine.execute("UPDATE payment_links SET card_version = :version WHERE id = :id", {"id": id, "version": version})


def _columns(link: PaymentLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "active": int(link.active),
        "closes_at": link.counterfoil.closes_at,
        "version": link.counterfoil.version,
        "places_limit": link.restrictions.completed_sessions.limit if link.restrictions else None,
        "document": json.dumps(whole(link), ensure_ascii=False, separators=(",", ":")),
        "edition": new_edition(),
        **list_columns(link),
    }


def read_link(row: Row) -> PaymentLink:
    """Return the link of a row with `LINK_COLUMNS`."""
    return stored_link(row).read()


def stored_link(row: Row) -> StoredLink:
    """Return a row with `LINK_COLUMNS` as a link whose document is not read yet."""
    return StoredLink(row["organization"], row["edition"], row["completed"], row["document"])


def _change_codes(engine: Engine, link: PaymentLink, stored: frozenset[str]) -> None:
    """Make the link's code and slug lead to it, and none of the other `stored` ones. Raises `SlugTaken`."""
    wanted = {code for code in (link.counterfoil.code, link.counterfoil.slug) if code}
    for code in stored - wanted:
        engine.execute("DELETE FROM link_codes WHERE code = :code", {"code": code})
    for code in sorted(wanted - stored):
        added = engine.execute(
            "INSERT INTO link_codes (code, payment_link) VALUES (:code, :id) ON CONFLICT (code) DO NOTHING",
            {"code": code, "id": link.id},
        )
        if not added:
            raise SlugTaken()


def _change_resources(engine: Engine, link: PaymentLink, stored: frozenset[str]) -> None:
    """Index the objects at Stripe that the link holds copies of; `stored` is the index so far."""
    wanted = set(_resources(link))
    for resource in sorted(stored - wanted):
        engine.execute(
            "DELETE FROM link_resources WHERE resource = :resource AND payment_link = :id",
            {"resource": resource, "id": link.id},
        )
    for resource in sorted(wanted - stored):
        engine.execute(
            "INSERT INTO link_resources (resource, payment_link) VALUES (:resource, :id)",
            {"resource": resource, "id": link.id},
        )


def _resources(link: PaymentLink) -> Iterator[str]:
    """Yield the ids of all objects at Stripe that this link holds copies of."""
    for item in link.line_items.data if link.line_items else ():
        yield from _price_resources(item.price)
        yield from (tax.rate.id for tax in item.taxes or ())
        yield from (part.discount.coupon.id for part in item.discounts or ())
    for optional in link.optional_items or ():
        yield from _price_resources(optional.price)
    rates = (option.shipping_rate for option in link.shipping_options)
    for thing in (*rates, *link.counterfoil.tax_rates, link.counterfoil.coupon):
        if thing is not None:
            yield thing if isinstance(thing, str) else thing.id


def _price_resources(price: str | Price | None) -> Iterator[str]:
    if isinstance(price, Price):
        yield price.id
        yield price.product if isinstance(price.product, str) else price.product.id
    elif price is not None:
        yield price
