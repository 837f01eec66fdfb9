"""What events are about: their outcomes, payments, links and deleted products, by one statement each."""

from collections.abc import Collection, Sequence, Set
from typing import Any

from app.objects.attempt import Attempt
from app.objects.payment_link import PaymentLink
from app.store.attempt_rows import COLUMNS, read_attempts
from app.store.engine import Engine, fetch_one, is_storable
from app.store.events import event_outcome
from app.store.links import LINK_COLUMNS, read_link


def event_outcomes(engine: Engine, ids: Sequence[str]) -> dict[str, str]:
    """See `OrderDesk.event_outcomes`."""
    rows = _rows(engine, "SELECT id, outcome FROM events WHERE id IN ({listed})", ids)
    return {row["id"]: row["outcome"] for row in rows}


def outcome_and_attempt(
    engine: Engine, id: str, checkout_session: str, account: str | None
) -> tuple[tuple[int | None, str] | None, Attempt | None]:
    """See `Store.outcome_and_attempt`."""
    if not is_storable(checkout_session):
        return event_outcome(engine, id), None
    row = fetch_one(
        engine,
        "SELECT events.applied, events.outcome, attempts.document, attempts.details "
        "FROM (SELECT CAST(:id AS TEXT) AS id) AS wanted LEFT JOIN events ON events.id = wanted.id "
        "LEFT JOIN attempts ON attempts.checkout_session = :checkout_session AND attempts.account = :account",
        {"id": id, "checkout_session": checkout_session, "account": account or ""},
    )
    if row is None:
        return None, None
    if row["outcome"] is not None:
        return (row["applied"], row["outcome"]), None
    return None, read_attempts(engine, [row])[0] if row["document"] is not None else None


def payments_named(engine: Engine, names: Set[str]) -> list[Attempt]:
    """See `OrderDesk.payments_named`. Each column has its index."""
    rows = _rows(
        engine,
        f"SELECT {COLUMNS} FROM attempts "  # noqa: S608 -- the names of columns
        "WHERE id IN ({listed}) OR checkout_session IN ({listed}) OR payment_intent IN ({listed})",
        names,
    )
    return read_attempts(engine, rows)


def links_named(engine: Engine, organization: str, ids: Set[str]) -> list[PaymentLink]:
    """See `OrderDesk.links_named`."""
    rows = _rows(
        engine,
        f"SELECT {LINK_COLUMNS} FROM payment_links WHERE organization = :organization AND id IN "  # noqa: S608
        "({listed})",
        ids,
        organization=organization,
    )
    return [read_link(row) for row in rows]


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
