"""Browsers and servers for these tests: one server per worker, and one window per test, which is checked when it closes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.buyer import PATIENCE
from tests.browser.embedding import Sites
from tests.browser.merchant import log_in
from tests.browser.shop import CONSOLE_COOKIE, DemoShop, shop_config
from tests.browser.sites import Site
from tests.browser.visits import SIZES, Visit
from tests.support.certificates import make_certificate
from tests.support.chromium import launch_arguments

expect.set_options(timeout=PATIENCE)

OpenConsole = Callable[..., Page]
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: it needs a browser."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start Chromium as buyers use it: with the back/forward cache, and with blocked popups."""
    ignored = ["--disable-popup-blocking", "--disable-back-forward-cache"]
    return {**launch_arguments(), "ignore_default_args": ignored}


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoShop]:
    """Serve the demo."""
    site = Site()
    shop = DemoShop(site, shop_config(tmp_path_factory.mktemp("shop"), site.origin))
    shop.seed()
    yield shop
    site.close()
    shop.store.close()
    assert not site.cookies


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoShop]:
    """Serve the demo over https, so that the console has its secure cookie."""
    folder = tmp_path_factory.mktemp("office")
    site = Site("pay.test", make_certificate(folder, "pay.test"))
    shop = DemoShop(site, shop_config(folder, site.origin))
    shop.seed()
    yield shop
    site.close()
    shop.store.close()
    assert {cookie.partition("=")[0] for cookie in site.cookies} == {CONSOLE_COOKIE}


@pytest.fixture
def open_window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a window. The window may only contact the given origins, and its errors fail the test."""
    windows: list[Visit] = []

    def opened(*origins: str, javascript: bool = True, size: str = "desk", **options: Any) -> Visit:
        options.setdefault("viewport", SIZES[size])
        windows.append(Visit(browser, set(origins), javascript=javascript, **options))
        return windows[-1]

    yield opened
    for window in windows:
        window.close()


@pytest.fixture
def open_page(shop: DemoShop, open_window: Callable[..., Visit]) -> OpenPage:
    """Return a function that opens a link in a new window: `open_page("wick-trimmer", javascript=False)`."""

    def opened(link: Any, path: str = "", *, origins: tuple[str, ...] = (), **options: Any) -> Page:
        page = open_window(shop.origin, *origins, **options).page
        page.goto(link if isinstance(link, str) and link.startswith("http") else shop.address(link, path))
        return page

    return opened


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Run a test with and without scripts."""
    return bool(request.param)


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Serve a merchant's page, the pay page and the checkout on three sites."""
    sites = Sites(tmp_path_factory.mktemp("sites"))
    yield sites
    sites.close()


@pytest.fixture
def open_host(sites: Sites, open_window: Callable[..., Visit]) -> OpenPage:
    """Return a function that opens a merchant's page with a frame: `open_host(sandbox=BY_USER)`."""

    def opened(
        link: str = "dipping", *, origin: str | None = None, javascript: bool = True, quiet: bool = True, **options: str
    ) -> Page:
        window = open_window(*sites.origins, javascript=javascript)
        window.forgiving = not quiet
        window.page.goto(sites.host(link, origin=origin, **options))
        return window.page

    return opened


@pytest.fixture
def open_console(office: DemoShop, open_window: Callable[..., Visit]) -> OpenConsole:
    """Return a function that opens the console in a new window, logged in by default."""

    def opened(path: str = "/console/links", *, logged_in: bool = True, **options: Any) -> Page:
        window = open_window(office.origin, **options)
        window.may_keep = frozenset({CONSOLE_COOKIE})
        window.page.goto(office.origin + path)
        if logged_in:
            log_in(window.page, office)
        return window.page

    return opened
