"""ShippingRate, as Stripe writes it. Amounts are in minor units."""

from typing import Annotated, Literal

from app.objects.as_written import Open
from app.objects.base import Object
from app.objects.metadata import Metadata
from app.objects.scalars import ANSWERED, OMIT_IF_NONE, Boolean, CurrencyCode, Integer, Timestamp, reference


class DeliveryEstimateBound(Object):
    """A number of hours, days, business days, weeks or months."""

    unit: Open[Literal["business_day", "day", "hour", "month", "week"]]
    value: Integer


class DeliveryEstimate(Object):
    """How long delivery takes. Both bounds are optional."""

    maximum: DeliveryEstimateBound | None = None
    minimum: DeliveryEstimateBound | None = None


class FixedAmountCurrencyOption(Object):
    """The amount in another currency."""

    amount: Integer
    tax_behavior: Open[Literal["exclusive", "inclusive", "unspecified"]] = "unspecified"


class FixedAmount(Object):
    """What shipping costs, for any order."""

    amount: Integer
    currency: CurrencyCode
    currency_options: Annotated[dict[str, FixedAmountCurrencyOption] | None, OMIT_IF_NONE, ANSWERED] = None


class ShippingRate(Object):
    """A shipping rate."""

    id: str
    object: Literal["shipping_rate"] = "shipping_rate"
    active: Boolean = True
    created: Timestamp = 0
    delivery_estimate: DeliveryEstimate | None = None
    display_name: str | None = None
    fixed_amount: FixedAmount | None = None
    livemode: Boolean = False
    metadata: Metadata = {}
    tax_behavior: Open[Literal["exclusive", "inclusive", "unspecified"]] | None = "unspecified"
    tax_code: Annotated[str | None, reference("tax_code")] = None
    type: Open[Literal["fixed_amount"]] = "fixed_amount"
