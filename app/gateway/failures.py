"""What the SDK raises, in our two words: refused, or nobody knows. No message of ours quotes a header, a key or an answer.

Stripe's own statuses: https://docs.stripe.com/api/errors.
"""

from typing import Any, Final

import stripe

from app.errors import GatewayRefused, GatewayUnavailable

_BUSY_CODES: Final = frozenset({"idempotency_key_in_use", "lock_timeout", "rate_limit"})


def failure(error: stripe.StripeError, api_key: str) -> GatewayRefused | GatewayUnavailable:
    """Refused where Stripe decided; unavailable where it was not reached, was busy, failed, or was not Stripe at all."""
    if _is_undecided(error):
        return GatewayUnavailable(_unavailable(error))
    message = error.user_message or "Stripe refused the request."
    if isinstance(error, stripe.AuthenticationError):
        message = "Stripe does not accept the API key."
    told = _told(error)
    return GatewayRefused(
        message.replace(api_key, "…"),
        code=told.get("code") or error.code,
        param=told.get("param"),
        status=error.http_status,
        request_id=error.request_id,
    )


def _is_undecided(error: stripe.StripeError) -> bool:
    if isinstance(error, stripe.APIConnectionError | stripe.APIError | stripe.RateLimitError):
        return True
    status = error.http_status
    return (status is not None and (status in {409, 429} or status >= 500)) or _told(error).get("code") in _BUSY_CODES


def _told(error: stripe.StripeError) -> dict[str, Any]:
    """Stripe's error object, or nothing."""
    body = error.json_body.get("error") if isinstance(error.json_body, dict) else None
    return body if isinstance(body, dict) else {}


def _unavailable(error: stripe.StripeError) -> str:
    if isinstance(error, stripe.APIConnectionError):
        return f"Stripe could not be reached ({type(error.__cause__ or error).__name__})."
    return f"Stripe could not answer now (status {error.http_status}, request {error.request_id})."
