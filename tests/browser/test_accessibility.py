"""Every page and state passes axe: at 320, 360 and 1280 pixels, light and dark, from left to right and from right to left.

The tests walk from state to state in one window, because a new window costs more than a check.
"""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.resources import resource
from tests.browser.buyer import expect_checkout, expect_heading, fill_card, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.gallery import GALLERY
from tests.browser.gallery.stage import INQUIRED, Stage
from tests.browser.merchant import log_in
from tests.browser.shop import DemoShop
from tests.browser.visits import check_everywhere, expect_targets

SLUGS = [
    link["counterfoil"]["slug"]
    for link in json.loads(resource("data/demo.json").read_text(encoding="utf-8"))["payment_links"]
]


@pytest.mark.parametrize("slug", [*SLUGS, "no-such-link"])
def test_the_first_page_of_a_link_passes_axe(shop: DemoShop, open_page: OpenPage, slug: str) -> None:
    check_everywhere(open_page(slug))


@pytest.mark.parametrize("name", GALLERY)
def test_a_state_of_the_buyers_pages_passes_axe_and_has_large_controls(
    shop: DemoShop, open_page: OpenPage, name: str
) -> None:
    page = open_page(f"{shop.origin}/healthz")
    GALLERY[name](Stage(shop, page))
    check_everywhere(page)
    expect_targets(page)


def test_the_way_through_checkout_passes_axe(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("wick-trimmer")
    pay_button(page).click()
    expect_checkout(page)
    check_everywhere(page)
    fill_card(page, "4000 0000 0000 0002")
    pay_button(page).click()
    expect(page.get_by_role("alert")).to_be_visible()
    check_everywhere(page)
    page.get_by_role("link", name="Cancel and go back").click()
    expect(page.get_by_role("heading", name="You left before paying")).to_be_visible()
    check_everywhere(page)
    pay_button(page).click()
    expect_checkout(page)
    checkout = page.url
    fill_card(page, "4000 0025 0000 3155")
    pay_button(page).click()
    expect_heading(page, "Confirm with your bank")
    check_everywhere(page)
    page.get_by_role("button", name="Complete the payment").click()
    expect_heading(page, "Thank you for your order")
    check_everywhere(page)
    page.goto(checkout)
    expect_heading(page, "This payment is complete")
    check_everywhere(page)


def test_what_buyer_and_merchant_see_of_refunds_and_disputes_passes_axe(office: DemoShop, open_window: Any) -> None:
    window = open_window(office.origin)
    window.may_keep = frozenset({"__Host-counterfoil"})
    page: Page = window.page
    finish(page, office.address("wick-trimmer"), INQUIRED)
    receipt, paid = page.url, office.attempts("wick-trimmer")[0]
    office.catalogue.refunds.create({"payment_intent": paid.payment_intent, "amount": 500})
    page.goto(receipt)
    expect_heading(page, "€5.00 of your payment was sent back")
    check_everywhere(page)
    page.goto(f"{office.origin}/console/login")
    log_in(page, office)
    for path in ("payments", f"payments/{paid.id}"):
        page.goto(f"{office.origin}/console/{path}")
        check_everywhere(page)
    office.catalogue.refunds.create({"payment_intent": paid.payment_intent})
    page.goto(receipt)
    expect_heading(page, "Your payment was sent back in full")
    check_everywhere(page)


def finish(page: Page, address: str, card: str) -> None:
    """Pay a link without questions."""
    page.goto(address)
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page, card)
    pay_button(page).click()
    expect(page).to_have_url(re.compile("/complete/"))
