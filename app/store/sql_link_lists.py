"""The part of the store on an engine that the list of links uses; see `app.store.link_lists`."""

from collections.abc import Sequence

from app.objects.link_list import Counted, LinkFilter, LinkSums, LinkView
from app.objects.listed import Listed
from app.objects.payment_link import PaymentLink
from app.store import link_list, link_sums
from app.store.engine import Engine


class SQLLinkLists:
    """A `LinkLists` on an engine."""

    engine: Engine

    def list_links(
        self,
        organization: str,
        chosen: LinkFilter,
        *,
        limit: int = 25,
        starting_after: str | None = None,
        ending_before: str | None = None,
    ) -> Listed[PaymentLink]:
        return link_list.list_links(
            self.engine,
            organization,
            chosen,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
        )

    def sum_links(self, organization: str, chosen: LinkFilter) -> LinkSums:
        return link_list.sum_links(self.engine, organization, chosen)

    def count_links(self, organization: str, chosen: LinkFilter) -> dict[LinkView, Counted]:
        return link_list.count_links(self.engine, organization, chosen)

    def sums_by_link(self, organization: str, links: Sequence[str], *, livemode: bool) -> dict[str, LinkSums]:
        return link_list.sums_by_link(self.engine, organization, links, livemode=livemode)

    def link_origins(self, organization: str, link: str, most: int, *, livemode: bool) -> list[tuple[str, int]]:
        return link_sums.link_origins(self.engine, organization, link, most, livemode=livemode)

    def held_links(self, links: Sequence[str]) -> frozenset[str]:
        return link_list.held_links(self.engine, links)
