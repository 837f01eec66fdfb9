"""The receipt: found again by the browser that paid alone, and printed on one sheet."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.objects.payment_link import PaymentLink
from tests.browser.buyer import expect_heading, fill_card, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop
from tests.browser.visits import check_accessibility, expect_fits
from tests.support.shop import price_data

ONCE = {"completed_sessions": {"limit": 1}}
PAID = re.compile("is already paid")


def pay(shop: DemoShop, page: Page, link: PaymentLink) -> str:
    """Pay the link whose page is open. Return the path of the receipt."""
    pay_button(page).click()
    fill_card(page)
    pay_button(page).click()
    expect(page).to_have_url(re.compile("/complete/"))
    shop.paid(link)
    return page.url.partition("?")[0].removeprefix(shop.origin)


def test_the_browser_that_paid_finds_its_receipt_on_the_page_of_the_paid_link(
    shop: DemoShop, open_page: OpenPage
) -> None:
    link = shop.link(142800, restrictions=ONCE)
    page = open_page(link, size="phone")
    receipt = pay(shop, page, link)
    page.goto(shop.address(link))
    expect_heading(page, PAID)
    expect_fits(page)
    check_accessibility(page)
    page.get_by_role("link", name="See the receipt").click()
    expect(page).to_have_url(shop.origin + receipt)
    expect_heading(page, "Thank you for your order")


def test_another_browser_is_offered_no_receipt(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = shop.link(142800, restrictions=ONCE)
    receipt = pay(shop, open_page(link), link)
    other = open_page(link, javascript=javascript)
    expect_heading(other, PAID)
    expect(other.get_by_role("link", name="See the receipt")).to_have_count(0)
    assert receipt.rpartition("/")[2] not in other.content()


def test_without_scripts_the_browser_that_paid_keeps_nothing(shop: DemoShop, open_page: OpenPage) -> None:
    link = shop.link(142800, restrictions=ONCE)
    page = open_page(link, javascript=False)
    pay(shop, page, link)
    page.goto(shop.address(link))
    expect_heading(page, PAID)
    expect(page.get_by_role("link", name="See the receipt")).to_have_count(0)


def test_a_receipt_is_kept_for_ninety_days_and_only_of_a_link_that_can_be_paid_once(
    shop: DemoShop, open_page: OpenPage
) -> None:
    many = shop.link(142800)
    page = open_page(many)
    pay(shop, page, many)
    kept = "() => Object.keys(localStorage).filter(key => key.startsWith('counterfoil.receipt.'))"
    assert page.evaluate(kept) == []
    link = shop.link(142800, restrictions=ONCE)
    page.goto(shop.address(link))
    pay(shop, page, link)
    (key,) = page.evaluate(kept)
    assert key == f"counterfoil.receipt.{link.id}"
    age = """([key, days]) => {
        const path = localStorage.getItem(key).split(" ")[1];
        localStorage.setItem(key, (Date.now() - days * 24 * 3600 * 1000) + " " + path);
    }"""
    for days, count in ((89, 1), (91, 0)):
        page.evaluate(age, [key, days])
        page.goto(shop.address(link))
        expect_heading(page, PAID)
        expect(page.get_by_role("link", name="See the receipt")).to_have_count(count)


@pytest.mark.parametrize("kind", ["order of ten lines", "subscription"])
def test_a_receipt_with_everything_prints_on_one_a4_sheet(shop: DemoShop, open_page: OpenPage, kind: str) -> None:
    rate = shop.gateway.create_in_catalogue(
        "shipping_rates",
        {"display_name": "DHL parcel", "type": "fixed_amount", "fixed_amount": {"amount": 490, "currency": "eur"}},
        account=shop.organization.id,
    )
    monthly = {**price_data(2400, "Candle of the month"), "recurring": {"interval": "month"}}
    lines = [price_data(1250 + number, f"Jar of honey, harvest {number}") for number in range(10)]
    sold = [monthly] if kind == "subscription" else lines
    shipping: dict[str, Any] = {} if kind == "subscription" else {"shipping_options": [{"shipping_rate": rate}]}
    link = shop.link(
        line_items=[{"price_data": data, "quantity": 2} for data in sold],
        shipping_address_collection={"allowed_countries": ["AT"]},
        consent_collection={"terms_of_service": "required"},
        custom_fields=[{"key": "scent", "label": {"type": "custom", "custom": "Scent"}, "type": "text"}],
        **shipping,
    )
    page = open_page(link, size="phone")
    page.get_by_label("Scent").fill("Unscented")
    page.get_by_label("I agree").check()
    pay_button(page).click()
    fill_card(page)
    for label, value in (("Address", "Lerchenfelder Straße 12/8"), ("Town or city", "Wien"), ("Postcode", "1080")):
        page.get_by_label(label, exact=True).last.fill(value)
    pay_button(page).click()
    expect(page.get_by_text("VAT number ATU12345678")).to_be_visible()
    expect(page.get_by_text("1080 Wien, Austria")).to_be_visible()
    check_accessibility(page)
    expect_fits(page)
    printed = page.pdf(format="A4")
    sheets = printed.count(b"/Type /Page\n") or printed.count(b"/Type /Page ")
    assert sheets == 1
