"""Buyers' pages in languages of every script, in a window of 320 pixels: nothing leaves the window, and no button cuts its text."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.shop import DemoShop
from tests.browser.test_long_texts import NARROW, OUTSIDE
from tests.browser.visits import expect_fits

LANGUAGES = ["de", "fr", "fi", "hu", "pl", "ru", "el", "ja", "ko", "zh-TW", "th", "vi", "ar", "he"]
ADDRESSES = [
    "/pay/spring-box",
    "/pay/candle-club-welcome",
    "/pay/2026-0042",
    "/pay/dipping?prefilled_promo_code=NONE",
    "/pay/dipping/embed",
    "/pay/summer-box",
    "/pay/nothing-here",
    "/sandbox/checkout/cs_unknown",
    "/",
]

ORDER_OF_DIGITS = """() => Array.from(document.querySelectorAll("td code")).filter((code, at) => at === 0 || at === 3).map((code) => {
  const text = code.firstChild;
  const places = Array.from(text.data, (sign, at) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return [range.getBoundingClientRect().left, sign];
  });
  return places.sort(([one], [other]) => one - other).map(([, sign]) => sign).join("");
}).join(", ")"""
"""The numbers of two test cards as they are seen, from left to right."""


def expect_inside(page: Page, language: str) -> None:
    """Check that the page has the language, and that every text is inside the window and its button."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect_fits(page)
    assert page.evaluate(OUTSIDE) == [], page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_leaves_a_narrow_window(shop: DemoShop, open_window: Any, language: str) -> None:
    page = open_window(shop.origin, viewport=NARROW, locale=language).page
    for address in ADDRESSES:
        page.goto(f"{shop.origin}{address}")
        expect_inside(page, language)
    page.goto(shop.address(shop.link(restrictions={"completed_sessions": {"limit": 1}})))
    address = page.url
    page.locator("#pay").click()
    expect(page.locator('[name="card_number"]')).to_be_visible()
    expect_inside(page, language)
    assert page.evaluate(ORDER_OF_DIGITS) == "4242 4242 4242 4242, 4000 0025 0000 3155"
    checkout = page.url
    page.goto(address)
    expect_inside(page, language)  # the payment was started
    page.goto(checkout)
    page.locator("form .submission button").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect_inside(page, language)
    for name, value in {"email": "ada@example.com", "card_number": "4242424242424242", "billing_name": "Ada"}.items():
        page.locator(f'[name="{name}"]').fill(value)
    page.locator('[name="card_expiry"]').fill("12/40")
    page.locator('[name="card_cvc"]').fill("123")
    page.locator("form .submission button").click()
    expect(page).to_have_url(re.compile("/complete/"))
    expect_inside(page, language)
    page.goto(address)
    expect_inside(page, language)  # the payment is paid
