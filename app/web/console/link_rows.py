"""Links as rows of a list: name, state, price and number of payments."""

from dataclasses import dataclass, field

from markupsafe import Markup

from app.errors import ItemArchived, LinkClosed, LinkInactive, LinkNotOpen, LinkPaid, LinkUnavailable, LinkUsedUp
from app.objects.link_list import LinkSums
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.quote import Quote
from app.objects.refusal import Refusal
from app.pricing.items import line_items, price_of, product_of
from app.pricing.quote import default_selection, quote
from app.services.links import availability
from app.web.console.lists import row_or, sums_text
from app.web.console.messages.translate import stripe_text
from app.web.display.formatting import date, is_later_day, number, with_commas
from app.web.display.link_text import heading_markup
from app.web.display.price_text import charged_later, charged_now
from app.web.display.translation import gettext as _
from app.web.display.translation import pgettext
from app.web.http.context import current_context


@dataclass(frozen=True)
class Tag:
    """A short label. `tone` is empty, `success`, `notice` or `danger`."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class LinkRow:
    """One row of the list of links."""

    id: str
    code: str
    name: str | Markup
    path: str
    tag: Tag
    price: str
    paid: str
    payments: int = 0
    taken: str = ""
    is_active: bool = True
    is_test: bool = False
    refused: str | None = None


@dataclass(frozen=True)
class LinkFacts:
    """Facts that the link itself does not have. `refusal`: why Stripe refuses it.

    `completed`: how many places of its limit are taken, by payments in both modes. `sums`: its payments in the mode of the server.

    `held`: buyers who are paying hold its last places.
    """

    completed: int = 0
    held: bool = False
    refusal: Refusal | None = None
    sums: LinkSums = field(default_factory=LinkSums)


def test_tags(*, livemode: bool) -> list[Tag]:
    """Return the label of what was made in test mode, for a server in live mode. In test mode, a banner says so on every page."""
    return [] if livemode or not current_context().gateway.livemode else [Tag(_("Test data"), "notice")]


def link_row(link: PaymentLink, organization: Organization, facts: LinkFacts, now: int) -> LinkRow:
    """Return the row of a link."""
    return row_or(lambda: _link_row(link, organization, facts, now), lambda: _plain_row(link, facts))


def _plain_row(link: PaymentLink, facts: LinkFacts) -> LinkRow:
    """A link whose price or times no formatter can show: what it is called, and how often it was paid."""
    code = link.counterfoil.slug or link.counterfoil.code
    tag = Tag(_("Cannot be shown"), "danger")
    name = plain_name(link)
    return LinkRow(link.id, code, name, f"/pay/{code}", tag, "", number(facts.sums.payments), is_active=link.active)


def _link_row(link: PaymentLink, organization: Organization, facts: LinkFacts, now: int) -> LinkRow:
    quoted = quote(link, default_selection(link), now)
    code = link.counterfoil.slug or link.counterfoil.code
    return LinkRow(
        id=link.id,
        code=code,
        name=_name(link, quoted),
        path=f"/pay/{code}",
        tag=link_tag(link, organization, now, facts.refusal, held=facts.held),
        price=_price(link, quoted),
        paid=_paid(link, facts),
        payments=facts.sums.payments,
        taken=sums_text(facts.sums.amounts),
        is_active=link.active,
        is_test=bool(test_tags(livemode=link.livemode)),
        refused=stripe_text(facts.refusal.message) if facts.refusal is not None else None,
    )


def _paid(link: PaymentLink, facts: LinkFacts) -> str:
    """Return how many buyers have paid, or how many places of the limit are taken: "3 of 40"."""
    limit = link.restrictions.completed_sessions.limit if link.restrictions else None
    if limit is None:
        return number(facts.sums.payments)
    return _("%(count)s of %(limit)s", count=number(facts.completed), limit=number(limit))


def link_name(link: PaymentLink, now: int) -> str | Markup:
    """Return the merchant's own name for a link, or else the heading of its page."""
    return _name(link, quote(link, default_selection(link), now))


def plain_name(link: PaymentLink) -> str:
    """Return the name of a link for a menu: the merchant's own, or else that of its first product."""
    own = link.counterfoil.name or link.counterfoil.title
    return own or next((product_of(price_of(item)).name for item in line_items(link)), link.id)


def link_tag(
    link: PaymentLink, organization: Organization, now: int, refusal: Refusal | None = None, *, held: bool = False
) -> Tag:
    """Return whether the link can be paid, or why it cannot. `held`: buyers who are paying hold its last places."""
    zone, due_date = organization.timezone, link.counterfoil.due_date
    try:
        availability.ensure_payable(link, now)
    except LinkUnavailable as error:
        return _unavailable_tag(error, zone)
    if refusal is not None:
        return _refused_tag()
    if held:
        return Tag(_("All places held"), "notice")
    if due_date is not None and is_later_day(now, due_date, zone):
        return Tag(_("Overdue"), "danger")
    return Tag(_("Active"), "success")


def link_price(link: PaymentLink, now: int) -> str:
    """Return what a link costs, on one line. Empty if no formatter can show it."""
    return row_or(lambda: _price(link, quote(link, default_selection(link), now)), lambda: "")


def _name(link: PaymentLink, quoted: Quote) -> str | Markup:
    return link.counterfoil.name or heading_markup(link, quoted)


def _price(link: PaymentLink, quoted: Quote) -> str:
    if any(price_of(item).custom_unit_amount for item in line_items(link)):
        return _("Buyer decides")
    return with_commas(charged_now(quoted), *charged_later(quoted))


def _refused_tag() -> Tag:
    return Tag(_("Cannot be paid"), "danger")


def _unavailable_tag(error: LinkUnavailable, zone: str) -> Tag:
    if isinstance(error, ItemArchived):
        return _refused_tag()
    if isinstance(error, LinkNotOpen):
        return Tag(_("Opens %(date)s", date=date(error.opens_at, zone)))
    tags = {
        LinkInactive: Tag(_("Off")),
        LinkClosed: Tag(pgettext("link", "Closed")),
        LinkPaid: Tag(pgettext("link", "Paid"), "success"),
        LinkUsedUp: Tag(pgettext("link", "Sold out"), "notice"),
    }
    return tags.get(type(error), Tag(pgettext("link", "Closed")))
