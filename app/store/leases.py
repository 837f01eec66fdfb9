"""Leases: one of several processes runs a periodic task, and another one takes over when it stops."""

from app.store.engine import Engine


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
