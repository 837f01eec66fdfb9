"""Whether this process can serve: the database answers, has the current schema, and can be written."""

from app.store.protocol import Store


def pending_migrations(store: Store) -> list[str]:
    """Return the names of the migrations that have not been applied. Raises `StoreError` if the database does not answer."""
    return store.pending_migrations()


def check_writable(store: Store) -> None:
    """Raise `StoreError` when nothing can be stored now, because the disk is full or the database is read-only."""
    store.check_writable()
