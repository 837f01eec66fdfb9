"""An order as rows of texts and amounts, for the pay page, the confirmation and the console. Every amount comes from the quote."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.parts import OptionalItem
from app.objects.price import Price
from app.objects.quote import Quote, QuoteLine, QuoteTax, RecurringTotal
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate
from app.pricing.amounts import line_amount, price_in
from app.pricing.items import line_items, price_of, product_of
from app.pricing.selling import offered_items
from app.web.display import price_text
from app.web.display.bounds import Bounds, item_bounds, option_bounds
from app.web.display.formatting import listed, money, number, with_commas
from app.web.display.safe_urls import image_url
from app.web.display.translation import gettext as _


@dataclass(frozen=True)
class OrderLine:
    """One line. `field` names the form field of its quantity where the buyer may change it."""

    name: str
    amount: str
    amount_hint: str | None = None
    description: str | None = None
    field: str | None = None
    image: str | None = None
    maximum: int = 0
    minimum: int = 0
    packs: str | None = None
    quantity: str | None = None
    tiers: tuple[tuple[str, str], ...] = ()
    tier_note: str | None = None


@dataclass(frozen=True)
class OptionalLine:
    """One optional item. With `fixed_quantity` it has a checkbox, otherwise a quantity from 0."""

    name: str
    amount: str
    field: str
    amount_hint: str | None = None
    description: str | None = None
    fixed_quantity: int | None = None
    image: str | None = None
    maximum: int = 1
    minimum: int = 0
    packs: str | None = None


@dataclass(frozen=True)
class TotalRow:
    """One row of the totals. The last one `is_total`; what Checkout still has to work out `is_pending`."""

    label: str
    amount: str
    hint: str | None = None
    is_total: bool = False
    is_pending: bool = False


def order_lines(link: PaymentLink, quote: Quote) -> list[OrderLine]:
    """Return the link's own lines, with the limits of their quantities."""
    bounds = {item.id: item_bounds(link, item) for item in line_items(link)}
    return [_line(line, quote.currency, bounds.get(line.id)) for line in quote.lines if not line.optional]


def chosen_lines(quote: Quote) -> list[OrderLine]:
    """Return every line that was bought."""
    return [_bought(line, quote.currency) for line in quote.lines if line.quantity or line.metered]


def optional_lines(link: PaymentLink, quote: Quote) -> list[OptionalLine]:
    """Return the optional items."""
    return [_option(option, quote) for option in offered_items(link)]


def total_rows(quote: Quote, organization: Organization, parts: Sequence[TotalRow] | None = None) -> list[TotalRow]:
    """Return the rows from subtotal to total. A part that does not apply has no row, and without parts there is only the total.

    `parts` replaces the quoted discount, shipping and taxes with those that were charged.
    """
    rows = [*discount_rows(quote), *_shipping(quote), *_taxes(quote)] if parts is None else list(parts)
    if rows:
        rows.insert(0, TotalRow(_("Subtotal"), money(quote.amount_subtotal, quote.currency)))
    rows += _later(quote, organization)
    label = _total_label(quote)
    hint = _added_later(quote) or included_taxes(quote.taxes, quote.currency)
    if quote.metered:
        # L10n: A noun. A row of the order: what the buyer uses is charged at the end of each period.
        rows.append(TotalRow(_("Use"), _("Charged at the end of each period")))
    return [*rows, TotalRow(label, money(quote.amount_total, quote.currency), hint, is_total=True)]


def _total_label(quote: Quote) -> str:
    if quote.is_open_ended:
        # L10n: A row of the order. More is added on the next page.
        return _("Total so far")
    return _("Due today") if quote.recurring or quote.metered else _("Total")


def _added_later(quote: Quote) -> str | None:
    """Return what the total does not include yet."""
    if quote.shipping_pending and quote.tax_pending:
        return _("Shipping and tax are added on the next page")
    if quote.shipping_pending:
        return _("Shipping is added on the next page")
    return _("Tax is added on the next page") if quote.is_open_ended else None


def tax_name(rate: TaxRate) -> str:
    """Return the name of a tax with its rate: "VAT (19%)"."""
    if rate.flat_amount is not None:
        return rate.display_name
    percent = number(rate.percentage.normalize())
    # L10n: The name of a tax and its rate. `%%` is the percent sign.
    return _("%(name)s (%(percent)s%%)", name=rate.display_name, percent=percent)


def included_taxes(taxes: Sequence[QuoteTax], currency: str) -> str | None:
    """Return how much of the total is tax, or None."""
    parts = [f"{money(tax.amount, currency)} {tax_name(tax.rate)}" for tax in taxes if tax.inclusive and tax.amount]
    # L10n: `taxes` is a list such as "€3.19 VAT, €1.00 eco tax".
    return _("Includes %(taxes)s", taxes=listed(parts)) if parts else None


def discount_rows(quote: Quote) -> list[TotalRow]:
    """Return the row of the quoted discount, if there is one."""
    if quote.discount is None or not quote.amount_discount:
        return []
    code = quote.discount.promotion_code
    # L10n: `code` is a promotion code.
    label = _("Discount (%(code)s)", code=code.code) if code else quote.discount.coupon.name or _("Discount")
    return [TotalRow(label, money(-quote.amount_discount, quote.currency))]


