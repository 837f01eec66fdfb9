"""The server's own pages, and pages that people reach by mistake: each has a next step, passes axe, and fits a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from app.web.http.context import EXTENSION
from tests.browser.buyer import expect_heading, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop
from tests.browser.visits import check_accessibility, expect_fits


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("path", ["/", "/pay/spring-bxo", "/sandbox/checkout/cs_unknown"])
def test_a_page_of_the_server_passes_axe_and_fits(shop: DemoShop, open_page: OpenPage, path: str, width: int) -> None:
    page = open_page(shop.origin + path, viewport={"width": width, "height": 800})
    expect_fits(page)
    check_accessibility(page)


def test_a_mistyped_address_is_corrected_on_its_page(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    page = open_page(f"{shop.origin}/pay/wick-trimer", javascript=javascript)
    code = page.get_by_label("Last part of the address")
    expect(code).to_have_value("wick-trimer")
    code.fill("wick-trimmer")
    page.get_by_role("button", name="Open").click()
    expect(pay_button(page)).to_be_visible()
    assert page.url == f"{shop.origin}/pay/wick-trimmer"


def test_a_pasted_address_opens_from_the_first_page(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    page = open_page(shop.origin + "/", javascript=javascript)
    page.get_by_label("Code or address of the payment page").fill(f" {shop.origin}/pay/wick-trimmer?utm_source=letter")
    page.keyboard.press("Enter")
    expect(pay_button(page)).to_be_visible()


@pytest.fixture
def limited_shop(shop: DemoShop) -> Iterator[DemoShop]:
    """A shop where this address may press the button once in an hour, and has done so."""
    before = shop.context
    shop.limit(rate_limit_pay_address="1/hour")
    shop.app.test_client(use_cookies=False).post("/pay/dipping")
    yield shop
    shop.app.extensions[EXTENSION] = before


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_buyer_who_presses_too_often_keeps_every_answer(
    limited_shop: DemoShop, open_page: OpenPage, size: str, javascript: bool
) -> None:
    page = open_page("dipping", javascript=javascript, size=size)
    page.get_by_label("Apron size").select_option("Child")
    page.get_by_label("I agree").check()
    page.wait_for_load_state("networkidle")
    pay_button(page).click()
    expect(page.get_by_role("heading", name=re.compile("Wait .+, then press the button again"))).to_be_visible()
    expect(page.get_by_label("Apron size")).to_have_value("child")
    expect(page.get_by_label("I agree")).to_be_checked()
    expect_heading(page, "Workshop: dip your own candles")
    expect_fits(page)
    if javascript:
        check_accessibility(page)
