"""A link in the merchant's words: what it is called, whether it can be paid, what it costs, how often it was paid."""

from dataclasses import dataclass

from markupsafe import Markup

from app.errors import LinkClosed, LinkInactive, LinkNotOpen, LinkPaid, LinkUnavailable, LinkUsedUp
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.pricing.items import line_items, price_of
from app.pricing.quote import default_selection, quote
from app.services.links import availability
from app.web.display.formatting import date, is_later_day
from app.web.display.link_text import heading_markup
from app.web.display.price_text import charged_later, charged_now
from app.web.display.translation import gettext as _


@dataclass(frozen=True)
class Tag:
    """A fact in a word; `tone` is empty, `success`, `notice` or `danger`."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class LinkRow:
    """One link of a list."""

    id: str
    code: str
    name: str | Markup
    path: str
    tag: Tag
    price: str
    paid: str


def link_row(link: PaymentLink, organization: Organization, completed: int, now: int) -> LinkRow:
    """A link as a merchant's list shows it; `completed` is how many of its sessions have been."""
    priced = quote(link, default_selection(link), now)
    open_amount = any(price_of(item).custom_unit_amount for item in line_items(link))
    price = _("Buyer decides") if open_amount else ", ".join([charged_now(priced, chosen=True), *charged_later(priced)])
    code = link.counterfoil.slug or link.counterfoil.code
    limit = link.restrictions.completed_sessions.limit if link.restrictions else None
    return LinkRow(
        id=link.id,
        code=code,
        name=name_of_link(link, now),
        path=f"/pay/{code}",
        tag=tag_of(link, organization, now),
        price=price,
        paid=str(completed) if limit is None else _("%(count)s of %(limit)s", count=completed, limit=limit),
    )


def name_of_link(link: PaymentLink, now: int) -> str | Markup:
    """The merchant's own name for a link, else what its page is about."""
    return link.counterfoil.name or heading_markup(link, quote(link, default_selection(link), now))


def tag_of(link: PaymentLink, organization: Organization, now: int) -> Tag:
    """Whether the link can be paid, and if not, why."""
    zone, due_date = organization.timezone, link.counterfoil.due_date
    try:
        availability.ensure_payable(link, now)
    except LinkUnavailable as error:
        return _tag_of(error, zone)
    if due_date is not None and is_later_day(now, due_date, zone):
        return Tag(_("Overdue"), "danger")
    return Tag(_("Active"), "success")


def _tag_of(error: LinkUnavailable, zone: str) -> Tag:
    if isinstance(error, LinkNotOpen):
        return Tag(_("Opens %(date)s", date=date(error.opens_at, zone)))
    words = {
        LinkInactive: Tag(_("Inactive")),
        LinkClosed: Tag(_("Closed")),
        LinkPaid: Tag(_("Paid"), "success"),
        LinkUsedUp: Tag(_("Sold out"), "notice"),
    }
    return words.get(type(error), Tag(_("Closed")))
