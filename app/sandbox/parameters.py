"""Parameter models that several resources use. Unknown names are refused, and an empty string unsets a parameter."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.errors import InvalidRequest, ResourceMissing
from app.objects.currency import MAXIMUM_CHARGE
from app.objects.metadata import Metadata, merge_metadata
from app.objects.scalars import Boolean, CurrencyCode, DecimalString, Integer, Text

Id = Annotated[str, Text(5000, min_length=1)]
NewId = Annotated[str, Text(255, min_length=1)]
"""An id that a request chooses for a new object. Databases index it, so it is as short as Stripe's own."""

Words = Annotated[str, Text(5000, min_length=1)]
Unset = Literal[""]
Amount = Annotated[Integer, Field(ge=0, le=MAXIMUM_CHARGE)]
DecimalAmount = Annotated[DecimalString, Field(ge=0, le=MAXIMUM_CHARGE)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
TaxBehavior = Literal["exclusive", "inclusive", "unspecified"]
Interval = Literal["day", "month", "week", "year"]


NO_METADATA: Final[dict[str, str]] = {}


class Parameters(BaseModel):
    """The base class of a group of parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Request(Parameters):
    """The base class of the parameters of an operation. All of them have `expand`."""

    expand: tuple[Id, ...] = ()


class Tier(Parameters):
    """One tier of a tiered price."""

    flat_amount: Amount | None = None
    flat_amount_decimal: DecimalAmount | None = None
    unit_amount: Amount | None = None
    unit_amount_decimal: DecimalAmount | None = None
    up_to: Literal["inf"] | Integer


class CustomUnitAmount(Parameters):
    """An amount that the buyer chooses, in minor units."""

    enabled: Boolean
    maximum: Amount | None = None
    minimum: Amount | None = None
    preset: Amount | None = None


class CurrencyOption(Parameters):
    """The amounts of a price in another currency."""

    custom_unit_amount: CustomUnitAmount | None = None
    tax_behavior: TaxBehavior | None = None
    tiers: tuple[Tier, ...] | None = None
    unit_amount: Amount | None = None
    unit_amount_decimal: DecimalAmount | None = None


class TaxDetails(Parameters):
    """The tax details of a product."""

    performance_location: Id | None = None
    tax_code: Unset | Id | None = None


class NamedProduct(Parameters):
    """The parameters that all descriptions of a product have."""

    metadata: Metadata = NO_METADATA
    name: Words
    tax_code: Id | None = None
    tax_details: TaxDetails | None = None
    unit_label: Annotated[str, Text(12)] | None = None


class InlineProductData(NamedProduct):
    """A product inside `price_data`."""

    description: Annotated[str, Text(40000, min_length=1)] | None = None
    images: Annotated[tuple[Words, ...], Field(max_length=8)] = ()


class PriceProductData(NamedProduct):
    """A product that is created together with a price. It has neither description nor images."""

    active: Boolean = True
    id: NewId | None = None
    statement_descriptor: Annotated[str, Text(22)] | None = None


class ProductData(InlineProductData, PriceProductData):
    """All parameters of a product."""


class Recurring(Parameters):
    """The billing interval of a price."""

    interval: Interval
    interval_count: Annotated[Integer, Field(ge=1)] = 1


class PriceData(Parameters):
    """A price that is created inline, for one session or as a product's default price."""

    currency: CurrencyCode
    product: Id | None = None
    product_data: InlineProductData | None = None
    recurring: Recurring | None = None
    tax_behavior: TaxBehavior = "unspecified"
    unit_amount: Amount | None = None
    unit_amount_decimal: DecimalAmount | None = None


def update_metadata(current: dict[str, str], change: dict[str, str] | Literal[""] | None) -> dict[str, str]:
    """Return the metadata after an update: unchanged if none was sent, empty if it was unset."""
    return current if change is None else merge_metadata(current, change or None)


@contextmanager
def prefix_params(param: str) -> Iterator[None]:
    """Prefix the parameter names of refusals in the block: `product` becomes `price_data[product]`."""
    try:
        yield
    except InvalidRequest as error:
        first, bracket, rest = (error.param or "").partition("[")
        name = f"{param}[{first}]{bracket}{rest}" if first else param
        if isinstance(error, ResourceMissing):
            raise ResourceMissing(error.message, param=name) from None
        raise InvalidRequest(error.message, param=name, code=error.code) from None
