"""Turns the SDK's exceptions into `GatewayRefused` and `GatewayUnavailable`. No message contains a header, a key or an answer.

Stripe's own statuses: https://docs.stripe.com/api/errors.
"""

import re
from typing import Any, Final

import stripe

from app.errors import GatewayRefused, GatewayUnavailable, TooManyCalls

_BUSY_CODES: Final = frozenset({"idempotency_key_in_use", "lock_timeout", "rate_limit"})

_PART_OF_A_KEY: Final = re.compile(r"\b[rsp]k_(?:test|live)_[\w*]+")
"""A key in Stripe's words. Stripe shows its last characters where a right is missing."""

_BUSY_STATUSES: Final = frozenset({408, 409, 424, 429})
"""A timeout, a lock, a failure of a service that Stripe depends on, and too many requests."""


def to_gateway_error(error: stripe.StripeError, api_key: str) -> GatewayRefused | GatewayUnavailable:
    """Return `GatewayRefused` if Stripe decided, and `GatewayUnavailable` if it was unreachable, busy, failing, or not Stripe."""
    if _is_undecided(error):
        kind = TooManyCalls if _is_too_many(error) else GatewayUnavailable
        return kind(_unavailable(error))
    message = error.user_message or "Stripe refused the request."
    if isinstance(error, stripe.AuthenticationError):
        message = "Stripe does not accept the API key."
    details = _error_object(error)
    return GatewayRefused(
        _PART_OF_A_KEY.sub("…", message.replace(api_key, "…")),
        code=details.get("code") or error.code,
        param=details.get("param"),
        status=error.http_status,
        request_id=error.request_id,
    )


def _is_undecided(error: stripe.StripeError) -> bool:
    if isinstance(error, stripe.APIConnectionError | stripe.RateLimitError):
        return True
    status, told = error.http_status, _error_object(error)
    if status is None or status in _BUSY_STATUSES or status >= 500 or told.get("code") in _BUSY_CODES:
        return True
    # The SDK has no class for other statuses. Only an error object with a type is Stripe's.
    return isinstance(error, stripe.APIError) and not (status >= 400 and told.get("type"))


def _is_too_many(error: stripe.StripeError) -> bool:
    return isinstance(error, stripe.RateLimitError) or error.http_status == 429


def _error_object(error: stripe.StripeError) -> dict[str, Any]:
    """Return Stripe's error object, or an empty one."""
    body = error.json_body.get("error") if isinstance(error.json_body, dict) else None
    return body if isinstance(body, dict) else {}


def _unavailable(error: stripe.StripeError) -> str:
    if isinstance(error, stripe.APIConnectionError):
        return f"Stripe could not be reached ({type(error.__cause__ or error).__name__})."
    return f"Stripe could not answer now (status {error.http_status}, request {error.request_id})."
