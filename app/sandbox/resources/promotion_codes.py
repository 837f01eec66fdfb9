"""Promotion codes: the text that a buyer enters to get a coupon. The coupon is under `promotion[coupon]`, as in today's API."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from app.errors import InvalidRequest
from app.objects.discount import Coupon
from app.objects.ids import new_id, random_base62
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, CurrencyCode, Integer, Text, TimestampParam, refusal
from app.pricing.discounts import expiry_problem
from app.sandbox import events
from app.sandbox.account import Account, Document
from app.sandbox.parameters import NO_METADATA, Amount, Id, Parameters, Request, Unset, update_metadata
from app.sandbox.resources.redemption import is_active
from app.sandbox.routing import Listing, Operation, list_page, retrieve_operation
from app.wire.lists import CreatedPage

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,500}$")]
_GENERATED_LENGTH: Final = 8


class Promotion(Parameters):
    """The coupon of a promotion code."""

    coupon: Id
    type: Literal["coupon"]


class MinimumAmount(Parameters):
    """The minimum amount in another currency."""

    minimum_amount: Amount | None = None


class Restrictions(Parameters):
    """The conditions under which a promotion code applies."""

    currency_options: dict[str, MinimumAmount] | None = None
    first_time_transaction: Boolean = False
    minimum_amount: Amount | None = None
    minimum_amount_currency: CurrencyCode | None = None

    @model_validator(mode="after")
    def _amount_with_currency(self) -> Self:
        if (self.minimum_amount is None) != (self.minimum_amount_currency is None):
            raise refusal(
                "`minimum_amount` and `minimum_amount_currency` go together.",
                code="parameter_missing",
                at=("minimum_amount_currency" if self.minimum_amount_currency is None else "minimum_amount",),
            )
        return self


class PromotionCodeCreate(Request):
    """Parameters of `POST /v1/promotion_codes`."""

    active: Boolean = True
    code: Code | None = None
    customer: Id | None = None
    expires_at: TimestampParam | None = None
    max_redemptions: Annotated[Integer, Field(ge=1)] | None = None
    metadata: Metadata = NO_METADATA
    promotion: Promotion
    restrictions: Restrictions = Restrictions()

    @model_validator(mode="before")
    @classmethod
    def _older_name(cls, data: Any) -> Any:
        """Accept `coupon`, the name before API version 2025-09-30, for `promotion[coupon]`."""
        if isinstance(data, Mapping) and "coupon" in data and "promotion" not in data:
            data = dict(data)
            data["promotion"] = {"type": "coupon", "coupon": data.pop("coupon")}
        return data


class RestrictionsUpdate(Parameters):
    """The restrictions that can be updated."""

    currency_options: dict[str, MinimumAmount] | None = None


class PromotionCodeUpdate(Request):
    """Parameters of `POST /v1/promotion_codes/<id>`."""

    active: Boolean | None = None
    metadata: Unset | Metadata | None = None
    restrictions: RestrictionsUpdate | None = None


class PromotionCodeList(CreatedPage):
    """Parameters of `GET /v1/promotion_codes`."""

    active: Boolean | None = None
    code: Annotated[str, Text(500)] | None = None
    coupon: Id | None = None
    customer: Id | None = None


def _create(account: Account, params: PromotionCodeCreate) -> Document:
    coupon = account.require("coupon", params.promotion.coupon, "promotion[coupon]")
    if params.customer is not None:
        account.require("customer", params.customer, "customer")
    if params.expires_at is not None and params.expires_at <= account.now:
        raise InvalidRequest("`expires_at` must be in the future.", param="expires_at")
    code = params.code or random_base62(_GENERATED_LENGTH).upper()
    if params.active:
        if expiry_problem(Coupon.read(coupon), account.now) is not None:
            raise InvalidRequest(
                "The coupon can no longer be redeemed.", param="promotion[coupon]", code="coupon_expired"
            )
        _require_unique(account, code, params.customer)
    data = params.model_dump(mode="json")
    # The SDK expects a mapping if `currency_options` is present, and fails on null.
    options = data["restrictions"]["currency_options"] or {}
    document = account.add(
        {
            "id": new_id("promo"),
            "object": "promotion_code",
            "active": params.active,
            "code": code,
            "created": account.now,
            "customer": params.customer,
            "expires_at": params.expires_at,
            "livemode": False,
            "max_redemptions": params.max_redemptions,
            "metadata": update_metadata({}, params.metadata),
            "promotion": data["promotion"],
            "restrictions": {**data["restrictions"], "currency_options": options},
            "times_redeemed": 0,
        }
    )
    events.emit(account, "promotion_code.created", document)
    return document


def _require_unique(account: Account, code: str, customer: str | None) -> None:
    """Raise `InvalidRequest` if another active code of the same customer, or of no customer, has the same text in any case."""
    for other in account.list_all("promotion_code"):
        if is_active(account, other) and other["code"].casefold() == code.casefold() and other["customer"] == customer:
            raise InvalidRequest(f"An active promotion code with `code: {code}` already exists.", param="code")


def find_code(account: Account, text: str) -> Document | None:
    """Return the active code with this text, in any case, that every customer may use. None if there is none."""
    for code in account.list_all("promotion_code"):
        if code["code"].casefold() == text.casefold() and code["customer"] is None and is_active(account, code):
            return code
    return None


def _update(account: Account, params: PromotionCodeUpdate, id: str) -> Document:
    before = account.require("promotion_code", id)
    change: Document = {"metadata": update_metadata(before["metadata"], params.metadata)}
    if params.active is not None:
        change["active"] = params.active
        if params.active and not is_active(account, before):
            if not is_active(account, {**before, "active": True}):
                raise InvalidRequest("This promotion code can no longer be activated.", param="active")
            _require_unique(account, before["code"], before["customer"])
    if params.restrictions is not None:
        options = params.model_dump(mode="json")["restrictions"]["currency_options"] or {}
        kept = before["restrictions"]["currency_options"] or {}
        change["restrictions"] = {**before["restrictions"], "currency_options": {**kept, **options}}
    after = account.save({**before, **change})
    events.emit(account, "promotion_code.updated", after, events.previous_attributes(before, after))
    return after


def _list_codes(account: Account, params: PromotionCodeList) -> Listing:
    def matches(document: Document) -> bool:
        return (
            (params.code is None or params.code.casefold() == document["code"].casefold())
            and params.coupon in (None, document["promotion"]["coupon"])
            and params.customer in (None, document["customer"])
            and (params.active is None or params.active == is_active(account, document))
        )

    return list_page(account, "promotion_code", params, matches)


OPERATIONS = (
    Operation("POST", "/promotion_codes", "promotion_code", PromotionCodeCreate, _create),
    Operation("POST", "/promotion_codes/<id>", "promotion_code", PromotionCodeUpdate, _update),
    Operation("GET", "/promotion_codes", "promotion_code", PromotionCodeList, _list_codes),
    retrieve_operation("promotion_codes", "promotion_code"),
)
