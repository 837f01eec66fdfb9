"""The store: objects in SQLite or PostgreSQL. Other packages import from here, and from `protocol` and `engine`."""

from pathlib import Path

from app.errors import ConfigurationError, StoreError
from app.store.engine import Conflict, Engine
from app.store.migrations import Step, migrate, pending
from app.store.protocol import SlugTaken, Store
from app.store.schema import STEPS
from app.store.sql_store import SQLStore

__all__ = [
    "Conflict",
    "Engine",
    "SlugTaken",
    "Step",
    "Store",
    "backup_database",
    "checkpoint_database",
    "is_sqlite",
    "migrate",
    "open_engine",
    "open_store",
    "pending",
    "require_database",
]

_SQLITE = "sqlite:///"


def open_engine(database_url: str) -> Engine:
    """Return the engine for `sqlite:///file` (relative to the working directory), `sqlite:////absolute/file` or `postgresql://…`.

    Nothing is opened before the first use. Raises `ConfigurationError` for any other address and where a driver is missing.
    """
    if (path := _sqlite_path(database_url)) is not None:
        from app.store.sqlite import SQLite

        return SQLite(path)
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
    """Return the store at an address (see `open_engine`). Its `migrate` creates the tables."""
    store: Store = SQLStore(open_engine(database_url))
    return store


def require_database(database_url: str) -> None:
    """Raise `ConfigurationError` unless there is a database with our tables at this address. Create nothing.

    Raises `StoreError` when the database cannot be asked.
    """
    path = _sqlite_path(database_url)
    engine = open_engine(database_url)
    try:
        if (path is None or path.exists()) and len(pending(engine, STEPS)) < len(STEPS):
            return
    except StoreError as error:
        raise StoreError(f"The database of DATABASE_URL cannot be used: {error.message}") from error
    finally:
        engine.close()
    place = "in the PostgreSQL database of DATABASE_URL" if path is None else f"at {path.absolute()}"
    raise ConfigurationError(
        f"There is no Counterfoil database {place}. Create it with `counterfoil init`, "
        "or set DATABASE_URL or DATA_DIR to where yours is.",
        setting="DATABASE_URL",
    )


def is_sqlite(database_url: str) -> bool:
    """Return whether an address names an SQLite file."""
    return _sqlite_path(database_url) is not None


def backup_database(database_url: str, target: Path) -> None:
    """Copy the SQLite database at an address. Raises `StoreError`, and `ValueError` for any other database."""
    from app.store.backup import backup

    path = _sqlite_path(database_url)
    if path is None:
        raise ValueError("Only an SQLite database is one file.")
    backup(path.absolute(), target)


def checkpoint_database(database_url: str) -> None:
    """Write the log of an SQLite database into its file, so that the file alone is the database. For a server that has stopped."""
    path = _sqlite_path(database_url)
    if path is None or not path.exists():
        return
    engine = open_engine(database_url)
    try:
        engine.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.close()


def _sqlite_path(database_url: str) -> Path | None:
    path = database_url.removeprefix(_SQLITE)
    return Path(path) if database_url.startswith(_SQLITE) and path not in ("", ":memory:") else None
