"""An organization with a connected account: every request to Stripe for it has the header `Stripe-Account`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from app.application import assemble
from app.config import Config
from app.services.accounts import keys
from app.web.http.context import EXTENSION, Context
from tests.api.conftest import ApiShop
from tests.gateway.stripe_shaped import KEY, StripeShaped, a_session
from tests.support.answers import json_of
from tests.support.build import NOW
from tests.support.clock import Clock
from tests.support.http_server import served

A_PRICE = {
    "id": "price_1",
    "object": "price",
    "active": True,
    "billing_scheme": "per_unit",
    "created": 1,
    "currency": "eur",
    "livemode": False,
    "metadata": {},
    "product": {"id": "prod_1", "object": "product", "active": True, "created": 1, "livemode": False, "name": "Honey"},
    "type": "one_time",
    "unit_amount": 1250,
    "unit_amount_decimal": "1250",
}


@dataclass
class Connected:
    """A shop with Stripe itself, and the requests that Stripe got."""

    shop: ApiShop
    stripe: StripeShaped


@pytest.fixture(params=["acct_hillside", None])
def connected(request: pytest.FixtureRequest, configured: Callable[..., Config]) -> Iterator[Connected]:
    recorder = StripeShaped([(200, A_PRICE, {}), (200, a_session(), {})])
    clock = Clock()
    with served(recorder) as address:
        app = assemble(configured(STRIPE_SECRET_KEY=KEY, SECRET_KEY="x" * 32, STRIPE_API_BASE=address), now=clock)
        context: Context = app.extensions[EXTENSION]
        context.store.migrate(NOW)
        organization = keys.create_organization(context.store, "Hillside", clock(), stripe_account=request.param)
        _, key = keys.create_key(context.store, organization.id, clock())
        yield Connected(ApiShop(app, organization.id, key), recorder)
        context.store.close()


def test_prices_are_read_and_sessions_made_for_the_connected_account(connected: Connected) -> None:
    shop = connected.shop
    link = shop.link(line_items=[{"price": "price_1", "quantity": 1}])
    answer = shop.http.post(f"/api/payment-links/{link.id}/stripe_checkout_session", headers=shop.headers())
    assert (answer.status_code, json_of(answer)["id"]) == (200, "cs_test_a1")
    asked = [(sent.method, sent.path, sent.headers.get("stripe-account")) for sent in connected.stripe.requests]
    account = shop.organization.stripe_account
    assert asked == [("GET", "/v1/prices/price_1", account), ("POST", "/v1/checkout/sessions", account)]
