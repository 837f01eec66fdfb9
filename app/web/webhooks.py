"""Receive Stripe's events. A stored event is answered with 200. When storing fails the answer is 5xx, so that Stripe tries again.

An event is received before Flask is entered. Flask answers the first time, with the headers of every answer, and where anything fails.
Later answers with the same outcome are the same but for the request's id.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Flask, Request, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.gateway.network.client import CALL_SECONDS
from app.gateway.network.deadline import one_request
from app.logs import REQUEST_ID, bind
from app.services.events import inbox
from app.web.http.context import EXTENSION, Context, current_context
from app.web.http.metrics import count_request
from app.web.http.request_body import BoundedRequest
from app.web.page_cache.answers import Header, run_application, without_headers

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

blueprint: Final = Blueprint("hooks", __name__)

PATH: Final = "/webhooks/stripe"
MAXIMUM_BYTES: Final = 512 * 1024

_OK: Final = "200 OK"

_RECEIVED: Final = "counterfoil.received_event"
"""The key in the WSGI environment of what `Webhooks` received: the outcome of an event, or the error that it raised."""


@blueprint.post(PATH)
def stripe() -> ResponseReturnValue:
    """Answer with the outcome of an event."""
    received: str | Exception | None = request.environ.get(_RECEIVED)
    if isinstance(received, Exception):
        raise received
    # An address that is spelled in another way, for example with a slash at its end, comes here first.
    return jsonify(received=True, outcome=received or _receive(current_context(), request))


class Webhooks:
    """A WSGI application that receives events, and answers everything else by the application behind it.

    It stands before the layers that look for kept pages and files.
    """

    def __init__(self, app: Flask, flask: "WSGIApplication", application: "WSGIApplication") -> None:
        self._app = app
        self._flask = flask
        self._application = application
        self._answers: dict[tuple[str, str], tuple[list[Header], bytes]] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO") != PATH or environ["REQUEST_METHOD"] != "POST":
            return self._application(environ, start_response)
        began = time.perf_counter()
        try:
            outcome = _receive(self._app.extensions[EXTENSION], BoundedRequest(environ))
        except Exception as error:
            environ[_RECEIVED] = error
            return self._flask(environ, start_response)
        key = (environ["wsgi.url_scheme"], outcome)
        if (answer := self._answers.get(key)) is None:
            environ[_RECEIVED] = outcome
            status, sent, body = run_application(self._flask, environ)
            if status == _OK:
                self._answers[key] = (without_headers(sent, "request-id"), body)
            start_response(status, sent)
            return [body]
        headers, body = answer
        count_request(self._app, PATH, 200, began)
        start_response(_OK, [*headers, ("Request-Id", environ.get(REQUEST_ID, ""))])
        return [body]


@one_request(CALL_SECONDS)
def _receive(context: Context, delivery: Request) -> str:
    """Verify, store and apply one event, and return its outcome. The same event is stored and applied once."""
    if context.config.stripe_webhook_secret is None:
        # Without a secret, anyone could forge events.
        raise NotFound
    delivery.max_content_length = MAXIMUM_BYTES
    payload = delivery.get_data(cache=False)
    now = context.clock()
    event = context.gateway.read_event(payload, delivery.headers.get("Stripe-Signature"), now)
    bind(event=event.id)
    return inbox.receive(context.store, context.gateway, event, now, payload=payload.decode())
