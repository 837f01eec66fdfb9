"""The errors of `/v1`: one table from our exceptions to Stripe's status, type and code, for the API and the sandbox."""

from typing import Any, Final, NamedTuple

from app.errors import (
    AccessError,
    AccountMismatch,
    CounterfoilError,
    GatewayError,
    GatewayRefused,
    IdempotencyInFlight,
    IdempotencyMismatch,
    InvalidRequest,
    ResourceMissing,
    StoreError,
    UnknownRoute,
)
from app.wire.errors import error_body


class ErrorKind(NamedTuple):
    """The HTTP status, error type and default code for one class of exceptions. An exception's own `code` comes first."""

    status: int
    type: str
    code: str | None = None


PARAMETER_INVALID: Final = "parameter_invalid"
"""The code for a broken rule for which Stripe has no code. Programs can check for it."""

ERRORS: Final[dict[type[CounterfoilError], ErrorKind]] = {
    UnknownRoute: ErrorKind(404, "invalid_request_error"),
    ResourceMissing: ErrorKind(404, "invalid_request_error", "resource_missing"),
    IdempotencyMismatch: ErrorKind(400, "idempotency_error"),
    IdempotencyInFlight: ErrorKind(409, "idempotency_error", "idempotency_key_in_use"),
    InvalidRequest: ErrorKind(400, "invalid_request_error"),
    AccessError: ErrorKind(401, "invalid_request_error"),
    AccountMismatch: ErrorKind(403, "invalid_request_error"),
    GatewayRefused: ErrorKind(400, "invalid_request_error"),
    GatewayError: ErrorKind(502, "api_error"),
    StoreError: ErrorKind(503, "api_error", "lock_timeout"),
    CounterfoilError: ErrorKind(500, "api_error"),
}
"""An exception without a row of its own uses the row of its nearest base class."""


def kind_of(error: CounterfoilError) -> ErrorKind:
    """Return the row of the table for an exception."""
    return next(ERRORS[base] for base in type(error).__mro__ if base in ERRORS)


def error_object(error: CounterfoilError, message: str | None = None, code: str | None = None) -> dict[str, Any]:
    """Return Stripe's error object for an exception. `message` replaces its message. `code` is used if it has none."""
    kind = kind_of(error)
    code = getattr(error, "code", None) or kind.code or code
    return error_body(kind.type, message or error.message, code, getattr(error, "param", None))
