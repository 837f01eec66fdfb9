"""A link in the merchant's words: what it sells, and its rules. The page of the link shows both beside each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.objects.discount import Coupon
from app.objects.line_item import AdjustableQuantity, quantity_bounds
from app.objects.payment_link import PaymentLink
from app.objects.price import Price
from app.objects.tax_rate import TaxRate
from app.pricing.discounts import expiry_problem
from app.web.console.coupons.texts import state as coupon_state
from app.web.console.details import with_detail
from app.web.console.sold import amount_line, sold
from app.web.display.formatting import date_and_time, number, with_commas
from app.web.display.locale import country_name
from app.web.display.order import tax_name
from app.web.display.price_text import unit_price
from app.web.display.translation import gettext as _
from app.web.display.translation import join_sentences, ngettext, pgettext

COUNTRIES_NAMED: Final = 4
"""How many countries are named. More of them are counted."""


@dataclass(frozen=True)
class ItemRow:
    """An item as the page of the link shows it. `amount` is that of the whole quantity, `each` that of one unit."""

    name: str
    quantity: str
    amount: str
    each: str
    image: str | None


def item_rows(link: PaymentLink) -> list[ItemRow]:
    """Return the items of a link, and then those that the buyer may add."""
    items = link.line_items.data if link.line_items else ()
    rows = [_row(item.price, item.quantity or 1, item.adjustable_quantity, "") for item in items]
    optional = link.optional_items or ()
    return rows + [_row(item.price, item.quantity, item.adjustable_quantity, _("optional")) for item in optional]


def _row(price: str | Price | None, quantity: int, adjustable: AdjustableQuantity | None, note: str) -> ItemRow:
    parts = [note, number(quantity)]
    if adjustable is not None and adjustable.enabled:
        least, most = quantity_bounds(adjustable)
        parts.append(_("buyers can choose %(least)s to %(most)s", least=number(least), most=number(most)))
    hint = with_commas(*parts)
    if not isinstance(price, Price):
        return ItemRow(price or "", hint, "", "", None)
    shown = sold(price)
    return ItemRow(shown.name, hint, amount_line(price, quantity), unit_price(price, quantity) or "", shown.image)


def rules(link: PaymentLink, timezone: str, now: int) -> list[tuple[str, str]]:
    """Return the rules of a link with their labels. A rule that the link does not have is left out, except the usual ones."""
    found = (
        (_("Questions"), with_commas(*_questions(link))),
        (_("Consents"), join_sentences(*_consents(link))),
        (pgettext("delivery of goods", "Shipping"), _shipping(link)),
        (_("Tax"), _tax(link)),
        (_("Discounts"), _discounts(link, now)),
        (_("Limits"), with_commas(*_limits(link, timezone)) or pgettext("limits", "None")),
        (_("After payment"), _("A page of yours") if link.after_completion.redirect else _("Our receipt page")),
    )
    return [(label, text) for label, text in found if text]


def _questions(link: PaymentLink) -> Iterator[str]:
    for question in link.custom_fields:
        kind = {"dropdown": _("list"), "numeric": _("digits"), "text": _("text")}.get(question.type, question.type)
        parts = with_commas(kind, _("optional") if question.optional else None)
        yield with_detail(question.label.custom or question.key, parts)
    if link.phone_number_collection.enabled:
        yield _("Phone number")
    if link.billing_address_collection == "required":
        yield _("Billing address")
    if link.tax_id_collection.enabled:
        yield _("Tax number")


def _consents(link: PaymentLink) -> Iterator[str]:
    asked = link.consent_collection
    if asked is not None and asked.terms_of_service == "required":
        yield _("Terms: must accept.")
    if asked is not None and asked.promotions == "auto":
        yield _("News: can agree.")


def _shipping(link: PaymentLink) -> str:
    if link.shipping_address_collection is None:
        return ""
    codes = link.shipping_address_collection.allowed_countries
    if len(codes) > COUNTRIES_NAMED:
        return ngettext("%(count)s country", "%(count)s countries", len(codes), count=number(len(codes)))
    return with_commas(*(country_name(code) for code in codes))


def _tax(link: PaymentLink) -> str:
    if link.automatic_tax.enabled:
        return _("Stripe computes it")
    return with_commas(*(tax_name(rate) for rate in link.counterfoil.tax_rates if isinstance(rate, TaxRate)))


def _discounts(link: PaymentLink, now: int) -> str:
    coupon = link.counterfoil.coupon
    if isinstance(coupon, Coupon):
        name = coupon.name or coupon.id
        return with_detail(name, coupon_state(coupon, now)[0] if expiry_problem(coupon, now) else None)
    if coupon is not None:
        return coupon
    return _("Buyers can enter a code") if link.allow_promotion_codes else ""


def _limits(link: PaymentLink, timezone: str) -> Iterator[str]:
    limit = link.restrictions.completed_sessions.limit if link.restrictions else None
    if limit is not None:
        yield ngettext("%(count)s payment", "%(count)s payments", limit, count=number(limit))
    if link.counterfoil.opens_at is not None:
        yield _("opens %(time)s", time=date_and_time(link.counterfoil.opens_at, timezone))
    if link.counterfoil.closes_at is not None:
        yield _("closes %(time)s", time=date_and_time(link.counterfoil.closes_at, timezone))
