"""The list of links: views and a search, with number and sums of the whole filter."""

from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from app.objects.link_list import LINK_VIEWS, LinkFilter, LinkView
from app.objects.typed_text import fold
from app.services.links import listing
from app.web.console.auth import Visitor, blueprint, needs, page, require_visitor
from app.web.console.links import retrieve_link, rows_of, share_of
from app.web.console.lists import neighbours, requested_page, sums_text
from app.web.display.formatting import number
from app.web.display.locale import page_locale
from app.web.display.moments import start_of_today
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.states.render import is_htmx
from app.wire.lists import Page


@dataclass(frozen=True)
class Chosen:
    """The filter of a list with the texts that its address has for it."""

    filter: LinkFilter
    query: str

    def address(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of a list that differs in these."""
        given = {"show": self.filter.view, "q": self.query, **changes}
        return {name: value for name, value in given.items() if value}


@blueprint.get("/links")
@needs("viewer")
def links_page() -> ResponseReturnValue:
    """Show the links, newest first, and one of them to share."""
    visitor = require_visitor()
    store, organization = visitor.context.store, visitor.organization
    chosen, requested = _chosen(visitor), requested_page(Page)
    found, more = listing.list_links(store, organization.id, chosen.filter, requested)
    sums = listing.sum_links(store, organization.id, chosen.filter)
    shared = request.args.get("share")
    return page(
        "console/_links.html" if is_htmx() else "console/links.html",
        section="links",
        attention=_attention(visitor, chosen, sums.number),
        chosen=chosen,
        is_empty=not sums.number and not chosen.address(),
        pages=neighbours([link.id for link in found], requested, more),
        payments=ngettext("%(shown)s payment", "%(shown)s payments", sums.payments, shown=number(sums.payments)),
        result=ngettext("%(shown)s link", "%(shown)s links", sums.number, shown=number(sums.number)),
        rows=rows_of(visitor, found),
        share=share_of(visitor, retrieve_link(visitor, shared)) if shared else None,
        taken=sums_text(sums.amounts),
        views=_views(),
    )


def _chosen(visitor: Visitor) -> Chosen:
    """Return the filter of this request. A view that does not exist is the list of all links."""
    query = fold(request.args.get("q", "")[: listing.QUERY_MAXIMUM])
    view: LinkView = next((view for view in LINK_VIEWS if view == request.args.get("show")), "")
    today = start_of_today(visitor.now, visitor.organization.timezone)
    return Chosen(listing.search_filter(query, page_locale(), view, visitor.now, today=today), query)


def _attention(visitor: Visitor, chosen: Chosen, shown: int) -> int:
    """Return how many links need attention. `shown` is how many the list has."""
    if chosen.filter.view == "attention" and not chosen.query:
        return shown
    wanted = LinkFilter("attention", now=chosen.filter.now, today=chosen.filter.today)
    return listing.sum_links(visitor.context.store, visitor.organization.id, wanted).number


def _views() -> tuple[tuple[LinkView, str], ...]:
    return (
        ("", _("All")),
        ("active", _("Active")),
        ("attention", _("Needs attention")),
        ("invoices", _("Invoices")),
        ("inactive", _("Inactive")),
    )
