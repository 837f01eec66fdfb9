"""Every page and state passes axe: at 320, 360 and 1280 pixels, light and dark, from left to right and from right to left.

The tests walk from state to state in one window, because a new window costs more than a check.
"""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.resources import resource
from app.services.attempts import state_machine
from tests.browser.buyer import expect_checkout, expect_heading, fill_card, fill_code, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.merchant import log_in
from tests.browser.shop import DemoShop
from tests.browser.visits import check_everywhere
from tests.support.buyer import CARD_NUMBER

INQUIRED = "4000 0000 0000 1976"
"""The test card whose payment the bank inquires about."""

SLUGS = [
    link["counterfoil"]["slug"]
    for link in json.loads(resource("data/demo.json").read_text(encoding="utf-8"))["payment_links"]
]
LINE: dict[str, Any] = {
    "price_data": {"currency": "eur", "unit_amount": 700, "product_data": {"name": "Honey"}},
    "quantity": 1,
}


@pytest.mark.parametrize("slug", [*SLUGS, "no-such-link"])
def test_the_first_page_of_a_link_passes_axe(shop: DemoShop, open_page: OpenPage, slug: str) -> None:
    check_everywhere(open_page(slug))


@pytest.mark.parametrize("slug", ["spring-box", "2026-0042", "dipping", "bee-garden"])
def test_a_page_in_a_frame_passes_axe(shop: DemoShop, open_page: OpenPage, slug: str) -> None:
    check_everywhere(open_page(slug, "/embed"))


def test_errors_and_promotion_codes_pass_axe(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("spring-box")
    page.get_by_label("Customer number").fill("42")
    page.get_by_label("Customer number").blur()
    expect(page.locator(".note .error")).to_have_count(1)
    check_everywhere(page)
    fill_code(page, "NOPE")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".note .error")).to_have_count(2)
    check_everywhere(page)
    page.get_by_label("Promotion code").fill("SPRING10")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("SPRING10 takes €10.00 off")).to_be_visible()
    pay_button(page).click()
    expect(page.get_by_role("alert")).to_be_focused()
    check_everywhere(page)
    page.get_by_label("Customer number").fill("004217")
    page.get_by_label("Customer number").blur()
    expect(page.locator("[data-corrected]")).to_have_count(1)
    check_everywhere(page)


def test_a_total_that_could_not_be_updated_passes_axe(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("spring-box")
    page.route(re.compile("/preview"), lambda route: route.fulfill(status=500))
    page.get_by_label("Gift wrapping").check()
    expect(page.get_by_text("Last total")).to_be_visible()
    check_everywhere(page)


def test_a_long_order_with_every_kind_of_line_passes_axe(shop: DemoShop, open_page: OpenPage) -> None:
    names = ["شموع عطرية", "Donaudampfschifffahrtsgesellschaftskapitänskajütenbeleuchtung", "נר נשמה", "N" * 250]
    lines = [
        {
            "price_data": {**LINE["price_data"], "product_data": {"name": name, "description": name}},
            "quantity": 30,
            "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 99},
        }
        for name in names
    ]
    ours = {"title": "Workshop and altar supplies", "description": "**Order** of [today](https://a.example/)"}
    page = open_page(shop.link(line_items=[*lines, *[LINE] * 10], counterfoil=ours))
    check_everywhere(page)
    page.set_viewport_size({"width": 360, "height": 800})
    page.get_by_text("Order details").click()
    check_everywhere(page)


def test_states_of_links_pass_axe(shop: DemoShop, open_page: OpenPage) -> None:
    once: dict[str, Any] = {"restrictions": {"completed_sessions": {"limit": 1}}}
    closed = shop.link(counterfoil={"closes_at": shop.now() - 60}, inactive_message="Over. Come back in **spring**.")
    page = open_page(closed)
    expect_heading(page, re.compile("closed"))
    check_everywhere(page)
    overdue = {"reference": "2025-0017", "due_date": shop.now() - 9 * 86400}
    page.goto(shop.address(shop.link(142800, counterfoil=overdue)))
    check_everywhere(page)
    held = shop.link(**once)
    page.goto(shop.address(held))
    pay_button(page).click()
    expect_checkout(page)
    page.goto(shop.address(held))
    expect(page.get_by_role("button", name="Start again")).to_be_visible()
    check_everywhere(page)
    paid = shop.link(**once)
    finish(page, shop.address(paid))
    page.goto(shop.address(paid))
    expect(page.get_by_text(re.compile("already paid|was paid")).first).to_be_visible()
    check_everywhere(page)


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


@pytest.mark.parametrize("slug", ["an invoice", "candle-club", "bee-garden", "spring-box"])
def test_the_confirmation_of_a_link_passes_axe(shop: DemoShop, open_page: OpenPage, slug: str) -> None:
    # The demo's invoice can be paid only once, and other tests look at its page.
    once: dict[str, Any] = {
        "counterfoil": {"reference": "2026-0099"},
        "restrictions": {"completed_sessions": {"limit": 1}},
    }
    link = shop.link(142800, **once) if slug == "an invoice" else slug
    page = open_page(link, "?prefilled_promo_code=SPRING10" if slug == "spring-box" else "")
    for label in ("Customer number", "I agree"):
        field = page.get_by_label(label)
        if field.count() and label == "I agree":
            field.check()
        elif field.count():
            field.fill("004217")
    pay_button(page).click()
    expect_checkout(page)
    check_everywhere(page)
    fill_card(page)
    for label, value in (("Address", "Kirchplatz 1"), ("Postal code", "4020"), ("City", "Linz")):
        if page.get_by_label(label, exact=True).count():
            page.get_by_label(label, exact=True).fill(value)
    pay_button(page).click()
    expect(page).to_have_url(re.compile("/complete/"))
    expect(page.locator("#receipt")).to_be_visible()
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


def test_the_console_passes_axe(office: DemoShop, open_window: Any) -> None:
    window = open_window(office.origin)
    window.may_keep = frozenset({"__Host-counterfoil"})
    page: Page = window.page
    finish(page, office.address("wick-trimmer"))
    flagged = office.attempts("wick-trimmer")[0]
    state_machine.add_flag(office.store, flagged, "amount_mismatch", office.now(), cause="evt_1")
    page.goto(f"{office.origin}/console/login")
    check_everywhere(page)
    log_in(page, office)
    trimmer = office.demo["wick-trimmer"].id
    for path in (
        "", "links", f"links?share={office.demo['dipping'].id}", f"links/{trimmer}", f"links/{office.demo['market-2025'].id}",
        "payments", "payments?show=flagged", f"payments?payment_link={trimmer}", f"payments/{flagged.id}", "account",
        "nowhere",
    ):  # fmt: skip
        page.goto(f"{office.origin}/console/{path}")
        check_everywhere(page)


def finish(page: Page, address: str, card: str = CARD_NUMBER) -> None:
    """Pay a link without questions."""
    page.goto(address)
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page, card)
    pay_button(page).click()
    expect(page).to_have_url(re.compile("/complete/"))
