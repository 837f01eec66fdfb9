"""The pay page as values: everything that its templates show, made from one visit and one quote."""

from dataclasses import dataclass, field, replace
from typing import Final

from markupsafe import Markup

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.custom_field import CustomField
from app.objects.quote import Quote
from app.pricing.items import line_items, price_of
from app.web.display import link_text, price_text
from app.web.display.contact import mail_of
from app.web.display.formatting import date, is_later_day, merchant_text, money
from app.web.display.markup import linked
from app.web.display.order import (
    OptionalLine,
    OrderLine,
    TotalRow,
    optional_lines,
    order_lines,
    shipping_text,
    total_rows,
)
from app.web.display.payment_methods import method_mark, method_name
from app.web.display.safe_urls import image_url
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext
from app.web.display.way_back import way_back
from app.web.pay.consents import promotions_text, terms_markup
from app.web.pay.form import field_text
from app.web.visit.visit import Visit

SHORT_ANSWER = 12
OPEN_ORDER: Final = 6
"""Orders with more lines are folded on narrow screens."""

NOTHING: Final = Markup("")


@dataclass(frozen=True)
class PayPage:
    """The values that the templates show.

    A page with one product is `single`: title and price stand above the questions, and the summary with its lines is left out.
    Such a page is `plain` if nothing is asked either, so that the amount under the title is the total.
    """

    title: str
    heading: Markup
    status_line: str
    order_label: str
    order_count: str
    order_is_open: bool
    payment_heading: str
    consent_heading: str
    button: str
    next_step: str
    lines: list[OrderLine]
    optional_lines: list[OptionalLine]
    totals: list[TotalRow]
    total: TotalRow
    is_invoice: bool
    single: bool
    plain: bool
    asks: bool
    can_change: bool
    amount: str | None = None
    description: Markup | None = None
    picture: str | None = None
    product: OrderLine | None = None
    subtitle: Markup | None = None
    methods: list[tuple[str, str]] = field(default_factory=list)
    under_amount: list[str] = field(default_factory=list)
    amount_fields: list[str] = field(default_factory=list)
    amount_sign: str | None = None
    due: str | None = None
    overdue: bool = False
    locked_email: str | None = None
    new_tab_text: Markup = NOTHING
    promotion_applied: str | None = None
    promotion_removed: str | None = None
    question_text: Markup = NOTHING
    reference_text: Markup = NOTHING
    reuse_agreement: str | None = None
    promotions_text: str = ""
    terms_text: Markup = NOTHING

    @property
    def has_pictures(self) -> bool:
        """Whether any line has a picture, so that the others get a tile."""
        return any(line.image for line in self.lines)

    @property
    def is_wide(self) -> bool:
        """Whether the page has something for two columns."""
        if self.single:
            return bool(self.picture)
        return self.asks and len(self.lines) + len(self.optional_lines) > 1

    def is_short(self, question: CustomField) -> bool:
        """Whether the answer to a question is short enough for a narrow field."""
        bounds = question.numeric
        return bounds is not None and bounds.maximum_length is not None and bounds.maximum_length <= SHORT_ANSWER


def pay_page(
    visit: Visit, quote: Quote, *, errors: bool = False, code_taken_out: str | None = None, title: str | None = None
) -> PayPage:
    """Return the page of one visit for one quote. With `errors`, title and order show that answers need a change.

    `title` names the tab in place of the order.
    """
    link, organization = visit.link, visit.organization
    lines, options = order_lines(link, quote), optional_lines(link, quote)
    *rows, total = total_rows(quote, organization)
    amount_fields = [
        f"line_items[{item.id}][unit_amount]" for item in line_items(link) if price_of(item).custom_unit_amount
    ]
    single = len(lines) == 1 and not options and not link.is_invoice
    free_shipping = _free_shipping(quote, rows) if single else None
    rows = [] if free_shipping else rows
    can_change = bool(amount_fields or options or any(line.field for line in lines))
    asks = _asks(visit)
    amount = None if amount_fields else _price(quote, lines[0])
    plain = single and not (rows or asks or can_change or link.allow_promotion_codes)
    if amount_fields and quote.is_unchosen:
        total = replace(total, amount=_("Your amount"))
    overdue = _is_overdue(visit)
    title = title or _title(link, quote, overdue=overdue)
    return PayPage(
        title=_("Error: %(title)s", title=title) if errors else title,
        heading=link_text.heading_markup(link, quote),
        status_line=f"{total.label} {total.amount}",
        order_label=_("Invoice details") if link.is_invoice else _("Order details"),
        order_count=_items(len(lines)),
        order_is_open=errors or len(lines) <= OPEN_ORDER,
        payment_heading=link_text.payment_heading(link, quote, asks=_asks_details(visit)),
        consent_heading=link_text.consent_heading(link, quote),
        button=link_text.button(link, quote),
        next_step=link_text.next_step(quote, leads_back=_leads_back(visit)),
        lines=lines,
        optional_lines=options,
        totals=rows,
        total=total,
        is_invoice=link.is_invoice,
        single=single,
        plain=plain,
        asks=asks,
        can_change=can_change,
        amount=amount,
        subtitle=link_text.invoice_heading(link) if link.counterfoil.title else None,
        product=lines[0] if single and link.counterfoil.title not in {None, lines[0].name} else None,
        description=_description(visit, lines[0] if single else None),
        picture=image_url(link.counterfoil.image) or (lines[0].image if single else None),
        under_amount=_under_amount(quote, total, free_shipping, plain=plain),
        amount_fields=amount_fields,
        amount_sign=field_text.amount_sign(quote.currency),
        due=_due(link, organization, overdue=overdue),
        overdue=overdue,
        methods=[(method_mark(kind), method_name(kind)) for kind in link.payment_method_types or ()],
        locked_email=visit.url_parameters.locked_prefilled_email,
        new_tab_text=_new_tab(visit),
        promotion_applied=_promotion(quote),
        # L10n: `code` is a promotion code that the buyer removed.
        promotion_removed=_("%(code)s was taken out", code=code_taken_out) if code_taken_out else None,
        question_text=_question(organization),
        reference_text=_reference(link),
        reuse_agreement=link_text.reuse_agreement(link, quote, organization),
        promotions_text=promotions_text(),
        terms_text=terms_markup(visit.link, visit.organization, new_tab=visit.embedded),
    )


