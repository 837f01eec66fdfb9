"""Remove what is older than the merchant keeps it: attempts that were never paid, applied events, and what has ended by itself."""

from collections.abc import Callable
from typing import Final

from app.store.protocol import Store

DAY_SECONDS: Final = 24 * 3600

BATCH: Final = 200
"""How many rows one transaction removes, so that buyers never wait for long."""


def prune(
    store: Store,
    now: int,
    retention_days: int,
    *,
    dry_run: bool = False,
    goes_on: Callable[[], bool] = lambda: True,
) -> dict[str, int]:
    """Remove what is older than so many days, and return how many rows of each kind. 0 days keep everything for ever.

    `dry_run` only counts. `goes_on` is asked before each batch; when it answers false, the rest stays for the next time.
    """
    if retention_days == 0:
        return {}
    before = now - retention_days * DAY_SECONDS
    found = store.count_old(before, now)
    if dry_run:
        return found
    return {kind: _delete(store, kind, before, now, goes_on) for kind in found}


def _delete(store: Store, kind: str, before: int, now: int, goes_on: Callable[[], bool]) -> int:
    removed = 0
    while goes_on():
        batch = store.delete_old(kind, before, now, BATCH)
        removed += batch
        if batch < BATCH:
            break
    return removed
