"""Choices that a link cannot take: the messages have the names of the form, in the merchant's language, and no ids."""

from zoneinfo import ZoneInfo

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
