"""What buyers paste in a real browser: nothing is cut, and the message says by how much a text is too long."""

import pytest
from playwright.sync_api import expect

from tests.browser.buyer import expect_checkout, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
WORDS = {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text", "text": {"maximum_length": 5}}
NUMBER = {"key": "number", "label": {"type": "custom", "custom": "Number"}, "type": "numeric"}


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_pasted_text_is_kept_whole_and_then_corrected(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = shop.link(custom_fields=[WORDS, NUMBER])
    page = open_page(link, javascript=javascript)
    words, number = page.get_by_label("Words"), page.get_by_label("Number")
    number.fill("\u202c0171 234567")
    words.fill(FAMILY * 7)
    pay_button(page).click()
    expect(page.get_by_text("Shorten it by 2 characters, to 5").first).to_be_visible()
    expect(words).to_have_value(FAMILY * 7)
    words.fill(FAMILY * 5)
    pay_button(page).click()
    expect_checkout(page)
    answers = shop.attempts(link)[0].selection.answers.custom_fields
    assert answers == {"words": FAMILY * 5, "number": "0171234567"}
