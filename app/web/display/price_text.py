"""Texts about prices and times: how often, how much per unit, how long. Every string goes through gettext."""

from app.objects.price import Interval, Price, Tier
from app.objects.quote import Quote, QuoteLine, RecurringTotal
from app.objects.shipping_rate import DeliveryEstimate, DeliveryEstimateBound
from app.pricing.amounts import count_packs, whole_unit_amount
from app.pricing.items import product_of
from app.pricing.money import format_decimal_amount
from app.web.display.formatting import date, money, number
from app.web.display.locale import page_locale
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext


def every(interval: Interval, count: int) -> str:
    """Return how often a price is charged: "every month", "every 3 months". An interval that Stripe adds later keeps its word."""
    words = _every_one() if count == 1 else _every_several(count)
    return words.get(interval, f"{count} × {interval}")


def _every_one() -> dict[str, str]:
    # L10n: How often something is charged. Follows an amount: "€9.00 every month". The next three are alike.
    return {"day": _("every day"), "week": _("every week"), "month": _("every month"), "year": _("every year")}


def _every_several(count: int) -> dict[str, str]:
    return {
        "day": ngettext("every %(num)s day", "every %(num)s days", count),
        "week": ngettext("every %(num)s week", "every %(num)s weeks", count),
        "month": ngettext("every %(num)s month", "every %(num)s months", count),
        "year": ngettext("every %(num)s year", "every %(num)s years", count),
    }


def after_discount(total: RecurringTotal, currency: str) -> str | None:
    """Return how long a discount lasts and what comes then: "for 3 months, then €9.00 every month". None where it does not end."""
    later, months = total.amount_total_later, total.duration_in_months
    if months is None or later is None or later == total.amount_total:
        return None
    # L10n: How long a discount lasts: "for 3 months, then €9.00 every month". `months` is a text such as "3 months".
    return _(
        "for %(months)s, then %(amount)s %(every)s",
        months=ngettext("%(num)s month", "%(num)s months", months),
        amount=money(later, currency),
        every=every(total.interval, total.interval_count),
    )


def how_often(total: RecurringTotal, currency: str) -> str:
    """Return how often a total is charged: "every month", or "every month for 3 months, then €9.00 every month"."""
    often, rest = every(total.interval, total.interval_count), after_discount(total, currency)
    return f"{often} {rest}" if rest else often


def from_then_on(total: RecurringTotal, timezone: str) -> str:
    """Return the label of a later charge: "From 1 May, every month"."""
    often = every(total.interval, total.interval_count)
    if total.starts_at is None:
        # L10n: The label of a later charge: "Then every month". An amount follows.
        return _("Then %(every)s", every=often)
    # L10n: The label of a later charge: "From 1 May, every month". An amount follows.
    return _("From %(date)s, %(every)s", date=date(total.starts_at, timezone), every=often)


def trial(days: int) -> str:
    """Return the length of a free trial: "14 days free"."""
    return str(ngettext("%(num)s day free", "%(num)s days free", days))


def charged_now(quote: Quote) -> str:
    """Return what is charged now, in words where it is nothing."""
    if quote.is_free and quote.mode == "subscription":
        # L10n: It costs nothing. Stands where an amount would be, for shipping or for an order.
        return _("Free")
    if quote.trial_period_days and not quote.amount_total:
        return trial(quote.trial_period_days)
    if not quote.amount_total and quote.metered:
        # L10n: Stands where an amount would be: the price depends on how much is used.
        return _("Billed by use")
    return money(quote.amount_total, quote.currency)


def charged_later(quote: Quote) -> list[str]:
    """Return what is charged later, one text per interval. After a trial with a price of its own, the first says how long the trial is."""
    if quote.is_free:
        return []
    found = []
    for total in quote.recurring:
        often = how_often(total, quote.currency)
        amount = money(total.amount_total, quote.currency)
        if total.starts_at is None and total.amount_total == quote.amount_total and len(quote.recurring) == 1:
            found.append(often)
        else:
            # L10n: What is charged later: "then €9.00 every month".
            found.append(_("then %(amount)s %(every)s", amount=amount, every=often))
    if quote.trial_period_days and quote.amount_total:
        free = trial(quote.trial_period_days)
        # L10n: "14 days free, then €9.00 every month".
        found[:1] = [_("%(trial)s, %(later)s", trial=free, later=found[0]) if found else free]
    return found


def product_name(price: Price) -> str:
    """Return the name of the product that a price belongs to."""
    return product_of(price).name


def per_unit(line: QuoteLine, currency: str) -> str | None:
    """Return the price per unit, or None where the line's amount already says it."""
    return _per_unit(line.price, line.product.unit_label, line.unit_amount, line.quantity, currency)


def unit_price(price: Price, quantity: int) -> str | None:
    """Return what one unit of an item costs, or None where the amount of the item already says it."""
    label = product_of(price).unit_label
    return _per_unit(price, label, whole_unit_amount(price), quantity, price.currency)


