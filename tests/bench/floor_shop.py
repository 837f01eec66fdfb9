"""The database of the floors: a copy of the shop's, so that tables, indexes and rows are the same."""

import os
import sqlite3
import threading
from pathlib import Path
from typing import Final

_local: Final = threading.local()


def copy_shop(database: Path, to: Path) -> None:
    """Copy a shop's database while it is in use, so that the floor has the same rows."""
    source, copy = sqlite3.connect(database), sqlite3.connect(to)
    source.backup(copy)
    for one in (source, copy):
        one.close()


def connection() -> tuple[sqlite3.Connection, str]:
    """Return the connection of this thread, with the settings of the store's own connections, and the only organization."""
    path = os.environ["BENCH_SHOP"]
    found: tuple[sqlite3.Connection, str] | None = getattr(_local, path, None)
    if found is None:
        database = sqlite3.connect(path, isolation_level=None)
        for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            database.execute(f"PRAGMA {setting}")
        ((shop,),) = database.execute("SELECT id FROM organizations")
        found = database, shop
        setattr(_local, path, found)
    return found
