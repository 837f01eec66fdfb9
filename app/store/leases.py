"""Leases: one of several processes runs a periodic task, and another one takes over when it stops."""

from secrets import token_hex
from typing import Final

from app.store.engine import Engine

PROBE_BYTES: Final = 64 * 1024
"""More than the cache of the connection that writes them, so that they reach the disk before they are rolled back."""


def take_lease(engine: Engine, name: str, owner: str, now: int, until: int) -> bool:
    """See `Store.take_lease`. It is one statement, so two processes cannot both find the lease free.

    An end more than two lease durations away was set by a wrong clock, and would lock every process out. Such a lease counts as free.
    """
    taken = engine.execute(
        "INSERT INTO leases (name, owner, until) VALUES (:name, :owner, :until) "
        "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until "
        "WHERE leases.until <= :now OR leases.owner = excluded.owner OR leases.until > 2 * excluded.until - :now",
        {"name": name, "owner": owner, "now": now, "until": until},
    )
    return taken > 0


def check_writable(engine: Engine) -> None:
    """See `Store.check_writable`. Writes a lease that no one ever sees."""
    name, content = f"probe {token_hex(8)}", token_hex(PROBE_BYTES // 2)
    engine.check_writable(
        "INSERT INTO leases (name, owner, until) VALUES (:name, :content, 0)", {"name": name, "content": content}
    )
