"""A Stripe that refuses to create sessions. Everything else goes to the sandbox, through the official SDK."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Flask

from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.sandbox import SANDBOX, Sandbox
from app.web.http.context import EXTENSION

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

KEY = "sk_" + "test_" + "refused"


class Refusing:
    """Answers one kind of request with `status` and Stripe's error object `error` while there is one. By default: new sessions."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application
        self.method = "POST"
        self.path = "/v1/checkout/sessions"
        self.status = 400
        self.error: dict[str, Any] | None = None

    def refuse(self, message: str, status: int = 400, **error: Any) -> None:
        """Refuse from now on."""
        self.status = status
        self.error = {"type": "invalid_request_error", "message": message, **error}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.error is None or (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != (self.method, self.path):
            return self.application(environ, start_response)
        start_response(f"{self.status} Refused", [("Content-Type", "application/json"), ("Request-Id", "req_refused")])
        return [json.dumps({"error": self.error}).encode()]


def refusing(app: Flask) -> Refusing:
    """Put a Stripe that can refuse in front of the application's sandbox."""
    context = app.extensions[EXTENSION]
    sandbox: Sandbox = app.extensions[SANDBOX]
    stripe = Refusing(sandbox.api)
    gateway = StripeGateway(
        KEY,
        webhook_secret=context.config.stripe_webhook_secret,
        http_client=WSGIClient(stripe),
        max_network_retries=0,
        sandbox=True,
    )
    app.extensions[EXTENSION] = replace(context, gateway=gateway)
    return stripe
