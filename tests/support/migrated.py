"""SQLite databases with tables and no rows, made once for each process and copied: a migration takes longer than many tests."""

import tempfile
from functools import cache
from pathlib import Path

from app.sandbox import STEPS
from app.store import migrate, open_engine
from app.store.sql_store import SQLStore
from tests.support.build import NOW


@cache
def _template() -> bytes:
    """Return a migrated database, of the application and of the sandbox."""
    with tempfile.TemporaryDirectory(prefix="counterfoil-template-") as folder:
        file = Path(folder) / "template.db"
        store = SQLStore(open_engine(f"sqlite:///{file}"))
        store.migrate(NOW)
        migrate(store.engine, STEPS, NOW)
        store.engine.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        return file.read_bytes()


def migrated_database(file: Path) -> str:
    """Write a migrated database to a file, and return its address."""
    file.write_bytes(_template())
    return f"sqlite:///{file}"
