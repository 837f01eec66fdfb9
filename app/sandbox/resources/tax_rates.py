"""Tax rates by percent, inclusive or exclusive."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.objects.ids import new_id
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, Percentage, Text
from app.objects.tax_rate import TaxType
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import NO_METADATA, Country, Request, Unset, Words, update_metadata
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.wire.lists import CreatedPage

DisplayName = Annotated[str, Text(50, min_length=1)]


class TaxRateCreate(Request):
    """Parameters of `POST /v1/tax_rates`."""

    active: Boolean = True
    country: Country | None = None
    description: Words | None = None
    display_name: DisplayName
    inclusive: Boolean
    jurisdiction: Annotated[str, Text(50)] | None = None
    metadata: Metadata = NO_METADATA
    percentage: Annotated[Percentage, Field(ge=Decimal(0), le=Decimal(100))]
    state: Annotated[str, Text(5)] | None = None
    tax_type: TaxType | None = None


class TaxRateUpdate(Request):
    """Parameters of `POST /v1/tax_rates/<id>`. Percentage and `inclusive` cannot change."""

    active: Boolean | None = None
    country: Country | None = None
    description: Words | None = None
    display_name: DisplayName | None = None
    jurisdiction: Annotated[str, Text(50)] | None = None
    metadata: Unset | Metadata | None = None
    state: Annotated[str, Text(5)] | None = None
    tax_type: TaxType | None = None


class TaxRateList(CreatedPage):
    """Parameters of `GET /v1/tax_rates`."""

    active: Boolean | None = None
    inclusive: Boolean | None = None


def _create(account: Account, params: TaxRateCreate) -> Document:
    data = params.model_dump(mode="json", exclude={"expand"})
    rate = account.add(
        {
            "id": new_id("txr"),
            "object": "tax_rate",
            **data,
            "created": account.now,
            "effective_percentage": data["percentage"],
            "flat_amount": None,
            "jurisdiction_level": None,
            "livemode": False,
            "metadata": update_metadata({}, params.metadata),
            "rate_type": "percentage",
        }
    )
    events.emit(account, "tax_rate.created", rate)
    return rate


def _update(account: Account, params: TaxRateUpdate, id: str) -> Document:
    before = account.require("tax_rate", id)
    change = params.model_dump(mode="json", exclude_unset=True, exclude={"expand", "metadata"})
    after = account.save({**before, **change, "metadata": update_metadata(before["metadata"], params.metadata)})
    events.emit(account, "tax_rate.updated", after, events.previous_attributes(before, after))
    return after


def _list_tax_rates(account: Account, params: TaxRateList) -> Listing:
    return list_page(
        account,
        "tax_rate",
        params,
        lambda rate: params.active in (None, rate["active"]) and params.inclusive in (None, rate["inclusive"]),
    )


OPERATIONS = (
    Operation("POST", "/tax_rates", "tax_rate", TaxRateCreate, _create),
    Operation("POST", "/tax_rates/<id>", "tax_rate", TaxRateUpdate, _update),
    Operation("GET", "/tax_rates", "tax_rate", TaxRateList, _list_tax_rates),
    retrieve_operation("tax_rates", "tax_rate"),
)
