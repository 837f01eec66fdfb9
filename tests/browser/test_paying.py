"""Payments from the first page to the confirmation, for every kind of link, with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.sandbox.sessions.lifecycle import DEBIT_SECONDS
from tests.browser.buyer import expect_checkout, expect_heading, expect_total, fill_card, fill_code, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop
from tests.browser.visits import check_accessibility


def pay(page: Page, javascript: bool, *, checkout: str = "Card number") -> None:
    """Pay with a valid card, and check every page on the way."""
    if javascript:
        check_accessibility(page, by_night=False)
    pay_button(page).click()
    expect_checkout(page)
    if javascript:
        check_accessibility(page, by_night=False)
    fill_card(page)
    pay_button(page).click()


def expect_confirmation(page: Page, shop: DemoShop, link: str, javascript: bool, *, amount: str) -> None:
    """Check the confirmation and the attempt in the store."""
    expect(page).to_have_url(re.compile(r"/complete/"))
    expect(page.locator(".tag-success")).to_have_text(re.compile("^(Paid|Confirmed|Subscribed)$"))
    expect(page.get_by_text(amount).first).to_be_visible()
    if javascript:
        check_accessibility(page, by_night=False)
    shop.paid(link)


def test_a_single_item_is_paid(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    page = open_page("wick-trimmer", javascript=javascript)
    expect_heading(page, "Brass wick trimmer")
    pay(page, javascript)
    expect_heading(page, "Thank you for your order")
    expect_confirmation(page, shop, "wick-trimmer", javascript, amount="€19.99")
    assert shop.paid("wick-trimmer").amount_total == 1999


def test_a_whole_order_is_paid(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    page = open_page("spring-box", javascript=javascript)
    page.get_by_label("Quantity of Beeswax").fill("3")
    fill_code(page, "spring10")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("SPRING10 takes €10.00 off")).to_be_visible()
    expect(page.get_by_label("Quantity of Beeswax")).to_have_value("3")
    page.get_by_label("Gift wrapping").check()
    page.get_by_label("Scent").select_option("Quince")
    page.get_by_label("Customer number").fill("004217")
    page.get_by_label("Greeting on the card").fill("Alles Gute, Zoë")
    page.get_by_label("I agree").check()
    if javascript:
        expect_total(page, "€89.46")
        check_accessibility(page, by_night=False)
    else:
        page.get_by_role("button", name="Update total").last.click()
        expect_total(page, "€89.46")
        expect(page.get_by_label("I agree")).to_be_checked()
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page)
    page.get_by_label("Address", exact=True).fill("Kirchplatz 1")
    page.get_by_label("Postcode").fill("4020")
    page.get_by_label("Town or city").fill("Linz")
    pay_button(page).click()
    expect_heading(page, "Thank you for your order")
    expect(page.get_by_text("We pour your candles this week")).to_be_visible()
    expect(page.get_by_text("Alles Gute, Zoë")).to_be_visible()
    expect_confirmation(page, shop, "spring-box", javascript, amount="€89.46")
    attempt = shop.paid("spring-box")
    assert attempt.amount_total == 3 * 2499 + 1999 + 450 - 1000
    assert attempt.selection.answers.custom_fields == {
        "scent": "quince",
        "customernumber": "004217",
        "greeting": "Alles Gute, Zoë",
    }
    assert attempt.selection.answers.consent.terms_of_service == "accepted"


def test_a_donation_of_a_custom_amount_is_paid(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    page = open_page("bee-garden", javascript=javascript)
    page.get_by_label("Amount in euros").fill("12.50")
    page.get_by_label("Name on the garden gate").fill("Ada")
    pay(page, javascript)
    expect_heading(page, "Thank you for your donation")
    expect_confirmation(page, shop, "bee-garden", javascript, amount="€12.50")
    assert shop.paid("bee-garden").amount_total == 1250


def test_a_subscription_starts_with_its_trial(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    page = open_page("candle-club", javascript=javascript)
    expect(page.get_by_text("14 days free").first).to_be_visible()
    page.get_by_label("I agree").check()
    pay(page, javascript)
    expect_heading(page, "Your subscription has started")
    expect_confirmation(page, shop, "candle-club", javascript, amount="€9.00")
    assert shop.paid("candle-club").mode == "subscription"


def test_a_place_is_booked(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    page = open_page("dipping", javascript=javascript)
    page.get_by_label("Quantity").fill("2")
    page.get_by_label("Apron size").select_option("Adult")
    page.get_by_label("I agree").check()
    pay(page, javascript)
    expect_heading(page, "Thank you for your booking")
    expect_confirmation(page, shop, "dipping", javascript, amount="€76.00")


@pytest.mark.parametrize(
    ("link", "amount", "minor"), [("tokyo-lantern", "¥5,400", 5400), ("kuwait-incense", "8.500", 8500)]
)
def test_currencies_without_and_with_three_decimals_are_paid(
    shop: DemoShop, open_page: OpenPage, javascript: bool, link: str, amount: str, minor: int
) -> None:
    page = open_page(link, javascript=javascript)
    pay(page, javascript)
    expect_confirmation(page, shop, link, javascript, amount=amount)
    assert shop.paid(link).amount_total == minor


def test_a_redirect_leads_to_the_merchants_own_page(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    thanks = f"https://{'localhost'}:1/thanks?session_id={{CHECKOUT_SESSION_ID}}"
    link = shop.link(after_completion={"type": "redirect", "redirect": {"url": thanks}})
    page = open_page(link, "?utm_source=letter", javascript=javascript, origins=("https://localhost:1",))
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page)
    with page.expect_request(re.compile(r"^https://localhost:1/thanks\?session_id=cs_test_\w+&utm_source=letter$")):
        pay_button(page).click()
    shop.paid(link)


def test_an_invoice_is_paid_once(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = shop.link(
        142800,
        counterfoil={"reference": f"2026-{javascript:04d}", "due_date": shop.now() + 30 * 86400},
        restrictions={"completed_sessions": {"limit": 1}},
    )
    page = open_page(link, javascript=javascript)
    expect_heading(page, re.compile("Invoice 2026-"))
    pay(page, javascript)
    expect_heading(page, re.compile("Invoice 2026-.* is paid"))
    expect(page.get_by_text("€1,428.00").first).to_be_visible()
    receipt = page.url
    page.goto(shop.address(link))
    expect_heading(page, re.compile("is already paid"))
    expect(page.get_by_text(re.compile(r"€1,428\.00 was paid on"))).to_be_visible()
    assert receipt.rpartition("/")[2] not in page.content()
    assert page.get_by_role("button").count() == 0
    if javascript:
        check_accessibility(page, by_night=False)


def test_a_declined_card_can_be_followed_by_a_good_one(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = shop.link()
    page = open_page(link, javascript=javascript)
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page, "4000 0000 0000 0002")
    pay_button(page).click()
    expect(page.get_by_role("alert")).to_contain_text("declined")
    if javascript:
        check_accessibility(page, by_night=False)
    fill_card(page)
    pay_button(page).click()
    expect_heading(page, "Thank you for your order")
    shop.paid(link)


def test_a_card_may_need_a_confirmation_by_the_bank(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = shop.link()
    page = open_page(link, javascript=javascript)
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page, "4000 0025 0000 3155")
    pay_button(page).click()
    expect_heading(page, "Confirm with your bank")
    if javascript:
        check_accessibility(page, by_night=False)
    page.get_by_role("button", name="Complete the payment").click()
    expect_heading(page, "Thank you for your order")
    shop.paid(link)


def test_a_delayed_debit_is_processing_and_then_paid(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = shop.link()
    page = open_page(link, javascript=javascript)
    pay_button(page).click()
    expect_checkout(page)
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.get_by_label("Name on card").fill("Ada Lovelace")
    page.get_by_label("succeeds after").check()
    pay_button(page).click()
    expect_heading(page, "Your bank is confirming the payment")
    assert shop.attempts(link)[0].state == "processing"
    if javascript:
        check_accessibility(page, by_night=False)
    shop.wait(DEBIT_SECONDS + 1)
    page.get_by_role("link", name="Check again").click()
    expect_heading(page, "Thank you for your order")
    shop.paid(link)


def test_a_cancel_returns_to_the_form_with_all_answers(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    page = open_page("dipping", javascript=javascript)
    page.get_by_label("Quantity").fill("3")
    page.get_by_label("Apron size").select_option("Child")
    page.get_by_label("I agree").check()
    pay_button(page).click()
    expect_checkout(page)
    page.get_by_role("link", name=re.compile("Cancel and go back")).click()
    expect(page.get_by_role("heading", name="You left before paying")).to_be_visible()
    expect(page.get_by_label("Quantity")).to_have_value("3")
    expect(page.get_by_label("Apron size")).to_have_value("child")
    assert shop.attempts("dipping")[0].state == "canceled"
    if javascript:
        check_accessibility(page, by_night=False)
    pay_button(page).click()
    expect(page.get_by_label("Card number").or_(page.get_by_label("I agree"))).to_be_visible()


def test_a_buyer_may_use_another_name_of_the_server(shop: DemoShop, open_page: OpenPage) -> None:
    link, other = shop.link(), shop.origin.replace("127.0.0.1", "localhost")
    page = open_page(f"{other}/pay/{link.counterfoil.code}", origins=(other,))
    pay_button(page).click()
    expect_checkout(page)
    assert page.url.startswith(shop.origin)
    fill_card(page)
    pay_button(page).click()
    expect_heading(page, "Thank you for your order")
    shop.paid(link)
