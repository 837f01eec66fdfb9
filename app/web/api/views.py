"""The Payment Links API under `/v1`, for Stripe's own SDKs: one key opens one organization, and every answer is JSON.

What is neither a link nor an event is Stripe's: the sandbox answers for it where there is one.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Request, Response, current_app, request

from app.errors import AccessError
from app.objects.event import Event, EventRequest
from app.objects.line_item import LineItem
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.objects.payment_link_params import PaymentLinkCreateParams, PaymentLinkUpdateParams
from app.objects.payment_link_parts import Text5000
from app.pricing.quote import with_amounts
from app.services.accounts import keys
from app.services.events import log as event_log
from app.services.links import service as links
from app.services.links.service import Then
from app.web.api import parameters
from app.web.api.errors import UnknownRoute, answer, error_answer
from app.web.api.idempotency import answered_once, fingerprint
from app.web.api.parameters import RetrieveParams
from app.web.errors import request_id
from app.web.http import rate_limits
from app.web.http.context import Context, current_context
from app.wire.expand import render, render_list
from app.wire.lists import ActivePage, Page

CATALOGUE: Final = "counterfoil_catalogue"
"""Where the application keeps what answers for the rest of `/v1`: a `Callable[[Organization], Response]`; live mode has none."""

METHODS: Final = ("GET", "POST", "DELETE", "PUT", "PATCH")


class EventPage(Page):
    """A page of events, of one type or of all."""

    type: Text5000 | None = None


blueprint: Final = Blueprint("api", __name__, url_prefix="/v1")
blueprint.register_error_handler(Exception, error_answer)


def authenticated_account(request: Request) -> Organization:
    """The organization whose key came with the request. Raises `AccessError`, or 429 after too many of those."""
    context = current_context()
    try:
        return keys.authenticate(context.store, parameters.credential(request), context.clock())
    except AccessError:
        rate_limits.login_by_address()
        raise


@blueprint.post("/payment_links")
def create_link() -> Response:
    """`POST /v1/payment_links`."""
    context, organization = current_context(), authenticated_account(request)
    params = parameters.body(request, PaymentLinkCreateParams)
    now = context.clock()

    def act(then: Then | None) -> PaymentLink:
        return links.create(
            context.store,
            context.gateway,
            organization,
            params,
            now,
            settings=context.link_settings,
            request=_event_request(),
            then=then,
        )

    return _changed(context, organization, params, now, act)


@blueprint.post("/payment_links/<id>")
def update_link(id: str) -> Response:
    """`POST /v1/payment_links/<id>`."""
    context, organization = current_context(), authenticated_account(request)
    links.retrieve(context.store, organization.id, id)
    params = parameters.body(request, PaymentLinkUpdateParams)
    now = context.clock()

    def act(then: Then | None) -> PaymentLink:
        return links.update(
            context.store,
            context.gateway,
            organization,
            id,
            params,
            now,
            settings=context.link_settings,
            request=_event_request(),
            then=then,
        )

    return _changed(context, organization, params, now, act)


@blueprint.get("/payment_links/<id>")
def retrieve_link(id: str) -> Response:
    """`GET /v1/payment_links/<id>`."""
    context, organization = current_context(), authenticated_account(request)
    params = parameters.query(request, RetrieveParams)
    link = links.retrieve(context.store, organization.id, id)
    return answer(_rendered(context, link, params.expand, context.clock()))


@blueprint.get("/payment_links")
def list_links() -> Response:
    """`GET /v1/payment_links`."""
    context, organization = current_context(), authenticated_account(request)
    params = parameters.query(request, ActivePage)
    found, has_more = links.list_links(context.store, organization.id, params)
    now = context.clock()
    shown = [_prepared(context, link, _wants_items(params.expand), now) for link in found]
    return answer(render_list(PaymentLink, shown, url=request.path, has_more=has_more, expand=params.expand))


@blueprint.get("/payment_links/<id>/line_items")
def list_line_items(id: str) -> Response:
    """`GET /v1/payment_links/<id>/line_items`."""
    context, organization = current_context(), authenticated_account(request)
    params = parameters.query(request, Page)
    link = with_amounts(links.retrieve(context.store, organization.id, id), context.clock())
    items, has_more = links.list_line_items(link, params)
    return answer(render_list(LineItem, items, url=request.path, has_more=has_more, expand=params.expand))


@blueprint.get("/events/<id>")
def retrieve_event(id: str) -> Response:
    """`GET /v1/events/<id>`."""
    context, organization = current_context(), authenticated_account(request)
    params = parameters.query(request, RetrieveParams)
    return answer(render(event_log.retrieve(context.store, organization.id, id), params.expand))


@blueprint.get("/events")
def list_events() -> Response:
    """`GET /v1/events`."""
    context, organization = current_context(), authenticated_account(request)
    params = parameters.query(request, EventPage)
    events, has_more = event_log.list_events(context.store, organization.id, params, type=params.type)
    return answer(render_list(Event, events, url=request.path, has_more=has_more, expand=params.expand))


@blueprint.route("/", methods=METHODS, defaults={"resource": ""})
@blueprint.route("/<path:resource>", methods=METHODS)
def other(resource: str) -> Response:
    """Everything else below `/v1`: the sandbox's where there is one, else a refusal that says where prices live."""
    organization = authenticated_account(request)
    if resource.partition("/")[0] in ("payment_links", "events", ""):
        raise UnknownRoute(f"Unrecognized request URL ({request.method}: {request.path}).")
    catalogue: Callable[[Organization], Response] | None = current_app.extensions.get(CATALOGUE)
    if catalogue is None:
        raise UnknownRoute(
            f"Unrecognized request URL ({request.method}: {request.path}). Payment links and events are here;"
            " prices and everything else live at Stripe: ask https://api.stripe.com with your Stripe key."
        )
    return catalogue(organization)


def _changed(
    context: Context,
    organization: Organization,
    params: dict[str, Any],
    now: int,
    act: Callable[[Then | None], PaymentLink],
) -> Response:
    expand = parameters.expand(params)
    # Asked of nothing first: what can't be expanded is refused before anything is made.
    render_list(PaymentLink, [], url="", has_more=False, expand=[f"data.{path}" for path in expand])
    return answered_once(
        context.store,
        organization.id,
        request.headers.get("Idempotency-Key"),
        fingerprint(request.path, params),
        now,
        act,
        lambda link: json.dumps(_rendered(context, link, expand, now), ensure_ascii=False),
    )


def _rendered(context: Context, link: PaymentLink, expand: tuple[str, ...], now: int) -> dict[str, Any]:
    wanted = _wants_items([f"data.{path}" for path in expand])
    return render(_prepared(context, link, wanted, now), expand)


def _prepared(context: Context, link: PaymentLink, wants_items: bool, now: int) -> PaymentLink:
    """The link with today's addresses and, where its items are asked for, their amounts."""
    link = links.with_urls(link, context.link_settings)
    return with_amounts(link, now) if wants_items else link


def _wants_items(paths: list[str] | tuple[str, ...]) -> bool:
    return any(path.startswith("data.line_items") for path in paths)


def _event_request() -> EventRequest:
    return EventRequest(id=request_id(), idempotency_key=request.headers.get("Idempotency-Key"))
