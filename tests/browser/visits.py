"""A browser window, and the rules for every page that it opens."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route

from tests.browser.buyer import PATIENCE

SIZES = {"phone": {"width": 360, "height": 780}, "desk": {"width": 1280, "height": 900}}
AXE = Axe()
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLORS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
"""The only differences that the dark scheme may make."""

LAYOUT_RULES = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "skip-link", "target-size"]
LAYOUT = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": LAYOUT_RULES}}
"""The only differences that another text direction may make, or a width of 320 instead of 360 pixels."""

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
        options.setdefault("locale", "en-GB")
        self.context: BrowserContext = browser.new_context(
            java_script_enabled=javascript, ignore_https_errors=True, **options
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", self._request)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self._complain(str(error.error)))
        self.page: Page = self.context.new_page()

    def close(self) -> None:
        """Close the window and raise if something was wrong."""
        cookies = {cookie["name"] for cookie in self.context.cookies()}
        self.context.close()
        assert cookies <= self.may_keep, cookies
        assert not self.foreign, self.foreign
        assert self.forgiving or not self.complaints, self.complaints

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self.foreign.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(HARMLESS):
            self._complain(message.text)

    def _complain(self, text: str) -> None:
        self.complaints.append(text)


@contextmanager
def late_scripts(page: Page) -> Iterator[None]:
    """Hold back the scripts of a page that a test opens in this context, until its end. Open it with `wait_until="commit"`."""
    held: list[Route] = []
    pattern = re.compile(r"/form\.js")
    page.route(pattern, lambda route: held.append(route))
    yield
    deadline = monotonic() + PATIENCE / 1000
    while not held:
        assert monotonic() < deadline, "the page asks for no script"
        page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    page.unroute(pattern)


def check_accessibility(page: Page, *, by_night: bool = True) -> None:
    """Check the page with axe in the light and in the dark scheme."""
    for scheme, rules in (("light", RULES), ("dark", COLORS))[: 1 + by_night]:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal, of a loop
        run_axe(page, rules, scheme)
    page.emulate_media(color_scheme="light")


def check_everywhere(page: Page) -> None:
    """Check the page with axe at every width, in the light and in the dark scheme, and from right to left."""
    before = page.viewport_size
    for direction, widths in (("ltr", (360, 320, 1280)), ("rtl", (360,))):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            expect_fits(page)
            rules_here = LAYOUT if direction == "rtl" or width == 320 else RULES
            for scheme, rules in (("light", rules_here), ("dark", COLORS)):
                if scheme == "dark" and (direction == "rtl" or width == 320):
                    continue  # Colours depend on the layout, and not on the direction.
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal, of a loop
                run_axe(page, rules, f"{width} pixels, {direction}, {scheme}")
    page.emulate_media(color_scheme="light")
    page.evaluate("() => { document.documentElement.removeAttribute('dir') }")
    if before:
        page.set_viewport_size(before)


def run_axe(page: Page, rules: dict[str, Any], how: str) -> None:
    """Run axe, which a page loads only once."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = AxeResults(page.evaluate("rules => axe.run(rules)", rules))
    assert not found.violations_count, f"{page.url} ({how})\n{found.generate_report()}"


SMALL = """() => {
  const found = [];
  for (const control of document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")) {
    const box = (control.closest("label") || control).getBoundingClientRect();
    const isShown = control.checkVisibility() && box.width > 1 && !control.closest(".visually-hidden");
    // A link within a sentence is as high as its line.
    const isText = control.tagName === "A" && getComputedStyle(control).display === "inline" && control.closest("p, li, dd, span");
    if (isShown && !isText && Math.min(box.width + (control.tagName === "INPUT" ? 20 : 0), box.height) < 43.5)
      found.push(`${control.outerHTML.slice(0, 120)}: ${Math.round(box.width)} x ${Math.round(box.height)}`);
  }
  return found;
}"""
"""Controls below 44 pixels. The number between the buttons of a quantity may be narrower than they are."""


def expect_targets(page: Page) -> None:
    """Check at every width that each control that stands alone is large enough for a finger."""
    for width in (320, 360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(SMALL) == [], width


def expect_fits(page: Page) -> None:
    """Check that nothing is cut off and that the page does not scroll sideways."""
    widths = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1], f"{page.url} is {widths[0]} pixels wide in a window of {widths[1]}"
