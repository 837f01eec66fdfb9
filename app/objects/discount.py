"""Coupon, PromotionCode and Discount, as Stripe writes them. `percent_off` is percent as a decimal number."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import model_validator

from app.objects.as_written import Open
from app.objects.base import Object
from app.objects.metadata import Metadata
from app.objects.scalars import (
    ANSWERED,
    EXPANDABLE,
    OMIT_IF_NONE,
    Boolean,
    CurrencyCode,
    Integer,
    Percentage,
    Timestamp,
    reference,
)


class CouponAppliesTo(Object):
    """The products that a coupon is limited to."""

    products: tuple[str, ...] = ()


class CouponCurrencyOption(Object):
    """The amount that the coupon takes off in another currency."""

    amount_off: Integer


class Coupon(Object):
    """A reduction by percent or by an amount."""

    id: str
    object: Literal["coupon"] = "coupon"
    amount_off: Integer | None = None
    applies_to: Annotated[CouponAppliesTo | None, ANSWERED] = None
    created: Timestamp = 0
    currency: CurrencyCode | None = None
    currency_options: Annotated[dict[str, CouponCurrencyOption] | None, ANSWERED] = None
    duration: Open[Literal["forever", "once", "repeating"]] = "once"
    duration_in_months: Integer | None = None
    livemode: Boolean = False
    max_redemptions: Integer | None = None
    metadata: Metadata | None = {}
    name: str | None = None
    percent_off: Percentage | None = None
    redeem_by: Timestamp | None = None
    times_redeemed: Integer = 0
    valid: Boolean = True


class PromotionCodeCurrencyOption(Object):
    """The minimum amount in another currency."""

    minimum_amount: Integer


class PromotionCodeRestrictions(Object):
    """The conditions under which a code applies. `minimum_amount` is in minor units of `minimum_amount_currency`."""

    currency_options: Annotated[dict[str, PromotionCodeCurrencyOption] | None, OMIT_IF_NONE] = None
    first_time_transaction: Boolean = False
    minimum_amount: Integer | None = None
    minimum_amount_currency: CurrencyCode | None = None


class PromotionCode(Object):
    """The text that a buyer enters to get a coupon. The coupon is under `coupon`; today's API has it under `promotion.coupon`."""

    id: str
    object: Literal["promotion_code"] = "promotion_code"
    active: Boolean = True
    code: str
    coupon: Annotated[str | Coupon, EXPANDABLE]
    created: Timestamp = 0
    customer: str | None = None
    expires_at: Timestamp | None = None
    livemode: Boolean = False
    max_redemptions: Integer | None = None
    metadata: Metadata | None = {}
    restrictions: PromotionCodeRestrictions = PromotionCodeRestrictions()
    times_redeemed: Integer = 0

    @property
    def coupon_id(self) -> str:
        """The id of the coupon that the code gives."""
        return self.coupon.id if isinstance(self.coupon, Coupon) else self.coupon

    @model_validator(mode="before")
    @classmethod
    def _lift_coupon(cls, data: Any) -> Any:
        """Put the coupon on the top level. Since 2025-09-30.clover, Stripe returns it in `promotion`."""
        promotion = data.get("promotion") if isinstance(data, Mapping) else None
        return {"coupon": promotion.get("coupon"), **data} if isinstance(promotion, Mapping) else data


class DiscountSource(Object):
    """Where a discount comes from."""

    coupon: Annotated[str | Coupon, EXPANDABLE]
    type: Literal["coupon"] = "coupon"


class Discount(Object):
    """One use of a coupon. Today's API has the coupon under `source`, older versions have it under `coupon`, and we have both."""

    id: str
    object: Literal["discount"] = "discount"
    checkout_session: str | None = None
    coupon: Coupon
    customer: Annotated[str | None, reference("customer")] = None
    customer_account: str | None = None
    end: Timestamp | None = None
    invoice: str | None = None
    invoice_item: str | None = None
    promotion_code: Annotated[str | None, reference("promotion_code")] = None
    source: DiscountSource
    start: Timestamp = 0
    subscription: str | None = None
    subscription_item: str | None = None
