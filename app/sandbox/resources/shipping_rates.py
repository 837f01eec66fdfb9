"""Shipping rates, each with a fixed amount."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.objects.ids import new_id
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, CurrencyCode, Integer, Text
from app.sandbox.account import Account, Document
from app.sandbox.parameters import NO_METADATA, Amount, Id, Parameters, Request, TaxBehavior, Unset, update_metadata
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.wire.lists import CreatedPage


class DeliveryEstimateBound(Parameters):
    """A number of hours, days, business days, weeks or months."""

    unit: Literal["business_day", "day", "hour", "month", "week"]
    value: Annotated[Integer, Field(ge=1)]


class DeliveryEstimate(Parameters):
    """How long delivery takes."""

    maximum: DeliveryEstimateBound | None = None
    minimum: DeliveryEstimateBound | None = None


class FixedAmountOption(Parameters):
    """The amount in another currency."""

    amount: Amount
    tax_behavior: TaxBehavior = "unspecified"


class FixedAmount(Parameters):
    """The amount, in minor units."""

    amount: Amount
    currency: CurrencyCode
    currency_options: dict[str, FixedAmountOption] | None = None


class ShippingRateData(Parameters):
    """The parameters of a shipping rate, alone or inside a session's shipping option."""

    delivery_estimate: DeliveryEstimate | None = None
    display_name: Annotated[str, Text(100, min_length=1)]
    fixed_amount: FixedAmount
    metadata: Metadata = NO_METADATA
    tax_behavior: TaxBehavior = "unspecified"
    tax_code: Id | None = None
    type: Literal["fixed_amount"] = "fixed_amount"


class ShippingRateCreate(Request, ShippingRateData):
    """Parameters of `POST /v1/shipping_rates`."""


class FixedAmountUpdate(Parameters):
    """The part of the amount that can be updated: other currencies."""

    currency_options: dict[str, FixedAmountOption] | None = None


class ShippingRateUpdate(Request):
    """Parameters of `POST /v1/shipping_rates/<id>`."""

    active: Boolean | None = None
    fixed_amount: FixedAmountUpdate | None = None
    metadata: Unset | Metadata | None = None
    tax_behavior: TaxBehavior | None = None


class ShippingRateList(CreatedPage):
    """Parameters of `GET /v1/shipping_rates`."""

    active: Boolean | None = None
    currency: CurrencyCode | None = None


def add_shipping_rate(account: Account, params: ShippingRateData) -> Document:
    """Add a shipping rate and return it."""
    data: dict[str, Any] = params.model_dump(mode="json", include=set(ShippingRateData.model_fields))
    fixed = data["fixed_amount"]
    # As at Stripe, `currency_options` has the rate's own currency, too. The SDK expects a mapping here and fails on null.
    own = {fixed["currency"]: {"amount": fixed["amount"], "tax_behavior": data["tax_behavior"]}}
    fixed["currency_options"] = {**own, **(fixed["currency_options"] or {})}
    return account.add(
        {
            "id": new_id("shr"),
            "object": "shipping_rate",
            **data,
            "fixed_amount": {
                **data["fixed_amount"],
                "currency_options": data["fixed_amount"]["currency_options"] or {},
            },
            "active": True,
            "created": account.now,
            "livemode": False,
            "metadata": update_metadata({}, params.metadata),
        }
    )


def _update(account: Account, params: ShippingRateUpdate, id: str) -> Document:
    rate = account.require("shipping_rate", id)
    change: Document = params.model_dump(mode="json", exclude_unset=True, include={"active", "tax_behavior"})
    if params.fixed_amount is not None:
        options = params.model_dump(mode="json")["fixed_amount"]["currency_options"] or {}
        kept = rate["fixed_amount"]["currency_options"]
        change["fixed_amount"] = {**rate["fixed_amount"], "currency_options": {**kept, **options}}
    return account.save({**rate, **change, "metadata": update_metadata(rate["metadata"], params.metadata)})


def _list_shipping_rates(account: Account, params: ShippingRateList) -> Listing:
    def matches(rate: Document) -> bool:
        return params.active in (None, rate["active"]) and params.currency in (None, rate["fixed_amount"]["currency"])

    return list_page(account, "shipping_rate", params, matches)


OPERATIONS = (
    Operation("POST", "/shipping_rates", "shipping_rate", ShippingRateCreate, add_shipping_rate),
    Operation("POST", "/shipping_rates/<id>", "shipping_rate", ShippingRateUpdate, _update),
    Operation("GET", "/shipping_rates", "shipping_rate", ShippingRateList, _list_shipping_rates),
    retrieve_operation("shipping_rates", "shipping_rate"),
)