def _title(link: PaymentLink, quote: Quote, *, overdue: bool) -> str:
    title = link_text.summary_of(link, quote)
    # L10n: The title of the page of an invoice that is overdue.
    return _("Overdue: %(title)s", title=title) if overdue else title


def _asks(visit: Visit) -> bool:
    """Whether the form asks for more than quantities and a promotion code."""
    link = visit.link
    consent = link.consent_collection
    return bool(
        _asks_details(visit)
        or (consent and (consent.terms_of_service == "required" or consent.promotions == "auto"))
        or any(price_of(item).custom_unit_amount for item in line_items(link))
    )


def _asks_details(visit: Visit) -> bool:
    link, parameters = visit.link, visit.url_parameters
    return bool(link.custom_fields or parameters.prefilled_email or parameters.locked_prefilled_email)


def _price(quote: Quote, line: OrderLine) -> str:
    """Return the price of the only product: of one piece where the buyer chooses the quantity, otherwise of all that is due now."""
    first = quote.lines[0]
    if line.field and first.unit_amount is not None and not (quote.trial_period_days or first.price.transform_quantity):
        return money(first.unit_amount, quote.currency)
    return price_text.charged_now(quote)


def _items(count: int) -> str:
    # L10n: How many different things an order has.
    return str(ngettext("%(num)s item", "%(num)s items", count))


def _description(visit: Visit, product: OrderLine | None) -> Markup | None:
    """Return the link's own description, or else that of the only product."""
    own = visit.link.counterfoil.description
    if own:
        return merchant_text(own, new_tab=visit.embedded)
    return Markup("<p>{}</p>").format(product.description) if product and product.description else None


def _free_shipping(quote: Quote, rows: list[TotalRow]) -> str | None:
    """Return one line in place of the rows of a product whose shipping is free, or None where there is more to add up."""
    rate = quote.shipping_rate
    if rate is None or quote.amount_shipping or len(rows[1:]) > 1:
        return None
    # L10n: `option` is the name of a shipping option.
    return _("Free shipping: %(option)s", option=shipping_text(rate)) if shipping_text(rate) else _("Free shipping")


def _under_amount(quote: Quote, total: TotalRow, free_shipping: str | None, *, plain: bool) -> list[str]:
    """Return what is charged later, that shipping is free and, where the total has no row of its own, its hint."""
    texts = [*price_text.charged_later(quote), total.hint if plain else None, free_shipping]
    return [text for text in texts if text]


def _is_overdue(visit: Visit) -> bool:
    due = visit.link.counterfoil.due_date
    return due is not None and is_later_day(visit.now, due, visit.organization.timezone)


def _leads_back(visit: Visit) -> bool:
    back = way_back(visit.url_parameters, visit.link, visit.organization) if visit.embedded else None
    return back is not None and back.to_start


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
        # L10n: `code` is a promotion code. `amount` is the discount.
        return _("%(code)s takes %(amount)s off", code=code, amount=money(quote.amount_discount, quote.currency))
    return _("%(code)s is applied", code=code)


def _reference(link: PaymentLink) -> Markup:
    reference = link.counterfoil.reference
    if not reference:
        return NOTHING
    strong = Markup('<strong class="reference">{}</strong>').format(reference)
    return linked(_("Your payment includes the reference %(reference)s."), reference=strong)


def _question(organization: Organization) -> Markup:
    contact = mail_of(organization)
    if contact is None:
        return NOTHING
    if contact.is_mail:
        return linked(_("A question about this invoice? Write to %(contact)s."), contact=contact.markup)
    return linked(_("A question about this invoice? You can reach us at %(contact)s."), contact=contact.markup)


def _new_tab(visit: Visit) -> Markup:
    # L10n: A link in “If nothing opens, %(link)s.”
    label = _("open the payment page in a new tab")
    link = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>').format(visit.address + visit.query, label)
    # L10n: `link` is the text “open the payment page in a new tab”.
    return linked(_("If nothing opens, %(link)s."), link=link)
