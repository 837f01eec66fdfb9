"""The filter that an address of the list asks for. The list, its search by htmx and the export read it the same way."""

from dataclasses import dataclass, replace
from typing import Final

from flask import request

from app.objects.order import VIEWS, OrderFilter, View
from app.objects.payment_link import PaymentLink
from app.objects.typed_text import fold
from app.services.links import service as links
from app.services.orders.listing import QUERY_MAXIMUM, search_filter
from app.web.console.auth import Visitor
from app.web.display.locale import page_locale
from app.web.display.moments import start_of_day

PARAMETERS: Final = ("view", "q", "payment_link", "from", "to", "currency", "mode")
"""The parameters of a list's address, beside those of its pages."""

MODES: Final = {False: "test", True: "live"}
"""The names of test mode and live mode in an address. A list shows the payments of the server's mode, if it names none."""


@dataclass(frozen=True)
class Chosen:
    """A filter with the texts that the address has for it."""

    filter: OrderFilter
    parameters: dict[str, str]
    link: PaymentLink | None = None

    @property
    def query(self) -> str:
        """The text of the search."""
        return self.parameters.get("q", "")

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the view narrows the list."""
        return bool(self.parameters.keys() - {"view", "mode"})

    def other(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of a list that differs in these."""
        return {name: value for name, value in {**self.parameters, **changes}.items() if value}


def chosen_orders(visitor: Visitor) -> Chosen:
    """Return the filter of this request. Raises `ResourceMissing` for a link of another organization."""
    given = {name: fold(request.args.get(name, "")[:QUERY_MAXIMUM]) for name in PARAMETERS}
    view: View = next((view for view in VIEWS if view == given["view"]), "")
    zone = visitor.organization.timezone
    link = _link(visitor, request.args.get("payment_link", ""))
    since, until = start_of_day(given["from"], zone), start_of_day(given["to"], zone, later=1)
    currency = given["currency"].lower()
    own = visitor.context.gateway.livemode
    livemode = not own if given["mode"] == MODES[not own] else own
    kept = {
        **given,
        "view": view,
        "from": given["from"] if since is not None else "",
        "to": given["to"] if until is not None else "",
        "currency": currency,
        "mode": MODES[livemode] if livemode != own else "",
    }
    return Chosen(
        replace(
            search_filter(given["q"], page_locale(), livemode=livemode),
            view=view,
            payment_link=link.id if link else None,
            since=since,
            until=until,
            currency=currency or None,
        ),
        {name: value for name, value in kept.items() if value},
        link,
    )


def _link(visitor: Visitor, id: str) -> PaymentLink | None:
    return links.retrieve(visitor.context.store, visitor.organization.id, id) if id else None
