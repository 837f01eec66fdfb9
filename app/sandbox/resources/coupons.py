"""Coupons: a reduction by percent or by an amount."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.errors import InvalidRequest
from app.objects.ids import random_base62
from app.objects.metadata import Metadata
from app.objects.scalars import CurrencyCode, Integer, Percentage, Text, TimestampParam, refusal
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import NO_METADATA, Id, NewId, Parameters, Request, Unset, update_metadata
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.wire.lists import CreatedPage

Positive = Annotated[Integer, Field(ge=1)]


class AppliesTo(Parameters):
    """The products that a coupon is limited to."""

    products: tuple[Id, ...] = ()


class AmountOff(Parameters):
    """The amount off in another currency."""

    amount_off: Positive


class CouponCreate(Request):
    """Parameters of `POST /v1/coupons`."""

    amount_off: Positive | None = None
    applies_to: AppliesTo | None = None
    currency: CurrencyCode | None = None
    currency_options: dict[str, AmountOff] | None = None
    duration: Literal["forever", "once", "repeating"] = "once"
    duration_in_months: Positive | None = None
    id: NewId | None = None
    max_redemptions: Positive | None = None
    metadata: Unset | Metadata = NO_METADATA
    name: Annotated[str, Text(40)] | None = None
    percent_off: Annotated[Percentage, Field(gt=Decimal(0), le=Decimal(100))] | None = None
    redeem_by: TimestampParam | None = None

    @model_validator(mode="after")
    def _one_reduction(self) -> Self:
        if self.amount_off is not None and self.percent_off is not None:
            raise refusal(
                "You may only specify one of these parameters: amount_off, percent_off.", code="parameters_exclusive"
            )
        if self.amount_off is None and self.percent_off is None:
            raise refusal("Must provide percent_off or amount_off.", code="parameter_missing", at=("percent_off",))
        if self.amount_off is not None and self.currency is None:
            raise refusal("Missing required param: currency.", code="parameter_missing", at=("currency",))
        if (self.duration == "repeating") != (self.duration_in_months is not None):
            raise refusal("`duration_in_months` goes with `duration` `repeating`.", at=("duration_in_months",))
        return self


class CouponUpdate(Request):
    """Parameters of `POST /v1/coupons/<id>`."""

    currency_options: dict[str, AmountOff] | None = None
    metadata: Unset | Metadata | None = None
    name: Annotated[str, Text(40)] | None = None


def _create(account: Account, params: CouponCreate) -> Document:
    if params.id is not None and account.find("coupon", params.id) is not None:
        raise InvalidRequest("Coupon already exists.", param="id", code="resource_already_exists")
    for index, product in enumerate(params.applies_to.products if params.applies_to else ()):
        account.require("product", product, f"applies_to[products][{index}]")
    if params.redeem_by is not None and params.redeem_by <= account.now:
        raise InvalidRequest("`redeem_by` must be in the future.", param="redeem_by")
    data = params.model_dump(mode="json")
    id = params.id or random_base62(8)
    deleted = account.recall("coupon", id)
    keep = account.add if deleted is None else account.save
    coupon = keep(
        {
            "_version": deleted["_version"] if deleted else 0,
            "id": id,
            "object": "coupon",
            "amount_off": params.amount_off,
            "applies_to": data["applies_to"],
            "created": account.now,
            "currency": params.currency if params.amount_off is not None else None,
            "currency_options": data["currency_options"] or {},
            "duration": params.duration,
            "duration_in_months": params.duration_in_months,
            "livemode": False,
            "max_redemptions": params.max_redemptions,
            "metadata": update_metadata({}, params.metadata),
            "name": params.name or None,
            "percent_off": data["percent_off"],
            "redeem_by": params.redeem_by,
            "times_redeemed": 0,
            "valid": True,
        }
    )
    events.emit(account, "coupon.created", coupon)
    return coupon


def _update(account: Account, params: CouponUpdate, id: str) -> Document:
    before = account.require("coupon", id)
    change: Document = {"metadata": update_metadata(before["metadata"], params.metadata)}
    if params.name is not None:
        change["name"] = params.name or None
    if params.currency_options is not None:
        options = params.model_dump(mode="json")["currency_options"]
        change["currency_options"] = {**(before["currency_options"] or {}), **options}
    after = account.save({**before, **change})
    events.emit(account, "coupon.updated", after, events.previous_attributes(before, after))
    return after


def _delete(account: Account, _params: Request, id: str) -> Document:
    """Delete a coupon. Its promotion codes can be redeemed no more, and sessions that use it keep it."""
    coupon = account.save({**account.require("coupon", id), "valid": False, "_deleted": True})
    events.emit(account, "coupon.deleted", coupon)
    return {"id": id, "object": "coupon", "deleted": True}


def _list_coupons(account: Account, params: CreatedPage) -> Listing:
    return list_page(account, "coupon", params)


def count_redemption(account: Account, coupon: Document | None, code: Document | None) -> None:
    """Count one redemption of a coupon and of its promotion code, and end each that has reached its maximum."""
    for document in (coupon, code):
        if document is None:
            continue
        times = document["times_redeemed"] + 1
        used_up = document["max_redemptions"] is not None and times >= document["max_redemptions"]
        change: Document = {"times_redeemed": times}
        if used_up:
            change["active" if document["object"] == "promotion_code" else "valid"] = False
        account.save({**document, **change})


OPERATIONS = (
    Operation("POST", "/coupons", "coupon", CouponCreate, _create),
    Operation("POST", "/coupons/<id>", "coupon", CouponUpdate, _update),
    Operation("GET", "/coupons", "coupon", CreatedPage, _list_coupons),
    Operation("DELETE", "/coupons/<id>", "coupon", Request, _delete),
    retrieve_operation("coupons", "coupon"),
)
