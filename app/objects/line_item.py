"""The line item of a payment link or a Checkout Session, as Stripe writes it. Amounts are in minor units."""

from typing import Annotated, Literal

from app.objects.as_written import Open
from app.objects.base import Object
from app.objects.discount import Discount
from app.objects.limits import DEFAULT_MAXIMUM_QUANTITY, DEFAULT_MINIMUM_QUANTITY
from app.objects.metadata import Metadata
from app.objects.price import Price
from app.objects.scalars import ANSWERED, Boolean, CurrencyCode, Integer
from app.objects.tax_rate import TaxabilityReason, TaxRate


class AdjustableQuantity(Object):
    """Whether the buyer may change a quantity, and the bounds. See `quantity_bounds` for the defaults."""

    enabled: Boolean
    maximum: Integer | None = None
    minimum: Integer | None = None


def quantity_bounds(adjustable: AdjustableQuantity, *, least: int | None = None) -> tuple[int, int]:
    """Return the smallest and the largest quantity that the buyer may choose. A bound that the link does not set is 0 or 99.

    `least` is a further lower bound: 1 for the only item of a link, which cannot be left out.
    """
    minimum = DEFAULT_MINIMUM_QUANTITY if adjustable.minimum is None else adjustable.minimum
    maximum = DEFAULT_MAXIMUM_QUANTITY if adjustable.maximum is None else adjustable.maximum
    return minimum if least is None else max(minimum, least), maximum


class LineItemDiscount(Object):
    """The part of a discount that reduces this line."""

    amount: Integer
    discount: Discount


class LineItemTax(Object):
    """One tax on this line. It is computed on `taxable_amount`."""

    amount: Integer
    rate: TaxRate
    taxability_reason: Open[TaxabilityReason] | None = None
    taxable_amount: Integer | None = None


class LineItem(Object):
    """One item that is sold."""

    id: str
    object: Literal["item"] = "item"
    adjustable_quantity: AdjustableQuantity | None = None
    amount_discount: Integer = 0
    amount_subtotal: Integer = 0
    amount_tax: Integer = 0
    amount_total: Integer = 0
    currency: CurrencyCode
    description: str | None = None
    discounts: Annotated[tuple[LineItemDiscount, ...] | None, ANSWERED] = ()
    metadata: Metadata = {}
    price: Price | None = None
    quantity: Integer | None = None
    taxes: Annotated[tuple[LineItemTax, ...] | None, ANSWERED] = ()


class LineItems(Object):
    """The line items of a link, as a list in Stripe's form."""

    object: Literal["list"] = "list"
    data: tuple[LineItem, ...] = ()
    has_more: Boolean = False
    url: str = ""
