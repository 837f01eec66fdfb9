"""Events: each is stored once by its id, however often it arrives, and marked when it was applied."""

import re
from collections import Counter
from collections.abc import Set
from typing import Any, Final

from app.objects.event import MADE, WAITING, Event
from app.store.documents import document, read
from app.store.engine import Engine, fetch_one
from app.store.paging import page
from app.store.retention import pruned_counts

_OF_PAYMENT: Final = frozenset({"charge", "dispute", "refund"})


def add_event(
    engine: Engine,
    event: Event,
    *,
    organization: str | None,
    received: int,
    payload: str | None,
    delivered: bool,
    outcome: str,
) -> bool:
    """See `Store.add_event`. The document of an event from Stripe is the text that Stripe sent."""
    outcome = MADE if payload is None else outcome
    added = engine.execute(
        "INSERT INTO events (id, about, organization, type, received, applied, outcome, document, delivered) VALUES "
        "(:id, :about, :organization, :type, :received, :applied, :outcome, :document, :delivered) ON CONFLICT (id) DO NOTHING",
        {
            "delivered": int(delivered),
            "about": _about(event),
            "id": event.id,
            "organization": organization,
            "type": event.type,
            "received": received,
            "applied": None if outcome == WAITING else received,
            "outcome": outcome,
            "document": document(event) if payload is None else payload,
        },
    )
    return added > 0


def last_delivery(engine: Engine) -> int | None:
    """See `OrderDesk.last_delivery`."""
    row = fetch_one(engine, "SELECT MAX(received) AS received FROM events WHERE delivered = 1", {})
    received: int | None = row["received"] if row else None
    return received


def mark_event(engine: Engine, id: str, *, applied: int | None, outcome: str) -> None:
    """See `Store.mark_event`. Only an event with `applied` None and the outcome `waiting` is applied again."""
    engine.execute(
        "UPDATE events SET applied = :applied, outcome = :outcome WHERE id = :id",
        {"id": id, "applied": applied, "outcome": outcome},
    )


def postpone_event(engine: Engine, id: str, until: int) -> None:
    """See `Store.postpone_event`."""
    engine.execute("UPDATE events SET next_look_at = :until WHERE id = :id", {"id": id, "until": until})


def event(engine: Engine, id: str) -> Event | None:
    """Return the event, or None."""
    row = fetch_one(engine, "SELECT document FROM events WHERE id = :id", {"id": id})
    return read(Event, row["document"]) if row else None


def replace_event(engine: Engine, event: Event) -> None:
    """See `Store.replace_event`."""
    engine.execute(
        "UPDATE events SET document = :document WHERE id = :id", {"id": event.id, "document": document(event)}
    )


def events_naming(engine: Engine, texts: Set[str]) -> list[Event]:
    """See `Store.events_naming`."""
    names = {f"text_{index}": f"%{_literal(text)}%" for index, text in enumerate(sorted(texts))}
    if not names:
        return []
    where = " OR ".join(f"document LIKE :{name} ESCAPE '!'" for name in names)
    rows = engine.rows(f"SELECT document FROM events WHERE {where} ORDER BY sequence", names)  # noqa: S608
    return [read(Event, row["document"]) for row in rows]


def event_outcome(engine: Engine, id: str) -> tuple[int | None, str] | None:
    """See `Store.event_outcome`."""
    row = fetch_one(engine, "SELECT applied, outcome FROM events WHERE id = :id", {"id": id})
    return (row["applied"], row["outcome"]) if row else None


def event_counts(engine: Engine) -> dict[tuple[str, str], int]:
    """See `Store.event_counts`."""
    rows = engine.rows("SELECT type, outcome, COUNT(*) AS number FROM events GROUP BY type, outcome")
    counts = Counter({(row["type"], row["outcome"]): int(row["number"]) for row in rows})
    counts.update(pruned_counts(engine, "events"))
    return dict(counts)


def waiting_events(engine: Engine, *, about: str | None, due: int | None, after: str | None, limit: int) -> list[Event]:
    """See `Store.waiting_events`."""
    chosen = "AND about = :about" if about is not None else ""
    chosen += " AND next_look_at <= :due" if due is not None else ""
    later = "AND sequence > (SELECT sequence FROM events WHERE id = :after)" if after is not None else ""
    rows = engine.rows(
        f"SELECT document FROM events WHERE applied IS NULL AND outcome = 'waiting' {chosen} {later} "  # noqa: S608
        "ORDER BY sequence LIMIT :limit",
        {"about": about, "due": due, "after": after, "limit": limit},
    )
    return [read(Event, row["document"]) for row in rows]


def events(
    engine: Engine,
    organization: str | None,
    *,
    type: str | tuple[str, ...] | None,
    received_from: int | None,
    limit: int,
    starting_after: str | None,
    ending_before: str | None,
) -> tuple[list[Event], bool]:
    """See `Store.events`."""
    conditions, values = _of_types((type,) if isinstance(type, str) else type or ())
    if received_from is not None:
        conditions.append("received >= :received_from")
        values["received_from"] = received_from
    rows, more = page(
        engine,
        "events",
        {"organization": organization} if organization is not None else {},
        columns="document",
        noun="event",
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
        conditions=conditions,
        values=values,
    )
    return [read(Event, row["document"]) for row in rows], more


def _of_types(types: tuple[str, ...]) -> tuple[list[str], dict[str, Any]]:
    """Return the condition for events of one of these types, as a list of one or none, and its values."""
    conditions, values = [], {}
    for index, type in enumerate(types):
        name = f"type_{index}"
        if type.endswith("*"):
            conditions.append(f"type LIKE :{name} ESCAPE '!'")
            values[name] = f"{_literal(type[:-1])}%"
        else:
            conditions.append(f"type = :{name}")
            values[name] = type
    return ([f"({' OR '.join(conditions)})"] if conditions else []), values


def _literal(text: str) -> str:
    """Return a text for `LIKE … ESCAPE '!'` in which nothing stands for other characters."""
    return re.sub("([!%_])", r"!\1", text)


def _about(event: Event) -> str | None:
    """Return the id that a waiting event is found by: of a charge, refund or dispute its payment intent, else the object's own id."""
    about = event.data.object
    id = about.get("payment_intent") if about.get("object") in _OF_PAYMENT else about.get("id")
    return id if isinstance(id, str) else None
