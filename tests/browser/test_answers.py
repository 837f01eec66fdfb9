"""Entries of a buyer: wrong answers, double clicks, the Back button, the keyboard, and updates of the total."""

import re

from playwright.sync_api import Page, expect

from tests.browser.buyer import expect_checkout, expect_heading, expect_total, fill_card, fill_code, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop
from tests.browser.visits import check_accessibility

LINE = {"price_data": {"currency": "eur", "unit_amount": 700, "product_data": {"name": "Honey"}}, "quantity": 1}


def press_until(page: Page, key: str, wanted: str, *, most: int = 40) -> None:
    """Press a key until a visible control with this name has the focus."""
    name = "e => (e.labels && e.labels[0] ? e.labels[0].innerText : e.innerText || e.getAttribute('aria-label') || '').trim()"
    seen = []
    for _ in range(most):
        page.keyboard.press(key)
        focused = page.locator(":focus")
        if not focused.count():
            continue
        seen.append(focused.evaluate(name))
        outlined = focused.evaluate("e => { const s = getComputedStyle(e); return s.outlineStyle + s.boxShadow }")
        assert outlined != "nonenone", f"nothing shows that {seen[-1]!r} has the focus"
        if re.search(wanted, seen[-1]):
            return
    raise AssertionError(f"{wanted!r} is not reached by {key}: {seen}")


def test_wrong_answers_are_listed_in_a_summary_with_links_to_the_fields(
    shop: DemoShop, open_page: OpenPage, javascript: bool
) -> None:
    before = len(shop.attempts("spring-box"))
    page = open_page("spring-box", javascript=javascript)
    page.get_by_label("Greeting on the card").fill("Alles Gute")
    page.get_by_label("Customer number").fill("42")
    pay_button(page).click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text(re.compile("missing or need"))
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Greeting on the card")).to_have_value("Alles Gute")
    expect(page.get_by_label("Customer number")).to_have_value("42")
    number = page.get_by_label("Customer number")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_have_accessible_description(re.compile("Enter 6 digits"))
    if javascript:
        expect(summary).to_be_focused()
        check_accessibility(page)
    summary.get_by_role("link", name=re.compile("Customer number")).click()
    expect(number).to_be_focused()
    assert len(shop.attempts("spring-box")) == before


