"""The part of a store that the list of links uses."""

from collections.abc import Sequence
from typing import Protocol

from app.objects.link_list import Counted, LinkFilter, LinkSums, LinkView
from app.objects.listed import Listed
from app.objects.payment_link import PaymentLink


class LinkLists(Protocol):
    """See `Store`, of which this is a part."""

    def list_links(
        self,
        organization: str,
        chosen: LinkFilter,
        *,
        limit: int = 25,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> Listed[PaymentLink]:
        """Return a page of an organization's links, newest first. Raises `UnknownCursor`."""

    def sum_links(self, organization: str, chosen: LinkFilter) -> LinkSums:
        """Return the sums of the links that match a filter."""

    def count_links(self, organization: str, chosen: LinkFilter) -> dict[LinkView, Counted]:
        """Return how many links each view has, at the time of a filter."""

    def sums_by_link(self, organization: str, links: Sequence[str], *, livemode: bool) -> dict[str, LinkSums]:
        """Return what each of these links has taken in a mode, by the link's id."""

    def link_origins(self, organization: str, link: str, most: int, *, livemode: bool) -> list[tuple[str, int]]:
        """Return where the buyers of a link came from who have paid, with their number. The most frequent origin is first.

        An empty origin stands for the buyers whose address said nothing.
        """

    def held_links(self, links: Sequence[str]) -> frozenset[str]:
        """Return which of these links have no place left, because buyers who are paying hold the last ones."""
