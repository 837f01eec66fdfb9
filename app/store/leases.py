"""Leases: of several processes exactly one runs a periodic task, and another takes over when it is gone."""

from app.store.engine import Engine


def take_lease(engine: Engine, name: str, owner: str, now: int, until: int) -> bool:
    """See `Store.take_lease`. One statement, so that two can't both find it free.

    An end that is further away than twice as long as a lease lasts was set by a clock that was wrong, and would keep everybody out.
    """
    taken = engine.execute(
        "INSERT INTO leases (name, owner, until) VALUES (:name, :owner, :until) "
        "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until "
        "WHERE leases.until <= :now OR leases.owner = excluded.owner OR leases.until > 2 * excluded.until - :now",
        {"name": name, "owner": owner, "now": now, "until": until},
    )
    return taken > 0
