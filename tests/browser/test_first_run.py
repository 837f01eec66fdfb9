"""The first run in a real browser: from the address that `serve` prints to the first sale and its refund.

The keyboard alone leads there, on a phone and on a desk, with and without scripts.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from app.services.accounts import first_run
from tests.browser.buyer import expect_checkout, expect_heading, pay_button
from tests.browser.shop import CONSOLE_COOKIE, DemoShop, shop_config
from tests.browser.sites import Site
from tests.browser.visits import Visit, check_everywhere, expect_fits
from tests.support.buyer import CARD, CARD_NUMBER
from tests.support.certificates import make_certificate

OpenWindow = Callable[..., Visit]
MOST_TABS = 80


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[DemoShop]:
    """Serve a database without organization and user."""
    site = Site("pay.test", make_certificate(tmp_path, "pay.test"))
    shop = DemoShop(site, shop_config(tmp_path, site.origin))
    yield shop
    site.close()
    shop.store.close()


def open_setup(shop: DemoShop, open_window: OpenWindow, *, javascript: bool = True, size: str = "desk") -> Page:
    """Open the address that `serve` prints."""
    window = open_window(shop.origin, javascript=javascript, size=size)
    window.may_keep = frozenset({CONSOLE_COOKIE})
    window.page.goto(f"{shop.origin}/console/setup/{first_run.create_token(shop.store, shop.now())}")
    return window.page


IS_SEEN = """element => {
  const shown = element.closest("label") || element, box = shown.getBoundingClientRect();
  const middle = document.elementFromPoint(
    Math.min(Math.max((box.left + box.right) / 2, 0), innerWidth - 1), Math.min((box.top + box.bottom) / 2, innerHeight - 1));
  return box.top < innerHeight && box.bottom > 0 && (shown.contains(middle) || middle?.control === element);
}"""
"""Whether a control stands in the window and no other element covers it."""


def press_tab_to(control: Locator) -> None:
    """Press Tab until a control has the focus, and check that it can be seen then."""
    for _ in range(MOST_TABS):
        if control.evaluate("element => element === document.activeElement"):
            assert control.evaluate(IS_SEEN), f"{control} has the focus and cannot be seen"
            return
        control.page.keyboard.press("Tab")
    raise AssertionError(f"{control} is not reached with {MOST_TABS} presses of Tab")


def type_into(control: Locator, text: str) -> None:
    """Reach a control with Tab and type. A list selects the entry with this beginning."""
    press_tab_to(control)
    control.page.keyboard.type(text)


def press_enter_on(control: Locator) -> None:
    press_tab_to(control)
    control.page.keyboard.press("Enter")


def set_up(page: Page) -> None:
    """Fill in the page of the first run."""
    type_into(page.get_by_label("Name of the business"), "Hillside Apiary")
    type_into(page.get_by_label("Your e-mail address"), "ada@example.com")
    type_into(page.get_by_label("Password"), "ten bees on sage")
    type_into(page.get_by_label("Country"), "Austria")
    type_into(page.get_by_label("Usual currency"), "Euro")
    type_into(page.get_by_label("Time zone"), "Vienna")
    expect_fits(page)
    press_enter_on(page.get_by_role("button", name="Start"))
    expect_heading(page, "Welcome")


def make_link(page: Page) -> str:
    """Make the first link and return its address."""
    expect_fits(page)
    press_enter_on(page.get_by_role("link", name="New link"))
    type_into(page.get_by_label("Name", exact=True), "Heather honey")
    type_into(page.get_by_label("Price", exact=True), "9.50")
    expect_fits(page)
    page.keyboard.press("Enter")
    expect_heading(page, "Your link is ready")
    expect_fits(page)
    return page.locator("#address").input_value()


def buy(buyer: Page, address: str) -> None:
    """Pay the link."""
    buyer.goto(address)
    press_enter_on(pay_button(buyer))
    expect_checkout(buyer)
    for label, text in (
        ("E-mail address", "jane@example.com"),
        ("Card number", CARD_NUMBER),
        ("Expiry date", CARD["card_expiry"]),
        ("Security code", CARD["card_cvc"]),
        ("Name on card", "Jane Doe"),
    ):
        type_into(buyer.get_by_label(label), text)
    press_enter_on(pay_button(buyer))
    expect_heading(buyer, "Thank you for your order")


def refund(page: Page) -> None:
    """Find the sale on the first page and refund it: a part first, then all that is left."""
    press_enter_on(page.get_by_role("link", name="Home"))
    expect(page.locator("dl.figures").first).to_contain_text("€9.50")
    press_enter_on(page.get_by_text("Show as a table"))
    expect_fits(page)
    press_enter_on(page.get_by_role("link", name="Jane Doe"))
    expect_heading(page, "Jane Doe, €9.50")
    press_enter_on(page.locator("summary", has_text="Refund…"))
    press_tab_to(page.get_by_role("radio", name="All of it: €9.50"))
    page.keyboard.press("ArrowDown")
    type_into(page.get_by_label("Amount in EUR"), "4.50")
    expect_fits(page)
    press_enter_on(page.get_by_role("button", name="Refund", exact=True))
    expect(page.get_by_role("status").first).to_contain_text("€4.50 is refunded")
    expect_fits(page)
    press_enter_on(page.locator("summary", has_text="Refund…"))
    press_tab_to(page.get_by_role("radio", name="All of it: €5.00"))
    press_enter_on(page.get_by_role("button", name="Refund", exact=True))
    expect(page.get_by_role("status").first).to_contain_text("€5.00 is refunded")
    expect(page.locator("summary", has_text="Refund…")).to_have_count(0)


@pytest.mark.parametrize(
    ("size", "javascript"),
    [("phone", True), ("phone", False), ("desk", True)],
    ids=["on a phone", "on a phone without scripts", "on a desk"],
)
def test_the_first_run_leads_to_the_first_sale_and_its_refund_by_keyboard_alone(
    new_server: DemoShop, open_window: OpenWindow, size: str, javascript: bool
) -> None:
    page = open_setup(new_server, open_window, javascript=javascript, size=size)
    set_up(page)
    address = make_link(page)
    buyer = open_window(new_server.origin, javascript=javascript, size=size).page
    buy(buyer, address)
    refund(page)
    buyer.reload()
    expect_heading(buyer, "Your payment was sent back in full")
    organization = new_server.organization
    assert (organization.country, organization.default_currency, organization.timezone) == (
        "AT",
        "eur",
        "Europe/Vienna",
    )


def test_the_pages_of_the_first_day_pass_axe(new_server: DemoShop, open_window: OpenWindow) -> None:
    page = open_setup(new_server, open_window)
    setup = page.url
    check_everywhere(page)
    page.get_by_label("Name of the business").fill("Hillside Apiary")
    page.get_by_label("Your e-mail address").fill("ada@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_label("Country").select_option("AT")
    page.get_by_label("Usual currency").select_option("eur")
    page.get_by_label("Time zone").select_option("Europe/Vienna")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("Use at least 12 characters").first).to_be_visible()
    check_everywhere(page)
    page.get_by_label("Password").fill("ten bees on sage")
    page.get_by_role("button", name="Start").click()
    expect_heading(page, "Welcome")
    check_everywhere(page)
    stranger = open_window(new_server.origin)
    stranger.may_keep = frozenset({CONSOLE_COOKIE})
    stranger.forgiving = True
    stranger.page.goto(setup)
    expect_heading(stranger.page, "This page was used already")
    check_everywhere(stranger.page)
