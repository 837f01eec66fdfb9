"""Whether Stripe opens a session of a link. It refuses archived prices, products and rates, and coupons that cannot be redeemed.

The pay page asks here before a buyer presses the button, and `links check` when it has read the objects again.
"""

from collections.abc import Iterator

from app.objects.discount import Coupon
from app.objects.payment_link import PaymentLink
from app.objects.shipping_rate import ShippingRate
from app.objects.tax_rate import TaxRate
from app.pricing.discounts import expiry_problem
from app.pricing.selling import Unsold, why_not_sold


def tax_rate_archived(id: str) -> Unsold:
    """Return the reason for refusing an archived tax rate."""
    return Unsold(f"The tax rate {id} is archived. This field only accepts active tax rates.")


def why_not_taken(part: Coupon | ShippingRate | TaxRate, now: int) -> Unsold | None:
    """Return why Stripe refuses a session that names this coupon or rate, or None.

    An expired coupon is no reason: it no longer counts in the total, and the link is sold without it.
    """
    if isinstance(part, Coupon):
        problem = expiry_problem(part, now)
        if problem in (None, "expired"):
            return None
        if problem == "inactive":  # deleted
            return Unsold(f"No such coupon: '{part.id}'", "resource_missing")
        return Unsold(f"The coupon {part.id} can no longer be redeemed.", "coupon_expired")
    if part.active:
        return None
    return (
        tax_rate_archived(part.id) if isinstance(part, TaxRate) else Unsold(f"The shipping rate {part.id} is archived.")
    )


def unsold_part(link: PaymentLink, now: int) -> Unsold | None:
    """Return why Stripe refuses every session of the link, or None: a line item, a rate or the link's own coupon.

    Optional items can be left out.
    """
    return next(_unsold_parts(link, now), None)


def _unsold_parts(link: PaymentLink, now: int) -> Iterator[Unsold]:
    for item in link.line_items.data if link.line_items else ():
        if item.price is not None and (unsold := why_not_sold(item.price)) is not None:
            yield unsold
    rates = (option.shipping_rate for option in link.shipping_options)
    for part in (*rates, *link.counterfoil.tax_rates, link.counterfoil.coupon):
        if isinstance(part, Coupon | ShippingRate | TaxRate) and (unsold := why_not_taken(part, now)) is not None:
            yield unsold
