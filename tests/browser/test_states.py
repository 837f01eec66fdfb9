"""State pages: each says what happened and what to do next, passes axe, and fits a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.buyer import expect_checkout, expect_heading, fill_card, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop
from tests.browser.visits import check_accessibility, expect_fits


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize(
    ("link", "heading", "status"),
    [
        ("market-2025", "This link is no longer active", 410),
        ("summer-box", re.compile("This page opens on"), 403),
        ("no-such-link", re.compile("no|not", re.IGNORECASE), 404),
    ],
    ids=["inactive", "not open yet", "unknown"],
)
def test_a_link_that_cannot_be_paid_says_why(
    open_page: OpenPage, shop: DemoShop, link: str, heading: str | re.Pattern[str], status: int, size: str
) -> None:
    page = open_page(shop.origin + "/healthz", size=size)
    answer = page.goto(shop.address(link))
    assert answer is not None
    assert answer.status == status
    expect_heading(page, heading)
    expect_fits(page)
    check_accessibility(page)


def test_a_link_closes_while_its_page_is_open(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = shop.link(counterfoil={"closes_at": shop.now() + 3600})
    page = open_page(link, javascript=javascript)
    shop.update(link, counterfoil={"closes_at": shop.now() - 60})
    pay_button(page).click()
    expect_heading(page, re.compile("This page closed on"))
    assert shop.attempts(link) == []
    if javascript:
        check_accessibility(page)


def test_a_page_waits_while_the_last_place_is_held(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = shop.limited(2)
    late, *holders = open_page(link, javascript=javascript), open_page(link), open_page(link)
    for page in holders:
        pay_button(page).click()
        expect_checkout(page)
    pay_button(late).click()
    expect(late.get_by_text("On hold")).to_be_visible()
    expect(late.get_by_role("link", name="Check again")).to_be_visible()
    if javascript:
        check_accessibility(late)
    for page in holders:
        fill_card(page)
        pay_button(page).click()
        expect_heading(page, "Thank you for your order")
    # The page polls after 5 seconds and after 10 more, with htmx or, without scripts, with a refresh.
    expect(late.get_by_role("heading", name="All 2 places are taken")).to_be_visible(timeout=40_000)


def test_a_finished_checkout_links_back(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = shop.link()
    page = open_page(link, javascript=javascript)
    pay_button(page).click()
    expect_checkout(page)
    shop.wait(25 * 3600)
    page.reload()
    expect_heading(page, "This payment page has expired")
    if javascript:
        check_accessibility(page)
    page.get_by_role("link", name=re.compile("Go back")).click()
    expect(page.get_by_text("The time to pay has run out")).to_be_visible()
    expect(pay_button(page)).to_be_visible()


def test_a_form_that_was_open_for_too_long_can_be_sent_again(
    shop: DemoShop, open_page: OpenPage, javascript: bool
) -> None:
    page = open_page("dipping", javascript=javascript)
    page.get_by_label("Apron size").select_option("Child")
    page.get_by_label("I agree").check()
    # A later preview would bring a new token.
    page.wait_for_load_state("networkidle")
    shop.wait(25 * 3600)
    pay_button(page).click()
    expect(page.get_by_role("heading", name="This page was open for a long time")).to_be_visible()
    expect(page.get_by_label("Apron size")).to_have_value("child")
    if javascript:
        check_accessibility(page)
    pay_button(page).click()
    expect_checkout(page)


def test_the_receipt_needs_only_its_address(shop: DemoShop, open_page: OpenPage) -> None:
    link = shop.link()
    page = open_page(link, javascript=False)
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page)
    pay_button(page).click()
    expect_heading(page, "Thank you for your order")
    receipt = page.url.partition("?")[0]
    page.goto(receipt)
    expect_heading(page, "Thank you for your order")
    page.goto(receipt[:-1] + ("x" if receipt[-1] != "x" else "y"))
    expect(page.get_by_text("Thank you")).to_have_count(0)
    page.goto(receipt.replace(link.counterfoil.code, "wick-trimmer"))
    expect(page.get_by_text("Thank you")).to_have_count(0)
