"""A sandbox with its own database, a clock that stands still, and an application that accepts or refuses its events."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient

from app.gateway.transport import WSGIClient
from app.sandbox import Sandbox, create_sandbox
from app.store import Engine, open_engine
from app.web.assets import views as assets
from app.web.display import formatting, locale
from tests.support.clock import Clock
from tests.support.inbox import WEBHOOK_SECRET, Inbox
from tests.support.migrated import migrated_database
from tests.support.shop import compiled_templates

TOP = Path(__file__).parents[2]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(migrated_database(tmp_path / "sandbox.db"))
    yield engine
    engine.close()


@pytest.fixture
def sandbox(engine: Engine, clock: Clock, inbox: Inbox) -> Sandbox:
    return create_sandbox(
        engine,
        clock=clock,
        webhook_secret=WEBHOOK_SECRET,
        public_url="http://127.0.0.1",
        deliver=inbox,
        redirect_origins=lambda session: ["https://shop.example"],
    )


@pytest.fixture
def connect(sandbox: Sandbox) -> Callable[..., Any]:
    """Return the SDK for one account. It does not retry, so a test sees every answer."""

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
    """A client without scripts for the hosted pages."""
    app = Flask("app", template_folder=str(TOP / "templates"), static_folder=str(TOP / "static"))
    app.jinja_env.bytecode_cache = compiled_templates()
    locale.register(app)
    formatting.register(app)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(sandbox.blueprint)
    with app.test_client() as client:
        yield client
