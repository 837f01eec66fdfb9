"""What the events of a page are about: their outcomes, and which of their payments, links and products exist, by one statement each."""

from collections.abc import Collection, Sequence, Set
from typing import Any

from app.objects.event import NamedPayment
from app.store.engine import Engine, is_storable


def event_outcomes(engine: Engine, ids: Sequence[str]) -> dict[str, str]:
    """See `OrderDesk.event_outcomes`."""
    rows = _rows(engine, "SELECT id, outcome FROM events WHERE id IN ({listed})", ids)
    return {row["id"]: row["outcome"] for row in rows}


def payments_named(engine: Engine, names: Set[str]) -> list[NamedPayment]:
    """See `OrderDesk.payments_named`. Each column has its index."""
    rows = _rows(
        engine,
        "SELECT id, account, checkout_session, organization, payment_intent FROM attempts "
        "WHERE id IN ({listed}) OR checkout_session IN ({listed}) OR payment_intent IN ({listed})",
        names,
    )
    return [NamedPayment(**row) for row in rows]


def existing_links(engine: Engine, organization: str, ids: Set[str]) -> set[str]:
    """See `OrderDesk.existing_links`."""
    rows = _rows(
        engine,
        "SELECT id FROM payment_links WHERE organization = :organization AND id IN ({listed})",
        ids,
        organization=organization,
    )
    return {row["id"] for row in rows}


def deleted_products(engine: Engine, organization: str, ids: Set[str]) -> set[str]:
    """See `OrderDesk.deleted_products`."""
    rows = _rows(
        engine,
        "SELECT DISTINCT about FROM events WHERE about IN ({listed}) AND organization = :organization AND type = 'product.deleted'",
        ids,
        organization=organization,
    )
    return {row["about"] for row in rows}


def _rows(engine: Engine, statement: str, texts: Collection[str], **values: str) -> list[dict[str, Any]]:
    """Run a statement with these texts in the place of `{listed}`. No statement runs for no text, or for text that cannot be stored."""
    listed = {f"text_{index}": text for index, text in enumerate(sorted(texts)) if is_storable(text)}
    if not listed:
        return []
    return engine.rows(statement.format(listed=", ".join(f":{name}" for name in listed)), listed | values)
