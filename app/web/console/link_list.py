"""The list of links: views and a search, with number and sums of the whole filter."""

from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from app.objects.link_list import LINK_VIEWS, Counted, LinkFilter, LinkSums, LinkView
from app.objects.typed_text import fold
from app.services.links import listing
from app.web.console.auth import Visitor, blueprint, needs, page, require_visitor
from app.web.console.links import retrieve_link, rows_of, share_of
from app.web.console.lists import neighbours, requested_page, sums_text
from app.web.display.formatting import number
from app.web.display.locale import page_locale
from app.web.display.moments import start_of_today
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext, pgettext
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
    found, more, searched_to = listing.list_links(store, organization.id, chosen.filter, requested)
    sums = listing.sum_links(store, organization.id, chosen.filter).at_least(len(found))
    shared = request.args.get("share")
    return page(
        "console/_links.html" if is_htmx() else "console/links.html",
        section="links",
        chosen=chosen,
        is_empty=not sums.number and not chosen.address(),
        pages=neighbours([link.id for link in found], requested, more, searched_to),
        payments=""
        if sums.is_least
        else ngettext("%(shown)s payment", "%(shown)s payments", sums.payments, shown=number(sums.payments)),
        result=_result(sums),
        rows=rows_of(visitor, found),
        share=share_of(visitor, retrieve_link(visitor, shared)) if shared else None,
        taken=sums_text(sums.amounts),
        views=_views(visitor, chosen),
    )


def _chosen(visitor: Visitor) -> Chosen:
    """Return the filter of this request. A view that does not exist is the list of all links."""
    query = fold(request.args.get("q", "")[: listing.QUERY_MAXIMUM])
    view: LinkView = next((view for view in LINK_VIEWS if view == request.args.get("show")), "")
    today = start_of_today(visitor.now, visitor.organization.timezone)
    livemode = visitor.context.gateway.livemode
    return Chosen(listing.search_filter(query, page_locale(), view, visitor.now, today=today, livemode=livemode), query)


@dataclass(frozen=True)
class ViewLink:
    """A view in the navigation of the list. `count` is its number of links, and empty where a search narrows the list."""

    name: LinkView
    label: str
    count: str


def _views(visitor: Visitor, chosen: Chosen) -> list[ViewLink]:
    counts = listing.count_links(visitor.context.store, visitor.organization.id, chosen.filter)
    labels: tuple[tuple[LinkView, str], ...] = (
        ("", pgettext("links", "All")),
        ("active", pgettext("links", "Active")),
        ("attention", _("Needs attention")),
        ("invoices", _("Invoices")),
        ("inactive", pgettext("links", "Off")),
    )
    return [ViewLink(name, label, _count_text(counts[name], chosen, name)) for name, label in labels]


def _count_text(counted: Counted, chosen: Chosen, view: LinkView) -> str:
    """Return the number beside a view. Links that need attention are always counted, the others only without a search."""
    if not counted.number or (chosen.query and view != "attention"):
        return ""
    shown = number(counted.number)
    return _("%(count)s+", count=shown) if counted.is_least else shown


def _result(sums: LinkSums) -> str:
    """Return how many links a list has: "15 links"."""
    shown = number(sums.number)
    if sums.is_least:
        return ngettext("At least %(shown)s link", "At least %(shown)s links", sums.number, shown=shown)
    return ngettext("%(shown)s link", "%(shown)s links", sums.number, shown=shown)
