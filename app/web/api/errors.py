"""The answers of `/v1` as JSON, and its errors as Stripe's error object, which Stripe's SDKs turn into their exceptions."""

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from flask import Response
from werkzeug.exceptions import HTTPException, TooManyRequests

from app.errors import AccessError, CounterfoilError, InvalidRequest, StoreError
from app.web.errors import message_of
from app.web.http.context import current_context
from app.web.http.request_id import request_id
from app.wire.error_codes import PARAMETER_INVALID
from app.wire.errors import error_body
from app.wire.v1_errors import ERRORS, Pages, error_object, kind_of

log: Final = logging.getLogger(__name__)

NO_KEY: Final = (
    "No valid API key was given. Send one that starts with bc_ as bearer token, or as the user of basic authentication."
)
TOO_MANY: Final = "Too many requests with an invalid key. Try again later."
OUR_FAULT: Final = "Something went wrong on our side. Try again with the same Idempotency-Key."


def answer(body: Mapping[str, Any], status: int = 200) -> Response:
    """Return a JSON answer that no cache stores."""
    return raw_answer(json.dumps(body, ensure_ascii=False), status)


def raw_answer(text: str, status: int = 200) -> Response:
    """Return a JSON answer from JSON text."""
    response = Response(text, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def error_answer(error: Exception) -> Response:
    """Return the answer to an error. An unexpected error is logged, and answered with `api_error` and no details."""
    if isinstance(error, CounterfoilError) and kind_of(error).status != 500:
        return _domain_error_answer(error)
    if isinstance(error, TooManyRequests):
        response = _refused(TOO_MANY, 429, "rate_limit")
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        message = "The request is too large." if error.code == 413 else f"{error.name}."
        return _refused(message, error.code)
    log.error("An API request failed.", exc_info=error)
    return answer(error_body("api_error", OUR_FAULT, **_pages().addresses(None)), 500)


def _refused(message: str, status: int, code: str | None = None) -> Response:
    return answer(error_body("invalid_request_error", message, code, **_pages().addresses(code)), status)


def _pages() -> Pages:
    return Pages(current_context().config.public_url, request_id())


def _domain_error_answer(error: CounterfoilError) -> Response:
    kind = kind_of(error)
    if isinstance(error, StoreError):
        log.error("An API request failed.", exc_info=error)
    message = NO_KEY if isinstance(error, AccessError) else message_of(error)
    code = PARAMETER_INVALID if kind == ERRORS[InvalidRequest] else None
    body = error_object(error, _pages(), message, code)
    response = answer(body, kind.status)
    if isinstance(error, AccessError):
        response.headers["WWW-Authenticate"] = 'Bearer realm="Counterfoil"'
    return response
