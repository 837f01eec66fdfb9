"""Shipping rates: ways to have it sent, each for a fixed amount."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.objects.ids import new_id
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, CurrencyCode, Integer, Text
from app.sandbox.account import Account, Document
from app.sandbox.parameters import (
    NO_METADATA,
    Amount,
    Id,
    ListRequest,
    Parameters,
    Request,
    TaxBehavior,
    Unset,
    update_metadata,
)
from app.sandbox.routing import Listing, Operation, listing, retrieval


class DeliveryEstimateBound(Parameters):
    """So many hours, days, working days, weeks or months."""

    unit: Literal["business_day", "day", "hour", "month", "week"]
    value: Annotated[Integer, Field(ge=1)]


class DeliveryEstimate(Parameters):
    """How long delivery takes."""

    maximum: DeliveryEstimateBound | None = None
    minimum: DeliveryEstimateBound | None = None


class FixedAmountOption(Parameters):
    """The same shipping in another currency."""

    amount: Amount
    tax_behavior: TaxBehavior = "unspecified"


class FixedAmount(Parameters):
    """What it costs, in minor units."""

    amount: Amount
    currency: CurrencyCode
    currency_options: dict[str, FixedAmountOption] | None = None


class ShippingRateData(Parameters):
    """A shipping rate described where it is used."""

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
    """What may change of the amount: other currencies."""

    currency_options: dict[str, FixedAmountOption] | None = None


class ShippingRateUpdate(Request):
    """Parameters of `POST /v1/shipping_rates/<id>`."""

    active: Boolean | None = None
    fixed_amount: FixedAmountUpdate | None = None
    metadata: Unset | Metadata | None = None
    tax_behavior: TaxBehavior | None = None


class ShippingRateList(ListRequest):
    """Parameters of `GET /v1/shipping_rates`."""

    active: Boolean | None = None
    currency: CurrencyCode | None = None


def make(account: Account, params: ShippingRateData) -> Document:
    """A shipping rate from its parameters."""
    data: dict[str, Any] = params.model_dump(mode="json", include=set(ShippingRateData.model_fields))
    fixed = data["fixed_amount"]
    # As at Stripe, the rate's own currency is among them: the SDK reads a mapping here, never null.
    own = {fixed["currency"]: {"amount": fixed["amount"], "tax_behavior": data["tax_behavior"]}}
    fixed["currency_options"] = {**own, **(fixed["currency_options"] or {})}
    return account.add(
        {
            "id": new_id("shr"),
            "object": "shipping_rate",
            **data,
            # The SDK reads it as a mapping wherever it is there: null would stop it.
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


def _page(account: Account, params: ShippingRateList) -> Listing:
    def holds(rate: Document) -> bool:
        return params.active in (None, rate["active"]) and params.currency in (None, rate["fixed_amount"]["currency"])

    return listing(account, "shipping_rate", params, holds)


OPERATIONS = (
    Operation("POST", "/shipping_rates", "shipping_rate", ShippingRateCreate, make),
    Operation("POST", "/shipping_rates/<id>", "shipping_rate", ShippingRateUpdate, _update),
    Operation("GET", "/shipping_rates", "shipping_rate", ShippingRateList, _page),
    retrieval("shipping_rates", "shipping_rate"),
)
