"""Amounts below the minimum of their currency, which one payment method takes: iDEAL takes one cent."""

from typing import Any

import pytest

from app.errors import InvalidRequest
from app.objects.payment_link import PaymentLink
from tests.support.build import a_custom_price, a_line, a_link, a_price
from tests.support.page import Page
from tests.support.shop import price_data
from tests.web.conftest import WebShop

IDEAL: dict[str, Any] = {"payment_method_types": ["ideal"]}
BOTH: dict[str, Any] = {"payment_method_types": ["card", "ideal"]}


def cents(amount: int, **methods: Any) -> PaymentLink:
    return a_link(a_line(a_price(amount)), **methods)


@pytest.mark.parametrize("methods", [IDEAL, BOTH])
def test_a_payment_of_one_cent_can_begin_where_the_link_names_ideal(shop: WebShop, methods: dict[str, Any]) -> None:
    shop.sell(cents(1, **methods))
    page = shop.open()
    assert page.root.all(class_="error") == []
    assert shop.press(page, "Continue to payment").status_code == 303


def test_a_payment_of_one_cent_by_ideal_can_be_made(shop: WebShop) -> None:
    shop.sell(cents(1, **IDEAL))
    shop.press(shop.open(), "Continue to payment")
    shop.pay_in_sandbox()
    (attempt,) = shop.store.attempts_of_link("plink_honey")
    assert (attempt.state, attempt.amount_total) == ("paid", 1)


def test_a_card_does_not_pay_one_cent_where_ideal_does(shop: WebShop) -> None:
    shop.sell(cents(1, **BOTH))
    shop.press(shop.open(), "Continue to payment")
    (attempt,) = shop.store.attempts_of_link("plink_honey")
    assert attempt.session_url is not None
    checkout = Page(shop.client.get(attempt.session_url))
    answer = shop.client.post(attempt.session_url, data=checkout.fill({"Card number": "4242 4242 4242 4242"}))
    assert answer.status_code == 422
    assert "too small for this payment method" in answer.text


@pytest.mark.parametrize("methods", [{}, {"payment_method_types": ["card"]}])
def test_a_payment_of_one_cent_is_refused_where_the_link_does_not_name_ideal(
    shop: WebShop, methods: dict[str, Any]
) -> None:
    shop.sell(cents(1, **methods))
    assert shop.press(shop.open(), "Continue to payment").status_code == 422
    with pytest.raises(InvalidRequest, match=r"Stripe charges at least €0\.50"):
        shop.link(line_items=[{"price_data": price_data(1), "quantity": 1}], **methods)


def test_a_link_of_one_cent_can_be_created_for_ideal_in_euros_alone(shop: WebShop) -> None:
    assert shop.link(line_items=[{"price_data": price_data(1), "quantity": 1}], **IDEAL).active
    with pytest.raises(InvalidRequest, match=r"Stripe charges at least \$0\.50"):
        shop.link(line_items=[{"price_data": price_data(1, currency="usd"), "quantity": 1}], **IDEAL)


def test_an_amount_that_the_buyer_chooses_begins_at_one_cent_for_ideal(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_custom_price(None)), **IDEAL))
    shop.add(a_link(a_line(a_custom_price(None)), id="plink_2", counterfoil={"code": "card"}))
    assert "€0.01" in shop.open().text
    assert "€0.50" in shop.open("/pay/card").text
    assert "€0.01" not in shop.open("/pay/card").text
