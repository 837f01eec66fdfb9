"""Product and Price, as Stripe writes them. Amounts are in minor units; decimal amounts may have fractions of one."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import model_validator

from app.objects.as_written import Open
from app.objects.base import Object
from app.objects.metadata import Metadata
from app.objects.scalars import (
    ANSWERED,
    EXPANDABLE,
    Boolean,
    CurrencyCode,
    DecimalString,
    Integer,
    Percentage,
    Timestamp,
    reference,
)

Interval = Literal["day", "week", "month", "year"]
TaxBehavior = Literal["exclusive", "inclusive", "unspecified"]


class MarketingFeature(Object):
    """One feature in the list that a pricing table shows."""

    name: str | None = None


class PackageDimensions(Object):
    """The size of a parcel in inches, and its weight in ounces."""

    height: Percentage
    length: Percentage
    weight: Percentage
    width: Percentage


class TaxDetails(Object):
    """How a product is taxed."""

    performance_location: str | None = None
    tax_code: str | None = None


class Product(Object):
    """A product. For a deleted product Stripe returns only its id, so the id becomes its name."""

    id: str
    object: Literal["product"] = "product"
    active: Boolean = True
    created: Timestamp = 0
    default_price: "Annotated[str | Price | None, EXPANDABLE]" = None
    description: str | None = None
    images: tuple[str, ...] = ()
    livemode: Boolean = False
    marketing_features: tuple[MarketingFeature, ...] = ()
    metadata: Metadata = {}
    name: str
    package_dimensions: PackageDimensions | None = None
    shippable: Boolean | None = None
    statement_descriptor: str | None = None
    tax_code: Annotated[str | None, reference("tax_code")] = None
    tax_details: TaxDetails | None = None
    type: str = "service"
    unit_label: str | None = None
    updated: Timestamp = 0
    url: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_deleted(cls, data: Any) -> Any:
        deleted = isinstance(data, Mapping) and data.get("deleted") is True
        return {"name": data.get("id"), **data, "active": False} if deleted else data


class Tier(Object):
    """One tier of a tiered price. The last one has no `up_to`."""

    flat_amount: Integer | None = None
    flat_amount_decimal: DecimalString | None = None
    unit_amount: Integer | None = None
    unit_amount_decimal: DecimalString | None = None
    up_to: Integer | None = None


class CustomUnitAmount(Object):
    """Bounds and initial value of an amount that the buyer chooses."""

    maximum: Integer | None = None
    minimum: Integer | None = None
    preset: Integer | None = None


class CurrencyOption(Object):
    """The same price in another currency."""

    custom_unit_amount: CustomUnitAmount | None = None
    tax_behavior: Open[TaxBehavior] | None = None
    tiers: Annotated[tuple[Tier, ...] | None, ANSWERED] = None
    unit_amount: Integer | None = None
    unit_amount_decimal: DecimalString | None = None


class Recurring(Object):
    """How often a subscription is billed, by quantity or by usage."""

    interval: Open[Interval]
    interval_count: Integer = 1
    meter: str | None = None
    trial_period_days: Integer | None = None
    usage_type: Open[Literal["licensed", "metered"]] = "licensed"


class TransformQuantity(Object):
    """Sale in packs: the quantity is divided and rounded before it is multiplied by the price."""

    divide_by: Integer
    round: Open[Literal["up", "down"]]


class Price(Object):
    """A price in one of five shapes: per unit, decimal, tiers, packs, or chosen by the buyer."""

    id: str
    object: Literal["price"] = "price"
    active: Boolean = True
    billing_scheme: Open[Literal["per_unit", "tiered"]] = "per_unit"
    created: Timestamp = 0
    currency: CurrencyCode
    currency_options: Annotated[dict[str, CurrencyOption] | None, ANSWERED] = None
    custom_unit_amount: CustomUnitAmount | None = None
    livemode: Boolean = False
    lookup_key: str | None = None
    metadata: Metadata = {}
    nickname: str | None = None
    product: Annotated[str | Product, EXPANDABLE]
    recurring: Recurring | None = None
    tax_behavior: Open[TaxBehavior] | None = "unspecified"
    tiers: Annotated[tuple[Tier, ...] | None, ANSWERED] = None
    tiers_mode: Open[Literal["graduated", "volume"]] | None = None
    transform_quantity: TransformQuantity | None = None
    type: Open[Literal["one_time", "recurring"]] = "one_time"
    unit_amount: Integer | None = None
    unit_amount_decimal: DecimalString | None = None
