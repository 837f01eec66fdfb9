"""Coupons and promotion codes: whether one counts now, for what, and how much it takes off. One per session.

Rules are Stripe's (docs.stripe.com/billing/subscriptions/coupons). Whether somebody buys for the first time only Checkout
knows: `first_time_transaction` is left to it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.objects.currency import step
from app.objects.discount import Coupon, PromotionCode
from app.objects.payment_link import PaymentLink
from app.objects.quote import QuoteProblem
from app.objects.selection import Selection
from app.pricing.items import Item
from app.pricing.rounding import half_up, hundredths

FIELD = "promotion_code"


@dataclass(frozen=True)
class Reduction:
    """The one discount of a quote: a coupon, and the code that brought it where one did."""

    coupon: Coupon
    promotion_code: PromotionCode | None = None

    @property
    def lasts(self) -> bool:
        """Whether later periods are reduced as well as the first charge."""
        return self.coupon.duration != "once"


def choose(
    link: PaymentLink, selection: Selection, items: Sequence[Item], subtotal: int, currency: str, now: int
) -> tuple[Reduction | None, QuoteProblem | None]:
    """The discount that counts, and why the code that was given does not.

    `subtotal` is what everything chosen costs before a trial, in minor units. The link's own coupon always counts while it
    can be redeemed, and leaves no room for a code.
    """
    code = selection.promotion_code
    products = {item.product.id for item in items if item.is_chosen}
    problem = None
    if code is not None:
        word = refusal(code, link, subtotal, currency, now, products)
        if word is None and isinstance(code.coupon, Coupon):
            return Reduction(code.coupon, code), None
        limit = minimum_amount(code, currency) if word == "promotion_code_minimum_amount" else None
        problem = QuoteProblem(code=word or "promotion_code_inactive", field=FIELD, limit=limit)
    own = link.counterfoil.coupon
    if isinstance(own, Coupon) and _coupon_refusal(own, currency, now, products) is None:
        return Reduction(own), problem
    return None, problem


def refusal(
    code: PromotionCode, link: PaymentLink, subtotal: int, currency: str, now: int, products: Collection[str]
) -> str | None:
    """Why the code cannot be applied, as one word, or None where it can.

    promotion_code_not_taken (this link takes none), _inactive, _expired, _used_up, _not_for_everyone (it is one customer's),
    _wrong_currency, _not_for_these_products, _minimum_amount (the order is too small).
    """
    if not link.allow_promotion_codes or link.counterfoil.coupon is not None:
        return "promotion_code_not_taken"
    word = _code_refusal(code, now)
    if word is None and isinstance(code.coupon, Coupon):
        word = _coupon_refusal(code.coupon, currency, now, products)
    if word is None and code.restrictions.minimum_amount is not None:
        minimum = minimum_amount(code, currency)
        if minimum is None:
            word = "wrong_currency"
        elif subtotal < minimum:
            word = "minimum_amount"
    return f"promotion_code_{word}" if word else None


def minimum_amount(code: PromotionCode, currency: str) -> int | None:
    """The least that an order must come to for the code, in minor units; None where the code names none in the currency."""
    restrictions = code.restrictions
    option = (restrictions.currency_options or {}).get(currency)
    if option is not None:
        return option.minimum_amount
    return restrictions.minimum_amount if restrictions.minimum_amount_currency in (currency, None) else None


def amount_off(coupon: Coupon, currency: str) -> int | None:
    """The fixed amount that the coupon takes off in the currency, or None where it names none in it."""
    option = (coupon.currency_options or {}).get(currency)
    if option is not None:
        return option.amount_off
    return coupon.amount_off if coupon.currency == currency else None


def applies_to(coupon: Coupon, item: Item) -> bool:
    """Whether the coupon reduces this item: all, unless it is limited to some products."""
    return coupon.applies_to is None or not coupon.applies_to.products or item.product.id in coupon.applies_to.products


def discount_amount(coupon: Coupon, subtotal: int, currency: str) -> int:
    """What the coupon takes off `subtotal` (what it applies to, in minor units), never more than that."""
    if coupon.percent_off is not None:
        off = half_up(subtotal * hundredths(coupon.percent_off), step(currency))
    else:
        off = half_up(amount_off(coupon, currency) or 0, step(currency))
    return min(off, subtotal)


def _code_refusal(code: PromotionCode, now: int) -> str | None:
    if not code.active or not isinstance(code.coupon, Coupon):
        return "inactive"
    if code.expires_at is not None and code.expires_at <= now:
        return "expired"
    if code.max_redemptions is not None and code.times_redeemed >= code.max_redemptions:
        return "used_up"
    return "not_for_everyone" if code.customer is not None else None


def _coupon_refusal(coupon: Coupon, currency: str, now: int, products: Collection[str]) -> str | None:
    # Stripe turns `valid` off for both of these reasons as well: the precise one is told first.
    if coupon.redeem_by is not None and coupon.redeem_by <= now:
        return "expired"
    if coupon.max_redemptions is not None and coupon.times_redeemed >= coupon.max_redemptions:
        return "used_up"
    if not coupon.valid:
        return "inactive"
    if coupon.percent_off is None and amount_off(coupon, currency) is None:
        return "wrong_currency"
    limited = coupon.applies_to.products if coupon.applies_to else ()
    return "not_for_these_products" if limited and not set(limited) & set(products) else None
