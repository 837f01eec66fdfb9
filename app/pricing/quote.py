"""Computes the quote: what the buyer pays for one selection on one link. Pure and exact.

The pay page shows the quote, the Checkout Session is created from it, and the API returns it. No other module adds up amounts, so
the three cannot differ.
"""

from collections.abc import Sequence

from app.objects.currency import MAXIMUM_CHARGE
from app.objects.discount import Discount, DiscountSource
from app.objects.line_item import LineItem, LineItemDiscount
from app.objects.payment_link import PaymentLink
from app.objects.quote import Mode, Quote, QuoteDiscount, QuoteLine, QuoteProblem
from app.objects.selection import NOTHING_CHOSEN, Selection
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate
from app.pricing.amounts import is_metered, line_amount, price_in, whole_unit_amount
from app.pricing.charge_check import charge_problem
from app.pricing.charges import LineCharge, compute_charges, tax_totals
from app.pricing.discounts import FIELD, find_discount
from app.pricing.items import Item, amount_field, apply_selection, currencies, line_items, price_of
from app.pricing.recurring import later_coupon, recurring_totals, trial_end, trial_period_days
from app.pricing.shipping import cheapest_shipping, shipping_amount


def quote(link: PaymentLink, selection: Selection, now: int) -> Quote:
    """Return what the buyer pays today and later for a selection; amounts in minor units, `now` in Unix seconds.

    amount_total = amount_subtotal - amount_discount + amount_shipping + exclusive tax. Inclusive tax is part of amount_subtotal, and
    of amount_tax as well. A selection that cannot be charged has a quote too; its `problems` say why.
    """
    currency = currency_of(link, selection)
    items, problems = apply_selection(link, selection, currency)
    amounts = [
        0 if is_metered(item.price) else line_amount(item.price, item.quantity, item.unit_amount) for item in items
    ]
    days = trial_period_days(link, items)
    discount, refused = find_discount(link, selection, items, sum(amounts), currency, now)
    coupon = discount.coupon if discount else None
    rates = tax_rates(link)

    today = [0 if days and item.is_recurring else amount for item, amount in zip(items, amounts, strict=True)]
    charges = compute_charges(items, today, coupon, rates, currency)
    amount_discount = sum(line.amount_discount for line in charges)
    rate = link.shipping_options[0].shipping_rate if len(link.shipping_options) == 1 else None
    amount_shipping = shipping_amount(rate, currency) if rate is not None else None
    later = later_coupon(coupon, items, days)
    quoted = Quote(
        amount_discount=amount_discount,
        amount_shipping=amount_shipping or 0,
        amount_subtotal=sum(today),
        amount_tax=sum(line.amount_tax for line in charges),
        amount_total=sum(line.amount_total for line in charges) + (amount_shipping or 0),
        currency=currency,
        discount=QuoteDiscount(amount=amount_discount, coupon=discount.coupon, promotion_code=discount.promotion_code)
        if discount
        else None,
        lines=tuple(map(_line, items, amounts, charges)),
        metered=any(is_metered(item.price) for item in items),
        mode=_mode(items),
        recurring=recurring_totals(items, amounts, later, rates, currency, trial_end(days, now)),
        shipping_pending=bool(link.shipping_options) and amount_shipping is None,
        shipping_rate=rate if isinstance(rate, ShippingRate) else None,
        tax_pending=link.automatic_tax.enabled,
        taxes=tax_totals(charges),
        trial_end=trial_end(days, now),
        trial_period_days=days,
    )
    problems += [refused] if refused else []
    problems += _limits(quoted, link, amount_field(items))
    return quoted.model_copy(update={"problems": tuple(problems)})


def mode(link: PaymentLink, selection: Selection) -> Mode:
    """Return `subscription` if any chosen item recurs, else `payment`."""
    items, _ = apply_selection(link, selection, currency_of(link, selection))
    return _mode(items)


def currency_of(link: PaymentLink, selection: Selection) -> str:
    """Return the requested currency if every item of the link has a price in it, else the link's own."""
    requested = selection.currency
    return requested if requested is not None and requested in currencies(link) else link.currency


