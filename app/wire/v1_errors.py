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
    ScopeTooLow,
    StoreError,
    UnknownCursor,
    UnknownRoute,
)
from app.wire.error_codes import doc_url
from app.wire.errors import error_body


class ErrorKind(NamedTuple):
    """The HTTP status, error type and default code for one class of exceptions. An exception's own `code` comes first."""

    status: int
    type: str
    code: str | None = None


ERRORS: Final[dict[type[CounterfoilError], ErrorKind]] = {
    UnknownRoute: ErrorKind(404, "invalid_request_error"),
    UnknownCursor: ErrorKind(400, "invalid_request_error", "resource_missing"),
    ResourceMissing: ErrorKind(404, "invalid_request_error", "resource_missing"),
    IdempotencyMismatch: ErrorKind(400, "idempotency_error"),
    IdempotencyInFlight: ErrorKind(409, "idempotency_error", "idempotency_key_in_use"),
    InvalidRequest: ErrorKind(400, "invalid_request_error"),
    AccessError: ErrorKind(401, "invalid_request_error"),
    AccountMismatch: ErrorKind(403, "invalid_request_error"),
    ScopeTooLow: ErrorKind(403, "invalid_request_error"),
    GatewayRefused: ErrorKind(400, "invalid_request_error"),
    GatewayError: ErrorKind(502, "api_error"),
    StoreError: ErrorKind(503, "api_error", "lock_timeout"),
    CounterfoilError: ErrorKind(500, "api_error"),
}
"""An exception without a row of its own uses the row of its nearest base class."""


def kind_of(error: CounterfoilError) -> ErrorKind:
    """Return the row of the table for an exception."""
    return next(ERRORS[base] for base in type(error).__mro__ if base in ERRORS)


def should_retry(status: int) -> bool:
    """Return whether the same request may succeed later. The answer says so in `Stripe-Should-Retry`, which Stripe's SDKs follow."""
    return status == ERRORS[IdempotencyInFlight].status or status >= ERRORS[CounterfoilError].status


class Pages(NamedTuple):
    """What the addresses in an error depend on: the origin of this server, and the id of the request."""

    public_url: str
    request_id: str

    def addresses(self, code: str | None) -> dict[str, str]:
        """Return the attributes of an error that lead to its page and to the request."""
        return {
            "doc_url": doc_url(self.public_url, code),
            "request_log_url": f"{self.public_url}/console/requests/{self.request_id}",
        }


def error_object(
    error: CounterfoilError, pages: Pages, message: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """Return Stripe's error object for an exception. `message` replaces its message. `code` is used if it has none."""
    kind = kind_of(error)
    code = getattr(error, "code", None) or kind.code or code
    param = getattr(error, "param", None)
    return error_body(kind.type, message or error.message, code, param, **pages.addresses(code))
