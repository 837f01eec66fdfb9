"""A small stateful Stripe for development, demo and tests. It reads no clock and no setting: everything is handed in.

`sandbox.api` is a WSGI application that serves `/v1/…` for any bearer key that starts with `sk_test_`; the organization
whose catalogue is meant travels as `Stripe-Account`, and comes back as `account` of every event. `sandbox.blueprint` is
the hosted checkout. Its tables are made by `migrate(engine, sandbox.STEPS)`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint

from app.sandbox.account import Document
from app.sandbox.api import Api
from app.sandbox.checkout.page import make_blueprint
from app.sandbox.deliveries import Deliver, deliver_due
from app.sandbox.migrations import STEPS
from app.sandbox.operations import OPERATIONS
from app.sandbox.sessions.lifecycle import advance
from app.store.engine import Engine

__all__ = ["SANDBOX", "STEPS", "Sandbox", "create_sandbox"]

SANDBOX: Final = "counterfoil_sandbox"
"""Where an application keeps its sandbox, for what happens there by itself."""


@dataclass(frozen=True)
class Sandbox:
    """What `create_app` mounts."""

    api: Api
    blueprint: Blueprint
    engine: Engine
    clock: Callable[[], int]
    webhook_secret: str
    deliver: Deliver

    def settle_delayed(self, now: int) -> int:
        """Bring to their end the sessions that are over and the delayed debits whose time has come; how many."""
        return advance(self.engine, now)

    def deliver_pending(self) -> int:
        """Deliver the events that are due, a bounded number of them; how many arrived."""
        return deliver_due(self.engine, self.deliver, self.webhook_secret, self.clock())


def create_sandbox(
    engine: Engine,
    *,
    clock: Callable[[], int],
    webhook_secret: str,
    public_url: str,
    deliver: Deliver,
    redirect_origins: Callable[[Document], Sequence[str]] | None = None,
) -> Sandbox:
    """Join the parts of the sandbox.

    `deliver` hands a payload and its `Stripe-Signature` to the application's webhook and answers with the status.
    `redirect_origins` tells where a session's `success_url` finally leads, beyond its own origin: Chromium holds
    redirects after a form against `form-action` too, so the page leaves these origins in `flask.g.form_action`.
    """

    def before(now: int) -> None:
        advance(engine, now)

    def after(now: int) -> None:
        deliver_due(engine, deliver, webhook_secret, now)

    api = Api(
        engine,
        OPERATIONS,
        clock=clock,
        public_url=public_url,
        before=before,
        after=after,
    )
    blueprint = make_blueprint(
        engine,
        clock=clock,
        public_url=public_url,
        redirect_origins=redirect_origins,
        before=before,
        after=after,
    )
    return Sandbox(api, blueprint, engine, clock, webhook_secret, deliver)
