"""A coupon and its codes in words: what it takes off, for how long, its limits, and its state."""

from app.objects.discount import Coupon, PromotionCode
from app.pricing.discounts import expiry_problem
from app.web.display.formatting import date, money, number, percent, with_commas
from app.web.display.translation import gettext as _
from app.web.display.translation import ngettext, pgettext


def reduction(coupon: Coupon) -> str:
    """Return what a coupon takes off: "10% off", "€5.00 off"."""
    if coupon.percent_off is not None:
        return _("%(amount)s off", amount=percent(coupon.percent_off))
    return _("%(amount)s off", amount=money(coupon.amount_off or 0, coupon.currency or "usd"))


def other_reductions(coupon: Coupon) -> str:
    """Return what it takes off in other currencies: "CHF 5.00, $6.00". It is empty where there are none."""
    options = coupon.currency_options or {}
    return with_commas(
        *(money(option.amount_off, code) for code, option in sorted(options.items()) if code != coupon.currency)
    )


def duration(coupon: Coupon) -> str:
    """Return how long a coupon lasts on a subscription."""
    if coupon.duration == "repeating" and coupon.duration_in_months:
        months = coupon.duration_in_months
        return ngettext("the first month of a subscription", "the first %(num)s months of a subscription", months)
    return {"forever": _("always"), "once": pgettext("duration", "once")}.get(coupon.duration, coupon.duration)


def scope(coupon: Coupon) -> str:
    """Return what a coupon applies to."""
    products = coupon.applies_to.products if coupon.applies_to else ()
    return ngettext("on one product", "on %(num)s products", len(products)) if products else _("on everything")


def limits(coupon: Coupon, timezone: str) -> str:
    """Return one line about a coupon: "once, on everything, until 31 December 2026"."""
    parts = [duration(coupon), scope(coupon)]
    if coupon.redeem_by is not None:
        parts.append(_("until %(date)s", date=date(coupon.redeem_by, timezone)))
    return with_commas(*parts)


def code_limits(code: PromotionCode, timezone: str) -> str:
    """Return the conditions of a code on one line. Empty if there are none."""
    parts, restrictions = [], code.restrictions
    if restrictions.minimum_amount and restrictions.minimum_amount_currency:
        amount = money(restrictions.minimum_amount, restrictions.minimum_amount_currency)
        parts.append(_("orders from %(amount)s", amount=amount))
    if restrictions.first_time_transaction:
        parts.append(_("new buyers only"))
    if code.customer is not None:
        parts.append(_("one customer only"))
    if code.expires_at is not None:
        parts.append(_("until %(date)s", date=date(code.expires_at, timezone)))
    return with_commas(*parts)


def used(of: Coupon | PromotionCode) -> str:
    """Return how often a coupon or code was used: "84 times", "12 of 50"."""
    if of.max_redemptions is not None:
        return _("%(count)s of %(limit)s", count=number(of.times_redeemed), limit=number(of.max_redemptions))
    return ngettext("%(num)s time", "%(num)s times", of.times_redeemed)


def state(coupon: Coupon, now: int) -> tuple[str, str]:
    """Return the state of a coupon as a tag: text and tone."""
    problem = expiry_problem(coupon, now)
    return (_ended()[problem], "") if problem else (_("In use"), "success")


def code_state(code: PromotionCode, now: int) -> tuple[str, str]:
    """Return the state of a code as a tag: text and tone. Its coupon must be loaded."""
    if code.expires_at is not None and code.expires_at <= now:
        return _ended()["expired"], ""
    if code.max_redemptions is not None and code.times_redeemed >= code.max_redemptions:
        return _ended()["used_up"], ""
    if not code.active:
        return _("Off"), ""
    if isinstance(code.coupon, Coupon) and expiry_problem(code.coupon, now) is not None:
        return _ended()["inactive"], ""
    return _("In use"), "success"


def _ended() -> dict[str, str]:
    return {"expired": pgettext("coupon or code", "Expired"), "inactive": _("Ended"), "used_up": _("Used up")}
