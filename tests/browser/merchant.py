"""Steps of a merchant in the console."""

from playwright.sync_api import Page, expect

from tests.browser.shop import DemoShop
from tests.support.shop import PASSWORD


def log_in(page: Page, shop: DemoShop, email: str = "") -> None:
    """Log in on the log-in page, by default as the console user of the shop."""
    page.get_by_label("E-mail address").fill(email or shop.console_user())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Log in")
    page.wait_for_load_state()
