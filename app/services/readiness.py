"""Whether this process can serve: the database answers and has the current schema."""

from app.store.protocol import Store


def pending_migrations(store: Store) -> list[str]:
    """Return the names of the migrations that have not been applied. Raises `StoreError` if the database does not answer."""
    return store.pending_migrations()
