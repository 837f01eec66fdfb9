"""Every page of the console passes axe and fits its window, with its folds and menus open, and so does every form with its errors.

The pages and the forms come from the URL map. Four ways to look at them have each width, direction and colour scheme;
`EVERY_WAY=1` tries all 16.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page

from app.objects.change import COMMAND_LINE
from app.services.accounts.invitations import invite
from tests.browser.buyer import expect_checkout, expect_heading, fill_card, pay_button
from tests.browser.merchant import log_in
from tests.browser.shop import CONSOLE_COOKIE, DemoShop, shop_config
from tests.browser.sites import Site
from tests.browser.visits import LAYOUT, LAYOUT_RULES, RULES, expect_fits, run_axe
from tests.support.certificates import make_certificate
from tests.support.console_pages import console_pages
from tests.support.console_refusals import Refusal, console_refusals

OPEN_FOLDS = "() => document.querySelectorAll('details:not(.menu)').forEach(fold => { fold.open = true })"
OPEN_MENUS = "() => document.querySelectorAll('details.menu').forEach(menu => { menu.open = true })"
MENU_RULES = {**LAYOUT, "runOnly": {"type": "rule", "values": sorted({*LAYOUT_RULES} - {"target-size"})}}
"""The rules for a page with open menus. A menu covers controls of the page, until it is closed."""

SEND = """([path, values]) => {
  const leadsThere = (form) => new URL(form.getAttribute("action") || "", location).pathname === path;
  const form = [...document.forms].find((form) => form.method === "post" && leadsThere(form));
  const sent = new FormData(form);
  for (const [name, value] of Object.entries(values)) sent.set(name, value);
  const copy = document.createElement("form");
  copy.method = "post";
  copy.action = path;
  copy.enctype = form.enctype;
  for (const [name, value] of sent) if (typeof value === "string") {
    copy.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(copy);
  copy.submit();
}"""
"""Sends the form that leads to a path, with other values. The checks of the browser do not keep it back."""

TWO_FACTOR = "/console/account/two-factor"
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
    wrong: list[str] = []
    for _ in pages_before_the_log_in(page, shop):
        note_errors(way, page, wrong)
    log_in(page, shop)
    paths = [path for _rule, path in console_pages(shop, most=1)]
    assert len(paths) > 40
    for path in [*paths, "/console/nowhere"]:
        page.goto(shop.origin + path)
        note_errors(way, page, wrong)
    refusals = list(console_refusals(shop))
    assert len(refusals) > 15
    for refusal in [*refusals, Refusal(TWO_FACTOR, TWO_FACTOR, {"code": "0"}, 422)]:
        page.goto(shop.origin + refusal.page)
        assert send(page, refusal.path, refusal.values) == refusal.status, refusal
        note_errors(way, page, wrong)
    assert not wrong, "\n\n".join(wrong)


def note_errors(way: Way, page: Page, wrong: list[str]) -> None:
    """Check a page. Keep what is wrong, so that the other pages are checked as well."""
    try:
        way.check(page)
    except AssertionError as error:
        wrong.append(str(error))


def send(page: Page, path: str, values: dict[str, str]) -> int:
    """Send the form that leads to a path, with other values. Return the status of the answer."""
    with page.expect_navigation() as answer:
        page.evaluate(SEND, [path, values])
    assert answer.value is not None
    return answer.value.status


def pages_before_the_log_in(page: Page, shop: DemoShop) -> Iterator[None]:
    """Open the log-in and the page of an invitation, each as it is opened first and with errors."""
    email = f"{shop.now()}@example.com"
    _invitation, secret = invite(shop.store, shop.organization.id, email, "viewer", shop.now(), actor=COMMAND_LINE)
    for path, values in (
        ("/console/login", {"email": "ada@example.com", "password": "wrong"}),
        (f"/console/invitations/{secret}", {"password": "short"}),
        ("/console/login/unknown", {}),
    ):
        page.goto(shop.origin + path)
        yield
        assert send(page, path, values) == 422
        yield
    page.goto(f"{shop.origin}/console/login")


def pay(page: Page, address: str) -> None:
    """Pay a link without questions."""
    page.goto(address)
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page)
    pay_button(page).click()
    expect_heading(page, "Thank you for your order")
