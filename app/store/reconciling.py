"""Queries of reconciling: accounts with open attempts, due sessions, sessions of closed links, and event cursors.

A partial index serves every query, so attempts that have ended do not slow it down.
"""

from app.objects.attempt import Attempt, State
from app.store.attempt_rows import COLUMNS, read_attempts
from app.store.engine import Engine, fetch_one
from app.store.periodic import EventCursor
from app.store.schema import TO_REFUND, UNFINISHED

MINUTE = 60

OVERDUE = f"expires_at <= :now AND (checkout_session IS NULL OR expires_at <= :now - {MINUTE})"
"""How long to leave an expired session alone: Stripe sends an event about it meanwhile."""


def accounts_with_open_attempts(engine: Engine, *, livemode: bool) -> list[str | None]:
    """See `Store.accounts_with_open_attempts`."""
    rows = engine.rows(
        f"SELECT account FROM attempts WHERE {UNFINISHED} AND livemode = :livemode GROUP BY account ORDER BY account",  # noqa: S608
        {"livemode": int(livemode)},
    )
    return [row["account"] or None for row in rows]


def oldest_open_attempt(engine: Engine, account: str | None, *, livemode: bool) -> int | None:
    """See `Store.oldest_open_attempt`."""
    row = fetch_one(
        engine,
        f"SELECT MIN(created) AS created FROM attempts WHERE {UNFINISHED} AND livemode = :livemode AND account = :account",  # noqa: S608
        _owner(account, livemode),
    )
    return row["created"] if row else None


def attempts_to_look_at(
    engine: Engine, account: str | None, now: int, *, livemode: bool, overdue: bool, limit: int
) -> list[Attempt]:
    """See `Store.attempts_to_look_at`."""
    values = {**_owner(account, livemode), "now": now, "limit": limit}
    due = "livemode = :livemode AND account = :account AND next_look_at <= :now"
    if not overdue:
        where = f"{UNFINISHED} AND {due} AND created <= :now - {MINUTE} ORDER BY next_look_at, sequence LIMIT :limit"
        return _attempts(engine, where, values)
    where = f"{UNFINISHED} AND {due} AND {OVERDUE} ORDER BY expires_at, sequence LIMIT :limit"
    return _attempts(engine, where, values)


def attempts_to_refund(engine: Engine, now: int, *, livemode: bool, limit: int) -> list[Attempt]:
    """See `Store.attempts_to_refund`."""
    where = (
        f"{TO_REFUND} AND livemode = :livemode AND next_look_at <= :now ORDER BY next_look_at, sequence LIMIT :limit"
    )
    return _attempts(engine, where, {"now": now, "livemode": int(livemode), "limit": limit})


def attempts_refunding(engine: Engine, *, livemode: bool, limit: int) -> list[Attempt]:
    """See `Store.attempts_refunding`."""
    where = "refunding = 1 AND livemode = :livemode ORDER BY sequence LIMIT :limit"
    return _attempts(engine, where, {"livemode": int(livemode), "limit": limit})


def state_of_session(engine: Engine, checkout_session: str, account: str | None) -> State | None:
    """See `Store.state_of_session`."""
    row = fetch_one(
        engine,
        "SELECT state FROM attempts WHERE checkout_session = :checkout_session AND account = :account",
        {"checkout_session": checkout_session, "account": account or ""},
    )
    return row["state"] if row else None


def set_next_look(engine: Engine, id: str, at: int) -> None:
    """See `Store.set_next_look`."""
    engine.execute("UPDATE attempts SET next_look_at = :at WHERE id = :id", {"id": id, "at": at})


def attempts_of_closed_links(
    engine: Engine, now: int, *, livemode: bool, after: str | None, limit: int
) -> list[Attempt]:
    """See `Store.attempts_of_closed_links`."""
    later = "AND attempts.sequence > (SELECT sequence FROM attempts WHERE id = :after)" if after is not None else ""
    rows = engine.rows(
        "SELECT attempts.document, attempts.details FROM attempts JOIN payment_links ON payment_links.id = attempts.payment_link "  # noqa: S608
        "WHERE attempts.state = 'opened' AND attempts.livemode = :livemode AND attempts.flagged = 0 "
        "AND attempts.expires_at > :now AND (payment_links.active = 0 OR payment_links.closes_at <= :now "
        f"OR payment_links.completed >= payment_links.places_limit) {later} ORDER BY attempts.sequence LIMIT :limit",
        {"now": now, "livemode": int(livemode), "after": after, "limit": limit},
    )
    return read_attempts(engine, rows)


def event_cursor(engine: Engine, account: str | None, *, livemode: bool) -> EventCursor:
    """See `Store.event_cursor`."""
    row = fetch_one(
        engine,
        "SELECT event, refused_at FROM event_cursors WHERE account = :account AND livemode = :livemode",
        _owner(account, livemode),
    )
    return EventCursor.read(row) if row else EventCursor()


def save_event_cursor(engine: Engine, account: str | None, cursor: EventCursor, *, livemode: bool) -> None:
    """See `Store.save_event_cursor`."""
    engine.execute(
        "INSERT INTO event_cursors (account, livemode, event, refused_at) VALUES (:account, :livemode, :event, :refused_at) "
        "ON CONFLICT (account, livemode) DO UPDATE SET event = excluded.event, refused_at = excluded.refused_at",
        {**_owner(account, livemode), **cursor.model_dump()},
    )


def _owner(account: str | None, livemode: bool) -> dict[str, str | int]:
    return {"account": account or "", "livemode": int(livemode)}


def _attempts(engine: Engine, where: str, values: dict[str, str | int]) -> list[Attempt]:
    rows = engine.rows(f"SELECT {COLUMNS} FROM attempts WHERE {where}", values)  # noqa: S608
    return read_attempts(engine, rows)
