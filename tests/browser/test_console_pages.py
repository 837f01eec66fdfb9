"""Every page of the console passes axe and fits its window, with its folds and menus open.

The pages come from the URL map. Four ways to look at them have each width, direction and colour scheme; `EVERY_WAY=1` tries all 16.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.buyer import expect_checkout, expect_heading, fill_card, pay_button
from tests.browser.merchant import log_in
from tests.browser.shop import CONSOLE_COOKIE, DemoShop, shop_config
from tests.browser.sites import Site, make_certificate
from tests.browser.visits import LAYOUT, LAYOUT_RULES, RULES, expect_fits, run_axe
from tests.support.console_pages import console_pages

OPEN_FOLDS = "() => document.querySelectorAll('details:not(.menu)').forEach(fold => { fold.open = true })"
OPEN_MENUS = "() => document.querySelectorAll('details.menu').forEach(menu => { menu.open = true })"
MENU_RULES = {**LAYOUT, "runOnly": {"type": "rule", "values": sorted({*LAYOUT_RULES} - {"target-size"})}}
"""The rules for a page with open menus. A menu covers controls of the page, until it is closed."""

TURN = "direction => { document.documentElement.dir = direction }"


@dataclass(frozen=True)
class Way:
    """A way to look at a page: the width of the window, the direction of the text, and the colours."""

    width: int
    direction: str
    scheme: str

    def check(self, page: Page) -> None:
        """Check a page with axe, with its folds open, and with its menus open where it has more than that of the user."""
        page.evaluate(TURN, self.direction)
        page.evaluate(OPEN_FOLDS)
        expect_fits(page)
        run_axe(page, RULES if self.has_all_rules else LAYOUT, f"{self}, with folds open")
        if page.locator("details.menu:not(.account)").count() or page.url.endswith("/console/"):
            page.evaluate(OPEN_MENUS)
            expect_fits(page)
            run_axe(page, MENU_RULES, f"{self}, with menus open")

    @property
    def has_all_rules(self) -> bool:
        """Whether all rules of axe are tried. The rules of `LAYOUT` are the only ones that depend on the way to look at a page."""
        return self == FEW_WAYS[-1] or bool(os.environ.get("EVERY_WAY"))


ALL_WAYS = [Way(*way) for way in product((320, 360, 768, 1440), ("ltr", "rtl"), ("light", "dark"))]
FEW_WAYS = [Way(320, "ltr", "dark"), Way(360, "rtl", "light"), Way(768, "rtl", "dark"), Way(1440, "ltr", "light")]


@pytest.fixture(scope="module")
def full_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoShop]:
    """Serve the demo with an example of every kind of object."""
    folder = tmp_path_factory.mktemp("office")
    site = Site("pay.test", make_certificate(folder, "pay.test"))
    shop = DemoShop(site, shop_config(folder, site.origin))
    shop.seed()
    yield shop
    site.close()
    shop.store.close()


@pytest.mark.parametrize("way", ALL_WAYS if os.environ.get("EVERY_WAY") else FEW_WAYS, ids=str)
def test_every_page_of_the_console_passes_axe_and_fits(full_office: DemoShop, open_window: Any, way: Way) -> None:
    shop = full_office
    window = open_window(shop.origin, viewport={"width": way.width, "height": 800}, color_scheme=way.scheme)
    window.may_keep = frozenset({CONSOLE_COOKIE})
    page: Page = window.page
    pay(page, shop.address("wick-trimmer"))
    page.goto(f"{shop.origin}/console/login")
    way.check(page)
    log_in(page, shop)
    paths = [path for _rule, path in console_pages(shop, most=1)]
    assert len(paths) > 40
    wrong = []
    for path in [*paths, "/console/nowhere"]:
        page.goto(shop.origin + path)
        try:
            way.check(page)
        except AssertionError as error:
            wrong.append(str(error))
    assert not wrong, "\n\n".join(wrong)


def pay(page: Page, address: str) -> None:
    """Pay a link without questions."""
    page.goto(address)
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page)
    pay_button(page).click()
    expect_heading(page, "Thank you for your order")
