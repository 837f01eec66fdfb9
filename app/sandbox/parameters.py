"""What the sandbox's parameter models have in common: unknown names are refused, and a form's empty string means "unset"."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.errors import InvalidRequest, ResourceMissing
from app.objects.currency import MAXIMUM_CHARGE
from app.objects.metadata import Metadata, merge_metadata
from app.objects.scalars import Boolean, CurrencyCode, DecimalString, Integer, Text, TimestampParam
from app.wire.lists import Page

Id = Annotated[str, Text(5000, min_length=1)]
Words = Annotated[str, Text(5000, min_length=1)]
Unset = Literal[""]
Amount = Annotated[Integer, Field(ge=0, le=MAXIMUM_CHARGE)]
DecimalAmount = Annotated[DecimalString, Field(ge=0, le=MAXIMUM_CHARGE)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
TaxBehavior = Literal["exclusive", "inclusive", "unspecified"]
Interval = Literal["day", "month", "week", "year"]


NO_METADATA: Final[dict[str, str]] = {}


class Parameters(BaseModel):
    """A group of parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Request(Parameters):
    """The parameters of one operation; `expand` is on all of them."""

    expand: tuple[Id, ...] = ()


class CreatedRange(Parameters):
    """Bounds of `created`, in Unix seconds."""

    gt: TimestampParam | None = None
    gte: TimestampParam | None = None
    lt: TimestampParam | None = None
    lte: TimestampParam | None = None

    def holds(self, created: int) -> bool:
        """Whether this moment lies within the bounds."""
        return (
            (self.gt is None or created > self.gt)
            and (self.gte is None or created >= self.gte)
            and (self.lt is None or created < self.lt)
            and (self.lte is None or created <= self.lte)
        )


class ListRequest(Page):
    """A page of a list that can be narrowed by when its objects were made."""

    created: CreatedRange | TimestampParam | None = None

    def holds_created(self, created: int) -> bool:
        """Whether an object made then belongs to the list."""
        if self.created is None:
            return True
        return self.created.holds(created) if isinstance(self.created, CreatedRange) else created == self.created


class Tier(Parameters):
    """One step of a tiered price."""

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
    """A price in another currency."""

    custom_unit_amount: CustomUnitAmount | None = None
    tax_behavior: TaxBehavior | None = None
    tiers: tuple[Tier, ...] | None = None
    unit_amount: Amount | None = None
    unit_amount_decimal: DecimalAmount | None = None


class TaxDetails(Parameters):
    """What a product's tax depends on."""

    performance_location: Id | None = None
    tax_code: Unset | Id | None = None


class NamedProduct(Parameters):
    """What every description of a product has."""

    metadata: Metadata = NO_METADATA
    name: Words
    tax_code: Id | None = None
    tax_details: TaxDetails | None = None
    unit_label: Annotated[str, Text(12)] | None = None


class InlineProductData(NamedProduct):
    """A product described within `price_data`."""

    description: Annotated[str, Text(40000, min_length=1)] | None = None
    images: Annotated[tuple[Words, ...], Field(max_length=8)] = ()


class PriceProductData(NamedProduct):
    """A product made together with a price: it takes neither description nor images."""

    active: Boolean = True
    id: Id | None = None
    statement_descriptor: Annotated[str, Text(22)] | None = None


class ProductData(InlineProductData, PriceProductData):
    """Everything that can be said of a product when it is made."""


class Recurring(Parameters):
    """How often a price is billed."""

    interval: Interval
    interval_count: Annotated[Integer, Field(ge=1)] = 1


class PriceData(Parameters):
    """A price made inline, for one session or as a product's default."""

    currency: CurrencyCode
    product: Id | None = None
    product_data: InlineProductData | None = None
    recurring: Recurring | None = None
    tax_behavior: TaxBehavior = "unspecified"
    unit_amount: Amount | None = None
    unit_amount_decimal: DecimalAmount | None = None


def update_metadata(current: dict[str, str], change: dict[str, str] | Literal[""] | None) -> dict[str, str]:
    """Return the metadata after an update: unchanged where none was sent, without any key where it was unset."""
    return current if change is None else merge_metadata(current, change or None)


@contextmanager
def under(param: str) -> Iterator[None]:
    """Refusals of what is described inside `param` name it from there: `product` becomes `price_data[product]`."""
    try:
        yield
    except InvalidRequest as error:
        first, bracket, rest = (error.param or "").partition("[")
        name = f"{param}[{first}]{bracket}{rest}" if first else param
        if isinstance(error, ResourceMissing):
            raise ResourceMissing(error.message, param=name) from None
        raise InvalidRequest(error.message, param=name, code=error.code) from None
