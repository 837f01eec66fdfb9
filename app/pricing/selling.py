"""Whether a price can be sold. Stripe refuses archived prices, and prices of archived products.

The pay page asks here before a buyer presses the button, and the sandbox when it creates a session.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, get_args

from app.objects.payment_link import PaymentLink
from app.objects.payment_link.parts import OptionalItem
from app.objects.price import Interval, Price, Product
from app.objects.scalars import abbreviate

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
    """Return why a price cannot be sold, or None. We cannot compute a price with terms that this version does not know."""
    if not price.active:
        return Unsold(PRICE_INACTIVE)
    product = price.product
    if isinstance(product, Product) and not product.active:
        return product_inactive(product.id)
    if not _has_amount(price):
        return Unsold(f"The price {price.id} has no amount that this version of Counterfoil knows.")
    return next(map(_unknown, _new_words(price)), None)


def _has_amount(price: Price) -> bool:
    packs = price.transform_quantity
    if packs is not None and packs.divide_by < 1:
        return False
    return bool(price.tiers or price.custom_unit_amount) or (price.unit_amount, price.unit_amount_decimal) != (
        None,
        None,
    )


def _new_words(price: Price) -> Iterator[tuple[str, str]]:
    """Yield each attribute that decides how a price is computed and has a value that is new at Stripe."""
    recurring, packs = price.recurring, price.transform_quantity
    yield from _new_word("billing_scheme", price.billing_scheme, {"per_unit", "tiered"})
    yield from _new_word("tiers_mode", price.tiers_mode, {None, "graduated", "volume"})
    if recurring is not None:
        yield from _new_word("recurring[interval]", recurring.interval, set(get_args(Interval)))
        yield from _new_word("recurring[usage_type]", recurring.usage_type, {"licensed", "metered"})
    if packs is not None:
        yield from _new_word("transform_quantity[round]", packs.round, {"up", "down"})


def _new_word(name: str, word: str | None, known: Collection[str | None]) -> Iterator[tuple[str, str]]:
    if word is not None and word not in known:
        yield name, word


def _unknown(new: tuple[str, str]) -> Unsold:
    return Unsold(f"This version of Counterfoil cannot compute a price whose {new[0]} is “{abbreviate(new[1])}”.")


def offered_items(link: PaymentLink) -> Iterator[OptionalItem]:
    """Yield the optional items of a link that Stripe sells."""
    for item in link.optional_items or ():
        if not isinstance(item.price, Price) or why_not_sold(item.price) is None:
            yield item
