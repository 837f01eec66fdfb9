"""The parameters of prices, and the rules between them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.objects.currency import ChargedCurrency, minimum_charge
from app.objects.limits import MAXIMUM_INTERVAL_COUNT, MAXIMUM_TRIAL_DAYS
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, CurrencyCode, Integer, Text, refusal
from app.sandbox.parameters import (
    NO_METADATA,
    Amount,
    CurrencyOption,
    CustomUnitAmount,
    DecimalAmount,
    Id,
    Interval,
    Parameters,
    PriceProductData,
    Request,
    TaxBehavior,
    Tier,
    Unset,
    Words,
)
from app.wire.lists import CreatedPage

LookupKey = Annotated[str, Text(200, min_length=1)]


class PriceRecurring(Parameters):
    """The billing interval of a price, at most three years."""

    interval: Interval
    interval_count: Annotated[Integer, Field(ge=1)] = 1
    meter: Id | None = None
    trial_period_days: Annotated[Integer, Field(ge=0, le=MAXIMUM_TRIAL_DAYS)] | None = None
    usage_type: Literal["licensed", "metered"] = "licensed"

    @model_validator(mode="after")
    def _check_interval(self) -> Self:
        if self.interval_count > MAXIMUM_INTERVAL_COUNT[self.interval]:
            raise refusal("The maximum billing interval is 3 years.", at=("interval_count",))
        return self


class TransformQuantity(Parameters):
    """Sale in packs."""

    divide_by: Annotated[Integer, Field(ge=1)]
    round: Literal["down", "up"]


class PriceCreate(Request):
    """Parameters of `POST /v1/prices`."""

    active: Boolean = True
    billing_scheme: Literal["per_unit", "tiered"] = "per_unit"
    currency: ChargedCurrency
    currency_options: dict[str, CurrencyOption] | None = None
    custom_unit_amount: CustomUnitAmount | None = None
    lookup_key: LookupKey | None = None
    metadata: Metadata = NO_METADATA
    nickname: Words | None = None
    product: Id | None = None
    product_data: PriceProductData | None = None
    recurring: PriceRecurring | None = None
    tax_behavior: TaxBehavior = "unspecified"
    tiers: tuple[Tier, ...] | None = None
    tiers_mode: Literal["graduated", "volume"] | None = None
    transfer_lookup_key: Boolean = False
    transform_quantity: TransformQuantity | None = None
    unit_amount: Amount | None = None
    unit_amount_decimal: DecimalAmount | None = None

    @model_validator(mode="after")
    def _check_product(self) -> Self:
        if (self.product is None) == (self.product_data is None):
            if self.product is not None:
                raise refusal(
                    "You may only specify one of these parameters: product, product_data.", code="parameters_exclusive"
                )
            raise refusal(
                "You must specify either `product` or `product_data` when creating a price.",
                code="parameter_missing",
                at=("product",),
            )
        return self

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        amounts = [
            name
            for name in ("unit_amount", "unit_amount_decimal", "custom_unit_amount", "tiers")
            if getattr(self, name) is not None
        ]
        if len(amounts) > 1:
            raise refusal(
                "You may only specify one of these parameters: {names}.",
                code="parameters_exclusive",
                names=", ".join(amounts),
            )
        tiered = self.billing_scheme == "tiered"
        if tiered != (self.tiers is not None):
            raise refusal("`billing_scheme` must be `tiered` exactly when `tiers` are given.", at=("tiers",))
        if not amounts:
            raise refusal(
                "You must specify one of `unit_amount`, `unit_amount_decimal`, `custom_unit_amount`, or `tiers`.",
                code="parameter_missing",
                at=("unit_amount",),
            )
        return self

    @model_validator(mode="after")
    def _check_tiered(self) -> Self:
        if self.tiers is None:
            if self.tiers_mode is not None:
                raise refusal("`tiers_mode` needs `tiers`.", at=("tiers_mode",))
            return self
        if self.tiers_mode is None:
            raise refusal("Missing required param: tiers_mode.", code="parameter_missing", at=("tiers_mode",))
        if self.recurring is None:
            raise refusal("Tiered prices must be recurring.", at=("recurring",))
        if self.transform_quantity is not None:
            raise refusal("`transform_quantity` can't be combined with `tiers`.", at=("transform_quantity",))
        _check_tiers(self.tiers)
        return self

    @model_validator(mode="after")
    def _check_custom_amount(self) -> Self:
        chosen = self.custom_unit_amount
        if chosen is None:
            return self
        if not chosen.enabled:
            raise refusal("`custom_unit_amount[enabled]` must be true.", at=("custom_unit_amount", "enabled"))
        if self.recurring is not None or self.transform_quantity is not None:
            raise refusal(
                "A custom amount can't be recurring or sold in packs.",
                at=("custom_unit_amount",),
            )
        _check_bounds(chosen)
        least = minimum_charge(self.currency)
        if chosen.minimum is not None and least is not None and chosen.minimum < least:
            raise refusal(
                f"The minimum of a custom amount must be at least the minimum charge amount, {least}.",
                at=("custom_unit_amount", "minimum"),
            )
        return self


class PriceUpdate(Request):
    """Parameters of `POST /v1/prices/<id>`."""

    active: Boolean | None = None
    currency_options: Unset | dict[str, CurrencyOption] | None = None
    lookup_key: Unset | LookupKey | None = None
    metadata: Unset | Metadata | None = None
    nickname: Unset | Words | None = None
    tax_behavior: TaxBehavior | None = None
    transfer_lookup_key: Boolean = False


class RecurringFilter(Parameters):
    """The filter for recurring prices."""

    interval: Interval | None = None
    meter: str | None = None
    usage_type: Literal["licensed", "metered"] | None = None


class PriceList(CreatedPage):
    """Parameters of `GET /v1/prices`."""

    active: Boolean | None = None
    currency: CurrencyCode | None = None
    lookup_keys: Annotated[tuple[LookupKey, ...], Field(max_length=10)] = ()
    product: Id | None = None
    recurring: RecurringFilter | None = None
    type: Literal["one_time", "recurring"] | None = None


def _check_tiers(tiers: tuple[Tier, ...]) -> None:
    """Raise unless each tier has an amount, the bounds rise, and only the last tier is open."""
    if not tiers:
        raise refusal("`tiers` must have at least one tier.", at=("tiers",))
    bound = 0
    for index, tier in enumerate(tiers):
        if all(
            value is None
            for value in (tier.flat_amount, tier.flat_amount_decimal, tier.unit_amount, tier.unit_amount_decimal)
        ):
            raise refusal("A tier needs `unit_amount` or `flat_amount`.", at=("tiers", index, "unit_amount"))
        last = index == len(tiers) - 1
        if last != (tier.up_to == "inf"):
            raise refusal(
                "The last tier, and only the last, must be open: `up_to` is `inf`.", at=("tiers", index, "up_to")
            )
        if tier.up_to != "inf":
            if tier.up_to <= bound:
                raise refusal("Tiers must rise: {param} is not above the tier before.", at=("tiers", index, "up_to"))
            bound = tier.up_to


def _check_bounds(chosen: CustomUnitAmount) -> None:
    """Raise unless minimum, preset and maximum rise."""
    rising = [value for value in (chosen.minimum, chosen.preset, chosen.maximum) if value is not None]
    if rising != sorted(rising):
        raise refusal(
            "`minimum`, `preset` and `maximum` of a custom amount must rise.", at=("custom_unit_amount", "preset")
        )
