"""What a buyer does, in words: every control is found by its role and label, as a person or a screen reader finds it."""

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

CARD = "4242 4242 4242 4242"
PATIENCE = 15_000


def fill_card(page: Page | Locator, number: str = CARD, email: str = "ada@example.com") -> None:
    """Fill in the hosted checkout as far as every session asks."""
    address = page.get_by_label("E-mail address")
    if address.count():
        address.fill(email)
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry date").fill("04/39")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on card").fill("Ada Lovelace")


def pay_button(page: Page | Locator | FrameLocator) -> Locator:
    """The one filled button of a pay page or of the checkout."""
    words = r"^(Pay|Book|Donate|Subscribe|Start free trial|Continue to payment|Complete)"
    return page.get_by_role("button", name=re.compile(words))


def fill_address(page: Page) -> None:
    """The delivery address, where the session asks for one."""
    page.get_by_label("Address").last.fill("Kirchplatz 1")


def expect_checkout(page: Page) -> None:
    """The buyer has arrived at the hosted checkout."""
    expect(page.get_by_label("Card number")).to_be_visible(timeout=PATIENCE)


def expect_heading(page: Page | Locator | FrameLocator, words: str | re.Pattern[str]) -> None:
    """The page's one `h1`."""
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible(timeout=PATIENCE)
