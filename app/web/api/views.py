"""The Payment Links API under `/v1`, for Stripe's own SDKs. A key belongs to one organization, and every answer is JSON.

Resources other than links and events are Stripe's. In sandbox mode, the sandbox answers for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, current_app, request

from app.errors import AccessError, UnknownRoute
from app.objects.change import Actor
from app.objects.event import Event, EventRequest
from app.objects.line_item import LineItem
from app.objects.organization import Organization
from app.objects.payment_link.params import PaymentLinkCreateParams, PaymentLinkUpdateParams
from app.pricing.quote import with_amounts
from app.services.accounts import keys
from app.services.accounts.stripe_account import ensure_own_account
from app.services.events import log as event_log
from app.services.idempotency import Claim, StoredAnswer, claim_key, release_on_failure
from app.services.links import service as links
from app.services.links.answer import Reply, check_expand, with_default_prices
from app.web.api import parameters
from app.web.api.errors import answer, error_answer, raw_answer
from app.web.api.headers import IDEMPOTENCY_KEY, VERSION, add_headers
from app.web.api.idempotency import replayed_answer
from app.web.api.parameters import RetrieveParams
from app.web.http import rate_limits
from app.web.http.context import Context, current_context
from app.web.http.request_id import request_id
from app.wire.api_version import check_version
from app.wire.expand import render, render_list
from app.wire.idempotency import fingerprint_of
from app.wire.lists import ActivePage, EventList, Page

CATALOGUE: Final = "counterfoil_catalogue"
"""The key in `app.extensions` of the function that answers the rest of `/v1`: `Callable[[Organization], Response]`. Sandbox mode only."""

ACCOUNT_HEADERS: Final = ("Stripe-Account", "Stripe-Context")
"""Headers by which Stripe's SDKs act for another account. A key of ours acts for its own organization only."""

READING: Final = ("GET", "HEAD", "OPTIONS")
"""The methods of requests that a key without the right to write may send."""

METHODS: Final = ("GET", "POST", "DELETE", "PUT", "PATCH")


blueprint: Final = Blueprint("api", __name__, url_prefix="/v1")
blueprint.register_error_handler(Exception, error_answer)
blueprint.after_request(lambda response: add_headers(request, response))


@dataclass(frozen=True)
class Call:
    """One authenticated request: the collaborators, the organization that its key opens, and the time."""

    context: Context
    organization: Organization
    now: int
    actor: Actor

    def reply(self, expand: Sequence[str], claim: Claim | None = None) -> Reply:
        """Return how to answer with links."""
        return Reply(self.context.link_settings, self.now, expand, claim)

    def claim_key(self, params: Mapping[str, Any]) -> Claim | StoredAnswer | None:
        """Claim the request's Idempotency-Key. Return None without one, or the answer to the first request with this key."""
        key = request.headers.get(IDEMPOTENCY_KEY)
        if key is None:
            return None
        fingerprint = fingerprint_of(request.path, params)
        organization = self.organization.id
        return claim_key(self.context.store, organization, key, fingerprint, self.now, request_id=request_id())


def authenticate() -> Call:
    """Authenticate the request by its key, and check its headers.

    Raises `AccessError`, `AccountMismatch`, `InvalidRequest` for a version that Stripe cannot have, `ScopeTooLow` for a change with a
    key that may only read, or 429 after too many invalid keys.
    """
    context = current_context()
    now = context.clock()
    try:
        token = parameters.credential(request)
        key, organization = keys.authenticate_key(context.store, token, now, livemode=context.gateway.livemode)
    except AccessError:
        rate_limits.count_login()
        raise
    if request.method not in READING:
        keys.ensure_may_write(key)
    for header in ACCOUNT_HEADERS:
        ensure_own_account(organization, context.gateway, request.headers.get(header))
    check_version(request.headers.get(VERSION), now)
    return Call(context, organization, now, keys.actor_of(key))


@blueprint.post("/payment_links")
def create_link() -> Response:
    """`POST /v1/payment_links`."""
    call = authenticate()
    store, gateway, settings = call.context.store, call.context.gateway, call.context.link_settings
    params = parameters.body(request, PaymentLinkCreateParams)
    reply = _claim_key(call, params)
    if isinstance(reply, StoredAnswer):
        return replayed_answer(reply)
    with release_on_failure(store, reply.claim):
        link = links.prepare(store, gateway, call.organization, params, settings=settings)
        body = links.keep(store, link, call.now, actor=call.actor, request=_event_request(), reply=reply)
    return raw_answer(body)


