"""Receive Stripe's events. A stored event is answered with 200. When storing fails the answer is 5xx, so that Stripe tries again."""

from typing import Final

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from app.logs import bind
from app.services.events import inbox
from app.web.http.context import current_context

blueprint: Final = Blueprint("hooks", __name__)

MAXIMUM_BYTES: Final = 512 * 1024


@blueprint.post("/webhooks/stripe")
def stripe() -> ResponseReturnValue:
    """Verify, store and apply one event. The same event is stored and applied once."""
    context = current_context()
    if context.config.stripe_webhook_secret is None:
        # Without a secret, anyone could forge events.
        abort(404)
    request.max_content_length = MAXIMUM_BYTES
    payload = request.get_data(cache=False)
    now = context.clock()
    event = context.gateway.read_event(payload, request.headers.get("Stripe-Signature"), now)
    bind(event=event.id)
    outcome = inbox.receive(context.store, context.gateway, event, now, payload=payload.decode())
    return jsonify(received=True, outcome=outcome)
