"""Choices that a link cannot take: the messages have the names of the form, in the merchant's language, and no ids."""

from zoneinfo import ZoneInfo

import pytest

from app.errors import InvalidRequest
from app.web.console.editor.problems import message_of
from app.web.console.editor.texts import Manner
from tests.support.build import NOW
from tests.support.page import Page
from tests.web.console.conftest import Merchant
from tests.web.console.editor.test_new_link import HONEY, NEW, send


def test_ways_to_pay_that_are_refused_have_the_names_of_the_form_in_the_language_of_the_merchant(ada: Merchant) -> None:
    monthly = {"price_kind": "recurring", "line_items[0][price_data][recurring][interval]": "month"}
    page = Page(send(ada, HONEY | monthly | {"payment_method_types[]": ["card", "eps"]}))
    assert page.errors() == ["Untick EPS. It takes no payments for subscriptions"]
    held = HONEY | {"payment_intent_data[capture_method]": "manual", "payment_method_types[]": "eps"}
    (message,) = Page(send(ada, held)).errors()
    assert message.endswith("Tick another one, such as Card")
    page = ada.open(NEW)
    ada.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    (message,) = Page(send(ada, held, page)).errors()
    assert message.endswith("zum Beispiel Karte")


def test_what_the_account_offers_and_a_link_cannot_take_is_refused_without_ids(ada: Merchant) -> None:
    sdk = ada.shop.stock.sdk.v1
    in_usd = sdk.coupons.create({"amount_off": 200, "currency": "usd", "duration": "once"}).id
    page = Page(send(ada, HONEY | {"discount_kind": "always", "counterfoil[coupon]": in_usd}))
    assert page.errors() == ["This coupon takes off an amount in another currency. Choose one in EUR"]
    rate = sdk.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": True, "active": False}).id
    answer = send(ada, HONEY | {"tax_kind": "rates", "counterfoil[tax_rates][0]": rate})
    page = Page(answer)
    assert page.errors() == ["A tax rate is switched off at Stripe. Untick it"]
    product = sdk.products.create({"name": "Candle"}).id
    price = sdk.prices.create({"product": product, "unit_amount": 950, "currency": "eur", "active": False}).id
    page = Page(send(ada, HONEY | {"line_items[1][price]": price, "line_items[1][quantity]": "1"}))
    assert page.errors() == ["This price is archived, or its product is. Choose another one"]


def test_a_coupon_that_has_ended_is_refused_at_its_field(ada: Merchant) -> None:
    error = InvalidRequest("The coupon WINTER is no longer valid.", param="counterfoil[coupon]", code="coupon_expired")
    with ada.shop.app.test_request_context("/console/"):
        told = message_of(error, Manner("eur", "en", ZoneInfo("UTC")))
    assert told == ("counterfoil[coupon]", "This coupon has ended. Choose another one")


def test_a_coupon_that_has_ended_is_not_offered(ada: Merchant) -> None:
    coupon = ada.shop.stock.sdk.v1.coupons.create({"percent_off": 10, "duration": "once", "redeem_by": NOW + 60}).id
    assert coupon in [option.get("value") for option in ada.open(NEW).root.all("option")]
    ada.shop.clock.now += 120
    assert coupon not in [option.get("value") for option in ada.open(NEW).root.all("option")]


def test_an_archived_delivery_option_is_not_refused_for_its_currency(ada: Merchant) -> None:
    sdk = ada.shop.stock.sdk.v1
    given = {"display_name": "Parcel", "type": "fixed_amount", "fixed_amount": {"amount": 490, "currency": "eur"}}
    rate = sdk.shipping_rates.create(given).id
    sdk.shipping_rates.update(rate, {"active": False})
    ships = {"ships": "yes", "shipping_address_collection[allowed_countries]": "DE"}
    page = Page(send(ada, HONEY | ships | {"shipping_options[0][shipping_rate]": rate}))
    assert page.errors() == ["A delivery option is archived at Stripe. Untick it"]


def test_a_tax_rate_that_is_chosen_twice_is_not_refused_as_switched_off(ada: Merchant) -> None:
    sdk = ada.shop.stock.sdk.v1
    rate = sdk.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": True}).id
    twice = {"tax_kind": "rates", "counterfoil[tax_rates][0]": rate, "counterfoil[tax_rates][1]": rate}
    page = Page(send(ada, HONEY | twice))
    assert page.errors() == ["A tax rate is on the link twice. Remove one of the two"]


@pytest.mark.parametrize(
    "choice",
    [
        {"discount_kind": "always", "counterfoil[coupon]": "gone"},
        {"tax_kind": "rates", "counterfoil[tax_rates][0]": "txr_gone"},
        {
            "ships": "yes",
            "shipping_address_collection[allowed_countries]": "DE",
            "shipping_options[0][shipping_rate]": "shr_gone",
        },
        {"line_items[1][price]": "price_gone", "line_items[1][quantity]": "1"},
        {"optional_items[0][price]": "price_gone", "optional_items[0][quantity]": "1"},
    ],
    ids=["coupon", "tax rate", "delivery option", "price", "optional item"],
)
def test_a_choice_that_stripe_does_not_have_is_refused_without_its_id(ada: Merchant, choice: dict[str, str]) -> None:
    page = Page(send(ada, HONEY | choice))
    assert page.errors() == ["Stripe does not have this choice any more. Choose another one"]
