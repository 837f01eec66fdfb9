"""The pay POST redirects to Checkout, or shows the page again with all values. It never acts twice, or for another site."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.application import assemble
from app.config import Config
from app.services.checkout.reservation import ATTEMPTS_PER_FORM
from tests.support.build import NOW, a_line, a_link, adjustable, an_organization
from tests.support.clock import Clock
from tests.support.page import SAME_ORIGIN, Page
from tests.web.conftest import WebShop

TEXT: dict[str, Any] = {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text"}


def test_a_buyer_is_redirected_to_checkout_and_the_answers_are_stored(shop: WebShop) -> None:
    link = shop.sell(a_link(a_line(quantity=2, adjustable_quantity=adjustable(1, 10)), custom_fields=[TEXT]))
    page = shop.open("/pay/honey?client_reference_id=order-17&utm_source=x")
    answer = shop.press(page, "Continue to payment", {"Quantity of Jar of honey": "3", "Words": "Für Dich"})
    assert answer.status_code == 303
    attempt = shop.store.attempts_of_link(link.id)[0]
    assert answer.location == attempt.session_url
    assert attempt.quote.amount_total == 3750
    assert attempt.selection.answers.custom_fields == {"words": "Für Dich"}
    assert attempt.selection.url_parameters.client_reference_id == "order-17"
    assert attempt.session_params["client_reference_id"] == "order-17"
    assert "Set-Cookie" not in answer.headers


def test_a_double_click_opens_one_session(shop: WebShop) -> None:
    link = shop.sell()
    page = shop.open()
    first, second = shop.press(page, "Continue to payment"), shop.press(page, "Continue to payment")
    assert first.location == second.location
    assert len(shop.store.attempts_of_link(link.id)) == 1


def test_changed_answers_open_another_session_and_end_the_first(shop: WebShop) -> None:
    link = shop.sell(a_link(custom_fields=[TEXT]))
    page = shop.open()
    first = shop.press(page, "Continue to payment", {"Words": "one"})
    second = shop.press(page, "Continue to payment", {"Words": "two"})
    assert first.location != second.location
    assert [attempt.state for attempt in shop.store.attempts_of_link(link.id)] == ["opened", "canceled"]


def test_a_form_that_was_sent_too_often_is_shown_again_with_its_values_and_a_new_token(shop: WebShop) -> None:
    shop.sell(a_link(custom_fields=[TEXT]))
    page = shop.open()
    for number in range(ATTEMPTS_PER_FORM):
        assert shop.press(page, "Continue to payment", {"Words": f"answer {number}"}).status_code == 303
    again = shop.pressed(page, "Continue to payment", {"Words": "one more"})
    assert (again.status, again.notice) == (403, "Please send your order again")
    assert not again.errors()
    assert again.field("Words")["value"] == "one more"
    assert again.values()["csrf_token"] != page.values()["csrf_token"]
    assert shop.press(again, "Continue to payment").status_code == 303


@pytest.mark.parametrize(
    ("token", "later"),
    [
        pytest.param(None, 0, id="missing"),
        pytest.param("nonsense", 0, id="nonsense"),
        pytest.param("another link's", 0, id="another link's"),
        pytest.param("its own", 86_400, id="a day old"),
    ],
)
def test_a_bad_token_brings_the_page_again_with_values_kept(shop: WebShop, token: str | None, later: int) -> None:
    link = shop.sell(a_link(custom_fields=[TEXT]))
    shop.add(a_link(id="plink_other", counterfoil={"code": "other"}))
    values = shop.open().fill({"Words": "kept <b>"})
    if token is None:
        values.pop("csrf_token")
    elif token == "another link's":
        values["csrf_token"] = shop.open("/pay/other").values()["csrf_token"]
    elif token == "nonsense":
        values["csrf_token"] = token
    shop.clock.now += later
    page = Page(shop.client.post("/pay/honey", data=values, headers=SAME_ORIGIN))
    assert page.status == 403
    assert page.notice == "This page was open for a long time"
    assert not page.errors()
    assert page.field("Words")["value"] == "kept <b>"
    assert shop.store.attempts_of_link(link.id) == []
    assert shop.press(page, "Continue to payment").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example"},
    ],
)
def test_a_post_from_another_site_creates_nothing_and_the_buyer_can_send_it_again(
    shop: WebShop, headers: dict[str, str]
) -> None:
    link = shop.sell(a_link(custom_fields=[TEXT]))
    page = Page(shop.client.post("/pay/honey", data=shop.open().fill({"Words": "kept"}), headers=headers))
    assert (page.status, page.notice) == (403, "Please send this page again")
    assert page.field("Words")["value"] == "kept"
    assert shop.store.attempts_of_link(link.id) == []
    assert shop.press(page, "Continue to payment").status_code == 303


def test_our_own_origin_and_public_url_pass(shop: WebShop) -> None:
    shop.sell()
    for origin in ("http://localhost", "HTTP://LOCALHOST"):
        answer = shop.client.post("/pay/honey", data=shop.open().values(), headers={"Origin": origin})
        assert answer.status_code == 303


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        pytest.param("https://pay.example", 303, id="the public one, behind a proxy that names another host"),
        pytest.param("http://internal:8000", 303, id="the one that the request names"),
        pytest.param("https://internal:8000", 403, id="another scheme"),
        pytest.param("http://pay.example", 403, id="the public one without TLS"),
        pytest.param("http://forwarded.example", 403, id="one that nobody whom we trust has forwarded"),
    ],
)
def test_the_public_origin_and_the_origin_of_the_request_are_our_own(config: Config, origin: str, status: int) -> None:
    clock = Clock(NOW)
    shop = WebShop(assemble(replace(config, public_url="https://pay.example"), now=clock))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    shop.sell()
    headers = {"Origin": origin, "X-Forwarded-Host": "forwarded.example"}
    data = shop.open().values()
    answer = shop.client.post("/pay/honey", data=data, headers=headers, base_url="http://internal:8000")
    assert answer.status_code == status


def test_the_host_header_of_a_trusted_proxy_is_used(config: Config) -> None:
    clock = Clock(NOW)
    shop = WebShop(assemble(replace(config, trusted_proxies=1), now=clock))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    shop.sell()
    headers = {"Origin": "https://other.example", "X-Forwarded-Host": "other.example", "X-Forwarded-Proto": "https"}
    assert shop.client.post("/pay/honey", data=shop.open().values(), headers=headers).status_code == 303


def test_a_program_without_a_browsers_headers_needs_a_valid_token(shop: WebShop) -> None:
    shop.sell()
    assert shop.client.post("/pay/honey", data=shop.open().values()).status_code == 303
    assert shop.client.post("/pay/honey", data={}).status_code == 403


def test_a_post_to_a_link_that_was_deactivated_in_the_meantime_says_so(shop: WebShop) -> None:
    link = shop.sell()
    page = shop.open()
    changed = link.counterfoil.model_copy(update={"version": 2})
    shop.store.save_link(link.model_copy(update={"active": False, "counterfoil": changed}))
    assert shop.pressed(page, "Continue to payment").status == 410


def test_an_unreachable_stripe_shows_the_page_with_all_values_kept(config: Config) -> None:
    # Nothing listens on port 1.
    live = replace(
        config,
        stripe_secret_key="_".join(["sk", "live", "x" * 24]),
        stripe_api_base="http://127.0.0.1:1",
        secret_key="x" * 32,
        stripe_webhook_secret=None,
    )
    app: Flask = assemble(live, now=Clock(NOW))
    shop = WebShop(app)
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    shop.add(a_link(custom_fields=[TEXT]))
    opened = shop.open()
    assert "Test mode" not in opened.html
    page = shop.pressed(opened, "Continue to payment", {"Words": "kept"})
    assert (page.status, page.notice) == (503, "Payments are paused for a moment")
    assert page.field("Words")["value"] == "kept"
    # Stripe may have acted, so the same attempt is sent again instead of a new one.
    shop.pressed(page, "Continue to payment")
    assert len(shop.store.attempts_of_link("plink_honey")) == 1
    # Without a webhook secret, anyone could forge events.
    assert shop.client.post("/webhooks/stripe", data=b"{}").status_code == 404
    # In live mode, the page does not report ignored parameters.
    assert "ignored" not in shop.open("/pay/honey?client_reference_id=a+b").text