def _per_unit(price: Price, label: str | None, unit: int | None, quantity: int, currency: str) -> str | None:
    if unit is None:
        decimal = price.unit_amount_decimal
        if decimal is None or price.tiers:
            return None
        amount = format_decimal_amount(decimal, currency, page_locale())
    elif quantity == 1 and not label and not price.transform_quantity:
        return None
    else:
        amount = money(unit, currency)
    if (transform := price.transform_quantity) and transform.divide_by > 1:
        return _("%(amount)s a pack", amount=amount)
    # L10n: `unit` is the merchant’s word for one piece, such as "seat".
    return _("%(amount)s per %(unit)s", amount=amount, unit=label) if label else _("%(amount)s each", amount=amount)


def packs(price: Price, quantity: int) -> str | None:
    """Return how many packs are charged for a quantity: "3 packs of 12". None where the price is not for packs."""
    transform = price.transform_quantity
    if transform is None or transform.divide_by == 1:
        return None
    count = count_packs(price, quantity)
    # L10n: `size` is the number of pieces in a pack.
    return str(ngettext("%(num)s pack of %(size)s", "%(num)s packs of %(size)s", count, size=transform.divide_by))


def quantity(price: Price, count: int) -> str | None:
    """Return a quantity that is fixed, in packs where the price is for packs. None for one piece."""
    in_packs = packs(price, count)
    if in_packs:
        # L10n: `packs` is a text such as "3 packs of 12".
        return _("%(quantity)s (%(packs)s)", quantity=count, packs=in_packs)
    return _("Quantity %(quantity)s", quantity=number(count)) if count != 1 else None


def tier_rows(price: Price, currency: str) -> list[tuple[str, str]]:
    """Return the rows of a tiered price as (quantities, cost)."""
    rows = []
    first = 1
    for tier in price.tiers or ():
        if tier.up_to is None:
            # L10n: A quantity from which a price applies.
            units = _("%(first)s and more", first=number(first))
        elif tier.up_to == first:
            units = number(first)
        else:
            # L10n: The quantities for which a price applies.
            units = _("%(first)s to %(last)s", first=number(first), last=number(tier.up_to))
        rows.append((units, _tier_cost(tier, currency)))
        first = (tier.up_to or first) + 1
    return rows


def _tier_cost(tier: Tier, currency: str) -> str:
    locale = page_locale()
    unit = tier.unit_amount if tier.unit_amount is not None else tier.unit_amount_decimal
    flat = tier.flat_amount if tier.flat_amount is not None else tier.flat_amount_decimal
    each = flat_words = None
    if unit is not None and (unit or not flat):
        amount = money(unit, currency) if isinstance(unit, int) else format_decimal_amount(unit, currency, locale)
        each = _("%(amount)s each", amount=amount)
    if flat:
        flat_words = money(flat, currency) if isinstance(flat, int) else format_decimal_amount(flat, currency, locale)
    if each and flat_words:
        # L10n: Two amounts: "€5.00 and €2.00 each".
        return _("%(flat)s and %(each)s", flat=flat_words, each=each)
    return each or flat_words or ""


def tier_note(price: Price) -> str:
    """Return a sentence that explains how the tiers apply."""
    if price.tiers_mode == "volume":
        return _("The price of the whole quantity depends on how many you buy")
    # L10n: A step is a range of quantities in a table of prices.
    return _("Each step has its own price")


def delivery(estimate: DeliveryEstimate | None) -> str | None:
    """Return how long delivery takes: "2 to 4 working days"."""
    if estimate is None:
        return None
    low, high = estimate.minimum, estimate.maximum
    if low and high and low.unit == high.unit:
        if low.value == high.value:
            return _units(low)
        # L10n: How long delivery takes. `low` is a number, or a text like `high`: "2 to 4 working days". `high` is in its basic form.
        return _("%(low)s to %(high)s", low=low.value, high=_units(high))
    if low and high:
        return _("%(low)s to %(high)s", low=_units(low), high=_units(high))
    if high:
        # L10n: How long delivery takes. `high` is a text such as "4 working days", in its basic form.
        return _("up to %(high)s", high=_units(high))
    # L10n: How long delivery takes. `low` is a text such as "4 working days", in its basic form.
    return _("at least %(low)s", low=_units(low)) if low else None


def _units(bound: DeliveryEstimateBound) -> str:
    count = bound.value
    words = {
        "business_day": lambda: ngettext("%(num)s working day", "%(num)s working days", count),
        "day": lambda: ngettext("%(num)s day", "%(num)s days", count),
        "hour": lambda: ngettext("%(num)s hour", "%(num)s hours", count),
        "month": lambda: ngettext("%(num)s month", "%(num)s months", count),
        "week": lambda: ngettext("%(num)s week", "%(num)s weeks", count),
    }
    return str(words[bound.unit]())
