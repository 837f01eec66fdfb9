"""The endpoint for programs written for Bigcapital's API: creates a Checkout Session for a payment link.

Answers and errors have the shapes that those programs know. A caller can use only the links of its own organization.
"""

import json
import logging
from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any, Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, TooManyRequests

from app.errors import (
    AccessError,
    AnswerNotTaken,
    AnswersRefused,
    CounterfoilError,
    GatewayError,
    GatewayRefused,
    InvalidRequest,
    ItemArchived,
    LinkUnavailable,
    ResourceMissing,
    StoreError,
)
from app.logs import bind
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link.translated import translated
from app.services.accounts import keys
from app.services.accounts.stripe_account import ensure_own_account
from app.services.checkout import steps as checkout
from app.services.links import availability
from app.services.links import service as links
from app.web.api import parameters
from app.web.api.errors import raw_answer
from app.web.api.views import ACCOUNT_HEADERS
from app.web.bigcapital.body import CheckoutBody, body_field, read_selection, unknown_names
from app.web.display.languages import nearest_locales
from app.web.display.locale import checkout_locale
from app.web.errors import statuses_of
from app.web.http import rate_limits
from app.web.http.context import Context, current_context
from app.wire.errors import validate
from app.wire.idempotency import check_key
from app.wire.json_object import json_object
from app.wire.secret_parts import without_keys

log: Final = logging.getLogger(__name__)

PATH: Final = "/api/payment-links/<id>/stripe_checkout_session"
MAXIMUM_BODY: Final = 64 * 1024
"""Bytes, as for the form of a page."""

TYPES: Final = {
    "inactive": "PAYMENT_LINK_INACTIVE",
    "not_open": "PAYMENT_LINK_NOT_OPEN",
    "closed": "PAYMENT_LINK_EXPIRED",
    "used_up": "PAYMENT_LINK_LIMIT_REACHED",
    "paid": "PAYMENT_LINK_PAID",
    "places_held": "PAYMENT_LINK_PLACES_HELD",
}
"""The error types of links that cannot be paid. Bigcapital has only PAYMENT_LINK_EXPIRED; the others are ours."""

ANSWERS_REFUSED: Final = "ANSWERS_REFUSED"
UNKNOWN_PARAMETER: Final = "UNKNOWN_PARAMETER"


class OrganizationMissing(AccessError):
    """The caller has a JWT, but did not send the header `organization-id`."""


class OrganizationUnknown(AccessError):
    """The organization does not exist, or the bearer may not act for it. The answer to both is the same."""


blueprint: Final = Blueprint("bigcapital", __name__)


@blueprint.post(PATH)
def create_checkout_session(id: str) -> Response:
    """`POST /api/payment-links/<id>/stripe_checkout_session`: `<id>` is `plink_…`, the link's code or its slug."""
    context = current_context()
    now = context.clock()
    organization = _organization(context, now)
    for header in ACCOUNT_HEADERS:
        ensure_own_account(organization, context.gateway, request.headers.get(header))
    link = links.retrieve_or_resolve(context.store, organization.id, id)
    bind(payment_link=link.id)
    availability.ensure_payable(link, now)
    body, unknown = _body()
    attempt = checkout.start(
        context.store,
        context.gateway,
        organization,
        translated(link, nearest_locales(link.counterfoil.locale or "")),
        read_selection(link, body),
        now,
        form=_form(organization, link, body),
        public_url=context.config.public_url,
        origin="api",
        locale=checkout_locale(link.counterfoil.locale),
    )
    bind(attempt=attempt.id)
    return _answer(
        {
            "id": attempt.checkout_session,
            "url": attempt.session_url,
            "session_id": attempt.checkout_session,
            "publishable_key": context.config.stripe_publishable_key,
            "redirect_to": attempt.session_url,
            **({"warnings": [{"type": UNKNOWN_PARAMETER, "field": name} for name in unknown]} if unknown else {}),
        }
    )


@blueprint.route(PATH, methods=["GET", "PUT", "PATCH", "DELETE"])
def refuse_method(**_: str) -> Response:
    """Answer every other method with 405: only a POST creates a session."""
    response = _answer(_framework(405, f"Cannot {request.method} {request.path[:200]}", "Method Not Allowed"), 405)
    response.headers["Allow"] = "POST"
    return response


