"""A payment that was started on a link that can be paid once: the same browser continues it, any browser starts again."""

import re
from contextlib import suppress

from playwright.sync_api import Page, TimeoutError, expect

from app.objects.payment_link import PaymentLink
from tests.browser.buyer import expect_checkout, expect_heading, fill_card, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop
from tests.browser.visits import check_accessibility, expect_fits

STARTED = re.compile(r"This payment was started at \d\d:\d\d")


def invoice(shop: DemoShop, limit: int = 1) -> PaymentLink:
    return shop.link(142800, restrictions={"completed_sessions": {"limit": limit}})


def start(page: Page) -> str:
    """Go on to Checkout. Return its address."""
    pay_button(page).click()
    expect_checkout(page)
    return page.url


def test_the_same_browser_continues_where_it_stopped(shop: DemoShop, open_page: OpenPage) -> None:
    link = invoice(shop)
    page = open_page(link, size="phone")
    checkout = start(page)
    page.goto(shop.address(link))
    expect_heading(page, STARTED)
    expect(page.get_by_text("Continue where you stopped, or start again.")).to_be_visible()
    expect(page.get_by_text("Continue in the browser where it was started")).to_be_hidden()
    expect_fits(page)
    check_accessibility(page)
    page.get_by_role("button", name="Continue this payment").click()
    expect(page).to_have_url(checkout)
    fill_card(page)
    pay_button(page).click()
    expect(page).to_have_url(re.compile("/complete/"))
    shop.paid(link)
    assert len(shop.attempts(link)) == 1


def test_a_second_form_of_the_same_browser_does_not_replace_the_first(shop: DemoShop, open_page: OpenPage) -> None:
    link = invoice(shop)
    page = open_page(link)
    other = page.context.new_page()
    other.goto(shop.address(link))
    checkout = start(page)
    pay_button(other).click()
    expect_heading(other, STARTED)
    other.get_by_role("button", name="Continue this payment").click()
    expect(other).to_have_url(checkout)


def test_another_browser_starts_again(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = invoice(shop)
    first = open_page(link, javascript=javascript)
    checkout = start(first)
    page = open_page(link, javascript=javascript)
    expect_heading(page, STARTED)
    expect(page.get_by_role("button", name="Continue this payment")).to_have_count(0)
    expect(page.get_by_text("Continue in the browser where it was started")).to_be_visible()
    expect(page.get_by_text("Continue where you stopped")).to_be_hidden()
    page.get_by_role("button", name="Start again").click()
    assert start(page) != checkout
    fill_card(page)
    pay_button(page).click()
    expect(page).to_have_url(re.compile("/complete/"))
    shop.paid(link)
    # The first buyer's payment page is closed, so that only one of both can pay.
    first.reload()
    expect(first.get_by_label("Card number")).to_have_count(0)
    first.goto(shop.address(link))
    expect_heading(first, "This is already paid")


def test_the_buyer_starts_again_without_scripts(shop: DemoShop, open_page: OpenPage) -> None:
    link = invoice(shop)
    page = open_page(link, javascript=False)
    start(page)
    page.goto(shop.address(link))
    expect_heading(page, STARTED)
    # Only a script knows the id of the form that started the payment.
    expect(page.get_by_role("button", name="Continue this payment")).to_have_count(0)
    expect(page.get_by_text("Continue in the browser where it was started")).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    start(page)
    assert [attempt.state for attempt in shop.attempts(link)] == ["opened", "canceled"]


def test_starting_again_after_the_payment_says_that_it_is_paid(
    shop: DemoShop, open_page: OpenPage, javascript: bool
) -> None:
    link = invoice(shop)
    first = open_page(link, javascript=javascript)
    start(first)
    page = open_page(link, javascript=javascript)
    expect_heading(page, STARTED)
    fill_card(first)
    pay_button(first).click()
    expect(first).to_have_url(re.compile("/complete/"))
    # The page may have asked by itself meanwhile, and then the button is gone.
    with suppress(TimeoutError):
        page.get_by_role("button", name="Start again").click(timeout=2000)
    expect_heading(page, "This is already paid")


def test_one_of_several_places_is_released_by_its_holder_alone(shop: DemoShop, open_page: OpenPage) -> None:
    link = invoice(shop, limit=2)
    first, second = open_page(link), open_page(link)
    start(first)
    start(second)
    stranger = open_page(link)
    expect_heading(stranger, "Other people are paying for all remaining places")
    expect(stranger.get_by_role("button", name="Start again")).to_have_count(0)
    expect(stranger.get_by_text("was started in this browser")).to_be_hidden()
    first.goto(shop.address(link))
    expect(first.get_by_role("button", name="Continue this payment")).to_be_visible()
    expect(first.get_by_text("was started in this browser")).to_be_visible()
    first.get_by_role("button", name="Start again").click()
    start(first)
    assert [attempt.state for attempt in shop.attempts(link)] == ["opened", "opened", "canceled"]
