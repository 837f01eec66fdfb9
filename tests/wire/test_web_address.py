"""Web addresses: read as browsers read them, compared in punycode, shown in the letters of their language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire.web_address import AddressRefused, origin_of, read_address, readable


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://оплата.рф", "https://xn--80aa5alfu.xn--p1ai"),
        ("https://ОПЛАТА.РФ/", "https://xn--80aa5alfu.xn--p1ai"),
        ("https://XN--80AA5ALFU.XN--P1AI:443/pay", "https://xn--80aa5alfu.xn--p1ai"),
        ("http://bücher.example:8080", "http://xn--bcher-kva.example:8080"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://例え.テスト", "https://xn--r8jz45g.xn--zckzah"),
    ],
)
def test_two_spellings_of_one_origin_are_one(text: str, origin: str) -> None:
    assert read_address(text).origin == origin
    assert origin_of(text) == origin
    assert origin_of(origin) == origin


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://xn--80aa5alfu.xn--p1ai/pay/honey?a=1", "https://оплата.рф/pay/honey?a=1"),
        ("http://xn--bcher-kva.example:8080", "http://bücher.example:8080"),
        ("https://shop.example.com/pay/honey", "https://shop.example.com/pay/honey"),
        ("http://127.0.0.1:8000/pay/honey", "http://127.0.0.1:8000/pay/honey"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
        ("not an address", "not an address"),
    ],
)
def test_people_read_the_letters_behind_punycode(url: str, shown: str) -> None:
    assert readable(url) == shown


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for candidate in (text, f"https://{text}"):
        try:
            address = read_address(candidate)
        except AddressRefused:
            assert readable(candidate) == candidate
            continue
        assert address.origin.isascii()
        assert origin_of(readable(address.origin)) == address.origin
