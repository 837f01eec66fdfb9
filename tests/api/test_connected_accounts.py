"""An organization with a connected account: every request to Stripe for it has the header `Stripe-Account`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from app.application import assemble
from app.config import Config
from app.objects.change import COMMAND_LINE
from app.objects.event import Event
from app.services.accounts import keys
from app.services.events import inbox
from app.web.http.context import EXTENSION, Context
from tests.api.conftest import ApiShop
from tests.gateway.stripe_shaped import KEY, StripeShaped, a_session, an_error
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
        organization = keys.create_organization(context.store, "Hillside", clock(), stripe_account=request.param)
        _, key = keys.create_key(context.store, organization.id, clock(), actor=COMMAND_LINE)
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


def test_a_revoked_account_is_a_conflict_and_is_recorded(connected: Connected) -> None:
    shop = connected.shop
    link = shop.link(line_items=[{"price": "price_1", "quantity": 1}])
    message = "The provided key does not have access to the account. Application access may have been revoked."
    connected.stripe.answers = [(403, an_error(message=message, code="account_invalid"), {})]
    answer = shop.http.post(f"/api/payment-links/{link.id}/stripe_checkout_session", headers=shop.headers())
    assert answer.status_code == 409
    assert json_of(answer)["message"] == message
    assert connected.stripe.requests[-1].headers.get("stripe-account") == shop.organization.stripe_account
    kept = shop.store.refusals([link.id])[link.id]
    assert (kept.message, kept.code) == (message, "account_invalid")


def test_only_news_of_the_links_own_account_closes_it(connected: Connected) -> None:
    shop = connected.shop
    link = shop.link(line_items=[{"price": "price_1", "quantity": 1}])
    own = shop.organization.stripe_account
    page = f"/pay/{link.counterfoil.code}"

    def tell(type: str, account: str | None) -> int:
        data = A_PRICE if type.startswith("price") else A_PRICE["product"]
        news = {
            "id": f"evt_{type}_{account}",
            "object": "event",
            "account": account,
            "created": NOW,
            "data": {"object": {**data, "active": False}},  # type: ignore[dict-item]  # a dictionary
            "livemode": False,
            "type": type,
        }
        inbox.receive(shop.store, shop.gateway, Event.read(news), NOW)
        return shop.http.get(page).status_code

    for type in ("price.deleted", "product.updated", "product.deleted"):
        for other in {"acct_hillside", "acct_stranger", None} - {own}:
            assert tell(type, other) == 200
    assert tell("price.deleted", own) == 409
