"""The Checkout Sessions API under `/v1`: the sessions that our links opened. In sandbox mode, others are the sandbox's to answer for."""

import json
from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request

from app.errors import ResourceMissing
from app.services.checkout_sessions import listing, service
from app.services.checkout_sessions.reading import Reading
from app.services.idempotency import StoredAnswer, release_on_failure, store_answer
from app.web.api import parameters
from app.web.api.errors import answer, raw_answer
from app.web.api.idempotency import replayed_answer
from app.web.api.parameters import RetrieveParams
from app.web.api.views import Call, authenticate, find_catalogue
from app.wire.errors import validate
from app.wire.lists import Page, SessionList, list_envelope

blueprint: Final = Blueprint("sessions", __name__, url_prefix="/checkout/sessions")


@blueprint.get("")
def list_sessions() -> Response:
    """`GET /v1/checkout/sessions`."""
    call = authenticate()
    params = parameters.query(request, SessionList)
    sessions, has_more = listing.list_sessions(_reading(call), params)
    return answer(list_envelope(sessions, request.path, has_more))


@blueprint.get("/<id>")
def retrieve_session(id: str) -> Response:
    """`GET /v1/checkout/sessions/<id>`."""
    call = authenticate()
    params = parameters.query(request, RetrieveParams)
    return _ours_or_sandboxs(call, lambda: answer(service.retrieve(_reading(call), id, params.expand)))


@blueprint.get("/<id>/line_items")
def list_line_items(id: str) -> Response:
    """`GET /v1/checkout/sessions/<id>/line_items`."""
    call = authenticate()
    params = parameters.query(request, Page)
    return _ours_or_sandboxs(call, lambda: answer(service.list_line_items(_reading(call), id, params)))


@blueprint.post("/<id>/expire")
def expire_session(id: str) -> Response:
    """`POST /v1/checkout/sessions/<id>/expire`."""
    call = authenticate()
    return _ours_or_sandboxs(call, lambda: _expire(call, id))


def _expire(call: Call, id: str) -> Response:
    reading, store = _reading(call), call.context.store
    attempt = reading.find(id)  # before the body is read: the sandbox may have to read it
    data = parameters.body(request, RetrieveParams)
    params = validate(RetrieveParams, data)
    claim = call.claim_key(data)
    if isinstance(claim, StoredAnswer):
        return replayed_answer(claim)
    with release_on_failure(store, claim):
        body = json.dumps(service.expire(reading, attempt, params.expand), ensure_ascii=False)
        if claim is not None:
            store_answer(store, claim, 200, body)
    return raw_answer(body)


def _reading(call: Call) -> Reading:
    context = call.context
    return Reading(context.store, context.gateway, call.organization, context.link_settings, call.now)


def _ours_or_sandboxs(call: Call, ours: Callable[[], Response]) -> Response:
    """Return our answer. In sandbox mode, return the sandbox's answer if no link of ours opened the session."""
    catalogue = find_catalogue()
    try:
        return ours()
    except ResourceMissing:
        if catalogue is None:
            raise
        return catalogue(call.organization)
