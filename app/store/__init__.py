"""Where things are kept: one store on SQLite or PostgreSQL. This is the door; the rooms behind it are nobody else's business."""

from pathlib import Path

from app.errors import ConfigurationError
from app.store.engine import Conflict, Engine
from app.store.migrations import Step, migrate, pending
from app.store.protocol import SlugTaken, Store
from app.store.sql_store import SQLStore

__all__ = [
    "Conflict",
    "Engine",
    "SlugTaken",
    "Step",
    "Store",
    "migrate",
    "open_engine",
    "open_store",
    "pending",
]

_SQLITE = "sqlite:///"


def open_engine(database_url: str) -> Engine:
    """The engine for `sqlite:///file` (from the working directory), `sqlite:////absolute/file` or `postgresql://…`.

    Nothing is opened before the first use. Raises `ConfigurationError` for any other address, or where a driver is missing.
    """
    if database_url.startswith(_SQLITE) and (path := database_url.removeprefix(_SQLITE)) not in ("", ":memory:"):
        from app.store.sqlite import SQLite

        return SQLite(Path(path))
    if database_url.startswith(("postgresql://", "postgres://")):
        try:
            from app.store.postgresql import PostgreSQL
        except ModuleNotFoundError as missing:
            raise ConfigurationError(
                f"DATABASE_URL names PostgreSQL, but {missing.name} is not installed: install counterfoil[postgresql].",
                setting="DATABASE_URL",
            ) from missing
        return PostgreSQL(database_url)
    raise ConfigurationError(
        "DATABASE_URL must be sqlite:///file, sqlite:////absolute/file or postgresql://user@host/database.",
        setting="DATABASE_URL",
    )


def open_store(database_url: str) -> Store:
    """The store behind an address (see `open_engine`); `migrate()` makes its tables."""
    store: Store = SQLStore(open_engine(database_url))
    return store
