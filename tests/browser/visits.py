"""A browser window, and the rules for every page that it opens."""

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
"""The only differences that the dark scheme may make."""

HARMLESS = "Failed to load resource: the server responded with a status of"
"""Chromium logs this for every response from 400 on, also for our own error pages."""


class Visit:
    """One window. `close` fails when a page contacted another host or logged an error."""

    def __init__(self, browser: Browser, origins: set[str], *, javascript: bool, **options: Any) -> None:
        self.origins = origins
        self.forgiving = False
        """False where the browser is expected to log errors, for example about a refused frame."""
        self.may_keep: frozenset[str] = frozenset()
        """The names of the cookies that a window of the console may have. Other windows have none."""
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
        """Close the window and raise if something was wrong."""
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
    """Check the page with axe in the light and in the dark scheme."""
    for scheme, rules in (("light", RULES), ("dark", COLORS))[: 1 + by_night]:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal, of a loop
        found = AXE.run(page, options=rules)
        assert not found.violations_count, f"{page.url} ({scheme})\n{found.generate_report()}"
    page.emulate_media(color_scheme="light")


def expect_fits(page: Page) -> None:
    """Check that nothing is cut off and that the page does not scroll sideways."""
    widths = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1], f"{page.url} is {widths[0]} pixels wide in a window of {widths[1]}"
