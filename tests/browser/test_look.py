"""Layout and weight of pages: narrow, wide, light, dark, zoomed, in forced colours, printed, and with few small requests."""

import gzip

import pytest
from playwright.sync_api import Response, expect

from tests.browser.buyer import expect_checkout, fill_card, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop
from tests.browser.visits import check_accessibility, expect_fits

LINKS = ["spring-box", "bee-garden", "candle-club", "workshop-wax", "dipping", "2026-0042"]
HTML_AT_MOST = 6 * 1024
"""Compressed."""
WEIGHT_AT_MOST = 35 * 1024
"""Compressed, of HTML, styles and scripts together."""


@pytest.mark.parametrize("size", ["phone", "desk"])
@pytest.mark.parametrize("link", LINKS)
def test_a_pay_page_passes_axe_and_fits(shop: DemoShop, open_page: OpenPage, link: str, size: str) -> None:
    page = open_page(link, size=size)
    expect_fits(page)
    check_accessibility(page)


@pytest.mark.parametrize("width", [320, 240])
@pytest.mark.parametrize("path", ["", "/embed"], ids=["page", "frame"])
def test_a_page_is_readable_at_400_percent_zoom(shop: DemoShop, open_page: OpenPage, path: str, width: int) -> None:
    """A window of 1280 pixels at 400 % zoom has 320 pixels. A frame may be 240 pixels wide."""
    for link in ("spring-box", "2026-0042"):
        page = open_page(link, path, viewport={"width": width, "height": 600})
        expect_fits(page)
        expect(pay_button(page)).to_be_visible()


def test_in_a_wide_frame_the_picture_is_as_high_as_the_form(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("dipping", "/embed", viewport={"width": 1440, "height": 900})
    picture, form = page.locator(".picture img").bounding_box(), page.locator(".till").bounding_box()
    assert picture is not None
    assert form is not None
    assert (picture["y"], picture["height"]) == (form["y"], form["height"])


def test_checkout_and_confirmation_fit_a_phone(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("wick-trimmer", size="phone")
    pay_button(page).click()
    expect_checkout(page)
    expect_fits(page)
    check_accessibility(page)
    fill_card(page)
    pay_button(page).click()
    expect(page.get_by_role("heading", name="What you paid for")).to_be_visible()
    expect_fits(page)
    check_accessibility(page)


def test_forced_colours_and_reduced_motion_leave_everything_usable(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("spring-box", forced_colors="active", reduced_motion="reduce")
    button = pay_button(page)
    button.focus()
    outline = button.evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline != "none"
    border = button.evaluate("e => getComputedStyle(e).borderTopStyle")
    assert border != "none"
    moving = page.evaluate("() => document.getAnimations().filter(a => a.playState === 'running').length")
    assert moving == 0


def test_words_of_60_letters_and_amounts_of_12_digits_fit(shop: DemoShop, open_page: OpenPage) -> None:
    link = shop.link(99_999_999, "Donaudampfschifffahrtsgesellschaftskapitaenskajuetenbeleuchtung")
    page = open_page(link, viewport={"width": 320, "height": 600})
    expect_fits(page)
    assert page.locator("h1").evaluate("title => getComputedStyle(title).hyphens") == "auto"


@pytest.mark.parametrize("link", LINKS)
def test_a_pay_page_is_light(shop: DemoShop, open_page: OpenPage, link: str) -> None:
    """Measure HTML, styles and scripts, which a slow phone loads before the page can be used."""
    page = open_page(shop.origin + "/healthz")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(shop.address(link), wait_until="networkidle")
    weights = {
        answer.url.rpartition("/")[2]: len(gzip.compress(answer.body(), 9)) for answer in answers if is_code(answer)
    }
    html = weights[link]
    assert html <= HTML_AT_MOST, f"{html} bytes"
    assert sum(weights.values()) <= WEIGHT_AT_MOST, weights
    assert all(answer.url.startswith(shop.origin) for answer in answers)


def is_code(answer: Response) -> bool:
    return answer.headers.get("content-type", "").partition(";")[0] in ("text/html", "text/css", "text/javascript")


def test_the_receipt_prints_on_one_sheet(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("wick-trimmer")
    pay_button(page).click()
    expect_checkout(page)
    fill_card(page)
    pay_button(page).click()
    expect(page.get_by_role("heading", name="What you paid for")).to_be_visible()
    sheets = page.pdf(format="A4").count(b"/Type /Page\n") or page.pdf(format="A4").count(b"/Type /Page ")
    assert sheets == 1
