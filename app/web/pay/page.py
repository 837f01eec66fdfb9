"""The pay page as values: everything that its templates show, made from one visit and one quote."""

from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.custom_field import CustomField
from app.objects.quote import Quote
from app.pricing.items import line_items, price_of
from app.web.display import link_text, price_text
from app.web.display.formatting import date, is_later_day, merchant_line, money
from app.web.display.link_text import Button
from app.web.display.markup import document_link, linked, merchant_markup
from app.web.display.order import OptionalLine, OrderLine, TotalRow, optional_lines, order_lines, total_rows
from app.web.display.safe_urls import link_url, mail_url
from app.web.display.translation import gettext as _
from app.web.pay.form import field_text
from app.web.visit.visit import Visit

SHORT_ANSWER = 12
NOTHING: Final = Markup("")


@dataclass(frozen=True)
class PayPage:
    """The values that the templates show."""

    title: str
    heading: Markup
    amount: str
    status_line: str
    order_label: str
    payment_heading: str
    consent_heading: str
    button: Button
    under_button: str
    lines: list[OrderLine]
    optional_lines: list[OptionalLine]
    totals: list[TotalRow]
    is_invoice: bool
    cover: bool
    can_change: bool
    under_amount: list[str] = field(default_factory=list)
    amount_fields: list[str] = field(default_factory=list)
    amount_sign: str | None = None
    due: str | None = None
    overdue: bool = False
    locked_email: str | None = None
    new_tab_text: Markup = NOTHING
    promotion_applied: str | None = None
    question_text: Markup = NOTHING
    reference_text: Markup = NOTHING
    reuse_agreement: str | None = None
    terms_text: Markup = NOTHING

    def is_short(self, question: CustomField) -> bool:
        """Whether the answer to a question is short enough for a narrow field."""
        bounds = question.numeric
        return bounds is not None and bounds.maximum_length is not None and bounds.maximum_length <= SHORT_ANSWER


def pay_page(visit: Visit, quote: Quote, *, errors: bool = False) -> PayPage:
    """Return the page of one visit for one quote."""
    link, organization = visit.link, visit.organization
    lines, rows = order_lines(link, quote), total_rows(quote, organization)
    options = optional_lines(link, quote)
    amount_fields = [
        f"line_items[{item.id}][unit_amount]" for item in line_items(link) if price_of(item).custom_unit_amount
    ]
    cover = (
        len(lines) == 1 == len(rows)
        and bool(amount_fields)
        and not (options or lines[0].field or link.allow_promotion_codes)
    )
    due_date = link.counterfoil.due_date
    overdue = due_date is not None and is_later_day(visit.now, due_date, organization.timezone)
    title = link_text.summary_of(link, quote)
    title = _("Overdue: %(title)s", title=title) if overdue else title
    return PayPage(
        title=_("Error: %(title)s", title=title) if errors else title,
        heading=link_text.heading_markup(link, quote),
        amount=price_text.charged_now(quote, chosen=not amount_fields),
        status_line=_("Total %(amount)s", amount=money(quote.amount_total, quote.currency)),
        order_label=_("Invoice details") if link_text.is_invoice(link) else _("Order details"),
        payment_heading=link_text.payment_heading(link, quote, asks=_asks(visit)),
        consent_heading=link_text.consent_heading(link, quote),
        button=link_text.button(link, quote),
        under_button=link_text.under_button(link, quote),
        lines=lines,
        optional_lines=options,
        totals=rows,
        is_invoice=link_text.is_invoice(link),
        cover=cover,
        can_change=bool(amount_fields or options or any(line.field for line in lines)),
        under_amount=price_text.charged_later(quote),
        amount_fields=amount_fields,
        amount_sign=field_text.amount_sign(quote.currency),
        due=_due(link, organization, overdue=overdue),
        overdue=overdue,
        locked_email=visit.url_parameters.locked_prefilled_email,
        new_tab_text=_new_tab(visit),
        promotion_applied=_promotion(quote),
        question_text=_question(organization),
        reference_text=_reference(link),
        reuse_agreement=link_text.reuse_agreement(link, quote, organization),
        terms_text=_terms(visit),
    )


def _asks(visit: Visit) -> bool:
    link, parameters = visit.link, visit.url_parameters
    return bool(link.custom_fields or parameters.prefilled_email or parameters.locked_prefilled_email)


def _due(link: PaymentLink, organization: Organization, *, overdue: bool) -> str | None:
    if link.counterfoil.due_date is None:
        return None
    day = date(link.counterfoil.due_date, organization.timezone)
    return _("Overdue since %(date)s", date=day) if overdue else _("Due %(date)s", date=day)


def _promotion(quote: Quote) -> str | None:
    if quote.discount is None or quote.discount.promotion_code is None:
        return None
    code = quote.discount.promotion_code.code
    if quote.amount_discount:
        return _("%(code)s takes %(amount)s off", code=code, amount=money(quote.amount_discount, quote.currency))
    return _("%(code)s is applied", code=code)


def _reference(link: PaymentLink) -> Markup:
    reference = link.counterfoil.reference
    if not reference:
        return NOTHING
    strong = Markup('<strong class="reference">{}</strong>').format(reference)
    return linked(
        _("Your payment includes the reference %(reference)s. You do not need to enter it anywhere."), reference=strong
    )


def _question(organization: Organization) -> Markup:
    url = mail_url(organization.business_profile.support_email)
    if url is None:
        return NOTHING
    contact = Markup('<a href="{}">{}</a>').format(url, organization.business_profile.support_email)
    return linked(_("A question about this invoice? Write to %(contact)s."), contact=contact)


def _new_tab(visit: Visit) -> Markup:
    link = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(
        visit.address + visit.query, _("open the payment page in a new tab")
    )
    return linked(_("If nothing opens, %(link)s."), link=link)


def _terms(visit: Visit) -> Markup:
    own = visit.link.custom_text.terms_of_service_acceptance
    if own is not None:
        return merchant_line(own.message, new_tab=visit.embedded)
    organization = visit.organization
    merchant = merchant_markup(organization)
    terms = document_link(organization.terms_of_service_url, _("terms of service"), new_tab=visit.embedded)
    if link_url(organization.privacy_policy_url) is None:
        return linked(_("I agree to the %(terms)s of %(merchant)s"), terms=terms, merchant=merchant)
    privacy = document_link(organization.privacy_policy_url, _("privacy policy"), new_tab=visit.embedded)
    sentence = _("I agree to the %(terms)s and the %(privacy)s of %(merchant)s")
    return linked(sentence, terms=terms, privacy=privacy, merchant=merchant)
