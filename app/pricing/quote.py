"""The quote: one link and one selection in, what the buyer would pay out. Pure, exact, and the only place that adds up.

The page shows it, Checkout is asked for it, and the API answers it, so that the three can never differ.
"""

from collections.abc import Sequence

from app.objects.currency import MAXIMUM_CHARGE, minimum_charge
from app.objects.discount import Discount
from app.objects.line_item import LineItem, LineItemDiscount
from app.objects.payment_link import PaymentLink
from app.objects.quote import Mode, Quote, QuoteDiscount, QuoteLine, QuoteProblem
from app.objects.selection import Selection
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate
from app.pricing import discounts
from app.pricing.amounts import is_metered, line_amount, price_in, whole_unit_amount
from app.pricing.charges import LineCharge, charge, tax_totals
from app.pricing.items import Item, amount_field, choose, currencies, line_items, price_of, shipping_amount
from app.pricing.recurring import recurring_totals, trial_end, trial_period_days


def quote(link: PaymentLink, selection: Selection, now: int) -> Quote:
    """What the buyer would pay today and later for one selection; amounts in minor units, `now` in Unix seconds.

    amount_total = amount_subtotal - amount_discount + amount_shipping + tax on top. Inclusive tax is in amount_subtotal, and
    in amount_tax as well. What cannot be charged is quoted all the same, and says why in `problems`.
    """
    currency = currency_of(link, selection)
    items, problems = choose(link, selection, currency)
    amounts = [
        0 if is_metered(item.price) else line_amount(item.price, item.quantity, item.unit_amount) for item in items
    ]
    days = trial_period_days(link, items)
    reduction, refused = discounts.choose(link, selection, items, sum(amounts), currency, now)
    coupon = reduction.coupon if reduction else None
    rates = tax_rates(link)

    today = [0 if days and item.is_recurring else amount for item, amount in zip(items, amounts, strict=True)]
    charges = charge(items, today, coupon, rates, currency)
    amount_discount = sum(line.amount_discount for line in charges)
    rate = link.shipping_options[0].shipping_rate if len(link.shipping_options) == 1 else None
    amount_shipping = shipping_amount(rate, currency) if rate is not None else None
    later = recurring_totals(
        items, amounts, coupon if reduction and reduction.lasts else None, rates, currency, trial_end(days, now)
    )
    quoted = Quote(
        amount_discount=amount_discount,
        amount_shipping=amount_shipping or 0,
        amount_subtotal=sum(today),
        amount_tax=sum(line.amount_tax for line in charges),
        amount_total=sum(line.amount_total for line in charges) + (amount_shipping or 0),
        currency=currency,
        discount=QuoteDiscount(amount=amount_discount, coupon=reduction.coupon, promotion_code=reduction.promotion_code)
        if reduction
        else None,
        lines=tuple(map(_line, items, amounts, charges)),
        metered=any(is_metered(item.price) for item in items),
        mode=_mode(items),
        recurring=later,
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
    """`subscription` when anything that was chosen recurs, else `payment`: derived here and nowhere else."""
    items, _ = choose(link, selection, currency_of(link, selection))
    return _mode(items)


def currency_of(link: PaymentLink, selection: Selection) -> str:
    """The currency that was asked for, where everything on the link has a price in it; else the link's own."""
    asked = selection.currency
    return asked if asked is not None and asked in currencies(link) else link.currency


def first_selection(link: PaymentLink, currency: str | None = None) -> Selection:
    """What the page shows before anybody has chosen: quantities as they are, and the presets of open amounts.

    A preset is only what the field shows at first. It is never charged unless the buyer sends it.
    """
    selection = Selection(currency=currency)
    shown_in = currency_of(link, selection)
    presets = {
        item.id: amount.preset
        for item in line_items(link)
        if (amount := price_in(price_of(item), shown_in).custom_unit_amount) and amount.preset is not None
    }
    return selection.model_copy(update={"unit_amounts": presets})


def tax_rates(link: PaymentLink) -> tuple[TaxRate, ...]:
    """The tax rates that are put on every line: none where Stripe calculates tax itself, since it takes one or the other."""
    if link.automatic_tax.enabled:
        return ()
    return tuple(rate for rate in link.counterfoil.tax_rates if isinstance(rate, TaxRate))


def with_amounts(link: PaymentLink, now: int) -> PaymentLink:
    """The same link with the amounts, discounts and taxes of its line items as they are when nobody changes anything."""
    if link.line_items is None:
        return link
    quoted = quote(link, first_selection(link), now)
    lines = {line.id: line for line in quoted.lines if not line.optional}
    filled = tuple(
        _filled(line, lines[line.id], quoted.discount, now) if line.id in lines else line
        for line in link.line_items.data
    )
    return link.model_copy(update={"line_items": link.line_items.model_copy(update={"data": filled})})


def _filled(line: LineItem, quoted: QuoteLine, discount: QuoteDiscount | None, now: int) -> LineItem:
    discounted: tuple[LineItemDiscount, ...] = ()
    if discount is not None and quoted.amount_discount:
        used = Discount(id=f"di_{discount.coupon.id}", coupon=discount.coupon, start=now)
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
    """Why Stripe would not take the total: less than it charges, or more. Nothing to pay is fine."""
    problems = []
    minimum = minimum_charge(quoted.currency)
    if minimum is not None and 0 < quoted.amount_total + _cheapest_shipping(quoted, link) < minimum:
        problems.append(QuoteProblem(code="amount_too_small", field=field, limit=minimum))
    if max(quoted.amount_total, *(total.amount_total for total in quoted.recurring), 0) > MAXIMUM_CHARGE:
        problems.append(QuoteProblem(code="amount_too_large", field=field, limit=MAXIMUM_CHARGE))
    return problems


def _cheapest_shipping(quoted: Quote, link: PaymentLink) -> int:
    """What will be added at least when shipping is chosen at Checkout."""
    if not quoted.shipping_pending:
        return 0
    amounts = (shipping_amount(option.shipping_rate, quoted.currency) for option in link.shipping_options)
    return min((amount for amount in amounts if amount is not None), default=0)
