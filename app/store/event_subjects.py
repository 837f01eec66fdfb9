"""What the events of a page are about: their outcomes, and which of their payments, links and products exist, by one statement each."""

# ruff: noqa: S608 -- the names of columns are constants of ours

from collections.abc import Sequence, Set

from app.objects.event import NamedPayment
from app.store.engine import Engine, is_storable


def event_outcomes(engine: Engine, ids: Sequence[str]) -> dict[str, str]:
    """See `OrderDesk.event_outcomes`."""
    if not ids:
        return {}
    listed, values = _listed(ids)
    rows = engine.rows(f"SELECT id, outcome FROM events WHERE id IN ({listed})", values)
    return {row["id"]: row["outcome"] for row in rows}


def payments_named(engine: Engine, names: Set[str]) -> list[NamedPayment]:
    """See `OrderDesk.payments_named`. Each column has its index."""
    if not names:
        return []
    listed, values = _listed(sorted(names))
    rows = engine.rows(
        "SELECT id, account, checkout_session, organization, payment_intent FROM attempts "
        f"WHERE id IN ({listed}) OR checkout_session IN ({listed}) OR payment_intent IN ({listed})",
        values,
    )
    return [NamedPayment(**row) for row in rows]


def existing_links(engine: Engine, organization: str, ids: Set[str]) -> set[str]:
    """See `OrderDesk.existing_links`."""
    if not ids:
        return set()
    listed, values = _listed(sorted(ids))
    rows = engine.rows(
        f"SELECT id FROM payment_links WHERE organization = :organization AND id IN ({listed})",
        {**values, "organization": organization},
    )
    return {row["id"] for row in rows}


def deleted_products(engine: Engine, organization: str, ids: Set[str]) -> set[str]:
    """See `OrderDesk.deleted_products`."""
    if not ids:
        return set()
    listed, values = _listed(sorted(ids))
    rows = engine.rows(
        f"SELECT DISTINCT about FROM events WHERE about IN ({listed}) AND organization = :organization AND type = 'product.deleted'",
        {**values, "organization": organization},
    )
    return {row["about"] for row in rows}


def _listed(texts: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the placeholders of these texts, and their values. Text that no database can store finds nothing."""
    values = {f"text_{index}": text for index, text in enumerate(texts) if is_storable(text)}
    return ", ".join(f":{name}" for name in values) or "NULL", values