def _shipping(quote: Quote) -> list[TotalRow]:
    if quote.shipping_pending:
        # L10n: A row of the order. Where an amount would be, stands "Chosen in the next step".
        return [TotalRow(_("Shipping"), _("Chosen in the next step"), is_pending=True)]
    rate = quote.shipping_rate
    if rate is None:
        return []
    return [shipping_row(rate, quote.amount_shipping, quote.currency)]


def shipping_row(rate: ShippingRate | None, amount: int, currency: str) -> TotalRow:
    """Return the row of a shipping option."""
    text = shipping_text(rate) if rate else None
    return TotalRow(_("Shipping"), money(amount, currency) if amount else _("Free"), text)


def shipping_text(rate: ShippingRate) -> str | None:
    """Return the name of a shipping option and how long it takes."""
    return with_commas(rate.display_name, price_text.delivery(rate.delivery_estimate)) or None


def _taxes(quote: Quote) -> list[TotalRow]:
    if quote.tax_pending:
        # L10n: A row of the order. Where an amount would be, stands "Calculated in the next step".
        return [TotalRow(_("Tax"), _("Calculated in the next step"), is_pending=True)]
    return [TotalRow(tax_name(tax.rate), money(tax.amount, quote.currency)) for tax in quote.taxes if not tax.inclusive]


def _later(quote: Quote, organization: Organization) -> list[TotalRow]:
    return [
        TotalRow(
            price_text.from_then_on(total, organization.timezone),
            money(total.amount_total, quote.currency),
            _later_hint(quote, total),
        )
        for total in quote.recurring
        # Without a trial the same amount is due today, and the line under the price says how often.
        if total.starts_at is not None or total.amount_total != quote.amount_total or len(quote.recurring) > 1
    ]


def _bought(line: QuoteLine, currency: str) -> OrderLine:
    """Return a line of a receipt: "2 × €24.99" where the price is for one piece, else as the page shows it."""
    shown, price = _line(line, currency), line.price
    special = price.recurring or price.tiers or price.transform_quantity or price.custom_unit_amount
    if line.unit_amount is None or special or line.product.unit_label:
        return shown
    each = money(line.unit_amount, currency)
    text = _("%(quantity)s × %(amount)s", quantity=line.quantity, amount=each)
    return replace(shown, amount_hint=None, quantity=text)


def _later_hint(quote: Quote, total: RecurringTotal) -> str | None:
    """Return which tax a later charge includes or gets, and until when its discount applies."""
    # L10n: Follows a price.
    tax = _("plus tax") if quote.tax_pending else included_taxes(total.taxes, quote.currency)
    return with_commas(price_text.after_discount(total, quote.currency), tax) or None


def _line(line: QuoteLine, currency: str, bounds: Bounds | None = None) -> OrderLine:
    price = line.price
    amount = money(line.amount_recurring if price.recurring else line.amount_subtotal, currency)
    hints = [price_text.per_unit(line, currency), _often(price)]
    return OrderLine(
        name=line.description,
        # L10n: Stands where an amount would be: the price depends on how much is used.
        amount=_("By use") if line.metered else amount,
        amount_hint=with_commas(*hints) or None,
        description=line.product.description,
        field=f"line_items[{line.id}][quantity]" if bounds else None,
        image=_image(price),
        maximum=bounds.maximum if bounds else 0,
        minimum=bounds.minimum if bounds else 0,
        packs=price_text.packs(price, line.quantity) if bounds else None,
        quantity=None if bounds else price_text.quantity(price, line.quantity),
        tiers=tuple(price_text.tier_rows(price, currency)),
        tier_note=price_text.tier_note(price) if price.tiers else None,
    )


def _option(option: OptionalItem, quote: Quote) -> OptionalLine:
    price = price_in(price_of(option), quote.currency)
    bounds = option_bounds(option)
    fixed = bounds.minimum == bounds.maximum
    chosen = next((line for line in quote.lines if line.optional and line.id == price.id), None)
    quantity = chosen.quantity if chosen and not fixed else option.quantity if fixed else 1
    amount = money(line_amount(price, quantity), quote.currency)
    product = product_of(price)
    hints = [price_text.per_unit(chosen, quote.currency) if chosen else None, _often(price)]
    return OptionalLine(
        name=_("%(count)s × %(name)s", count=quantity, name=product.name) if fixed and quantity > 1 else product.name,
        # L10n: What an optional product adds to the total.
        amount=_("+ %(amount)s", amount=amount),
        amount_hint=with_commas(*hints) or None,
        description=product.description,
        field=f"optional_items[{price.id}][quantity]",
        fixed_quantity=option.quantity if fixed else None,
        image=_image(price),
        maximum=bounds.maximum,
    )


def _often(price: Price) -> str | None:
    return price_text.every(price.recurring.interval, price.recurring.interval_count) if price.recurring else None


def _image(price: Price) -> str | None:
    images = product_of(price).images
    return image_url(images[0]) if images else None
