"""What Stripe refuses on the Bigcapital-style endpoint: its message, with the status of the person who can change something."""

from collections.abc import Callable
from typing import Any

import pytest

from app.application import assemble
from app.config import Config
from tests.api.bigcapital import ask
from tests.api.conftest import ApiShop, a_shop
from tests.support.answers import json_of
from tests.support.clock import Clock
from tests.support.refusing import Refusing, refusing


@pytest.fixture
def refused(configured: Callable[..., Config]) -> tuple[ApiShop, Refusing]:
    """A shop with a Stripe that can refuse sessions."""
    clock = Clock()
    app = assemble(configured(), now=clock)
    shop = a_shop(app, clock)
    return shop, refusing(app)


@pytest.mark.parametrize("kind", ["shipping rate", "tax rate", "coupon"])
def test_what_the_merchant_archived_is_a_conflict_with_stripes_message(shop: ApiShop, kind: str) -> None:
    sdk = shop.sdk.v1
    if kind == "shipping rate":
        amount = {"amount": 490, "currency": "eur"}
        rate = sdk.shipping_rates.create({"display_name": "Parcel", "fixed_amount": amount, "type": "fixed_amount"})
        countries = {"allowed_countries": ["AT"]}
        link = shop.link(shipping_options=[{"shipping_rate": rate.id}], shipping_address_collection=countries)
        sdk.shipping_rates.update(rate.id, {"active": False})
        message = "The shipping rate is archived."
    elif kind == "tax rate":
        tax = sdk.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": True})
        link = shop.link(counterfoil={"tax_rates": [tax.id]})
        sdk.tax_rates.update(tax.id, {"active": False})
        message = f"The tax rate {tax.id} is archived. This field only accepts active tax rates."
    else:
        coupon = sdk.coupons.create({"percent_off": 10})
        link = shop.link(counterfoil={"coupon": coupon.id})
        assert sdk.coupons.delete(coupon.id).deleted is True
        message = f"No such coupon: '{coupon.id}'"
    answer = ask(shop, link.id)
    assert answer.status_code == 409
    assert json_of(answer) == {"statusCode": 409, "message": message, "error": "Conflict"}


def test_an_archived_optional_item_is_not_offered_at_checkout(shop: ApiShop) -> None:
    gift = shop.price(400, product_data={"name": "Gift wrapping"})
    link = shop.link(optional_items=[{"price": gift, "quantity": 1}])
    shop.sdk.v1.prices.update(gift, {"active": False})
    answer = ask(shop, link.id)
    assert answer.status_code == 200
    session = shop.sdk.v1.checkout.sessions.retrieve(json_of(answer)["id"])
    assert not session.optional_items
    wanted = ask(shop, link.id, {"quantities": {gift: 1}})
    assert wanted.status_code == 400
    assert [error["field"] for error in json_of(wanted)["errors"]] == [f"quantities[{gift}]"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, {"message": "Invalid API Key provided: sk_test_****"}),
        (403, {"message": "The provided key does not have the required permissions for this endpoint."}),
        (403, {"message": "Application access may have been revoked.", "code": "account_invalid"}),
        (400, {"message": "The currency provided (usd) is not supported by ideal.", "param": "payment_method_types"}),
        (400, {"message": "The amount is too large.", "code": "amount_too_large", "param": "line_items"}),
    ],
)
def test_what_only_the_merchant_can_change_is_a_conflict_with_stripes_message(
    refused: tuple[ApiShop, Refusing], status: int, error: dict[str, Any]
) -> None:
    shop, stripe = refused
    link = shop.link()
    stripe.refuse(status=status, **error)
    answer = ask(shop, link.id)
    assert answer.status_code == 409
    message = "Stripe does not accept the API key." if status == 401 else error["message"]
    assert json_of(answer) == {"statusCode": 409, "message": message, "error": "Conflict"}


def test_what_the_caller_can_change_is_named_with_stripes_message(refused: tuple[ApiShop, Refusing]) -> None:
    shop, stripe = refused
    link = shop.link()
    stripe.refuse("Invalid email address: a@b.example", code="email_invalid", param="customer_email")
    answer = ask(shop, link.id, {"answers": {"email": "a@b.example"}})
    assert answer.status_code == 400
    assert json_of(answer)["errors"] == [
        {
            "statusCode": 400,
            "type": "ANSWERS_REFUSED",
            "message": "Invalid email address: …",
            "field": "answers[email]",
        }
    ]


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_errors_of_stripe_stay_a_bad_gateway(refused: tuple[ApiShop, Refusing], status: int) -> None:
    shop, stripe = refused
    link = shop.link()
    stripe.refuse("Later.", status=status)
    assert ask(shop, link.id).status_code == 502
