"""A first visit of a pay page is small: few requests, few bytes. What counts is what the server sent to a browser that has nothing yet."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.browser.buyer import pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DEMO, DemoShop, shop_config
from tests.browser.sites import Application, Site
from tests.browser.visits import Visit

BYTES_AT_MOST: Final = 25_000
"""Compressed, without pictures of products."""

REQUESTS_AT_MOST: Final = 4
"""The page, its styles, its script, and the merchant's logo. Pictures of products come on top."""

OPTIONS: Final = 200


class Sent(NamedTuple):
    """One answer of the server."""

    path: str
    coding: str
    bytes: int


class Recorder:
    """An application in front of another one that records each answer."""

    def __init__(self, application: Application) -> None:
        self.sent: list[Sent] = []
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        coding = ""

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            nonlocal coding
            coding = dict(headers).get("Content-Encoding", "")
            return start_response(status, headers, *more)

        answer = self._application(environ, start)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        self.sent.append(Sent(environ["PATH_INFO"], coding, len(body)))
        return [body]

    @property
    def bytes(self) -> int:
        """The bytes of the answers without pictures of products."""
        return sum(it.bytes for it in self.own)

    @property
    def own(self) -> list[Sent]:
        """The answers without pictures of products."""
        return [it for it in self.sent if "/item-" not in it.path and "/picture-" not in it.path]


@pytest.fixture
def recorder(shop: DemoShop) -> Iterator[Recorder]:
    """Record what the shop sends."""
    before = shop.site.application
    assert before is not None
    shop.site.application = recorder = Recorder(before)
    yield recorder
    shop.site.application = before


def wait_for_all(page: Page) -> None:
    """Wait until the browser has asked for everything, the icon of the tab too."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)


@pytest.mark.parametrize("link", ["spring-box", "wick-trimmer", "candle-club", "2026-0042", "bee-garden"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_first_visit_takes_four_requests_and_25_kilobytes(
    shop: DemoShop, open_page: OpenPage, recorder: Recorder, link: str, size: str
) -> None:
    page = open_page(link, size=size)
    wait_for_all(page)
    assert len(recorder.own) <= REQUESTS_AT_MOST, recorder.sent
    assert recorder.bytes <= BYTES_AT_MOST, recorder.sent
    codes = [it for it in recorder.sent if "/static/" not in it.path]
    assert [it.coding for it in codes] == ["br"] * 3, "page, styles and script"
    expect(pay_button(page)).to_be_enabled()
    assert page.evaluate("typeof window.htmx") == "object"


def test_a_page_that_is_made_for_one_visitor_stays_within_the_same_bounds(
    shop: DemoShop, open_page: OpenPage, recorder: Recorder
) -> None:
    page = open_page("spring-box", "?prefilled_email=ada%40example.com")
    wait_for_all(page)
    expect(page.locator("[name=email]")).to_have_value("ada@example.com")
    assert recorder.sent[0].coding == "br"
    assert len(recorder.own) <= REQUESTS_AT_MOST, recorder.sent
    assert recorder.bytes <= BYTES_AT_MOST, recorder.sent


def test_a_dropdown_of_200_options_stays_within_the_same_bounds(
    shop: DemoShop, open_page: OpenPage, recorder: Recorder
) -> None:
    options = [{"label": f"Option number {number}", "value": f"option{number}"} for number in range(OPTIONS)]
    field = {"key": "scent", "label": {"type": "custom", "custom": "Scent"}, "type": "dropdown"}
    link = shop.link(custom_fields=[{**field, "dropdown": {"options": options}}])
    page = open_page(link)
    wait_for_all(page)
    assert page.locator("option").count() >= OPTIONS
    assert len(recorder.sent) <= REQUESTS_AT_MOST, recorder.sent
    assert recorder.bytes <= BYTES_AT_MOST, recorder.sent


def test_a_page_in_a_frame_stays_within_the_same_bounds(
    shop: DemoShop, open_page: OpenPage, recorder: Recorder
) -> None:
    page = open_page("dipping", "/embed")
    wait_for_all(page)
    assert len(recorder.own) <= REQUESTS_AT_MOST, recorder.sent
    assert recorder.bytes <= BYTES_AT_MOST, recorder.sent


def test_the_next_visit_asks_for_the_page_alone(shop: DemoShop, open_page: OpenPage, recorder: Recorder) -> None:
    page = open_page("spring-box")
    wait_for_all(page)
    recorder.sent.clear()
    page.goto(shop.address("wick-trimmer"), wait_until="networkidle")
    assert [it.path for it in recorder.own] == ["/pay/wick-trimmer"]
    assert recorder.bytes <= 5_000, recorder.sent


def test_a_page_without_a_form_is_half_as_heavy(shop: DemoShop, open_page: OpenPage, recorder: Recorder) -> None:
    page = open_page("market-2025")
    wait_for_all(page)
    assert page.evaluate("typeof window.htmx") == "undefined"
    assert len(recorder.sent) <= REQUESTS_AT_MOST, recorder.sent
    assert recorder.bytes <= BYTES_AT_MOST / 2, recorder.sent


@pytest.mark.parametrize("name", ["counterfoil.css", "console.css"])
def test_a_small_stylesheet_has_the_rules_of_its_file(shop: DemoShop, open_page: OpenPage, name: str) -> None:
    page = open_page("spring-box")
    rules = """async address => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(await (await fetch(address)).text());
      // A browser keeps the spaces in values that it does not read yet: those of tokens.
      return Array.from(sheet.cssRules, rule => rule.cssText.replace(/, /g, ","));
    }"""
    written = page.evaluate(rules, f"/static/css/{name}")
    assert len(written) > 100
    assert page.evaluate(rules, f"/bundles/{name}") == written


def test_the_merchants_colours_reach_the_button(tmp_path: Path, open_window: Callable[..., Visit]) -> None:
    site = Site()
    shop = DemoShop(site, shop_config(tmp_path, site.origin))
    branding = {"primary_color": "#7a0147"}
    shop.seed(settings={**DEMO["organization"]["settings"], "branding": branding})
    try:
        for path in ("", "/embed"):
            page = open_window(site.origin).page
            page.goto(shop.address("dipping", path))
            assert pay_button(page).evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(122, 1, 71)"
    finally:
        site.close()
        shop.store.close()
