"""Sorts Stripe's refusals by the person who can change something: the buyer, at one of three answers, or the merchant alone."""

from typing import Final, Literal

from app.errors import GatewayRefused

BuyerCan = Literal["amount", "email", "promotion_code"]

_CODES: Final[dict[str, BuyerCan]] = {
    "amount_too_large": "amount",
    "amount_too_small": "amount",
    "coupon_expired": "promotion_code",
    "email_invalid": "email",
}

_PARAMS: Final[dict[str, BuyerCan]] = {"customer_email": "email", "discounts": "promotion_code"}


def what_buyer_can_change(error: GatewayRefused) -> BuyerCan | None:
    """Return the answer that the buyer can change, or None where only the merchant can help.

    `discounts[0][promotion_code]` is the buyer's promotion code. An archived price and a key without rights are the merchant's.
    """
    name = (error.param or "").partition("[")[0]
    return _CODES.get(error.code or "") or _PARAMS.get(name)
