"""Stripe in live mode, as a WSGI application: the sandbox of another application, for a key that is no sandbox key.

It checks parameters as the sandbox does, and its objects are those of one account. `asked` has the method and path of each call.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import stripe

from app.application import SANDBOX_KEY, assemble
from app.config import read_config
from app.gateway.transport import WSGIClient
from app.sandbox import SANDBOX, Sandbox
from tests.support.clock import Clock
from tests.support.migrated import migrated_database

ACCOUNT = "org_live"


class LiveStripe:
    """An account in live mode. `refused` has paths below `/v1/` whose POST is refused, with the message.

    While it is `silent`, it answers 503 and says that a retry is useless, so that no test waits for the SDK's pauses.
    """

    def __init__(self, folder: Path) -> None:
        environment = {"DATABASE_URL": migrated_database(folder / "stripe.db"), "PUBLIC_URL": "http://localhost"}
        app = assemble(read_config(environment, data=folder), now=Clock())
        self.sandbox: Sandbox = app.extensions[SANDBOX]
        self.asked: list[tuple[str, str]] = []
        self.refused: dict[str, str] = {}
        self.silent = False

    @property
    def sdk(self) -> Any:
        """Stripe's SDK for this account."""
        return stripe.StripeClient("sk_test_x", http_client=WSGIClient(self)).v1

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/v1/")
        self.asked.append((method, path))
        if self.silent:
            start_response("503 Unavailable", [("Content-Type", "application/json"), ("Stripe-Should-Retry", "false")])
            return [b"{}"]
        if method == "POST" and path in self.refused:
            start_response("403 Forbidden", [("Content-Type", "application/json")])
            return [b'{"error": {"type": "invalid_request_error", "message": "%s"}}' % self.refused[path].encode()]
        environ = environ | {"HTTP_AUTHORIZATION": f"Bearer {SANDBOX_KEY}", "HTTP_STRIPE_ACCOUNT": ACCOUNT}
        answer: Iterable[bytes] = self.sandbox.api(environ, start_response)
        return answer
