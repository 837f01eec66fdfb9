"""Addresses of merchants, origins of POSTs, and URL parameters."""

import pytest
from werkzeug.datastructures import Headers

from app.objects.selection import UrlParameters
from app.web.display.safe_urls import image_url, link_url, mail_url
from app.web.http.same_origin import is_same_origin
from app.web.visit.url_parameters import query_string, read_url_parameters
from app.wire.web_address import origin_of

OURS = frozenset({"https://pay.example"})


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        pytest.param({"Sec-Fetch-Site": "same-origin", "Origin": "https://pay.example"}, True, id="our own page"),
        pytest.param({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True, id="framed by a host with no-referrer"),
        pytest.param({"Origin": "https://pay.example"}, True, id="a browser without Sec-Fetch"),
        pytest.param({"Origin": "HTTPS://PAY.EXAMPLE"}, True, id="the same in capitals"),
        pytest.param({}, True, id="a program"),
        pytest.param({"Sec-Fetch-Site": "none"}, True, id="typed, without an origin"),
        pytest.param({"Origin": "null"}, False, id="null origin alone"),
        pytest.param({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, False, id="a strict sandbox"),
        pytest.param({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, False, id="another site"),
        pytest.param({"Sec-Fetch-Site": "same-site", "Origin": "https://shop.pay.example"}, False, id="a sibling"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, False, id="another site without an origin"),
        pytest.param({"Origin": "https://pay.example.evil.example"}, False, id="a look-alike that starts alike"),
        pytest.param({"Origin": "https://evilpay.example"}, False, id="a look-alike that ends alike"),
        pytest.param({"Origin": "http://pay.example"}, False, id="without TLS"),
        pytest.param({"Origin": "https://pay.example:8443"}, False, id="another port"),
        pytest.param({"Origin": ""}, False, id="an empty origin"),
    ],
)
def test_only_posts_from_our_own_origin_pass(headers: dict[str, str], passes: bool) -> None:
    assert is_same_origin(Headers(headers), origins=lambda: OURS) is passes


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://Shop.Example/thanks?id={CHECKOUT_SESSION_ID}", "https://shop.example"),
        ("https://shop.example:443/", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("http://127.0.0.1:9000/x", "http://127.0.0.1:9000"),
        ("https://[::1]:80/", "https://[::1]:80"),
        ("https://bücher.example/danke", "https://xn--bcher-kva.example"),
        ("https://XN--BCHER-KVA.example", "https://xn--bcher-kva.example"),
        ("https://shop.example/thank you", "https://shop.example"),
        ("https://shop.example:65536/", None),
        ("https://shop.example:99999", None),
        ("https://shop.example\\@evil.example/", None),
        ("https://shop.example;script-src/", None),
        ("null", None),
        ("", None),
        ("https://user@shop.example/", None),
        ("ftp://shop.example/", None),
        (None, None),
    ],
)
def test_the_origin_of_an_address(text: str | None, origin: str | None) -> None:
    assert origin_of(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "//evil.example", "https://a@b.example", "https://a.example/\\", "https://a.example/ b",
        "https://a.example/\"x", "https://", "data:text/html,x", "https://a.example:99999", "", None,
    ],
)  # fmt: skip
def test_an_ambiguous_address_makes_no_link(text: str | None) -> None:
    assert link_url(text) is None
    assert image_url(text) is None


def test_images_must_be_https_or_our_own() -> None:
    assert image_url("https://cdn.example/a.png")
    assert image_url("/static/img/a.svg")
    assert image_url("http://cdn.example/a.png") is None
    assert image_url("/static/../secret") is None
    assert image_url("/elsewhere/a.png") is None


def test_an_invalid_e_mail_address_makes_no_link() -> None:
    assert mail_url("help@shop.example") == "mailto:help@shop.example"
    assert mail_url('a"onclick="x@b') is None
    assert mail_url("nobody") is None


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("prefilled_email", " buyer@shop.example ", "buyer@shop.example"),
        ("prefilled_email", "nobody", None),
        ("locked_prefilled_email", "buyer@shop.example", "buyer@shop.example"),
        ("client_reference_id", "Order_17-b", "Order_17-b"),
        ("client_reference_id", "order 17", None),
        ("client_reference_id", "x" * 200, "x" * 200),
        ("client_reference_id", "x" * 201, None),
        ("prefilled_promo_code", "OSSWORK", "OSSWORK"),
        ("prefilled_promo_code", "OSS-WORK", None),
        ("locale", "DE", "de"),
        ("locale", "en-gb", "en-GB"),
        ("locale", "tlh", None),
        ("utm_source", "news_letter-1", "news_letter-1"),
        ("utm_term", "two words", None),
        ("utm_campaign", "x" * 151, None),
    ],
)
def test_url_parameters_follow_stripes_rules_and_never_fail(name: str, value: str, kept: str | None) -> None:
    parameters, ignored = read_url_parameters({name: value})
    assert getattr(parameters, name) == kept
    assert ignored == ([] if kept else [name])


def test_unknown_parameters_are_not_reported() -> None:
    assert read_url_parameters({"fbclid": "x", "success_url": "https://evil.example"}) == (UrlParameters(), [])


def test_parameters_are_written_as_a_query_string() -> None:
    parameters = UrlParameters(prefilled_email="a+b@shop.example", utm_source="x")
    assert query_string(parameters) == "?prefilled_email=a%2Bb%40shop.example&utm_source=x"
    assert query_string(UrlParameters()) == ""
