"""Stripe's objects as plain data."""

from typing import Any

import stripe


def plain(thing: stripe.StripeObject) -> dict[str, Any]:
    found: dict[str, Any] = thing.to_dict()
    return found
