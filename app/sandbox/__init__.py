"""A small stateful Stripe for development, demo and tests. It reads neither the clock nor settings; both are parameters.

`sandbox.api` is a WSGI application that serves `/v1/…` for any bearer key that starts with `sk_test_`. The header `Stripe-Account` selects
the organization's catalogue, and its value is the `account` of every event. `sandbox.blueprint` is the hosted checkout.
`migrate(engine, sandbox.STEPS)` creates the tables.
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
from app.sandbox.retention import erase, prune
from app.sandbox.sessions.lifecycle import advance
from app.store.engine import Engine

__all__ = ["SANDBOX", "STEPS", "Sandbox", "create_sandbox"]

SANDBOX: Final = "counterfoil_sandbox"
"""The key of the sandbox in `app.extensions`, for the periodic tasks of the server."""


@dataclass(frozen=True)
class Sandbox:
    """The parts of the sandbox that an application needs."""

    api: Api
    blueprint: Blueprint
    engine: Engine
    clock: Callable[[], int]
    webhook_secret: str
    deliver: Deliver

    def settle_delayed(self, now: int) -> int:
        """Expire sessions and settle delayed debits that are due. Return how many."""
        return advance(self.engine, now)

    def deliver_pending(self) -> int:
        """Deliver due events, up to a fixed number. Return how many the application accepted."""
        return deliver_due(self.engine, self.deliver, self.webhook_secret, self.clock())

    def prune(self, before: int, *, dry_run: bool = False) -> dict[str, int]:
        """Remove expired sessions and events older than `before`, or count them. Return how many of each."""
        return prune(self.engine, before, dry_run=dry_run)

    def erase(self, session: str) -> None:
        """Erase what the sandbox knows about the buyer of a session."""
        erase(self.engine, session)


def create_sandbox(
    engine: Engine,
    *,
    clock: Callable[[], int],
    webhook_secret: str,
    public_url: str,
    deliver: Deliver,
    redirect_origins: Callable[[Document], Sequence[str]] | None = None,
) -> Sandbox:
    """Create the sandbox.

    `deliver` sends a payload and its `Stripe-Signature` to the application's webhook and returns the status of its answer.
    `redirect_origins` returns the origins to which a session's `success_url` redirects. Chromium checks redirects after a form against
    `form-action`, so the page puts these origins into `flask.g.form_action`.
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
