"""Coupons and promotion codes: whether one applies to an order, why not, and how much it takes off. A session has one discount.

The rules are Stripe's (docs.stripe.com/billing/subscriptions/coupons). The pay page and the sandbox both ask here. Only Checkout
knows whether a buyer orders for the first time, so `first_time_transaction` is left to it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from app.objects.currency import step
from app.objects.discount import Coupon, PromotionCode
from app.objects.payment_link import PaymentLink
from app.objects.quote import QuoteProblem
from app.objects.selection import Selection
from app.pricing.items import Item
from app.pricing.rounding import percent_as_fraction, round_half_up

FIELD = "promotion_code"

CouponProblem = Literal["inactive", "expired", "used_up", "wrong_currency", "not_for_these_products"]
CodeProblem = Literal[CouponProblem, "not_for_everyone", "minimum_amount"]


@dataclass(frozen=True)
class Order:
    """The part of an order on which discounts depend. `subtotal` is in minor units of `currency`; `customer` is an id at Stripe."""

    currency: str
    subtotal: int
    products: Collection[str]
    customer: str | None = None


@dataclass(frozen=True)
class AppliedDiscount:
    """The one discount of a quote: a coupon, and the promotion code it came with, if any."""

    coupon: Coupon
    promotion_code: PromotionCode | None = None


def find_discount(
    link: PaymentLink, selection: Selection, items: Sequence[Item], subtotal: int, currency: str, now: int
) -> tuple[AppliedDiscount | None, QuoteProblem | None]:
    """Return the discount that applies, and the reason why the buyer's code does not.

    `subtotal` is the price of everything selected before a trial, in minor units. The link's own coupon applies as long as it can be
    redeemed; such a link takes no codes.
    """
    code = selection.promotion_code
    order = Order(currency, subtotal, {item.product.id for item in items if item.is_chosen})
    problem = None
    if code is not None:
        if not link.allow_promotion_codes or link.counterfoil.coupon is not None:
            problem = QuoteProblem(code="promotion_code_not_taken", field=FIELD)
        else:
            reason = code_problem(code, order, now)
            if reason is None and isinstance(code.coupon, Coupon):
                return AppliedDiscount(code.coupon, code), None
            limit = minimum_amount(code, currency) if reason == "minimum_amount" else None
            problem = QuoteProblem(code=f"promotion_code_{reason or 'inactive'}", field=FIELD, limit=limit)
    own = link.counterfoil.coupon
    if isinstance(own, Coupon) and coupon_problem(own, order, now) is None:
        return AppliedDiscount(own), problem
    return None, problem


def code_problem(code: PromotionCode, order: Order, now: int) -> CodeProblem | None:
    """Return why a promotion code does not apply to an order, as one word, or None if it applies.

    `not_for_everyone` is another customer's code, `minimum_amount` an order that is too small.
    """
    reason: CodeProblem | None = _own_problem(code, now)
    if reason is None and code.customer not in (None, order.customer):
        reason = "not_for_everyone"
    if reason is None and isinstance(code.coupon, Coupon):
        reason = coupon_problem(code.coupon, order, now)
    if reason is None and code.restrictions.minimum_amount is not None:
        minimum = minimum_amount(code, order.currency)
        if minimum is None:
            reason = "wrong_currency"
        elif order.subtotal < minimum:
            reason = "minimum_amount"
    return reason


def coupon_problem(coupon: Coupon, order: Order, now: int) -> CouponProblem | None:
    """Return why a coupon does not apply to an order, as one word, or None if it applies."""
    if (reason := expiry_problem(coupon, now)) is not None:
        return reason
    if coupon.percent_off is None and amount_off(coupon, order.currency) is None:
        return "wrong_currency"
    limited = coupon.applies_to.products if coupon.applies_to else ()
    return "not_for_these_products" if limited and not set(limited) & set(order.products) else None


def expiry_problem(coupon: Coupon, now: int) -> Literal["expired", "used_up", "inactive"] | None:
    """Return why a coupon can be redeemed by no order any more, or None."""
    # Stripe sets `valid` to false for the first two reasons as well. The precise reason is more useful.
    if coupon.redeem_by is not None and coupon.redeem_by <= now:
        return "expired"
    if coupon.max_redemptions is not None and coupon.times_redeemed >= coupon.max_redemptions:
        return "used_up"
    return None if coupon.valid else "inactive"


def is_redeemable(code: PromotionCode, now: int) -> bool:
    """Return whether any order can redeem a promotion code now. Its coupon must be loaded."""
    return _own_problem(code, now) is None and isinstance(code.coupon, Coupon) and not expiry_problem(code.coupon, now)


def withdrawal(code: PromotionCode, now: int) -> Literal["expired", "used_up", "inactive"]:
    """Return the likely reason why a code that applied before no longer does: its time, else its number of redemptions."""
    coupon = code.coupon if isinstance(code.coupon, Coupon) else None
    if any(end is not None and end <= now for end in (code.expires_at, coupon.redeem_by if coupon else None)):
        return "expired"
    limited = code.max_redemptions is not None or (coupon is not None and coupon.max_redemptions is not None)
    return "used_up" if limited else "inactive"


def minimum_amount(code: PromotionCode, currency: str) -> int | None:
    """Return the smallest subtotal for a promotion code, in minor units. None if it names none in the currency."""
    restrictions = code.restrictions
    option = (restrictions.currency_options or {}).get(currency)
    if option is not None:
        return option.minimum_amount
    return restrictions.minimum_amount if restrictions.minimum_amount_currency in (currency, None) else None


def amount_off(coupon: Coupon, currency: str) -> int | None:
    """Return the fixed amount that a coupon takes off in a currency. None if it has none in that currency."""
    option = (coupon.currency_options or {}).get(currency)
    if option is not None:
        return option.amount_off
    return coupon.amount_off if coupon.currency == currency else None


def applies_to(coupon: Coupon, item: Item) -> bool:
    """Return whether a coupon reduces this item. A coupon without products reduces every item."""
    return coupon.applies_to is None or not coupon.applies_to.products or item.product.id in coupon.applies_to.products


def discount_amount(coupon: Coupon, subtotal: int, currency: str) -> int:
    """Return what a coupon takes off a subtotal (minor units), which is never more than the subtotal."""
    if coupon.percent_off is not None:
        off = round_half_up(subtotal * percent_as_fraction(coupon.percent_off), step(currency))
    else:
        off = round_half_up(amount_off(coupon, currency) or 0, step(currency))
    return min(off, subtotal)


def _own_problem(code: PromotionCode, now: int) -> Literal["inactive", "expired", "used_up"] | None:
    """Return why a promotion code cannot be redeemed any more, apart from its coupon."""
    if not code.active or not isinstance(code.coupon, Coupon):
        return "inactive"
    if code.expires_at is not None and code.expires_at <= now:
        return "expired"
    if code.max_redemptions is not None and code.times_redeemed >= code.max_redemptions:
        return "used_up"
    return None
