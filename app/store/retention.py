"""Remove rows that are older than the merchant keeps them, in small batches, and keep what the metrics counted of them."""

# ruff: noqa: S608 -- the names of tables and columns are constants of ours

from dataclasses import dataclass
from typing import Any, Final

from app.store import pictures
from app.store.attempt_rows import remove_unused_snapshots, unused_snapshots
from app.store.attempt_sums import SUMMED, change_sums
from app.store.engine import Engine, atomic
from app.store.idempotency import KEPT_SECONDS
from app.store.schema import UNPAID

LISTED_SECONDS: Final = 30 * 24 * 3600
"""For how long Stripe lists an event, and so can tell that an open attempt was paid."""


@dataclass(frozen=True)
class _Old:
    """Rows that may go: their table, the columns of its key, and what makes a row old."""

    table: str
    key: str
    where: str


_OLD: Final = {
    # A place is given back first, and a merchant looks at flags: neither is removed. What was paid stays until it is erased.
    # An attempt that is still open may have been paid while this server was off: reconciling asks Stripe first.
    "attempts": _Old(
        "attempts",
        "id",
        f"{UNPAID} AND created < :before AND expires_at < :before AND flagged = 0 AND place NOT IN ('held', 'taken') "
        "AND (state <> 'opened' OR expires_at < :listed)",
    ),
    "events": _Old("events", "id", "applied IS NOT NULL AND received < :before"),
    "idempotency_keys": _Old("idempotency_keys", "organization, key", "created <= :forgotten"),
    "logins": _Old("logins", "hash", "ends_at < :now"),
    "refused_origins": _Old("refused_origins", "payment_link, origin", "last_seen < :before"),
}

SNAPSHOTS: Final = "snapshots"
"""The kind of prices and products that no attempt names any more."""

_SNAPSHOTS_AT_ONCE: Final = 1000
"""Many at once, because all attempts are read for them."""

PICTURES: Final = "pictures"
"""The kind of unused pictures. They are removed last, because snapshots name pictures."""

KINDS: Final = (*_OLD, SNAPSHOTS, PICTURES)


def count_old(engine: Engine, before: int, now: int) -> dict[str, int]:
    """See `Periodic.count_old`."""
    values = _values(before, now)
    counts = {
        kind: engine.rows(f"SELECT COUNT(*) AS number FROM {old.table} WHERE {old.where}", values)[0]["number"]
        for kind, old in _OLD.items()
    }
    snapshots = len(unused_snapshots(engine, before, _SNAPSHOTS_AT_ONCE)[0])
    return {**counts, SNAPSHOTS: snapshots, PICTURES: pictures.count_unused(engine, before)}


def delete_old(engine: Engine, kind: str, before: int, now: int, limit: int) -> int:
    """See `Periodic.delete_old`."""
    if kind == SNAPSHOTS:
        return remove_unused_snapshots(engine, before, now, _SNAPSHOTS_AT_ONCE)
    if kind == PICTURES:
        return pictures.remove_unused(engine, before, now, limit)
    return _delete_old(engine, kind, before, now, limit)


@atomic
def _delete_old(engine: Engine, kind: str, before: int, now: int, limit: int) -> int:
    old = _OLD[kind]
    values = _values(before, now)
    keys = engine.rows(f"SELECT {old.key} FROM {old.table} WHERE {old.where} LIMIT :limit", values | {"limit": limit})
    if keys and kind == "attempts":
        # On PostgreSQL a payment may arrive in between: take the rows' locks, then judge again which of them are old.
        listed, chosen = _listed(old, keys)
        old_now = f"{old.where} AND id IN ({listed})"
        engine.execute(f"UPDATE attempts SET next_look_at = next_look_at WHERE {old_now}", values | chosen)
        keys = engine.rows(f"SELECT id FROM attempts WHERE {old_now}", values | chosen)
    if not keys:
        return 0
    listed, chosen = _listed(old, keys)
    if kind == "attempts":
        _keep_counts(engine, "transitions", "COALESCE(from_state, '')", "to_state", f"attempt IN ({listed})", chosen)
        for row in engine.rows(f"SELECT {', '.join(SUMMED)} FROM attempts WHERE id IN ({listed})", chosen):
            change_sums(engine, row["organization"], row["payment_link"], row, None)
        for table in ("transitions", "attempt_words", "order_entries"):
            engine.execute(f"DELETE FROM {table} WHERE attempt IN ({listed})", chosen)
    elif kind == "events":
        _keep_counts(engine, "events", "type", "outcome", f"id IN ({listed})", chosen)
    return engine.execute(f"DELETE FROM {old.table} WHERE ({old.key}) IN ({listed})", chosen)


def pruned_counts(engine: Engine, kind: str) -> dict[tuple[str, str], int]:
    """Return how many rows of a kind were removed, by their two labels."""
    rows = engine.rows("SELECT name, detail, number FROM pruned_counts WHERE kind = :kind", {"kind": kind})
    return {(row["name"], row["detail"]): row["number"] for row in rows}


def _values(before: int, now: int) -> dict[str, Any]:
    return {"before": before, "now": now, "forgotten": now - KEPT_SECONDS, "listed": now - LISTED_SECONDS}


def _listed(old: _Old, keys: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Return keys as a list of SQL, and the values that it names."""
    names = old.key.split(", ")
    values = {f"{name}_{index}": key[name] for index, key in enumerate(keys) for name in names}
    rows = ("(" + ", ".join(f":{name}_{index}" for name in names) + ")" for index in range(len(keys)))
    return f"VALUES {', '.join(rows)}", values


def _keep_counts(engine: Engine, table: str, name: str, detail: str, among: str, values: dict[str, Any]) -> None:
    """Add up what is about to be removed, since counters of metrics only grow."""
    rows = engine.rows(
        f"SELECT {name} AS name, {detail} AS detail, COUNT(*) AS number FROM {table} WHERE {among} GROUP BY {name}, {detail}",
        values,
    )
    for row in rows:
        engine.execute(
            "INSERT INTO pruned_counts (kind, name, detail, number) VALUES (:kind, :name, :detail, :number) "
            "ON CONFLICT (kind, name, detail) DO UPDATE SET number = pruned_counts.number + excluded.number",
            {"kind": table, **row},
        )
