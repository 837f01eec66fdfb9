"""Whether Stripe sells a price. It refuses archived prices, and prices of archived products.

The pay page asks here before a buyer presses the button, and the sandbox when it creates a session.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.objects.payment_link import PaymentLink
from app.objects.payment_link.parts import OptionalItem
from app.objects.price import Price, Product

PRICE_INACTIVE: Final = "The price specified is inactive. This field only accepts active prices."


@dataclass(frozen=True)
class Unsold:
    """Why Stripe does not sell a price: its message, and its code where it has one."""

    message: str
    code: str | None = None


def product_inactive(id: str) -> Unsold:
    """Return why Stripe does not sell the prices of an archived product."""
    return Unsold(f"The product {id} is marked as inactive.", "product_inactive")


def why_not_sold(price: Price) -> Unsold | None:
    """Return why Stripe does not sell a price, or None."""
    if not price.active:
        return Unsold(PRICE_INACTIVE)
    product = price.product
    return product_inactive(product.id) if isinstance(product, Product) and not product.active else None


def offered_items(link: PaymentLink) -> Iterator[OptionalItem]:
    """Yield the optional items of a link that Stripe sells."""
    for item in link.optional_items or ():
        if not isinstance(item.price, Price) or why_not_sold(item.price) is None:
            yield item
