"""Things to sell, made through the SDK."""

from typing import Any

import stripe

SUCCESS_URL = "https://shop.example/done?session={CHECKOUT_SESSION_ID}"
CANCEL_URL = "https://shop.example/back"


def price(sdk: Any, **params: Any) -> Any:
    """A price in euros, of a candle unless told."""
    shape: dict[str, Any] = {"currency": "eur", "product_data": {"name": "Candle"}}
    if not {"unit_amount_decimal", "custom_unit_amount", "tiers"} & params.keys():
        shape["unit_amount"] = 2499
    return sdk.prices.create({**shape, **params})


def session(sdk: Any, *lines: dict[str, Any], **params: Any) -> Any:
    """An open session of these lines; one candle unless told."""
    items = list(lines) or [{"price": price(sdk).id, "quantity": 1}]
    return sdk.checkout.sessions.create(
        {"mode": "payment", "success_url": SUCCESS_URL, "cancel_url": CANCEL_URL, "line_items": items, **params}
    )


def refused(call: Any, *arguments: Any, **options: Any) -> stripe.InvalidRequestError:
    """The SDK's exception for a call that must be refused."""
    try:
        call(*arguments, **options)
    except stripe.InvalidRequestError as error:
        return error
    raise AssertionError("this was not refused")