def _organization(context: Context, now: int) -> Organization:
    """Return the organization of the caller: that of its `bc_` key, or with a JWT that of the header.

    Raises `AccessError`, or `ScopeTooLow` for a key that may only read.
    """
    token = parameters.credential(request)
    requested = request.headers.get("organization-id", "").strip()
    try:
        if keys.is_key(token):
            key, organization = keys.authenticate_key(context.store, token, now, livemode=context.gateway.livemode)
            keys.ensure_may_write(key)
            ensure_own_account(organization, context.gateway, requested)
            return organization
        allowed = keys.token_organizations(token, context.config.jwt_secret, now)
    except AccessError:
        rate_limits.count_login()
        raise
    if not requested:
        raise OrganizationMissing
    if requested not in allowed:
        raise OrganizationUnknown
    try:
        return keys.retrieve_organization(context.store, requested)
    except ResourceMissing:
        raise OrganizationUnknown from None


def _body() -> tuple[CheckoutBody, list[str]]:
    """Return the JSON object in the body, for any content type, and its unknown names. Raises `InvalidRequest`.

    An empty body is an empty object.
    """
    request.max_content_length = MAXIMUM_BODY
    data = request.get_data(cache=False)
    try:
        body = json_object(data)
    except InvalidRequest:
        # `json_object` quotes names of the body in its errors. A buyer's answers must not be in an error.
        raise InvalidRequest("Send one JSON object in UTF-8 in which every name occurs once.") from None
    return validate(CheckoutBody, body, echo=False), unknown_names(body)


def _form(organization: Organization, link: PaymentLink, body: CheckoutBody) -> str:
    """Return the form id of the attempt. Requests with the same form id and the same selection get the same session.

    It depends on the caller's Idempotency-Key. Without a key it is random, except for a link that can be paid once: there it depends on
    the body, so that a second click gets the open session and not an error that its place is held.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None:
        check_key(key)
    if key is None and availability.can_be_paid_once(link):
        key = f"{link.id} {body.model_dump_json()}"
    if key is None:
        return f"api_{token_urlsafe(18)}"
    return f"api_{sha256(f'{organization.id} {key}'.encode()).hexdigest()}"


@blueprint.errorhandler(Exception)
def _answer_error(error: Exception) -> Response:
    """Return the answer to an error, in the shape that callers know. An unexpected error is logged and answered without details."""
    if isinstance(error, CounterfoilError):
        return _answer_domain_error(error)
    if isinstance(error, TooManyRequests):
        response = _answer(_framework(429, "ThrottlerException: Too Many Requests"), 429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        return _answer(_framework(error.code, error.name), error.code)
    return _answer_unexpected(error)


def _answer_domain_error(error: CounterfoilError) -> Response:
    status = statuses_of(type(error)).bigcapital
    if isinstance(error, OrganizationMissing):
        body = {"message": "Organization ID is required.", "error": "Unauthorized", "statusCode": status}
        return _answer(body, status)
    if isinstance(error, OrganizationUnknown):
        return _answer({"message": "Tenant not found.", "errors": [{"type": "TENANT.NOT.FOUND"}]}, status)
    if isinstance(error, AccessError):
        return _answer(_framework(status, "Unauthorized"), status)
    if isinstance(error, ResourceMissing):
        return _answer(_framework(status, "Payment link not found"), status)
    if isinstance(error, AnswerNotTaken):
        listed = [_refused_answer(status, error.field, error.message)]
        return _answer({"errors": listed}, status)
    if isinstance(error, GatewayRefused | ItemArchived):
        return _answer(_framework(status, error.message, "Conflict"), status)
    if isinstance(error, LinkUnavailable):
        message = error.message if error.message != type(error).message else None
        return _answer({"errors": [{"statusCode": status, "type": TYPES[error.reason], "message": message}]}, status)
    if isinstance(error, AnswersRefused):
        listed = [_refused_answer(status, name, rule) for name, rule in error.fields.items()]
        return _answer({"errors": listed}, status)
    if isinstance(error, GatewayError):
        return _answer(_framework(status, "No checkout session could be opened at Stripe.", "Bad Gateway"), status)
    if isinstance(error, StoreError):
        log.error("A request for a checkout session failed.", exc_info=error)
        return _answer(_framework(status, "Try again in a moment.", "Service Unavailable"), status)
    if status == 500:
        return _answer_unexpected(error)
    return _answer(_framework(status, error.message, HTTPStatus(status).phrase), status)


def _refused_answer(status: int, name: str, rule: str) -> dict[str, Any]:
    return {"statusCode": status, "type": ANSWERS_REFUSED, "message": rule, "field": body_field(name)}


def _answer_unexpected(error: Exception) -> Response:
    log.error("A request for a checkout session failed.", exc_info=error)
    return _answer(_framework(500, "Internal server error"), 500)


def _framework(status: int, message: str, error: str | None = None) -> dict[str, Any]:
    return {"statusCode": status, "message": without_keys(message), **({"error": error} if error else {})}


def _answer(body: Mapping[str, Any], status: int = 200) -> Response:
    return raw_answer(json.dumps(body, ensure_ascii=False), status)