@blueprint.post("/payment_links/<id>")
def update_link(id: str) -> Response:
    """`POST /v1/payment_links/<id>`."""
    call = authenticate()
    store, gateway, settings = call.context.store, call.context.gateway, call.context.link_settings
    link = links.retrieve(store, call.organization.id, id)
    params = parameters.body(request, PaymentLinkUpdateParams)
    reply = _claim_key(call, params)
    if isinstance(reply, StoredAnswer):
        return replayed_answer(reply)
    with release_on_failure(store, reply.claim):
        change = links.prepare_update(gateway, call.organization, link, params, settings=settings)
        _, body = links.keep_update(
            store, gateway, change, call.now, actor=call.actor, request=_event_request(), reply=reply
        )
    return raw_answer(body)


@blueprint.get("/payment_links/<id>")
def retrieve_link(id: str) -> Response:
    """`GET /v1/payment_links/<id>`."""
    call = authenticate()
    params = parameters.query(request, RetrieveParams)
    link = links.retrieve_unread(call.context.store, call.organization.id, id)
    return raw_answer(call.reply(params.expand).text(link))


@blueprint.get("/payment_links")
def list_links() -> Response:
    """`GET /v1/payment_links`."""
    call = authenticate()
    params = parameters.query(request, ActivePage)
    found, has_more = links.list_unread(call.context.store, call.organization.id, params)
    return raw_answer(call.reply(params.expand).list_text(found, url=request.path, has_more=has_more))


@blueprint.get("/payment_links/<id>/line_items")
def list_line_items(id: str) -> Response:
    """`GET /v1/payment_links/<id>/line_items`."""
    call = authenticate()
    params = parameters.query(request, Page)
    link = with_default_prices(with_amounts(links.retrieve(call.context.store, call.organization.id, id), call.now))
    items, has_more = links.list_line_items(link, params)
    return answer(render_list(LineItem, items, url=request.path, has_more=has_more, expand=params.expand))


@blueprint.get("/events/<id>")
def retrieve_event(id: str) -> Response:
    """`GET /v1/events/<id>`."""
    call = authenticate()
    params = parameters.query(request, RetrieveParams)
    return answer(render(event_log.retrieve(call.context.store, call.organization.id, id), params.expand))


@blueprint.get("/events")
def list_events() -> Response:
    """`GET /v1/events`."""
    call = authenticate()
    params = parameters.query(request, EventList)
    events, has_more = event_log.list_events(call.context.store, call.organization.id, params)
    return answer(render_list(Event, events, url=request.path, has_more=has_more, expand=params.expand))


@blueprint.route("/", methods=METHODS, defaults={"resource": ""})
@blueprint.route("/<path:resource>", methods=METHODS)
def other(resource: str) -> Response:
    """Every other path under `/v1`: hand it to the sandbox, or answer 404 and say that prices are at Stripe."""
    organization = authenticate().organization
    if resource.partition("/")[0] in ("payment_links", "events", ""):
        raise UnknownRoute(f"Unrecognized request URL ({request.method}: {request.path}).")
    catalogue = find_catalogue()
    if catalogue is None:
        raise UnknownRoute(
            f"Unrecognized request URL ({request.method}: {request.path}). Payment links, their Checkout Sessions, events and the account"
            " are here; prices and everything else live at Stripe: ask https://api.stripe.com with your Stripe key."
        )
    return catalogue(organization)


def find_catalogue() -> Callable[[Organization], Response] | None:
    """Return the function that answers the current request from the sandbox. None with a Stripe key."""
    catalogue: Callable[[Organization], Response] | None = current_app.extensions.get(CATALOGUE)
    return catalogue


def _claim_key(call: Call, params: dict[str, Any]) -> Reply | StoredAnswer:
    """Claim the request's Idempotency-Key, if it has one. Return how to answer, or the answer to the first such request.

    Raises `InvalidRequest` for a path that cannot be expanded, and the errors of `claim_key`.
    """
    expand = parameters.expand(params)
    check_expand(expand)
    claim = call.claim_key(params)
    return claim if isinstance(claim, StoredAnswer) else call.reply(expand, claim)


def _event_request() -> EventRequest:
    return EventRequest(id=request_id(), idempotency_key=request.headers.get(IDEMPOTENCY_KEY))
