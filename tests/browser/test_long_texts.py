"""Texts that are 40 % longer, or read from right to left, in every state of a buyer's page in a window of 320 pixels."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.gallery import GALLERY
from tests.browser.gallery.stage import Stage
from tests.browser.shop import DemoShop, shop_config
from tests.browser.sites import Site
from tests.browser.visits import expect_fits
from tests.support.languages import lengthen, mirror, speak

NARROW = {"width": 320, "height": 700}

OUTSIDE = """() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const owner = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !owner.checkVisibility() || owner.closest(".visually-hidden, template, option")) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const box of range.getClientRects()) {
      if (box.width > 1 && (box.left < -0.5 || box.right > width + 0.5)) found.push(walker.currentNode.data.trim());
    }
  }
  for (const button of document.querySelectorAll("button:not(.visually-hidden), .button, .tag")) {
    if (button.checkVisibility() && button.scrollWidth > button.clientWidth + 1) found.push(button.textContent.trim());
  }
  return found;
}"""
"""The texts that leave the window, and the buttons whose text leaves them."""


@pytest.fixture(scope="session")
def foreign_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoShop]:
    """Serve the demo with two languages made for these tests, beside English."""
    folder = tmp_path_factory.mktemp("foreign")
    site = Site()
    shop = DemoShop(site, shop_config(folder, site.origin))
    shop.seed()
    speak(shop.app, folder / "locale", de=lengthen, ar=mirror)
    yield shop
    site.close()
    shop.store.close()


def change_language(page: Page, language: str) -> None:
    """Choose a language in the menu, as a buyer does."""
    menu = page.locator("#languages")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    menu.locator(f"[lang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.parametrize("name", GALLERY)
def test_nothing_leaves_the_window(foreign_shop: DemoShop, open_window: Any, name: str) -> None:
    page = open_window(foreign_shop.origin, viewport=NARROW).page
    GALLERY[name](Stage(foreign_shop, page))
    page.unroute_all()  # some states hold back the answers to previews
    for language in ("de", "ar"):
        change_language(page, language)
        expect_fits(page)
        assert page.evaluate(OUTSIDE) == [], language
