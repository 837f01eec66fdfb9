"""The table of HTTP statuses, and the pages for errors.

The Bigcapital-style endpoint and the console answer in shapes of their own, with statuses from this table. The statuses of `/v1` are
in `app/wire/v1_errors.py`, because the sandbox answers with them, too.
"""

import logging
from collections.abc import Callable
from typing import Final, NamedTuple

from flask import Flask, Response, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadHost, HTTPException, RequestEntityTooLarge, TooManyRequests

from app.errors import (
    AccessError,
    AccountMismatch,
    AnswerNotTaken,
    AnswersRefused,
    CounterfoilError,
    FormRefused,
    FormUsedUp,
    GatewayError,
    GatewayRefused,
    IdempotencyInFlight,
    IdempotencyMismatch,
    InvalidRequest,
    ItemArchived,
    LinkChanged,
    LinkClosed,
    LinkInactive,
    LinkNotOpen,
    LinkPaid,
    LinkUnavailable,
    LinkUsedUp,
    PlacesHeld,
    ResourceMissing,
    RoleTooLow,
    ScopeTooLow,
    SignatureRefused,
    StoreBusy,
    StoreError,
    TooManyHeld,
    TooManyUnpaid,
)
from app.objects.attempt import Attempt
from app.objects.organization import Organization
from app.services.accounts import organizations
from app.services.attempts import payments
from app.web.display.contact import reachable
from app.web.http.context import current_context
from app.web.http.request_id import request_id
from app.web.page_cache.offer import offer_page
from app.web.states import error as error_states
from app.web.states.hold import state_of_hold
from app.web.states.link import state_of_link
from app.web.states.render import render_state
from app.web.states.state import State
from app.web.visit.clean_address import clean_address
from app.web.visit.visit import Visit, current_visit

log: Final = logging.getLogger(__name__)


class Statuses(NamedTuple):
    """The HTTP statuses of one error: on pages, and on the Bigcapital-style endpoint."""

    page: int
    bigcapital: int


STATUSES: Final[dict[type[CounterfoilError], Statuses]] = {
    # error                        page  Bigcapital
    AccessError: Statuses(401, 401),
    RoleTooLow: Statuses(403, 403),
    ScopeTooLow: Statuses(403, 403),
    AccountMismatch: Statuses(403, 403),
    AnswersRefused: Statuses(422, 400),
    FormRefused: Statuses(403, 403),
    FormUsedUp: Statuses(403, 409),
    AnswerNotTaken: Statuses(422, 400),
    GatewayRefused: Statuses(409, 409),
    GatewayError: Statuses(503, 502),
    IdempotencyInFlight: Statuses(409, 409),
    IdempotencyMismatch: Statuses(400, 400),
    ResourceMissing: Statuses(404, 404),
    InvalidRequest: Statuses(400, 400),
    LinkChanged: Statuses(409, 409),
    LinkPaid: Statuses(200, 400),
    LinkUsedUp: Statuses(410, 400),
    LinkClosed: Statuses(410, 400),
    LinkInactive: Statuses(410, 400),
    LinkNotOpen: Statuses(403, 400),
    ItemArchived: Statuses(409, 409),
    PlacesHeld: Statuses(409, 409),
    LinkUnavailable: Statuses(410, 400),
    SignatureRefused: Statuses(400, 400),
    StoreError: Statuses(503, 503),
    TooManyHeld: Statuses(429, 429),
    TooManyUnpaid: Statuses(429, 429),
    CounterfoilError: Statuses(500, 500),
}
"""An error without a row of its own uses the row of its nearest base class."""

JSON_PATHS: Final = ("/v1/", "/api/", "/webhooks/", "/openapi.json", "/healthz", "/readyz")

CODE_PATH: Final = "/pay"
SANDBOX_PATH: Final = "/sandbox/"

LONGEST_CODE: Final = 200
"""Characters of a mistyped address that the page offers to correct."""

Handler = Callable[[Exception], ResponseReturnValue]


def statuses_of(kind: type[Exception]) -> Statuses:
    """Return the table's row for a class of errors. Unexpected errors have the status 500 everywhere.

    An error of Werkzeug, which has its status of its own, is answered with it.
    """
    if issubclass(kind, HTTPException) and kind.code is not None:
        return Statuses(kind.code, kind.code)
    found = next((base for base in kind.__mro__ if base in STATUSES), CounterfoilError)
    return STATUSES[found]


def page_status(error: Exception) -> int:
    """Return the HTTP status of a page that answers this error."""
    return statuses_of(type(error)).page


def is_redirect(error: Exception) -> bool:
    """Whether Werkzeug raised a redirect, which is no error."""
    return isinstance(error, HTTPException) and error.code is not None and error.code < 400


