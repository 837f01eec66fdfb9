"""A browser window of one buyer, and what must hold of every page that is met in it."""

from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

SIZES = {"phone": {"width": 360, "height": 780}, "desk": {"width": 1280, "height": 900}}
AXE = Axe()
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLORS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""All that the night can change."""

HARMLESS = "Failed to load resource: the server responded with a status of"
"""Chromium says so of every answer from 400 on, our own pages among them."""


class Visit:
    """One window. `close` fails where a page asked another host for something, or the console had to complain."""

    def __init__(self, browser: Browser, origins: set[str], *, javascript: bool, **options: Any) -> None:
        self.origins = origins
        self.forgiving = False
        """Set where the browser has to complain: of a frame that it refuses, say."""
        self.may_keep: frozenset[str] = frozenset()
        """The cookies, by name, that a window of the console keeps; nobody else's keeps any."""
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(
            java_script_enabled=javascript, ignore_https_errors=True, locale="en-GB", **options
        )
        self.context.set_default_timeout(15_000)
        self.context.on("request", self._request)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self._complain(str(error.error)))
        self.page: Page = self.context.new_page()

    def close(self) -> None:
        """Close the window and say what was wrong."""
        cookies = {cookie["name"] for cookie in self.context.cookies()}
        self.context.close()
        assert cookies <= self.may_keep
        assert not self.foreign
        assert self.forgiving or not self.complaints

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self.foreign.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(HARMLESS):
            self._complain(message.text)

    def _complain(self, text: str) -> None:
        self.complaints.append(text)


def check_accessibility(page: Page, *, by_night: bool = True) -> None:
    """axe finds nothing on the page as it is now, by day and by night."""
    for scheme, rules in (("light", RULES), ("dark", COLORS))[: 1 + by_night]:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal, of a loop
        found = AXE.run(page, options=rules)
        assert not found.violations_count, f"{page.url} ({scheme})\n{found.generate_report()}"
    page.emulate_media(color_scheme="light")


def expect_fits(page: Page) -> None:
    """Nothing is cut off to the side, and nothing has to be scrolled for sideways."""
    widths = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1], f"{page.url} is {widths[0]} pixels wide in a window of {widths[1]}"
