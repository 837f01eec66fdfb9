"""The list of payments: views, search and filters, with number and sums of the whole filter."""

from dataclasses import dataclass
from typing import Final

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from app.objects.order import OrderFilter, OrderSums, View
from app.services.attempts import payments
from app.services.links import service as links
from app.services.orders import listing
from app.web.console.auth import Visitor, blueprint, needs, page, require_visitor
from app.web.console.link_rows import plain_name
from app.web.console.lists import neighbours, requested_page, sums_text
from app.web.console.payments.chosen import MODES, Chosen, chosen_orders
from app.web.console.payments.notice import taken_notice
from app.web.console.payments.rows import payment_rows
from app.web.display.formatting import number
from app.web.display.moments import month_of
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext, pgettext
from app.web.states.render import is_htmx
from app.wire.lists import ActivePage, Page

LINKS_OFFERED: Final = 30
"""How many links the filter offers. A link that is not among them is reached from its own page."""


@dataclass(frozen=True)
class ViewLink:
    """A view in the navigation of the list. `count` is how many orders wait in it."""

    name: str
    label: str
    count: int | None = None


@blueprint.get("/payments")
@needs("viewer")
def payments_page() -> ResponseReturnValue:
    """Show a list of payments. With the whole reference or the id of a payment as `q`, lead to it."""
    visitor = require_visitor()
    store, organization = visitor.context.store, visitor.organization
    chosen = chosen_orders(visitor)
    named = payments.find(store, organization.id, chosen.query) if chosen.query and not is_htmx() else None
    if named is not None:
        return redirect(url_for("console.payment_page", id=named.id), 303)
    requested = requested_page(Page)
    found, more, searched_to = listing.list_orders(store, organization.id, chosen.filter, requested)
    sums = listing.sum_orders(store, organization.id, chosen.filter).at_least(len(found))
    pages = neighbours([attempt.id for attempt in found], requested, more, searched_to)
    rows = payment_rows(found, payments.links_of(store, found), organization, visitor.now)
    return page(
        "console/_payments.html" if is_htmx() else "console/payments.html",
        section="payments",
        chosen=chosen,
        currencies=listing.currencies(store, organization.id, livemode=chosen.filter.livemode),
        is_empty=not rows and not chosen.is_narrow and not chosen.filter.view and not pages.is_past_end,
        links=_offered_links(visitor, chosen) if not is_htmx() else [],
        months=_months(organization.timezone, visitor.now),
        notice=taken_notice() if not is_htmx() else None,
        pages=pages,
        other_mode=_other_mode(visitor, chosen) if not is_htmx() else None,
        result=result_text(chosen.filter, sums),
        rows=rows,
        sums=sums_text(sums.amounts),
        views=_views(listing.count_views(store, organization.id, livemode=chosen.filter.livemode)),
    )


def _other_mode(visitor: Visitor, chosen: Chosen) -> dict[str, str] | None:
    """Return the parameters of the list of the other mode, or None if there are no payments of it."""
    livemode = not chosen.filter.livemode
    if not listing.currencies(visitor.context.store, visitor.organization.id, livemode=livemode):
        return None
    return {} if livemode == visitor.context.gateway.livemode else {"mode": MODES[livemode]}


def result_text(chosen: OrderFilter, sums: OrderSums) -> str:
    """Return how many payments a list has: "4 orders to send"."""
    shown = number(sums.number)
    if sums.is_least:
        return ngettext("At least %(shown)s payment", "At least %(shown)s payments", sums.number, shown=shown)
    if chosen.view == "to-send":
        return ngettext("%(shown)s order to send", "%(shown)s orders to send", sums.number, shown=shown)
    if chosen.view == "flagged":
        return ngettext("%(shown)s payment to check", "%(shown)s payments to check", sums.number, shown=shown)
    return ngettext("%(shown)s payment", "%(shown)s payments", sums.number, shown=shown)


def _views(counts: dict[View, int]) -> list[ViewLink]:
    """Return the views. A shop that never had an order to send sees no view of them."""
    views = [ViewLink("", pgettext("payments", "All"))]
    if "to-send" in counts:
        views.append(ViewLink("to-send", pgettext("payments", "To send"), counts["to-send"]))
    return [
        *views,
        ViewLink("flagged", pgettext("payments", "To check"), counts["flagged"]),
        ViewLink("disputed", pgettext("payments", "Disputed"), counts["disputed"]),
        ViewLink("paid", pgettext("payments", "Paid")),
        ViewLink("refunded", pgettext("payments", "Refunded")),
        ViewLink("processing", pgettext("payments", "On its way")),
        ViewLink("failed", pgettext("payments", "Failed")),
        ViewLink("unfinished", pgettext("payments", "Not finished")),
    ]


def _months(timezone: str, now: int) -> list[tuple[str, dict[str, str]]]:
    """Return this month and the last one as parameters of the list, so that the accounts of a month take one press."""
    found = [(_("This month"), month_of(now, timezone)), (_("Last month"), month_of(now, timezone, ago=1))]
    return [(label, {"from": first, "to": last}) for label, (first, last) in found]


def _offered_links(visitor: Visitor, chosen: Chosen) -> list[tuple[str, str]]:
    """Return the newest links by id and name, with the one that is chosen."""
    newest = ActivePage(limit=LINKS_OFFERED)
    found, _more = links.list_links(visitor.context.store, visitor.organization.id, newest)
    if chosen.link is not None and chosen.link.id not in {link.id for link in found}:
        found = [chosen.link, *found]
    return [(link.id, plain_name(link)) for link in found]