def answer_error(error: Exception) -> ResponseReturnValue:
    """Answer an error with a page, or with JSON on the paths that programs use."""
    if is_redirect(error):
        return error  # type: ignore[return-value]  # an HTTPException is a response
    if isinstance(error, BadHost):
        return error  # without a valid host there are no addresses, so there is no page
    status = log_error(error)
    if f"{request.path}/".startswith(JSON_PATHS) or request.path in JSON_PATHS:
        return with_error_headers(error, _json(error, status))
    meant = _meant_address() if status == STATUSES[ResourceMissing].page else None
    if meant is not None:
        return _moved(meant)
    visit = current_visit()
    organization = visit.organization if visit else _only_merchant(error)
    if visit is not None and _depends_on_link_alone(error):
        offer_page(visit)
    page = render_state(_state(error, status, visit, organization), organization, status)
    return with_error_headers(error, make_response(page))


def _depends_on_link_alone(error: Exception) -> bool:
    """Return whether the page of an error shows the link and its merchant, and no payment."""
    kinds = (ItemArchived, LinkClosed, LinkInactive, LinkNotOpen, LinkUsedUp)
    return isinstance(error, kinds) and not isinstance(error, LinkPaid)


def _meant_address() -> str | None:
    """Return the address of the pay page that a mistyped address means, or None. Forms are never sent on."""
    if request.method not in {"GET", "HEAD"}:
        return None
    try:
        return clean_address(current_context().store, request.path, request.query_string.decode("ascii", "ignore"))
    except StoreError:
        return None


def _moved(address: str) -> Response:
    response = make_response(redirect(address, 301))
    # A browser would keep the redirect for ever, while the link may get another slug.
    response.headers["Cache-Control"] = "no-cache"
    return response


def _only_merchant(error: Exception) -> Organization | None:
    """Return the merchant of a server that has one alone, so that no page is anonymous. None where the database does not answer."""
    if isinstance(error, StoreError):
        return None
    store = current_context().store
    try:
        organization = organizations.only_organization(store)
        return reachable(store, organization) if organization is not None else None
    except StoreError:
        return None


def with_error_headers(error: Exception, response: Response) -> Response:
    """Copy the headers `Allow` and `Retry-After` from the error to the response."""
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
                response.headers[name] = value
    return response


def log_error(error: Exception) -> int:
    """Log an error if someone has to look at it. Return the status of the page that answers it."""
    status = page_status(error)
    if status == STATUSES[CounterfoilError].page or isinstance(error, StoreError):
        log.error("Request %s failed.", request_id(), exc_info=error)
    return status


def message_of(error: CounterfoilError) -> str:
    """Return the message for the client. A database's own message may hold its address, so it only goes to the log."""
    return StoreError.message if isinstance(error, StoreError) and not isinstance(error, StoreBusy) else error.message


def _json(error: Exception, status: int) -> Response:
    message = (
        message_of(error) if isinstance(error, CounterfoilError) else getattr(error, "name", "Something went wrong.")
    )
    unexpected = status == STATUSES[CounterfoilError].page
    response = jsonify(error={"message": "Something went wrong on our side." if unexpected else message})
    response.status_code = status
    return response


def _state(error: Exception, status: int, visit: Visit | None, organization: Organization | None) -> State:
    if isinstance(error, PlacesHeld) and visit is not None:
        return state_of_hold(error, visit)
    if isinstance(error, GatewayRefused | ItemArchived) and visit is not None:
        return error_states.stripe_refused(visit.organization, getattr(error, "reference", None))
    if isinstance(error, LinkUnavailable) and visit is not None:
        return state_of_link(error, visit.link, visit.organization, _payment(error, visit), framed=visit.embedded)
    if isinstance(error, TooManyRequests):
        seconds = error.retry_after
        return error_states.too_many_requests(seconds if isinstance(seconds, int) else 60)
    if isinstance(error, GatewayError):
        return error_states.stripe_unreachable()
    if isinstance(error, StoreError):
        return error_states.busy()
    address = f"{visit.address}{visit.query}" if visit else None
    if status == STATUSES[ResourceMissing].page:
        return _not_found(address, organization)
    if status == RequestEntityTooLarge.code:
        return error_states.too_large(organization, address)
    if status < 500:
        return error_states.refused(organization, address)
    return error_states.internal_error(request_id(), organization, address)


def _not_found(address: str | None, organization: Organization | None) -> State:
    """Return the state of an unknown address. `address` is that of a payment page that the beginning of the address names."""
    if request.path.startswith(SANDBOX_PATH):
        return error_states.not_found_in_sandbox()
    if address is not None:
        return error_states.nothing_for_this_attempt(address)
    return error_states.not_found(_mistyped(), organization)


def _mistyped() -> str:
    """Return the part of the address that should name a link."""
    if request.path == CODE_PATH:
        return request.args.get("code", "")[:LONGEST_CODE]
    parts = request.path.split("/")
    return parts[2][:LONGEST_CODE] if parts[1:2] == ["pay"] and len(parts) > 2 else ""


def _payment(error: LinkUnavailable, visit: Visit) -> Attempt | None:
    """Return the payment of a link that can be paid once. The page shows its date and amount."""
    return payments.payment_of(visit.context.store, visit.link) if isinstance(error, LinkPaid) else None


def register(app: Flask) -> None:
    """Answer every error of the application."""
    app.register_error_handler(Exception, answer_error)
