"""Stripe in the settings, in a real browser: the check, and an import whose progress moves by itself and also without scripts."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.services.accounts.keys import create_organization
from app.serving.imports import run_imports
from tests.browser.merchant import log_in
from tests.browser.shop import CONSOLE_COOKIE, DemoShop, shop_config
from tests.browser.sites import Site
from tests.browser.test_first_run import OpenWindow
from tests.browser.visits import check_everywhere, expect_fits
from tests.gateway.stripe_shaped import KEY
from tests.support.certificates import make_certificate
from tests.support.http_server import served
from tests.support.restricted_key import RestrictedKey
from tests.support.stripe_account import StripeAccount, a_link

STRIPE = "/console/settings/stripe"


class Stripe:
    """An account with links, whose key may not refund."""

    def __init__(self) -> None:
        self.links, self.key = StripeAccount(), RestrictedKey("refunds write")
        for number in range(3):
            self.links.add(a_link(f"plink_{number}"))
        self.links.refused.add("plink_1")

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        about_links = environ["PATH_INFO"].startswith("/v1/payment_links")
        return (self.links if about_links else self.key)(environ, start_response)


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[DemoShop]:
    """Serve a shop with a Stripe key."""
    site = Site("pay.test", make_certificate(tmp_path, "pay.test"))
    with served(Stripe()) as address:
        told = {"STRIPE_API_BASE": address, "STRIPE_SECRET_KEY": KEY, "SECRET_KEY": "k" * 32}
        shop = DemoShop(site, shop_config(tmp_path, site.origin, **told))
        create_organization(shop.store, "Apiary Ltd", shop.now())
        yield shop
        site.close()
        shop.store.close()


def open_settings(shop: DemoShop, open_window: OpenWindow, **options: Any) -> Page:
    window = open_window(shop.origin, **options)
    window.may_keep = frozenset({CONSOLE_COOKIE})
    window.page.goto(shop.origin + STRIPE)
    log_in(window.page, shop)
    return window.page


def test_the_connection_is_checked_and_links_are_imported_on_a_phone(
    connected: DemoShop, open_window: OpenWindow, javascript: bool
) -> None:
    page = open_settings(connected, open_window, javascript=javascript, size="phone")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Missing: Charges and Refunds: write (rak_refund_write)")).to_be_visible()
    expect_fits(page)
    page.get_by_role("button", name="Import links").click()
    progress = page.locator("#import-progress")
    expect(progress).to_contain_text("You can leave this page, it goes on.")
    expect_fits(page)
    assert run_imports(connected.context, "browser") == 1
    if not javascript:
        progress.get_by_role("link", name="Refresh").click()
    expect(progress).to_contain_text("2 links were imported.")
    expect(progress).to_contain_text("One link was left out")
    expect(progress.get_by_text("Refused: resource_missing.")).to_be_visible()
    expect_fits(page)


def test_the_page_passes_axe_while_an_import_runs_and_afterwards(connected: DemoShop, open_window: OpenWindow) -> None:
    page = open_settings(connected, open_window)
    page.get_by_role("button", name="Check now").click()
    page.get_by_role("button", name="Import links").click()
    expect(page.locator("#import-progress")).to_be_visible()
    check_everywhere(page)
    assert run_imports(connected.context, "browser") == 1
    page.goto(connected.origin + STRIPE)
    expect(page.locator("#import-progress")).to_contain_text("2 links were imported.")
    check_everywhere(page)
