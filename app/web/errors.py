"""The one table of errors and HTTP statuses, and the pages that say what went wrong. Below JSON paths other blueprints answer."""

import logging
from collections.abc import Callable
from secrets import token_hex
from typing import Final

from flask import Flask, Response, g, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadHost, HTTPException, TooManyRequests

from app.errors import (
    AccessError,
    AnswersRefused,
    CounterfoilError,
    FormUsedUp,
    GatewayError,
    IdempotencyInFlight,
    IdempotencyMismatch,
    InvalidRequest,
    LinkClosed,
    LinkInactive,
    LinkNotOpen,
    LinkPaid,
    LinkUnavailable,
    LinkUsedUp,
    PlacesHeld,
    ResourceMissing,
    SignatureRefused,
    StoreBusy,
    StoreError,
)
from app.objects.attempt import Attempt
from app.services.attempts import payments
from app.web.states import error as error_states
from app.web.states.link import state_of_link
from app.web.states.render import render_state
from app.web.states.state import State
from app.web.visit.visit import Visit, current_visit

log: Final = logging.getLogger(__name__)

STATUSES: Final[dict[type[CounterfoilError], int]] = {
    ResourceMissing: 404,
    IdempotencyMismatch: 400,
    InvalidRequest: 400,
    IdempotencyInFlight: 409,
    AccessError: 401,
    LinkPaid: 200,
    LinkUsedUp: 410,
    LinkClosed: 410,
    LinkInactive: 410,
    LinkNotOpen: 403,
    PlacesHeld: 409,
    LinkUnavailable: 410,
    AnswersRefused: 422,
    FormUsedUp: 403,
    GatewayError: 503,
    SignatureRefused: 400,
    StoreError: 503,
    CounterfoilError: 500,
}
"""The nearest class of an error's own counts."""

JSON_PATHS: Final = ("/v1/", "/api/", "/webhooks/", "/openapi.json", "/healthz", "/readyz")

Handler = Callable[[Exception], ResponseReturnValue]


def status_of(error: Exception) -> int:
    """The HTTP status that an error is answered with; what nobody foresaw is 500."""
    if isinstance(error, HTTPException):
        return error.code or 500
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return 500


def request_id() -> str:
    """The number of this request, for people who ask about it: the same that its lines in the log have."""
    if "request_id" not in g:
        g.request_id = request.environ.get("counterfoil.request_id") or f"req_{token_hex(8)}"
    id: str = g.request_id
    return id


def answer_error(error: Exception) -> ResponseReturnValue:
    """Any error as a page, or as JSON where programs ask."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error
    if isinstance(error, BadHost):
        return error  # without a host there are no addresses, so no page
    status = noted(error)
    if f"{request.path}/".startswith(JSON_PATHS) or request.path in JSON_PATHS:
        return allowing(error, _json(error, status))
    visit = current_visit()
    page = render_state(_state(error, status, visit), visit.organization if visit else None)
    return allowing(error, make_response(page))


def allowing(error: Exception, response: Response) -> Response:
    """The answer with what a refused method or a limit says beside its status."""
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
                response.headers[name] = value
    return response


def noted(error: Exception) -> int:
    """The status that an error is answered with; what somebody should look at is in the log."""
    status = status_of(error)
    if status == 500 or isinstance(error, StoreError):
        log.error("Request %s failed.", request_id(), exc_info=error)
    return status


def message_of(error: CounterfoilError) -> str:
    """What whoever asked is told. What a database says of itself, its address even, is for the log alone."""
    return StoreError.message if isinstance(error, StoreError) and not isinstance(error, StoreBusy) else error.message


def _json(error: Exception, status: int) -> Response:
    message = (
        message_of(error) if isinstance(error, CounterfoilError) else getattr(error, "name", "Something went wrong.")
    )
    response = jsonify(error={"message": message if status != 500 else "Something went wrong on our side."})
    response.status_code = status
    return response


def _state(error: Exception, status: int, visit: Visit | None) -> State:
    if isinstance(error, LinkUnavailable) and visit is not None:
        return state_of_link(error, visit.link, visit.organization, _payment(error, visit))
    if isinstance(error, TooManyRequests):
        seconds = error.retry_after
        return error_states.too_many_requests(seconds if isinstance(seconds, int) else 60)
    if isinstance(error, GatewayError):
        return error_states.stripe_unreachable()
    if isinstance(error, StoreError):
        return error_states.busy()
    if status == 404:
        return error_states.not_found()
    address = visit.address if visit else None
    if status < 500:
        return error_states.refused(status, address)
    return error_states.our_fault(request_id(), visit.organization if visit else None, address)


def _payment(error: LinkUnavailable, visit: Visit) -> Attempt | None:
    """The payment of a link that can be paid once: when and how much, never by whom."""
    return payments.payment_of(visit.context.store, visit.link) if isinstance(error, LinkPaid) else None


def register(app: Flask) -> None:
    """Answer every error of the application, and number every request."""
    app.register_error_handler(Exception, answer_error)

    @app.after_request
    def _number(response: Response) -> Response:
        response.headers.setdefault("Request-Id", request_id())
        return response
