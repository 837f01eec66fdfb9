"""One request for the editor: the form's values, read in the merchant's way of writing, and the page that shows them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import request

from app.errors import GatewayError, InvalidRequest
from app.objects.payment_link import PaymentLink
from app.objects.price import Price
from app.services import pictures
from app.services.links import editing, stock
from app.services.links import service as links
from app.web.console.auth import Visitor
from app.web.console.editor.acts import added_price
from app.web.console.editor.controls.first import CURRENCY, IMAGE, PICTURE
from app.web.console.editor.kinds import kinds_of
from app.web.console.editor.page import EditorPage
from app.web.console.editor.problems import message_of
from app.web.console.editor.reading import Read, read
from app.web.console.editor.texts import Manner
from app.web.console.editor.values import Values
from app.web.console.link_rows import link_price
from app.web.console.picture_text import picture_problem
from app.web.display.locale import page_locale
from app.web.display.time_zones import zone_of
from app.wire.lists import ActivePage

EURO: Final = "eur"
COMPARED: Final = 20
"""How many links decide which currency a new form begins with."""

_CODE_LENGTH: Final = 3


@dataclass
class Work:
    """The form of one request. `link` is the link that it changes, None for a new one.

    `known` has the prices that the form names: the link's copies, and `read_prices`, which this request has read.
    """

    visitor: Visitor
    values: Values
    manner: Manner
    known: Mapping[str, Price]
    read_prices: Mapping[str, Price]
    link: PaymentLink | None = None

    @property
    def paying(self) -> int:
        """How many buyers are paying the link now."""
        if self.link is None:
            return 0
        context = self.visitor.context
        return editing.buyers_paying(context.store, self.link, livemode=context.gateway.livemode)

    def read(self) -> Read:
        """Return what the form says now."""
        return read(self.values, self.manner, self.known, editing=self.link is not None)

    def page(self, found: Read | None = None, *, checked: bool = False, open_group: str = "") -> EditorPage:
        """Return the page with the form. With `checked`, it shows what is wrong."""
        found = found or self.read()
        context, organization = self.visitor.context, self.visitor.organization
        return EditorPage(
            values=self.values,
            manner=self.manner,
            kinds=kinds_of(self.values, self.known, editing=self.link is not None),
            found=found,
            organization=organization,
            stock=stock.list_stock(context.gateway, organization, self.visitor.now),
            known=self.known,
            link=self.link,
            kind=self.values.get("kind"),
            price_text=link_price(self.link, self.visitor.now) if self.link is not None else "",
            questions_maximum=context.config.custom_fields_max,
            problems=dict(found.problems) if checked else {},
            open_group=open_group,
        )

    def refuse(self, found: Read, error: InvalidRequest) -> None:
        """Add an error of the service to the field that it is about."""
        name, message = message_of(error, self.manner, found.params.get("payment_method_types", ()))
        found.problems.setdefault(name, message)

    def keep_picture(self) -> str:
        """Store the uploaded picture and name it in the form. Return what is wrong with it, or an empty text."""
        file = request.files.get(PICTURE)
        if file is None or not file.filename:
            return ""
        try:
            picture = pictures.add_picture(self.visitor.context.store, file.read(pictures.MAXIMUM_BYTES + 1))
        except InvalidRequest as error:
            return picture_problem(error)
        self.values.set(IMAGE.replace("{n}", "0"), picture.path)
        return ""


def open_work(visitor: Visitor, values: Values, link: PaymentLink | None = None) -> Work:
    """Return the form of a request, with the prices that it names. If Stripe does not answer, prices are left out."""
    manner = manner_of(visitor, values, link)
    own = _prices_of(link) if link is not None else {}
    found = _read_prices(visitor, values, own)
    return Work(visitor, values, manner, own | found, found, link)


def manner_of(visitor: Visitor, values: Values, link: PaymentLink | None = None) -> Manner:
    """Return how the merchant writes. The currency is the link's, or the chosen one."""
    chosen = values.get(CURRENCY.name).strip().lower()
    usable = len(chosen) == _CODE_LENGTH and chosen.isascii() and chosen.isalpha()
    currency = link.currency if link is not None else chosen if usable else EURO
    return Manner(currency, page_locale(), zone_of(visitor.organization.timezone))


def usual_currency(visitor: Visitor) -> str:
    """Return the organization's currency, or else the one that most of the newest links have."""
    if visitor.organization.default_currency is not None:
        return visitor.organization.default_currency
    found, _more = links.list_links(visitor.context.store, visitor.organization.id, ActivePage(limit=COMPARED))
    counted = Counter(link.currency for link in found).most_common(1)
    return counted[0][0] if counted else EURO


def _prices_of(link: PaymentLink) -> dict[str, Price]:
    prices = [item.price for item in (link.line_items.data if link.line_items else ())]
    options = [option.price for option in link.optional_items or ()]
    return {price.id: price for price in (*prices, *options) if isinstance(price, Price)}


def _read_prices(visitor: Visitor, values: Values, own: Mapping[str, Price]) -> dict[str, Price]:
    """Read the prices that the form names and the link does not have. Stripe's silence leaves all of them out."""
    named = [*values.entries("line_items", "[price]"), *values.entries("optional_items", "[price]")]
    added = added_price(values)
    wanted = [id for id in (*named, *([added] if added else ())) if id not in own]
    try:
        return stock.read_prices(visitor.context.gateway, visitor.organization, wanted)
    except GatewayError:
        return {}
