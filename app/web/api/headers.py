"""The headers that every answer of `/v1` has, as at Stripe."""

from typing import Final

from flask import Request, Response

from app.logs import bind
from app.objects.api_version import API_VERSION
from app.web.http.request_id import request_id
from app.wire.idempotency import MAXIMUM_KEY_LENGTH
from app.wire.v1_errors import should_retry

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
ORIGINAL_REQUEST: Final = "Original-Request"
SHOULD_RETRY: Final = "Stripe-Should-Retry"
VERSION: Final = "Stripe-Version"


def add_headers(request: Request, response: Response) -> Response:
    """Add the version of the answer, the request's idempotency key with the id of its first request, and whether a retry may help.

    A repeated answer and the sandbox name their first request themselves. An error's code goes into the log.
    """
    response.headers[VERSION] = API_VERSION
    key = request.headers.get(IDEMPOTENCY_KEY, "")
    if request.method == "POST" and 1 <= len(key) <= MAXIMUM_KEY_LENGTH and key.isascii() and key.isprintable():
        response.headers[IDEMPOTENCY_KEY] = key
        response.headers.setdefault(ORIGINAL_REQUEST, response.headers.get("Request-Id") or request_id())
    if response.status_code >= 400:
        bind(error_code=_code_of(response))
        response.headers[SHOULD_RETRY] = "true" if should_retry(response.status_code) else "false"
    return response


def _code_of(response: Response) -> str:
    """Return the code of an error for the log, also of an error that the sandbox answered. Empty for an error without one."""
    body = response.get_json(silent=True)
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""
