"""Whether a page of a link that was made before still says what the database says."""

from app.objects.page_state import PageState
from app.store.protocol import Store


def find_page_state(store: Store, code: str) -> PageState | None:
    """Return what the pages of the link with this code or slug depend on, or None for an unknown code. Raises `StoreError`."""
    return store.page_state(code)
