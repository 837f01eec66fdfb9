"""An application with the sandbox, an organization with a key, and Stripe's own SDK as its client."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient

from app.application import assemble
from app.config import Config, read_config
from app.gateway.transport import WSGIClient
from app.objects.change import COMMAND_LINE
from app.services.accounts import keys
from app.web.http.context import EXTENSION, Context
from tests.support.build import NOW
from tests.support.clock import Clock
from tests.support.http_server import served
from tests.support.migrated import migrated_database
from tests.support.shop import ApplicationShop

JWT_SECRET = "a secret of thirty-two characters and more"


class ApiShop(ApplicationShop):
    """An organization with an API key, as Stripe's SDK and plain HTTP see it."""

    clock: Clock

    def __init__(self, app: Flask, organization: str, key: str) -> None:
        super().__init__(app, organization)
        self.key = key

    @property
    def sdk(self) -> Any:
        """Stripe's SDK with our key, in this process. Untyped, so that a test can send what the SDK's types forbid."""
        return stripe.StripeClient(self.key, http_client=WSGIClient(self.app.wsgi_app), max_network_retries=0)

    @property
    def http(self) -> FlaskClient:
        """Plain HTTP, for requests that an SDK never sends."""
        return self.app.test_client()

    def headers(self, **more: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.key}",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }

    def price(self, unit_amount: int = 1250, **changes: Any) -> str:
        """Create a price in the organization's catalogue and return its id."""
        params: dict[str, Any] = {
            "currency": "eur",
            "product_data": {"name": "Jar of honey"},
            "unit_amount": unit_amount,
            **changes,
        }
        params = {name: value for name, value in params.items() if value is not None}
        return str(self.sdk.v1.prices.create(params).id)

    def link(self, **changes: Any) -> Any:
        """Create a link for one jar of honey, or as the changes say."""
        if "line_items" not in changes:
            changes["line_items"] = [{"price": self.price(), "quantity": 1}]
        return self.sdk.v1.payment_links.create(changes)


def crowded(shop: ApiShop, count: int) -> None:
    """Add a number of links to the shop. Each has its number as metadata, and every fifth is inactive."""
    first = shop.context.store.link(shop.link(metadata={"number": "0"}).id)
    assert first is not None
    with shop.context.store.transaction():
        for number in range(1, count):
            ours = first.counterfoil.model_copy(update={"code": f"{first.counterfoil.code}{number}"})
            changes = {"active": number % 5 != 0, "counterfoil": ours, "metadata": {"number": str(number)}}
            shop.context.store.add_link(first.model_copy(update={"id": f"{first.id}{number:03}", **changes}))


def a_shop(app: Flask, clock: Clock, name: str = "Hillside Apiary") -> ApiShop:
    context: Context = app.extensions[EXTENSION]
    organization = keys.create_organization(context.store, name, clock())
    _, key = keys.create_key(context.store, organization.id, clock(), actor=COMMAND_LINE)
    return ApiShop(app, organization.id, key)


@pytest.fixture(scope="session")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Config]:
    """Return a function that makes a configuration with the sandbox and a new database."""

    def make(**settings: str) -> Config:
        folder: Path = tmp_path_factory.mktemp("api")
        environment = {
            "DATABASE_URL": migrated_database(folder / "counterfoil.db"),
            "PUBLIC_URL": "https://pay.example.com",
            "JWT_SECRET": JWT_SECRET,
            "RATE_LIMIT_LOGIN": "1000/minute",
            **settings,
        }
        return read_config(environment, data=folder)

    return make


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def app(configured: Callable[..., Config], clock: Clock) -> Iterator[Flask]:
    """One application for all tests of a module."""
    app = assemble(configured(), now=clock)
    context: Context = app.extensions[EXTENSION]
    yield app
    context.store.close()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The address of the application on loopback."""
    with served(app) as address:
        yield address


@pytest.fixture
def shop(app: Flask, clock: Clock) -> ApiShop:
    """An organization of its own for every test."""
    clock.now = NOW
    return a_shop(app, clock)


@pytest.fixture
def unreachable(configured: Callable[..., Config]) -> Iterator[ApiShop]:
    """A shop with a Stripe key and a Stripe that cannot be reached."""
    clock = Clock()
    key = "sk_test_" + "0" * 24
    settings = configured(STRIPE_SECRET_KEY=key, SECRET_KEY="x" * 32, STRIPE_API_BASE="http://127.0.0.1:9")
    app = assemble(settings, now=clock)
    context: Context = app.extensions[EXTENSION]
    yield a_shop(app, clock)
    context.store.close()


@pytest.fixture
def other_shop(app: Flask, clock: Clock) -> ApiShop:
    """Another organization on the same server."""
    return a_shop(app, clock, "Bakery")
