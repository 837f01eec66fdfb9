"""A sandbox on a database of its own, a clock that stands still, and an application that takes its events or refuses them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient

from app.gateway.transport import WSGIClient
from app.sandbox import STEPS, Sandbox, create_sandbox
from app.store import Engine, migrate, open_engine
from app.web.assets import views as assets
from app.web.display import formatting, locale

NOW = 1_800_000_000
SECRET = "whsec_" + "t" * 32
TOP = Path(__file__).parents[2]


@dataclass
class Clock:
    """Time as a value."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Inbox:
    """What an application's webhook route would be: it keeps what it is sent, and answers with `status`."""

    status: int = 200
    received: list[tuple[bytes, str]] = field(default_factory=list)
    broken: bool = False

    def __call__(self, payload: bytes, signature: str) -> int:
        self.received.append((payload, signature))
        if self.broken:
            raise ConnectionError("the application is not there")
        return self.status

    def events(self, now: int = NOW) -> list[stripe.Event]:
        return [
            stripe.Webhook.construct_event(payload, header, SECRET, tolerance=10**9)
            for payload, header in self.received
        ]

    def types(self) -> list[str]:
        return [event.type for event in self.events()]

    def of(self, type: str) -> list[Any]:
        """The objects of the events of one type."""
        return [event.data.object for event in self.events() if event.type == type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/sandbox.db")
    migrate(engine, STEPS, NOW)
    yield engine
    engine.close()


@pytest.fixture
def sandbox(engine: Engine, clock: Clock, inbox: Inbox) -> Sandbox:
    return create_sandbox(
        engine,
        clock=clock,
        webhook_secret=SECRET,
        public_url="http://127.0.0.1",
        deliver=inbox,
        redirect_origins=lambda session: ["https://shop.example"],
    )


@pytest.fixture
def connect(sandbox: Sandbox) -> Callable[..., Any]:
    """The SDK for one account; without retries, so that a test sees every answer."""

    def connect(account: str | None = None, key: str = "sk_test_anything") -> Any:
        return stripe.StripeClient(
            key, http_client=WSGIClient(sandbox.api), max_network_retries=0, stripe_account=account
        ).v1

    return connect


@pytest.fixture
def sdk(connect: Callable[..., Any]) -> Any:
    return connect()


@pytest.fixture
def site(sandbox: Sandbox) -> Iterator[FlaskClient]:
    """A browser without scripts at the hosted pages."""
    app = Flask("app", template_folder=str(TOP / "templates"), static_folder=str(TOP / "static"))
    locale.register(app)
    formatting.register(app)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(sandbox.blueprint)
    with app.test_client() as client:
        yield client
