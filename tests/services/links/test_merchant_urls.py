"""Addresses that every browser reads like we do, and addresses that some browsers read differently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidRequest
from app.services.links.merchant_urls import check_image, check_redirect_url, exact_origin, exact_origins

GOOD_REDIRECTS = [
    "https://shop.example.com",
    "https://shop.example.com/",
    "https://shop.example.com:8443/thanks?session_id={CHECKOUT_SESSION_ID}#top",
    "HTTPS://Shop.Example.com/thanks",
    "https://xn--bcher-kva.example/danke",
    "https://192.0.2.7/thanks",
    "https://[2001:db8::1]/thanks",
    "https://shop.example.com/bestätigt?name=Jürgen",
    "http://localhost:3000/thanks",
    "http://127.0.0.1:3000/thanks",
    "http://[::1]/thanks",
]

BAD_REDIRECTS = {
    "http": "http://shop.example.com/",
    "no scheme": "shop.example.com/thanks",
    "relative to the scheme": "//shop.example.com/",
    "relative": "/thanks",
    "script": "javascript:alert(1)",
    "data": "data:text/html,hello",
    "one slash": "https:/shop.example.com/",
    "three slashes": "https:///shop.example.com/",
    "no slashes": "https:shop.example.com",
    "user": "https://shop@evil.example/",
    "user and password": "https://shop:secret@evil.example/",
    "empty user": "https://@evil.example/",
    "backslash before the path": "https://shop.example.com\\@evil.example/",
    "backslashes": "https:\\\\shop.example.com",
    "backslash in the path": "https://shop.example.com/a\\b",
    "space": "https://shop.example.com/thank you",
    "leading space": " https://shop.example.com/",
    "tab": "https://shop.example.com/\tthanks",
    "line feed": "https://shop.example.com/\nthanks",
    "line feed at the end": "https://shop.example.com/\n",
    "NUL": "https://shop.example.com/\x00",
    "no-break space": "https://shop.example.com/\xa0",
    "right-to-left override": "https://shop.example.com/\u202etxt",
    "byte order mark": "\ufeffhttps://shop.example.com/",
    "no host": "https://",
    "port alone": "https://:443/",
    "empty port": "https://shop.example.com:/",
    "port in words": "https://shop.example.com:https/",
    "port 0": "https://shop.example.com:0/",
    "port above all": "https://shop.example.com:65536/",
    "number as host": "https://2130706433/",
    "short address": "https://127.1/",
    "octal address": "https://0177.0.0.1/",
    "hexadecimal address": "https://0x7f.0.0.1/",
    "hexadecimal end": "https://shop.0x10/",
    "half an address": "https://[::1/",
    "bad IPv6": "https://[1::2::3]/",
    "percent in the host": "https://shop%2eexample.com/",
    "fullwidth dot": "https://shop．example.com/",
    "other letters in the host": "https://bücher.example/",
    "placeholder in the host": "https://{CHECKOUT_SESSION_ID}.example.com/",
    "empty label": "https://shop..example.com/",
    "label of a hyphen": "https://-shop.example.com/",
    "a host that starts with localhost": "http://localhost.evil.example/",
}


@pytest.mark.parametrize("url", GOOD_REDIRECTS)
def test_an_unambiguous_address_is_accepted(url: str) -> None:
    check_redirect_url(url, "url")


@pytest.mark.parametrize("name", BAD_REDIRECTS)
def test_an_address_that_could_be_read_in_two_ways_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_redirect_url(BAD_REDIRECTS[name], "after_completion[redirect][url]")
    assert refused.value.param == "after_completion[redirect][url]"
    assert refused.value.code == "url_invalid"


LONG = {
    "as it is": "https://shop.example.com/" + "p" * 1976,
    "percent-encoded": "https://shop.example.com/" + "ü" * 330,
    "with the session's id": "https://shop.example.com/" + "{CHECKOUT_SESSION_ID}" * 30,
}


@pytest.mark.parametrize("name", LONG)
def test_an_address_that_would_not_fit_into_a_header_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="at most 2000 characters") as refused:
        check_redirect_url(LONG[name], "after_completion[redirect][url]")
    assert refused.value.param == "after_completion[redirect][url]"
    check_redirect_url("https://shop.example.com/" + "p" * 1975, "url")


def test_origins_that_would_not_fit_into_a_header_together_are_refused() -> None:
    many = [f"https://site-{number:02}.example.com" for number in range(100)]
    with pytest.raises(InvalidRequest, match="at most 1800 characters") as refused:
        exact_origins(many, "counterfoil[embed_origins]")
    assert refused.value.param == "counterfoil[embed_origins]"
    assert exact_origins(many[:60], "counterfoil[embed_origins]") == many[:60]
    assert exact_origins(many[:1] * 100, "counterfoil[embed_origins]") == many[:1]


ORIGINS = {
    "https://shop.example.com": "https://shop.example.com",
    "https://Shop.Example.COM": "https://shop.example.com",
    "https://shop.example.com:443": "https://shop.example.com",
    "https://shop.example.com:8443": "https://shop.example.com:8443",
    "https://bücher.example": "https://xn--bcher-kva.example",
    "https://straße.example": "https://xn--strae-oqa.example",
    "https://BÜCHER.example": "https://xn--bcher-kva.example",
    "http://localhost:3000": "http://localhost:3000",
    "http://localhost:80": "http://localhost",
    "http://127.0.0.1:8000": "http://127.0.0.1:8000",
    "https://shop.example.com:65535": "https://shop.example.com:65535",
    "https://оплата.рф": "https://xn--80aa5alfu.xn--p1ai",
}


@pytest.mark.parametrize("text", ORIGINS)
def test_an_origin_is_stored_as_browsers_send_it(text: str) -> None:
    assert exact_origin(text, "origin") == ORIGINS[text]


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "https://*",
        "https://*.example.com",
        "https://shop.example.com/",
        "https://shop.example.com/path",
        "https://shop.example.com?query",
        "https://shop.example.com#fragment",
        "https://user@shop.example.com",
        "https://shop.example.com https://evil.example",
        "https://shop.example.com;",
        "https://shop.example.com'",
        "http://shop.example.com",
        "http://[::1]",
        "https://[::1]",
        "https://[2001:db8::1]:8443",
        "https://shop.example.com:65536",
        "https://shop.example.com:99999",
        "https://shop.example.com:443443",
        "https://shop.example.com:0",
        "shop.example.com",
        "null",
        "'self'",
        "",
        "data:",
        "ftp://shop.example.com",
        "https://xn--.example",
        "https://\u2028.example",
    ],
)
def test_anything_but_an_exact_origin_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        exact_origin(text, "counterfoil[embed_origins][0]")


@given(st.text(max_size=60))
def test_any_text_is_an_origin_or_refused(text: str) -> None:
    for candidate in (text, f"https://{text}"):
        try:
            origin = exact_origin(candidate, "origin")
        except InvalidRequest:
            continue
        assert exact_origin(origin, "origin") == origin
        assert origin.isascii()
        assert not set(origin) & set(" ;,'\"\\*?#@")


@pytest.mark.parametrize(
    "image",
    [
        "http://shop.example/honey.jpg",
        "https://shop.example/müsli.jpg",
        "https://shop.example/a b.jpg",
        "https://user@shop.example/honey.jpg",
        "/pictures/honey.jpg",
        "/static/../pay/honey",
        "//shop.example/honey.jpg",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_image_that_pages_cannot_show_is_refused(image: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_image(image, "counterfoil[image]")
    assert (caught.value.param, caught.value.code) == ("counterfoil[image]", "url_invalid")


@pytest.mark.parametrize(
    "image", ["https://shop.example/honey.jpg?w=1", "/pictures/" + "0a" * 32 + ".webp", "/static/img/demo/item-jar.svg"]
)
def test_an_image_over_https_or_on_this_server_is_accepted(image: str) -> None:
    check_image(image, "counterfoil[image]")
