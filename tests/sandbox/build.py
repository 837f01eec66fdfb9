"""Prices and sessions, created with the SDK."""

from typing import Any

import stripe

SUCCESS_URL = "https://shop.example/done?session={CHECKOUT_SESSION_ID}"
CANCEL_URL = "https://shop.example/back"


def price(sdk: Any, **params: Any) -> Any:
    """Create a price in euros, of a candle by default."""
    shape: dict[str, Any] = {"currency": "eur", "product_data": {"name": "Candle"}}
    if not {"unit_amount_decimal", "custom_unit_amount", "tiers"} & params.keys():
        shape["unit_amount"] = 2499
    return sdk.prices.create({**shape, **params})


def session(sdk: Any, *lines: dict[str, Any], **params: Any) -> Any:
    """Create an open session with these lines, or with one candle."""
    items = list(lines) or [{"price": price(sdk).id, "quantity": 1}]
    return sdk.checkout.sessions.create(
        {"mode": "payment", "success_url": SUCCESS_URL, "cancel_url": CANCEL_URL, "line_items": items, **params}
    )


def refused(call: Any, *arguments: Any, **options: Any) -> stripe.InvalidRequestError:
    """Return the SDK's exception for a call that must be refused."""
    try:
        call(*arguments, **options)
    except stripe.InvalidRequestError as error:
        return error
    raise AssertionError("this was not refused")
