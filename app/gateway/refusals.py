"""Decides who can fix a session that Stripe refused: the buyer, by another amount, e-mail address or promotion code, or the merchant.

`gateway/failures.py` decides before that whether Stripe refused at all or could not be reached.

Stripe's codes: https://docs.stripe.com/error-codes.
"""

import re
from typing import Final, Literal

from app.errors import GatewayRefused

BuyerCan = Literal["amount", "email", "promotion_code"]

_CODES: Final[dict[str, BuyerCan]] = {
    "amount_too_large": "amount",
    "amount_too_small": "amount",
    "coupon_expired": "promotion_code",
    "email_invalid": "email",
}

_AMOUNT: Final = re.compile(r"line_items\[\d+\]\[(?:quantity|price_data\]\[unit_amount(?:_decimal)?)\]")
"""Matches the parameters that contain the buyer's quantity or amount."""


def what_buyer_can_change(error: GatewayRefused) -> BuyerCan | None:
    """Return the kind of answer that a buyer can change, or None if only the merchant can help.

    `discounts[0][coupon]` is the merchant's coupon. Any other part of `discounts` is about the buyer's promotion code, if there is one.
    Only the merchant can fix archived prices, refused parameters, API keys without permission and revoked accounts.
    """
    if error.status in {401, 403}:
        return None
    param = error.param or ""
    if param.startswith("discounts"):
        return None if param.endswith("[coupon]") else "promotion_code"
    if _AMOUNT.fullmatch(param):
        return "amount"
    return _CODES.get(error.code or "") or ("email" if param == "customer_email" else None)
