"""Going live with a link in a real browser: report, confirmation and result, on a phone, with scripts and without."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.services.accounts.keys import create_organization
from tests.browser.merchant import log_in
from tests.browser.shop import CONSOLE_COOKIE, DemoShop, shop_config
from tests.browser.sites import Site
from tests.browser.test_first_run import OpenWindow
from tests.browser.visits import check_everywhere, expect_fits
from tests.gateway.stripe_shaped import LIVE_KEY
from tests.support.certificates import make_certificate
from tests.support.http_server import served
from tests.support.live_stripe import LiveStripe


@pytest.fixture
def live(tmp_path: Path) -> Iterator[DemoShop]:
    """Serve a shop that was in sandbox mode, with one link, and has a live key now."""
    site = Site("pay.test", make_certificate(tmp_path, "pay.test"))
    before = DemoShop(site, shop_config(tmp_path, site.origin))
    create_organization(before.store, "Apiary Ltd", before.now())
    link = before.link(allow_promotion_codes=True, counterfoil={"slug": "honey", "name": "Jar of honey"})
    before.store.close()
    folder = tmp_path / "stripe"
    folder.mkdir()
    with served(LiveStripe(folder)) as address:
        told = {
            "STRIPE_API_BASE": address,
            "STRIPE_SECRET_KEY": LIVE_KEY,
            "STRIPE_WEBHOOK_SECRET": "whsec_0123456789abcdef0123",
            "SECRET_KEY": "k" * 32,
        }
        shop = DemoShop(site, shop_config(tmp_path, site.origin, **told))
        shop.demo = {"honey": link}
        yield shop
        site.close()
        shop.store.close()


def test_a_link_goes_live_on_a_phone(live: DemoShop, open_window: OpenWindow, javascript: bool) -> None:
    window = open_window(live.origin, javascript=javascript, size="phone")
    window.may_keep = frozenset({CONSOLE_COOKIE})
    page = window.page
    page.goto(f"{live.origin}/console/links/{live.demo['honey'].id}")
    log_in(page, live)
    page.get_by_role("link", name="Go live with this link").click()
    expect(page.get_by_text("Promotion codes do not move.")).to_be_visible()
    expect_fits(page)
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This link is live")
    expect(page.get_by_role("status")).to_contain_text("2 objects were made at Stripe.")
    expect(page.get_by_label("Address")).to_have_value(f"{live.origin}/pay/honey")
    expect_fits(page)


def test_the_pages_of_a_move_pass_axe(live: DemoShop, open_window: OpenWindow) -> None:
    window = open_window(live.origin)
    window.may_keep = frozenset({CONSOLE_COOKIE})
    page = window.page
    page.goto(f"{live.origin}/console/links/{live.demo['honey'].id}/live")
    log_in(page, live)
    check_everywhere(page)
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This link is live")
    check_everywhere(page)
    page.goto(f"{live.origin}/console/links/move")
    check_everywhere(page)
