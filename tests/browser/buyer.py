"""Steps of a buyer. Controls are found by role and label, as people and screen readers find them."""

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.support.buyer import CARD, CARD_NUMBER

PATIENCE = 30_000
"""How long a test waits for a page, in milliseconds, because the machine may do other work."""


def fill_card(page: Page | Locator, number: str = CARD_NUMBER, email: str = "ada@example.com") -> None:
    """Fill in the fields that every hosted checkout has."""
    page.get_by_label("Card number").fill(number)
    # The card's number waits for the page. A count does not wait, so it comes after it.
    address = page.get_by_label("E-mail address")
    if address.count():
        address.fill(email)
    page.get_by_label("Expiry date").fill(CARD["card_expiry"])
    page.get_by_label("Security code").fill(CARD["card_cvc"])
    page.get_by_label("Name on card").fill("Ada Lovelace")


def pay_button(page: Page | Locator | FrameLocator) -> Locator:
    """Return the button that pays or leads to the payment."""
    words = r"^(Pay|Book|Donate|Subscribe|Start free trial|Continue$|Continue to|Complete)"
    return page.get_by_role("button", name=re.compile(words))


def fill_code(page: Page, code: str) -> None:
    """Open the field for the promotion code and fill it in."""
    page.locator(".promotion > summary").click()
    page.get_by_label("Promotion code").fill(code)


def expect_total(page: Page | FrameLocator, amount: str) -> None:
    """Check the total beside the button."""
    expect(page.locator(".hand-off .sum")).to_have_text(amount)


def fill_address(page: Page) -> None:
    """Fill in the delivery address."""
    page.get_by_label("Address").last.fill("Kirchplatz 1")


def expect_checkout(page: Page) -> None:
    """Check that the hosted checkout is open."""
    expect(page.get_by_label("Card number")).to_be_visible()


def expect_heading(page: Page | Locator | FrameLocator, words: str | re.Pattern[str]) -> None:
    """Check the text of the page's only `h1`."""
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()
