"""The whole application in this process: SQLite, the sandbox, the SDK, and a clock that tests set."""

import io
import json
import logging
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient

from app.application import assemble
from app.config import Config, read_config
from app.gateway.transport import WSGIClient
from app.logs import JSONFormatter
from app.objects.change import COMMAND_LINE
from app.objects.organization import Organization
from app.objects.payment_link import PaymentLink
from app.services.accounts import keys
from tests.support.build import a_link, an_organization
from tests.support.buyer import BUYER, CARD, CARD_NUMBER
from tests.support.clock import Clock
from tests.support.migrated import migrated_database
from tests.support.page import SAME_ORIGIN, Page
from tests.support.shop import ApplicationShop
from tests.support.stock import Stock


class WebShop(ApplicationShop):
    """A merchant's server, and a visitor's client without cookies."""

    clock: Clock

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.client: FlaskClient = app.test_client(use_cookies=False)

    def add(self, link: PaymentLink | None = None) -> PaymentLink:
        """Add a link to the server."""
        link = link or a_link()
        self.store.add_link(link)
        return link

    def sell(self, link: PaymentLink | None = None) -> PaymentLink:
        """Add a link whose prices exist in the sandbox, so that it can be paid."""
        return self.add(self.stock.link(link or a_link()))

    @cached_property
    def stock(self) -> Stock:
        """The catalogue, through the official SDK with one of the merchant's keys."""
        _key, secret = keys.create_key(self.store, "org_apiary", self.clock(), actor=COMMAND_LINE)
        return Stock(stripe.StripeClient(secret, http_client=WSGIClient(self.app.wsgi_app)))

    def owner(self, link: PaymentLink) -> Organization:
        """Return the organization that owns a link."""
        return keys.retrieve_organization(self.store, link.counterfoil.organization)

    def merchant(self, organization: Organization) -> Organization:
        """Store changes of the merchant."""
        self.store.save_organization(organization)
        return organization

    def open(self, path: str = "/pay/honey", **headers: str) -> Page:
        """Open an address."""
        return Page(self.client.get(path, headers=_named(headers)))

    def press(self, page: Page, button: str, answers: dict[str, Any] | None = None, **headers: str) -> Any:
        """Fill in answers by label and press a button, as a browser would."""
        pressed = page.button(button)
        target = pressed.get("formaction") or page.form["action"]
        data = page.fill(answers or {})
        if pressed.get("name"):
            data[pressed["name"]] = pressed["value"]
        return self.client.post(target, data=data, headers={**SAME_ORIGIN, **_named(headers)})

    def pressed(self, page: Page, button: str, answers: dict[str, Any] | None = None, **headers: str) -> Page:
        """Press a button and return the page."""
        return Page(self.press(page, button, answers, **headers))

    def pay_in_sandbox(self, card: str = CARD_NUMBER, link: str = "plink_honey", **changes: str) -> str:
        """Pay the newest attempt with a test card. Return the address that Checkout redirects to."""
        attempt = self.store.attempts_of_link(link)[0]
        assert attempt.session_url is not None
        checkout = Page(self.client.get(attempt.session_url))
        values = checkout.values() | {
            **BUYER,
            **CARD,
            "card_number": card,
            **changes,
        }
        answer = self.client.post(attempt.session_url, data=values, headers=SAME_ORIGIN)
        assert answer.status_code == 303, answer.text
        return str(answer.location)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    environment = {
        "DATABASE_URL": migrated_database(tmp_path / "counterfoil.db"),
        "PUBLIC_URL": "http://localhost",
        "SECRET_KEY": "s" * 43,
        "STRIPE_WEBHOOK_SECRET": "whsec_" + "w" * 43,
        "RATE_LIMIT_PAY_ADDRESS": "1000/minute",
        "RATE_LIMIT_PREVIEW": "1000/minute",
        "RATE_LIMIT_RETURN": "1000/minute",
        "RATE_LIMIT_CODES_ADDRESS": "1000/minute",
        "RATE_LIMIT_CODES_LINK": "1000/minute",
    }
    return read_config(environment, data=tmp_path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(config: Config, clock: Clock) -> Iterator[WebShop]:
    app = assemble(config, now=clock)
    shop = WebShop(app)
    shop.store.add_organization(an_organization())
    yield shop
    shop.close()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JSONFormatter())
    requests = logging.getLogger("app.requests")
    level = requests.level
    requests.addHandler(handler)
    requests.setLevel(logging.INFO)
    yield stream
    requests.removeHandler(handler)
    requests.setLevel(level)


def lines(log: io.StringIO, path: str) -> list[dict[str, Any]]:
    """Return the log lines of requests below this path."""
    told = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in told if line["path"].startswith(path)]