def default_selection(link: PaymentLink, currency: str | None = None) -> Selection:
    """Return the selection of a page before the buyer changes it: the link's quantities, and the presets of custom amounts.

    A preset is only the initial value of its field. It is charged only if the buyer submits it.
    """
    selection = NOTHING_CHOSEN if currency is None else Selection(currency=currency)
    in_currency = currency_of(link, selection)
    presets = {
        item.id: amount.preset
        for item in line_items(link)
        if (amount := price_in(price_of(item), in_currency).custom_unit_amount) and amount.preset is not None
    }
    return selection.model_copy(update={"unit_amounts": presets})


def tax_rates(link: PaymentLink) -> tuple[TaxRate, ...]:
    """Return the tax rates of every line. None if Stripe computes tax automatically, because it takes only one of the two."""
    if link.automatic_tax.enabled:
        return ()
    return tuple(rate for rate in link.counterfoil.tax_rates if isinstance(rate, TaxRate))


def with_amounts(link: PaymentLink, now: int) -> PaymentLink:
    """Return the link with the amounts, discounts and taxes of its line items for the default selection."""
    if link.line_items is None:
        return link
    quoted = quote(link, default_selection(link), now)
    lines = {line.id: line for line in quoted.lines if not line.optional}
    filled = tuple(
        _with_quote(line, lines[line.id], quoted.discount, now) if line.id in lines else line
        for line in link.line_items.data
    )
    return link.model_copy(update={"line_items": link.line_items.model_copy(update={"data": filled})})


def _with_quote(line: LineItem, quoted: QuoteLine, discount: QuoteDiscount | None, now: int) -> LineItem:
    discounted: tuple[LineItemDiscount, ...] = ()
    if discount is not None and quoted.amount_discount:
        source = DiscountSource(coupon=discount.coupon)
        used = Discount(id=f"di_{discount.coupon.id}", coupon=discount.coupon, source=source, start=now)
        discounted = (LineItemDiscount(amount=quoted.amount_discount, discount=used),)
    return line.model_copy(
        update={
            "amount_discount": quoted.amount_discount,
            "amount_subtotal": quoted.amount_subtotal,
            "amount_tax": quoted.amount_tax,
            "amount_total": quoted.amount_total,
            "discounts": discounted,
            "taxes": quoted.taxes,
        }
    )


def _mode(items: Sequence[Item]) -> Mode:
    return "subscription" if any(item.is_recurring and item.is_chosen for item in items) else "payment"


def _line(item: Item, amount: int, charged: LineCharge) -> QuoteLine:
    return QuoteLine(
        id=item.id,
        adjustable_quantity=item.adjustable_quantity,
        amount_discount=charged.amount_discount,
        amount_subtotal=charged.amount_subtotal,
        amount_tax=charged.amount_tax,
        amount_total=charged.amount_total,
        amount_recurring=amount if item.is_recurring else 0,
        description=item.description,
        metered=is_metered(item.price),
        optional=item.optional,
        price=item.price,
        product=item.product,
        quantity=item.quantity,
        taxes=charged.taxes,
        unit_amount=item.unit_amount if item.price.custom_unit_amount else whole_unit_amount(item.price),
    )


def _limits(quoted: Quote, link: PaymentLink, field: str | None) -> list[QuoteProblem]:
    """Return why Stripe would not charge today's total, or a later one."""
    today = quoted.amount_total
    if quoted.shipping_pending:  # The buyer chooses shipping at Checkout, which adds at least the cheapest option.
        today += cheapest_shipping((option.shipping_rate for option in link.shipping_options), quoted.currency)
    problem = charge_problem(today, quoted.currency, field=field, methods=link.payment_method_types)
    if problem is not None and problem.code == "amount_too_small" and _code_takes_too_much(quoted, today):
        problem = QuoteProblem(code="promotion_code_leaves_too_little", field=FIELD, limit=problem.limit)
    if problem is None and any(total.amount_total > MAXIMUM_CHARGE for total in quoted.recurring):
        problem = QuoteProblem(code="amount_too_large", field=field, limit=MAXIMUM_CHARGE)
    return [problem] if problem else []


def _code_takes_too_much(quoted: Quote, today: int) -> bool:
    """Return whether the total would be large enough without the buyer's promotion code."""
    if quoted.discount is None or quoted.discount.promotion_code is None:
        return False
    return charge_problem(today + quoted.amount_discount, quoted.currency) is None
