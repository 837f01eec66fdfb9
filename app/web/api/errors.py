"""Errors of `/v1`: always JSON, always Stripe's error object, with the statuses that Stripe's SDKs turn into their exceptions."""

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from flask import Response
from werkzeug.exceptions import HTTPException, TooManyRequests

from app.errors import (
    AccessError,
    CounterfoilError,
    GatewayError,
    GatewayRefused,
    IdempotencyInFlight,
    IdempotencyMismatch,
    InvalidRequest,
    ResourceMissing,
    StoreError,
)
from app.web.errors import message_of
from app.wire.errors import error_body

log: Final = logging.getLogger(__name__)

NO_KEY: Final = (
    "No valid API key was given. Send one that starts with bc_ as bearer token, or as the user of basic authentication."
)
TOO_MANY: Final = "Too many requests with a key that is not valid. Try again later."
_ORDER: Final[tuple[tuple[type[CounterfoilError], int, str, str | None], ...]] = (
    (ResourceMissing, 404, "invalid_request_error", "resource_missing"),
    (IdempotencyMismatch, 400, "idempotency_error", None),
    # Where Stripe's list has no code for a broken rule, programs get one of ours to branch on.
    (InvalidRequest, 400, "invalid_request_error", "parameter_invalid"),
    (IdempotencyInFlight, 409, "idempotency_error", "idempotency_key_in_use"),
    (AccessError, 401, "invalid_request_error", None),
    (GatewayRefused, 400, "invalid_request_error", None),
    (GatewayError, 502, "api_error", None),
    (StoreError, 503, "api_error", "lock_timeout"),
)


class UnknownRoute(CounterfoilError):
    """There is nothing at this address, or not with this method."""


def answer(body: Mapping[str, Any], status: int = 200) -> Response:
    """JSON as Stripe writes it; no cache keeps it."""
    return raw_answer(json.dumps(body, ensure_ascii=False), status)


def raw_answer(text: str, status: int = 200) -> Response:
    """The same of a text that is JSON already."""
    response = Response(text, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def error_answer(error: Exception) -> Response:
    """The answer to anything that went wrong. What nobody foresaw is logged and told as `api_error`, without details."""
    if isinstance(error, UnknownRoute):
        return answer(error_body("invalid_request_error", error.message), 404)
    if isinstance(error, AccessError):
        response = answer(error_body("invalid_request_error", NO_KEY), 401)
        response.headers["WWW-Authenticate"] = 'Bearer realm="Counterfoil"'
        return response
    for kind, status, type, code in _ORDER:
        if isinstance(error, kind):
            if kind is StoreError:
                log.error("An API request failed.", exc_info=error)
            told = getattr(error, "type", type), message_of(error), getattr(error, "code", None) or code
            return answer(error_body(*told, getattr(error, "param", None)), status)
    if isinstance(error, TooManyRequests):
        response = answer(error_body("invalid_request_error", TOO_MANY, "rate_limit"), 429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        message = "The request is too large." if error.code == 413 else f"{error.name}."
        return answer(error_body("invalid_request_error", message), error.code)
    log.error("An API request failed.", exc_info=error)
    return answer(
        error_body("api_error", "Something went wrong on our side. Try again with the same Idempotency-Key."), 500
    )
