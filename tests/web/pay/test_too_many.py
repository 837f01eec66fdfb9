"""A post over its limit keeps the page: header, form, answers, and first of all when to press the button again."""

from dataclasses import replace
from typing import Any

import pytest

from app.application import assemble
from app.config import Config
from app.web.pay.notices import too_many_requests
from tests.support.build import NOW, a_custom_price, a_line, a_link, adjustable, an_organization
from tests.support.clock import Clock
from tests.support.page import SAME_ORIGIN, Page, tidy
from tests.web.conftest import WebShop

GREETING = {"key": "greeting", "label": {"type": "custom", "custom": "Greeting"}, "type": "text"}


def limited(config: Config, **limits: Any) -> WebShop:
    """Return a shop with one link that asks for a greeting."""
    shop = WebShop(assemble(replace(config, **limits), now=Clock()))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    shop.sell(a_link(custom_fields=[GREETING]))
    return shop


def press_twice(shop: WebShop, button: str, answer: str = "To <Ada> & Bo") -> Page:
    shop.press(shop.open(), button, {"Greeting": answer})
    return shop.pressed(shop.open(), button, {"Greeting": answer})


def test_a_post_over_its_limit_keeps_header_form_and_answers(config: Config) -> None:
    shop = limited(config, rate_limit_pay_address="1/minute")
    page = press_twice(shop, "Continue to payment")
    assert page.status == 429
    assert 1 <= int(page.headers["Retry-After"]) <= 60
    assert page.notice == "Wait one minute, then press the button again"
    assert page.title == "Wait one minute, then press the button again – Hillside Apiary"
    assert page.heading == "Jar of honey"
    assert page.field("Greeting")["value"] == "To <Ada> & Bo"
    assert page.has_button("Continue to payment")
    assert page.root.all("p", class_="merchant")
    assert "Your answers are kept below and nothing was charged." in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert len(shop.store.attempts_of_link("plink_honey")) == 1


def test_the_notice_stands_before_every_question(config: Config) -> None:
    page = press_twice(limited(config, rate_limit_pay_address="1/minute"), "Continue to payment")
    payment = page.by_id("payment")
    text = tidy(payment.text)
    assert text.index("Wait one minute") < text.index("Greeting")


def test_wrong_answers_are_not_marked_when_there_is_nothing_to_do_but_wait(config: Config) -> None:
    page = press_twice(limited(config, rate_limit_pay_address="1/minute"), "Continue to payment", answer="")
    assert page.status == 429
    assert page.errors() == []


def test_the_form_can_be_sent_when_the_time_is_over(config: Config) -> None:
    shop = limited(config, unpaid_per_address="1/hour")
    page = press_twice(shop, "Continue to payment")
    assert (page.status, page.notice) == (429, "Wait 60 minutes, then press the button again")
    shop.clock.now += 3600
    sent = {**page.values(), "custom_fields[greeting]": "To Ada"}
    assert shop.client.post(page.form["action"], data=sent, headers=SAME_ORIGIN).status_code == 303


@pytest.mark.parametrize("limit", ["rate_limit_pay_link", "unpaid_per_address"])
def test_other_limits_of_the_button_keep_the_form_too(config: Config, limit: str) -> None:
    page = press_twice(limited(config, **{limit: "1/minute"}), "Continue to payment")
    assert (page.status, page.field("Greeting")["value"]) == (429, "To <Ada> & Bo")
    assert 1 <= int(page.headers["Retry-After"]) <= 60


def test_a_preview_without_script_keeps_the_form(config: Config) -> None:
    page = press_twice(limited(config, rate_limit_preview="1/minute"), "Check")
    assert (page.status, page.notice) == (429, "Wait one minute, then press the button again")
    assert page.field("Greeting")["value"] == "To <Ada> & Bo"
    assert "Retry-After" in page.headers


def test_a_preview_with_script_is_answered_without_a_form_so_that_the_page_keeps_its_own(config: Config) -> None:
    shop = limited(config, rate_limit_preview="1/minute")
    sent = shop.open().values()
    headers = {"HX-Request": "true", **SAME_ORIGIN}
    shop.client.post("/pay/honey/preview", data=sent, headers=headers)
    answer = shop.client.post("/pay/honey/preview", data=sent, headers=headers)
    assert (answer.status_code, 'id="pay"' in answer.text) == (429, False)
    assert "Retry-After" in answer.headers


def test_an_unknown_link_is_still_unknown(config: Config) -> None:
    shop = limited(config, rate_limit_pay_address="1/minute")
    assert [shop.client.post("/pay/unknown").status_code for _ in range(2)] == [404, 404]


def test_a_closed_link_says_so_whatever_the_limit(config: Config) -> None:
    shop = limited(config, rate_limit_pay_address="1/minute")
    shop.add(a_link(id="plink_2", active=False, counterfoil={"code": "2"}))
    assert [shop.client.post("/pay/2").status_code for _ in range(2)] == [410, 410]


def test_a_page_that_is_opened_over_its_limit_is_the_plain_state(config: Config) -> None:
    shop = limited(config, rate_limit_preview="1/minute")
    shop.add(a_link(id="plink_codes", allow_promotion_codes=True, counterfoil={"code": "codes"}))
    shop.open("/pay/codes?prefilled_promo_code=NONE")
    page = shop.open("/pay/codes?prefilled_promo_code=NONE")
    assert (page.status, page.heading) == (429, "Too many attempts from your network")
    assert page.link("Try again")["href"] == "/pay/codes?prefilled_promo_code=NONE"


@pytest.mark.parametrize(
    ("seconds", "title"),
    [
        (1, "Wait one minute, then press the button again"),
        (60, "Wait one minute, then press the button again"),
        (61, "Wait 2 minutes, then press the button again"),
        (7200, "Wait 120 minutes, then press the button again"),
        (7201, "Wait 3 hours, then press the button again"),
    ],
)
def test_the_wait_is_told_in_minutes_or_hours(shop: WebShop, seconds: int, title: str) -> None:
    with shop.app.test_request_context("/"):
        assert too_many_requests(seconds).title == title


@pytest.mark.parametrize("limit", ["rate_limit_pay_address", "rate_limit_preview"])
def test_the_total_of_a_post_over_its_limit_is_that_of_its_answers(config: Config, limit: str) -> None:
    shop = limited(config, **{limit: "1/minute"})
    gift = a_line(a_custom_price(100), id="li_gift")
    shop.sell(a_link(a_line(adjustable_quantity=adjustable(1, 9)), gift, id="plink_2", counterfoil={"code": "jars"}))
    button = "Continue to payment" if limit == "rate_limit_pay_address" else "Update total"
    shop.press(shop.open(), button)
    page = shop.open("/pay/jars")
    amount = next(name for name in page.values() if name.endswith("[unit_amount]"))
    quantity = next(name for name in page.values() if name.endswith("[quantity]"))
    values = {**page.values(), amount: "7.50", quantity: "3"}
    path = "/pay/jars" if limit == "rate_limit_pay_address" else "/pay/jars/preview"
    again = Page(shop.client.post(path, data=values, headers=SAME_ORIGIN))
    assert again.status == 429
    assert (again.values()[amount], again.values()[quantity]) == ("7.50", "3")
    assert again.root.first("span", class_="sum").text == "€45.00"