def test_wrong_answers_are_answered_with_422(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("dipping", javascript=False)
    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        pay_button(page).click()
    assert answer.value.status == 422


def test_an_invalid_promotion_code_says_so_at_its_field(open_page: OpenPage, javascript: bool) -> None:
    page = open_page("spring-box", javascript=javascript)
    fill_code(page, "WINTER25")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_label("Promotion code")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Promotion code")).to_have_value("WINTER25")


def test_a_double_click_makes_one_attempt(shop: DemoShop, open_page: OpenPage, javascript: bool) -> None:
    link = shop.link()
    page = open_page(link, javascript=javascript)
    pay_button(page).dblclick()
    expect_checkout(page)
    assert len(shop.attempts(link)) == 1


def test_the_button_says_that_it_is_sending(shop: DemoShop, open_page: OpenPage) -> None:
    link = shop.link()
    page = open_page(link)
    # With a 204 response the browser stays on the page, as it does during a slow response.
    page.route(re.compile(r"/pay/[^/]+$"), lambda route: route.fulfill(status=204))
    pay_button(page).click()
    expect(page.get_by_role("button", name="Opening the payment page…")).to_have_attribute("aria-busy", "true")


def test_back_from_checkout_finds_the_button_ready_and_the_answers_there(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("dipping")
    page.get_by_label("Apron size").select_option("Adult")
    page.get_by_label("I agree").check()
    pay_button(page).click()
    expect_checkout(page)
    page.go_back(wait_until="commit")
    expect(pay_button(page)).to_be_enabled()
    expect(pay_button(page)).to_have_text("Continue to booking")
    expect_total(page, "€38.00")
    expect(page.get_by_label("Apron size")).to_have_value("adult")
    before = len(shop.attempts("dipping"))
    pay_button(page).click()
    expect_checkout(page)
    assert len(shop.attempts("dipping")) == before


def test_changed_answers_end_the_open_session(shop: DemoShop, open_page: OpenPage) -> None:
    link = shop.link(line_items=[{**LINE, "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 9}}])
    page = open_page(link)
    pay_button(page).click()
    expect_checkout(page)
    page.go_back(wait_until="commit")
    page.get_by_label("Quantity").fill("2")
    pay_button(page).click()
    expect_checkout(page)
    assert [attempt.state for attempt in shop.attempts(link)] == ["opened", "canceled"]


def test_an_order_is_paid_with_the_keyboard_only(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("dipping")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to payment")).to_be_focused()
    page.keyboard.press("Enter")
    press_until(page, "Tab", "^Apron size$")
    page.keyboard.type("Ad")
    press_until(page, "Tab", "^I agree")
    page.keyboard.press("Space")
    press_until(page, "Tab", "^Continue to booking")
    page.keyboard.press("Enter")
    expect_checkout(page)
    press_until(page, "Tab", "^E-mail address")
    page.keyboard.type("ada@example.com")
    for label, text in (("Card number", "4242424242424242"), ("Expiry date", "0439"), ("Security code", "123")):
        press_until(page, "Tab", f"^{label}")
        page.keyboard.type(text if label != "Expiry date" else "04/39")
    press_until(page, "Tab", "^Name on card")
    page.keyboard.type("Ada Lovelace")
    press_until(page, "Tab", "^Book for")
    page.keyboard.press("Enter")
    expect_heading(page, "Thank you for your booking")
    shop.paid("dipping")


def test_the_caret_stays_while_a_quantity_is_typed(open_page: OpenPage) -> None:
    page = open_page("workshop-wax")
    quantity = page.get_by_label("Quantity")
    quantity.click()
    page.keyboard.press("Control+a")
    with page.expect_response(re.compile("/preview")):
        page.keyboard.type("3")
        quantity.dispatch_event("change")
        page.keyboard.type("7", delay=30)
    page.keyboard.type("5", delay=30)
    expect(quantity).to_have_value("375")
    expect(quantity).to_be_focused()
    with page.expect_response(re.compile("/preview")):
        page.keyboard.press("Tab")
    expect(page.locator(".amount").first).to_contain_text("€3,822.50")


def test_enter_in_a_field_updates_the_total_and_never_pays(
    shop: DemoShop, open_page: OpenPage, javascript: bool
) -> None:
    link = shop.link(line_items=[{**LINE, "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 9}}])
    page = open_page(link, javascript=javascript)
    page.get_by_label("Quantity").fill("4")
    page.get_by_label("Quantity").press("Enter")
    expect_total(page, "€28.00")
    assert shop.attempts(link) == []


def test_a_checked_optional_item_changes_the_total_at_once(open_page: OpenPage) -> None:
    page = open_page("spring-box")
    page.get_by_label("Gift wrapping").check()
    expect_total(page, "€74.47")
    expect(page.get_by_label("Gift wrapping")).to_be_focused()
    page.get_by_label("Gift wrapping").uncheck()
    expect_total(page, "€69.97")


def test_url_parameters_fill_fields(open_page: OpenPage, javascript: bool) -> None:
    page = open_page(
        "spring-box", "?prefilled_email=ada@example.com&prefilled_promo_code=SPRING10", javascript=javascript
    )
    expect(page.get_by_label("E-mail address")).to_have_value("ada@example.com")
    expect(page.get_by_text("SPRING10 takes €10.00 off")).to_be_visible()


def test_the_checkout_is_paid_by_keyboard_after_a_wrong_field(shop: DemoShop, open_page: OpenPage) -> None:
    link = shop.link()
    page = open_page(link, javascript=False)
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page, "4242 4242 4242 4241")
    pay_button(page).click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("missing or need"))
    expect(page.get_by_label("Card number")).to_have_value("")
    expect(page.get_by_label("Name on card")).to_have_value("Ada Lovelace")
