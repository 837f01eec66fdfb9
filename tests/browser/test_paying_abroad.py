"""Paying from the first page to the receipt in languages of other scripts, with scripts and without."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.gallery.stage import COUNTRIES, choices, line, question
from tests.browser.shop import DemoShop
from tests.browser.visits import expect_fits
from tests.support.buyer import CARD, CARD_NUMBER

NARROW = {"width": 360, "height": 780}


def fill(page: Page, **fields: str) -> None:
    """Fill in fields by their name, because labels are in the buyer's language."""
    for name, value in fields.items():
        field = page.locator(f'[name="{name}"]')
        if field.count():
            field.fill(value)


def expect_language(page: Page, language: str, direction: str) -> None:
    """Check language and direction, that nothing leaves the window, and that the page has no English sentence."""
    html = page.locator("html")
    expect(html).to_have_attribute("lang", language)
    assert page.evaluate("() => getComputedStyle(document.documentElement).direction") == direction
    expect_fits(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize(
    ("language", "direction", "at_checkout"), [("ja", "ltr", "ja"), ("ar", "rtl", "auto")], ids=["ja", "ar"]
)
def test_a_buyer_pays_in_their_own_language(
    shop: DemoShop, open_window: Any, language: str, direction: str, at_checkout: str, *, javascript: bool
) -> None:
    link = shop.link(
        line_items=[line(1900, "Jar of honey", adjustable=(1, 10), quantity=2)],
        custom_fields=[question("Engraving"), choices("Size", "Small", "Large")],
        shipping_address_collection=COUNTRIES,
    )
    page = open_window(shop.origin, javascript=javascript, viewport=NARROW, locale=language).page
    page.goto(shop.address(link))
    expect_language(page, language, direction)
    keys = [field.key for field in link.custom_fields]
    page.locator(f'[name="custom_fields[{keys[0]}]"]').fill("Ada")
    page.locator("#languages summary").click()
    page.locator(f"#languages [lang={language}]").click()
    expect_language(page, language, direction)
    expect(page.locator(f'[name="custom_fields[{keys[0]}]"]')).to_have_value("Ada")
    page.locator(f'[name="custom_fields[{keys[1]}]"]').select_option("1")
    page.locator("#pay").click()
    expect(page.locator('[name="card_number"]')).to_be_visible()
    expect_language(page, language, direction)
    attempt = shop.store.attempts_of_link(link.id)[0]
    assert attempt.session_params["locale"] == at_checkout
    fill(page, **{**CARD, "email": "ada@example.com", "card_number": CARD_NUMBER, "billing_name": "Ada Lovelace"})
    for part, value in (("line1", "Kirchplatz 1"), ("city", "Wien"), ("postal_code", "1080")):
        fill(page, **{f"shipping_address[{part}]": value, f"billing_address[{part}]": value})
    fill(page, **{"shipping_address[name]": "Ada Lovelace"})
    page.locator("form button.button").last.click()
    expect(page).to_have_url(re.compile("/complete/"))
    expect_language(page, language, direction)
    receipt = page.locator("main").inner_text()
    assert "Ada" in receipt
    for words in ("Payment", "Thank", "Receipt", "Total", "Paid"):
        assert words not in receipt, words
