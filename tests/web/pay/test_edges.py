"""Rules of every route: headers, languages, limits and health; also webhooks, QR codes and stylesheets."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image

from app.application import assemble
from app.config import Config
from app.sandbox.deliveries import sign
from app.store import open_engine
from app.web.display.formatting import date
from app.web.display.languages import choose_locale
from app.web.http.security_headers import content_security_policy
from tests.support.build import NOW, a_link, an_organization
from tests.support.clock import Clock
from tests.support.page import SAME_ORIGIN
from tests.web.conftest import WebShop

PUBLIC = [
    "/pay/honey", "/pay/honey/embed", "/pay/honey/qr.svg", "/pay/unknown", "/pay/honey/complete/x", "/nowhere",
    "/healthz", "/readyz", "/brand/0e585c.css", "/brand/nonsense.css", "/static/css/counterfoil.css", "/v1/payment_links",
]  # fmt: skip


def policy(response: Any) -> dict[str, list[str]]:
    directives = response.headers["Content-Security-Policy"].split("; ")
    return {name: values for name, *values in (directive.split(" ") for directive in directives)}


@pytest.mark.parametrize("path", PUBLIC)
def test_every_response_has_security_headers_and_sets_no_cookie(shop: WebShop, path: str) -> None:
    shop.add()
    answer = shop.client.get(path, buffered=True)
    assert "Set-Cookie" not in answer.headers
    assert policy(answer)["default-src"] == ["'none'"]
    assert policy(answer)["base-uri"] == ["'none'"]
    assert policy(answer)["frame-ancestors"] == ["'none'"]
    for directive in ("script-src", "style-src", "connect-src"):
        assert policy(answer)[directive] == ["'self'"]
    assert policy(answer)["img-src"] == ["'self'", "https:", "data:"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
    assert "Strict-Transport-Security" not in answer.headers
    assert answer.headers["Request-Id"].startswith("req_")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        pytest.param("GET", "/pay/honey", {"Host": "a" * 64}, 400, id="a host that can be none"),
        pytest.param("TRACE", "/pay/honey", {}, 405, id="another method of a page"),
        pytest.param("GET", "/webhooks/stripe", {}, 405, id="another method of a program's route"),
        pytest.param("PROPFIND", "/v1/payment_links", {}, 405, id="another method of the API"),
        pytest.param("OPTIONS", "/pay/honey", {}, 200, id="what may be asked"),
        pytest.param("GET", "/static/none.css", {}, 404, id="a file that is not there"),
        pytest.param("GET", "/v1//payment_links", {}, 404, id="two slashes"),
    ],
)
def test_unknown_requests_are_answered_with_security_headers(
    shop: WebShop, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    shop.add()
    answer = shop.client.open(path, method=method, headers=headers)
    assert answer.status_code == status
    assert policy(answer)["default-src"] == ["'none'"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("Allow" in answer.headers) is (status in (200, 405))


@pytest.mark.parametrize(
    "path", ["/pay/honey", "/pay/honey/", "/pay//honey", "//honey", "/v1//events", "/pay/honey/preview"]
)
def test_no_answer_repeats_the_host_that_a_request_names(shop: WebShop, path: str) -> None:
    shop.sell()
    named = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = shop.client.get(path, headers=named)
    assert "evil.example" not in answer.text
    assert "evil.example" not in str(answer.headers)


def test_only_listed_origins_may_frame_and_only_the_embed_route(shop: WebShop) -> None:
    shop.add(a_link(counterfoil={"embed_origins": ("https://shop.example", "http://localhost:9000")}))
    framed = shop.client.get("/pay/honey/embed")
    assert policy(framed)["frame-ancestors"] == ["https://shop.example", "http://localhost:9000"]
    assert "X-Frame-Options" not in framed.headers
    for path in ("/pay/honey", "/pay/honey/qr.svg"):
        assert policy(shop.client.get(path))["frame-ancestors"] == ["'none'"]
    assert policy(shop.client.post("/pay/honey/preview"))["frame-ancestors"] == ["'none'"]
    assert policy(shop.client.post("/pay/honey/embed"))["frame-ancestors"][0] == "https://shop.example"


def test_the_policy_allows_forms_to_checkout_and_to_the_merchants_redirect(shop: WebShop) -> None:
    redirect = {"type": "redirect", "redirect": {"url": "https://shop.example:8443/thanks?s={CHECKOUT_SESSION_ID}"}}
    shop.add(a_link(after_completion=redirect))
    form_action = policy(shop.client.get("/pay/honey"))["form-action"]
    own = ["'self'", "http://localhost", "https://checkout.stripe.com"]
    assert form_action == [*own, "https://shop.example:8443"]
    assert policy(shop.client.get("/pay/unknown"))["form-action"] == own


def test_the_policy_allows_forms_to_the_public_origin_on_every_host(shop: WebShop) -> None:
    shop.add()
    answer = shop.client.get("/pay/honey", base_url="http://127.0.0.1:8000")
    assert "http://localhost" in policy(answer)["form-action"]


def test_a_policy_without_origins_forbids_frames() -> None:
    assert "frame-ancestors 'none'" in content_security_policy([], [])


def test_https_responses_have_strict_transport_security(shop: WebShop) -> None:
    shop.add()
    answer = shop.client.get("/pay/honey", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_pages_with_data_of_a_buyer_are_not_cached(shop: WebShop) -> None:
    shop.add()
    # Without no-store, going back from Checkout finds the same form.
    assert shop.client.get("/pay/honey").headers["Cache-Control"] == "private, no-cache"
    assert shop.client.head("/pay/honey").headers["Cache-Control"] == "private, no-cache"
    assert shop.client.get("/pay/unknown").headers["Cache-Control"] == "no-store"


def test_static_files_have_a_hash_in_their_address_and_are_cached_forever(shop: WebShop) -> None:
    shop.add()
    sheet = shop.open().root.first("link", rel="stylesheet")["href"]
    assert "?v=" in sheet
    assert "immutable" in shop.client.get(sheet, buffered=True).headers["Cache-Control"]
    unversioned = shop.client.get("/static/css/counterfoil.css", buffered=True)
    assert "immutable" not in unversioned.headers["Cache-Control"]


def test_a_stored_link_with_too_many_origins_uses_those_that_fit_into_a_header(shop: WebShop) -> None:
    origins = [f"https://site-{number:02}.example.com" for number in range(100)]
    shop.add(a_link(counterfoil={"embed_origins": origins}))
    answer = shop.client.get("/pay/honey/embed")
    told = policy(answer)["frame-ancestors"]
    assert told == origins[: len(told)]
    assert len(" ".join(told)) <= 1800 < len(" ".join(origins[: len(told) + 1]))


def test_the_longest_headers_of_a_page_leave_room_for_those_of_servers(config: Config, clock: Clock) -> None:
    host = ".".join([*["h" * 62] * 3, "h" * 60, "ex"])
    checkout = (f"https://{'c' * 580}.example",)
    config = replace(config, public_url=f"https://{host}", stripe_checkout_origins=checkout)
    shop = WebShop(assemble(config, now=clock))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    redirect = {"type": "redirect", "redirect": {"url": f"https://{host}:65535/"}}
    origins = [f"https://{'o' * 1770}.example"]
    shop.add(a_link(after_completion=redirect, counterfoil={"embed_origins": origins}))
    answer = shop.client.get("/pay/honey/embed", base_url=f"https://{host}")
    assert origins[0] in answer.headers["Content-Security-Policy"]
    assert sum(len(f"{name}: {value}\r\n") for name, value in answer.headers) <= 4096 - 200


def test_a_stored_redirect_that_is_too_long_for_a_header_is_replaced_by_our_confirmation(shop: WebShop) -> None:
    url = "https://shop.example/" + "p" * 4000
    shop.sell(a_link(after_completion={"type": "redirect", "redirect": {"url": url}}))
    shop.press(shop.open(), "Continue to payment")
    back = shop.open(shop.pay_in_sandbox())
    assert back.status == 200
    assert "Location" not in back.response.headers


@pytest.mark.parametrize("version", ["1", "", "0" * 12, "another file's"])
def test_a_static_file_with_a_wrong_hash_is_not_cached_forever(shop: WebShop, version: str) -> None:
    shop.add()
    own = shop.open().root.first("link", rel="stylesheet")["href"].partition("?v=")[2]
    path, sent = ("img/icon.svg", own) if version == "another file's" else ("css/counterfoil.css", version)
    answer = shop.client.get(f"/static/{path}?v={sent}", buffered=True)
    assert "immutable" not in answer.headers.get("Cache-Control", "")
    missing = shop.client.get(f"/static/css/none.css?v={sent}")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize(
    "path",
    ["//console/login", "//pay/honey", "///pay/honey", "//v1/payment_links", "//static/css/counterfoil.css", "//"],
)
def test_an_address_that_starts_with_two_slashes_is_not_found(shop: WebShop, path: str) -> None:
    shop.add()
    answer = shop.client.get("/", environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_pages_load_nothing_from_other_hosts(shop: WebShop) -> None:
    shop.add()
    page = shop.open()
    loaded = [element.get("src") for element in page.root if element.get("src")]
    loaded += [link["href"] for link in page.root.all("link") if link["rel"] not in ("canonical", "alternate")]
    assert loaded
    assert all(str(address).startswith("/") for address in loaded)


def test_the_page_in_a_frame_has_no_header_and_its_form_leaves_the_frame(shop: WebShop) -> None:
    shop.sell(a_link(counterfoil={"embed_origins": ("https://shop.example",)}))
    page = shop.open("/pay/honey/embed")
    assert not page.root.all("header")
    assert not page.root.all("footer")
    assert "embedded" in page.root.first("body")["class"].split()
    assert (page.form["action"], page.form["target"]) == ("/pay/honey", "_top")
    assert page.form["data-hx-post"] == "/pay/honey/embed"
    assert page.text.startswith("Test mode")
    for button in page.form.all("button"):
        if button.get("formaction"):
            assert button["formaction"].partition("?")[0] == "/pay/honey/embed"
            assert button["formtarget"] == "_self"
    assert page.link("open the payment page in a new tab")["target"] == "_blank"
    refused = shop.client.post("/pay/honey", data={}, headers=SAME_ORIGIN)
    assert "<header>" in refused.text
    assert shop.press(page, "Continue to payment").status_code == 303


@pytest.mark.parametrize(
    ("wishes", "spoken", "expected"),
    [
        ([None, None], {"en"}, "en"),
        (["de"], {"en"}, "en"),
        (["de"], {"en", "de"}, "de"),
        (["de-AT", "fr"], {"en", "de"}, "de"),
        (["en-gb"], {"en"}, "en-GB"),
        (["en-US"], {"en"}, "en"),
        (["auto", "de"], {"en", "de"}, "de"),
        (["xx", "ar"], {"en", "ar"}, "ar"),
        (["../../etc", "de"], {"en", "de"}, "de"),
        (["", "pt-BR"], {"en", "pt"}, "pt-BR"),
    ],
)
def test_the_first_supported_wish_is_the_language(wishes: list[str | None], spoken: set[str], expected: str) -> None:
    assert choose_locale(wishes, frozenset(spoken)) == expected


def test_the_page_declares_its_language_and_checkout_gets_the_requested_one(shop: WebShop) -> None:
    link = shop.sell(a_link(counterfoil={"locale": "fr"}))
    page = shop.open("/pay/honey?locale=en-GB")
    assert page.root.first("html")["lang"] == "en-GB"
    shop.press(page, "Continue to payment")
    assert shop.store.attempts_of_link(link.id)[0].session_params["locale"] == "en-GB"
    plain = shop.open()
    shop.press(plain, "Continuer vers le paiement")
    assert shop.store.attempts_of_link(link.id)[0].session_params["locale"] == "fr"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "30\u00a0November 2026"),
        ("de", "30.\u00a0November 2026"),
        ("fr", "30\u00a0novembre 2026"),
        ("ja", "2026年11月30日"),
    ],
)
def test_day_and_month_never_part_at_the_end_of_a_line(shop: WebShop, locale: str, expected: str) -> None:
    from flask import g

    with shop.app.test_request_context("/"):
        g.page_locale = locale
        assert date(1_796_036_400, "Europe/Vienna") == expected


def test_health_and_readiness(shop: WebShop, config: Config, tmp_path: Path) -> None:
    assert shop.client.get("/healthz").json == {"status": "ok"}
    assert shop.client.get("/readyz").json == {"status": "ok"}
    empty = assemble(replace(config, database_url=f"sqlite:///{tmp_path}/empty.db"), now=Clock()).test_client()
    assert empty.get("/healthz").status_code == 200
    answer = empty.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["status"] == "migrations pending"


def test_readiness_reports_a_database_that_cannot_be_reached(config: Config, tmp_path: Path) -> None:
    a_folder = replace(config, database_url=f"sqlite:///{tmp_path}", stripe_secret_key="sk_" + "test_" + "x")
    client = assemble(a_folder, now=Clock()).test_client()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "database unreachable"})
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("header", [None, "", "nonsense", "t=1,v1=00", f"t={NOW},v1={'0' * 64}"])
def test_an_event_without_stripes_signature_is_refused_with_json(shop: WebShop, header: str | None) -> None:
    headers = {"Stripe-Signature": header} if header is not None else {}
    answer = shop.client.post("/webhooks/stripe", data=json.dumps({"object": "event"}), headers=headers)
    assert answer.status_code == 400
    assert answer.is_json


def test_an_event_is_stored_exactly_as_stripe_sent_it(shop: WebShop, config: Config) -> None:
    body = (
        f'{{"object": "event",  "id": "evt_1", "created": {NOW}, "data": {{"object": {{}}}}, "type": "x", "new": "ü"}}'
    )
    headers = {"Stripe-Signature": sign(body.encode(), config.stripe_webhook_secret or "", NOW)}
    for _ in range(2):
        answer = shop.client.post("/webhooks/stripe", data=body.encode(), headers=headers)
        assert (answer.status_code, answer.json) == (200, {"received": True, "outcome": "ignored"})
    kept = open_engine(config.database_url).rows("SELECT document FROM events")
    assert kept == [{"document": body}]


def test_a_huge_event_is_refused(shop: WebShop) -> None:
    assert shop.client.post("/webhooks/stripe", data=b"x" * 600_000).status_code == 413


def test_a_links_address_is_a_qr_code_in_any_size(shop: WebShop) -> None:
    shop.add()
    plain = shop.client.get("/pay/honey/qr.svg")
    assert plain.mimetype == "image/svg+xml"
    assert "style" not in plain.text
    assert "http://localhost/pay/honey" in plain.text
    large = shop.client.get("/pay/honey/qr.svg?size=10&margin=0")
    assert large.text != plain.text
    assert shop.client.get("/pay/honey/qr.svg?size=x&margin=-1").text == plain.text
    bounded = shop.client.get("/pay/honey/qr.svg?size=99999&margin=99999")
    assert bounded.text == shop.client.get("/pay/honey/qr.svg?size=40&margin=20").text
    assert "max-age" in plain.headers["Cache-Control"]
    again = shop.client.get("/pay/honey/qr.svg", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("colors", ["0e585c", "0e585c-ffd400"])
def test_a_brand_stylesheet_is_made_from_its_address(shop: WebShop, colors: str) -> None:
    answer = shop.client.get(f"/brand/{colors}.css")
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "--brand: #0e585c" in answer.text


@pytest.mark.parametrize("colors", ["0e585", "0e585g", "0E585C", "0e585c-", "}body{"])
def test_an_invalid_colour_makes_no_stylesheet(shop: WebShop, colors: str) -> None:
    assert shop.client.get(f"/brand/{colors}.css").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/pay/honey"),
        ("POST", "/v1/payment_links"),
        ("POST", "/webhooks/stripe"),
        ("POST", "/api/payment-links/honey/stripe_checkout_session"),
    ],
)
def test_the_message_of_a_database_error_is_only_logged(
    config: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture, method: str, path: str
) -> None:
    config = replace(config, database_url=f"sqlite:///{tmp_path}/empty.db")
    without_tables = assemble(config, now=Clock()).test_client()
    event = {"id": "evt_1", "object": "event", "created": NOW, "data": {"object": {}}, "livemode": False, "type": "x"}
    body = json.dumps(event).encode()
    headers = {
        "Authorization": "Bearer bc_" + "0" * 96,
        "Stripe-Signature": sign(body, config.stripe_webhook_secret or "", NOW),
    }
    answer = without_tables.open(path, method=method, data=body, headers=headers)
    assert answer.status_code == 503
    assert "no such table" not in answer.text
    assert "no such table" in caplog.text


@pytest.mark.parametrize(
    ("query", "size", "margin"), [("", 10, 4), ("?size=3&margin=0", 3, 0), ("?size=999&margin=999", 20, 20)]
)
def test_a_qr_code_in_pixels_is_that_of_the_address(shop: WebShop, query: str, size: int, margin: int) -> None:
    shop.add()
    answer = shop.client.get(f"/pay/honey/qr.png{query}")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/png", "public, max-age=86400")
    drawn = Image.open(io.BytesIO(answer.data)).convert("L")
    modules = segno.make("http://localhost/pay/honey", error="m", micro=False).matrix
    assert drawn.width == drawn.height == (len(modules) + 2 * margin) * size
    middle = [(margin + place) * size + size // 2 for place in range(len(modules))]
    assert [[drawn.getpixel((x, y)) == 0 for x in middle] for y in middle] == [
        [bool(dark) for dark in row] for row in modules
    ]
