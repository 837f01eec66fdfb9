"""Lists of orders, and what a search text means: words of the order, or an amount."""

from collections.abc import Iterator
from typing import Final

from app.objects.attempt import Attempt
from app.objects.listed import Listed
from app.objects.order import Entry, OrderFilter, OrderSums, View
from app.objects.search_words import search_words
from app.objects.typed_text import fold
from app.pricing.typed_amounts import amounts_of
from app.store.protocol import Store
from app.wire.lists import Page

QUERY_MAXIMUM: Final = 300
"""Characters of a search that are read."""

STARTED_AT_MOST: Final = 10_000
"""Counting the attempts of a link stops here."""

_PAGE: Final = 100


def search_filter(text: str, locale: str = "en", *, livemode: bool = False) -> OrderFilter:
    """Return the filter that a search text means: words that must all be found, or an amount in any currency.

    >>> search_filter("19.00").amounts
    ((2, 1900), (3, 19000))
    """
    text = fold(text[:QUERY_MAXIMUM])
    return OrderFilter(words=search_words(text), amounts=amounts_of(text, locale), livemode=livemode)


def list_orders(store: Store, organization_id: str, chosen: OrderFilter, page: Page) -> Listed[Attempt]:
    """Return one page of orders. Raises `ResourceMissing` for an unknown cursor."""
    return store.orders(
        organization_id,
        chosen,
        limit=page.limit,
        starting_after=page.starting_after,
        ending_before=page.ending_before,
    )


def every_order(store: Store, organization_id: str, chosen: OrderFilter) -> Iterator[Attempt]:
    """Yield all orders of a filter in the order of the list. Each page is read when it is needed."""
    is_first, after = True, None
    while is_first or after:
        found = store.orders(organization_id, chosen, limit=_PAGE, starting_after=after)
        yield from found.rows
        is_first, after = False, found.next(lambda attempt: attempt.id)


def sum_orders(store: Store, organization_id: str, chosen: OrderFilter) -> OrderSums:
    """Return the sums of the orders that match a filter."""
    return store.sum_orders(organization_id, chosen)


def count_views(store: Store, organization_id: str, *, livemode: bool) -> dict[View, int]:
    """Return how many orders wait in each view. `to-send` is left out for a shop that has never had an order to send."""
    counts = store.count_waiting(organization_id, livemode=livemode)
    if not counts["to-send"] and not store.has_deliveries(organization_id, livemode=livemode):
        del counts["to-send"]
    return counts


def count_started(store: Store, link_id: str, *, livemode: bool) -> int:
    """Return how many buyers of a link went on to the payment, `STARTED_AT_MOST` at most. Visits are not counted."""
    return store.count_started(link_id, STARTED_AT_MOST, livemode=livemode)


def currencies(store: Store, organization_id: str, *, livemode: bool) -> list[str]:
    """Return the currencies of the organization's orders."""
    return store.order_currencies(organization_id, livemode=livemode)


def entries(store: Store, attempt: Attempt) -> list[Entry]:
    """Return the entries of an order, oldest first."""
    return store.entries(attempt.id)
