"""The address of Checkout: it must be one that every browser reads as an address of a listed origin."""

import pytest

from app.errors import GatewayRefused
from app.gateway.checkout_url import require_checkout_url, secure_origins

CHECKOUT = ("https://checkout.stripe.com", "https://pay.shop.example:8443")


@pytest.mark.parametrize(
    "url",
    [
        "https://checkout.stripe.com/c/pay/cs_live_a1#fidkdWxOYHwnPyd1blpxYHZxWjA0",
        "https://checkout.stripe.com",
        "https://checkout.stripe.com?session=cs_1",
        "https://pay.shop.example:8443/c/pay/cs_1",
    ],
)
def test_an_address_at_a_listed_origin_is_accepted(url: str) -> None:
    require_checkout_url(url, CHECKOUT)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(None, id="no address"),
        pytest.param("", id="an empty address"),
        pytest.param("http://checkout.stripe.com/c/pay/cs_1", id="plain http"),
        pytest.param("https://checkout.stripe.com.evil.example/", id="a longer host"),
        pytest.param("https://checkout.stripe.com@evil.example/", id="a host behind a user"),
        pytest.param("https://checkout.stripe.com:444/", id="another port"),
        pytest.param("https://evil.example/https://checkout.stripe.com/", id="the origin in a path"),
        pytest.param("https://checkout.stripe.com\\@evil.example/", id="a backslash"),
        pytest.param("https://checkout.stripe.com/\r\nX: 1", id="the end of a line"),
        pytest.param(" https://checkout.stripe.com/", id="a space before it"),
        pytest.param("https://checkout.stripe.com/ü", id="a letter that is not ASCII"),
        pytest.param("//checkout.stripe.com/", id="no scheme"),
        pytest.param("javascript:alert(1)//https://checkout.stripe.com/", id="a script"),
        pytest.param("https://pay.shop.example/", id="the listed host without its port"),
    ],
)
def test_any_other_address_is_refused(url: str | None) -> None:
    with pytest.raises(GatewayRefused):
        require_checkout_url(url, CHECKOUT)


def test_a_missing_address_is_refused_even_if_any_origin_is_allowed() -> None:
    require_checkout_url("https://anywhere.example/", None)
    with pytest.raises(GatewayRefused) as raised:
        require_checkout_url(None, None)
    assert raised.value.code == "checkout_url_missing"


def test_only_https_origins_and_this_machine_count() -> None:
    local = ("http://127.0.0.1", "http://127.0.0.1:8001", "http://localhost:3000", "http://[::1]:9")
    others = ("http://checkout.example", "http://127.0.0.1.example", "http://localhost.example:80")
    assert secure_origins((*CHECKOUT, *local, *others)) == (*CHECKOUT, *local)
