"""Lists of links, and what a search text means: words of the link, or an amount."""

from collections.abc import Sequence
from typing import Final

from app.objects.link_list import Counted, LinkFilter, LinkSums, LinkView
from app.objects.listed import Listed
from app.objects.payment_link import PaymentLink
from app.objects.search_words import search_words
from app.objects.typed_text import fold
from app.pricing.typed_amounts import amounts_of
from app.store.protocol import Store
from app.wire.lists import Page

ORIGINS: Final = 5
"""How many origins of the buyers of a link are named."""

QUERY_MAXIMUM: Final = 300
"""Characters of a search that are read."""


def search_filter(text: str, locale: str, view: LinkView, now: int, *, today: int, livemode: bool) -> LinkFilter:
    """Return the filter of a view and a search text: words that must all be found, or an amount in any currency.

    `today` is the first second of the merchant's day.
    """
    text = fold(text[:QUERY_MAXIMUM])
    return LinkFilter(view, amounts_of(text, locale), livemode=livemode, now=now, today=today, words=search_words(text))


def list_links(store: Store, organization_id: str, chosen: LinkFilter, page: Page) -> Listed[PaymentLink]:
    """Return one page of links, newest first. Raises `ResourceMissing` for an unknown cursor."""
    return store.list_links(
        organization_id,
        chosen,
        limit=page.limit,
        starting_after=page.starting_after,
        ending_before=page.ending_before,
    )


def sum_links(store: Store, organization_id: str, chosen: LinkFilter) -> LinkSums:
    """Return the sums of the links that match a filter."""
    return store.sum_links(organization_id, chosen)


def count_links(store: Store, organization_id: str, chosen: LinkFilter) -> dict[LinkView, Counted]:
    """Return how many links each view has, at the time of a filter."""
    return store.count_links(organization_id, chosen)


def sums_by_link(
    store: Store, organization_id: str, links: Sequence[PaymentLink], *, livemode: bool
) -> dict[str, LinkSums]:
    """Return what each of these links has taken in a mode, by the link's id."""
    return store.sums_by_link(organization_id, [link.id for link in links], livemode=livemode)


def link_origins(store: Store, link: PaymentLink, organization_id: str, *, livemode: bool) -> list[tuple[str, int]]:
    """Return where most buyers of a link came from who have paid, with their number. An empty origin: the address said nothing."""
    return store.link_origins(organization_id, link.id, ORIGINS, livemode=livemode)


def held_links(store: Store, links: Sequence[PaymentLink]) -> frozenset[str]:
    """Return the ids of links whose last places buyers hold who are paying."""
    return store.held_links([link.id for link in links])
