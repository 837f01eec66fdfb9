"""A price of the catalogue as the console shows it: its name, its amount on one line, and its picture."""

from dataclasses import dataclass

from app.objects.price import Price, Product
from app.pricing.amounts import line_amount
from app.web.display.formatting import money, with_commas
from app.web.display.price_text import every
from app.web.display.safe_urls import image_url
from app.web.display.translation import gettext as _


@dataclass(frozen=True)
class Sold:
    """An item with a price that exists: what it is called, what it costs, and its picture."""

    name: str
    price: str
    image: str | None


def sold(price: Price) -> Sold:
    """Return how an item with this price is shown."""
    product = price.product if isinstance(price.product, Product) else None
    image = image_url(product.images[0]) if product and product.images else None
    return Sold(product.name if product else price.id, price_line(price), image)


def amount_line(price: Price, quantity: int) -> str:
    """Return what a quantity costs, on one line: "€19.00, every month"."""
    if price.tiers or price.custom_unit_amount is not None:
        return price_line(price)
    return price_line(price.model_copy(update={"unit_amount": line_amount(price, quantity)}))


def price_line(price: Price) -> str:
    """Return a price on one line: "€9.50, every month"."""
    if price.custom_unit_amount is not None:
        return _("Buyers choose the amount")
    if price.tiers:
        amount = _("Price by quantity")
    elif price.unit_amount is not None:
        amount = money(price.unit_amount, price.currency)
    else:
        amount = price.currency.upper()
    recurring = price.recurring
    return with_commas(amount, every(recurring.interval, recurring.interval_count)) if recurring is not None else amount
