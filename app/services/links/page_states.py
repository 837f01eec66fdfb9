"""What kept pages need from the database: whether a page still says what it says, and which pages to make before visitors come."""

from app.objects.page_state import PageState
from app.objects.payment_link import PaymentLink
from app.store.protocol import Store


def find_page_state(store: Store, code: str) -> PageState | None:
    """Return what the pages of the link with this code or slug depend on, or None for an unknown code. Raises `StoreError`."""
    return store.page_state(code)


def find_busy_links(store: Store, limit: int) -> list[tuple[PaymentLink, list[str]]]:
    """Return active links that buyers are likely to open next, each with the languages of its newest attempts. Raises `StoreError`."""
    return store.busy_links(limit)
