"""A frame on a merchant's page: filled from edge to edge, light by default, with a way back, and paid without a reload of the page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from app.objects.payment_link import PaymentLink
from tests.browser.buyer import expect_checkout, expect_heading, fill_card, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.embedding import Sites
from tests.browser.visits import Visit

SOON = 60_000
WHITE = "#fff"


def invoice(sites: Sites, slug: str) -> PaymentLink:
    """Create an invoice that the merchant's site may frame."""
    return sites.shop.link(
        142800,
        counterfoil={"slug": slug, "reference": f"2026-{slug}", "embed_origins": [sites.merchant.origin]},
        restrictions={"completed_sessions": {"limit": 1}},
    )


def in_frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def paper(page: Page) -> str:
    """Return the colour of the paper in the frame."""
    return str(in_frame(page).locator(".slip").evaluate("e => getComputedStyle(e).getPropertyValue('--paper')")).strip()


def leave_and_pay(page: Page) -> None:
    """Press the button in the frame and pay at the checkout."""
    pay_button(in_frame(page)).click()
    expect_checkout(page)
    fill_card(page)
    pay_button(page).click()
    expect(page).to_have_url(re.compile("/complete/"))


@pytest.mark.parametrize("policy", ["", "no styles"], ids=["no policy", "a policy against inline styles"])
@pytest.mark.parametrize("width", ["320", "608", "720", "1100"])
def test_the_frame_is_filled_from_edge_to_edge(sites: Sites, open_host: OpenPage, width: str, policy: str) -> None:
    page = open_host("dipping", width=width, policy=policy, quiet=False)
    expect(page.locator("#heard")).to_contain_text("ready open")
    place = page.locator("#place").bounding_box()
    frame = page.locator("iframe").bounding_box()
    assert place is not None
    assert frame is not None
    assert (frame["x"], frame["width"]) == (place["x"], place["width"])
    edges = """() => {
        const slip = document.querySelector(".slip").getBoundingClientRect();
        const root = document.documentElement;
        return [slip.left, slip.top, root.clientWidth - slip.right, root.clientWidth - innerWidth, root.scrollWidth - innerWidth];
    }"""
    assert page.frames[1].evaluate(edges) == [0, 0, 0, 0, 0]
    assert page.locator("iframe").evaluate("e => getComputedStyle(e).borderWidth") == "0px"


@pytest.mark.parametrize(
    ("theme", "system", "light"),
    [("light", "dark", True), ("auto", "dark", False), ("auto", "light", True), ("dark", "light", False)],
)
def test_a_frame_is_light_unless_the_page_asks(
    sites: Sites, open_window: Callable[..., Visit], theme: str, system: str, light: bool
) -> None:
    page = open_window(*sites.origins, color_scheme=system).page
    page.goto(sites.host("dipping", theme=theme))
    expect(in_frame(page).locator(".slip")).to_be_visible()
    assert (paper(page) == WHITE) == light


def test_an_invoice_turns_to_paid_by_itself(sites: Sites, open_host: OpenPage) -> None:
    link = invoice(sites, "0101")
    page = open_host("0101")
    expect(page.locator("#heard")).to_contain_text("ready open")
    assert "completed" not in page.locator("#heard").inner_text()
    # Somebody else pays, in another browser.
    payer = open_host("0101")
    leave_and_pay(payer)
    sites.shop.paid(link)
    expect_heading(in_frame(page), "Invoice 2026-0101 is paid")
    expect(page.locator("#heard")).to_contain_text(f'completed {{"payment_link":"{link.id}"}}', timeout=SOON)
    told = [data for origin, data in page.evaluate("() => messages") if data["type"] == "counterfoil:completed"]
    assert told[0] == {"type": "counterfoil:completed", "version": 1, "payment_link": link.id}
    assert {origin for origin, _ in page.evaluate("() => messages")} == {sites.pay.origin}
    assert page.locator("#heard li", has_text="completed").count() == 1
    assert in_frame(page).get_by_role("link", name="See the receipt").count() == 0


def test_a_frame_that_nobody_looks_at_asks_nothing(sites: Sites, open_host: OpenPage) -> None:
    invoice(sites, "0102")
    page = open_host("0102")
    expect(page.locator("#heard")).to_contain_text("ready open")
    look_again = "() => { window.dispatchEvent(new Event('focus')) }"
    with page.expect_request(re.compile("/embed/state$"), timeout=SOON):
        page.frames[1].evaluate(look_again)
    page.locator("#place").evaluate("e => { e.style.marginTop = '5000px' }")
    page.wait_for_timeout(500)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.frames[1].evaluate(look_again)
    page.wait_for_timeout(500)
    assert [url for url in asked if url.endswith("/embed/state")] == []


def test_the_buyer_comes_back_to_the_invoice_which_is_paid(sites: Sites, open_host: OpenPage, javascript: bool) -> None:
    slug = f"02{int(javascript)}"
    link = invoice(sites, slug)
    here = sites.host(slug)
    page = open_host(slug, javascript=javascript, return_url=here)
    leave_and_pay(page)
    sites.shop.paid(link)
    page.get_by_role("link", name="Back to the invoice").click()
    expect(page).to_have_url(here)
    expect_heading(in_frame(page), f"Invoice 2026-{slug} is paid")
    expect(in_frame(page).get_by_text("The payer has the receipt.")).to_be_visible()


def test_a_buyer_who_leaves_checkout_goes_back_to_the_invoice(
    sites: Sites, open_host: OpenPage, javascript: bool
) -> None:
    slug = f"03{int(javascript)}"
    invoice(sites, slug)
    here = sites.host(slug)
    page = open_host(slug, javascript=javascript, return_url=here)
    pay_button(in_frame(page)).click()
    expect_checkout(page)
    page.get_by_role("link", name=re.compile("Cancel and go back")).click()
    expect(page.get_by_role("heading", name="You left before paying")).to_be_visible()
    page.get_by_role("link", name="Back to the invoice").click()
    expect(page).to_have_url(here)
    expect(pay_button(in_frame(page))).to_be_visible()


@pytest.mark.parametrize("width", ["320", "720"])
def test_without_scripts_the_frame_is_as_wide_as_its_place(sites: Sites, open_host: OpenPage, width: str) -> None:
    page = open_host("dipping", width=width, javascript=False)
    expect(pay_button(in_frame(page))).to_be_visible()
    place, slip = page.locator("#place").bounding_box(), in_frame(page).locator(".slip").bounding_box()
    assert place is not None
    assert slip is not None
    assert (slip["x"], slip["width"]) == (place["x"], place["width"])


def test_without_scripts_a_paid_invoice_says_so_when_its_page_is_loaded_again(
    sites: Sites, open_host: OpenPage
) -> None:
    link = invoice(sites, "0401")
    page = open_host("0401", javascript=False)
    expect(pay_button(in_frame(page))).to_be_visible()
    payer = open_host("0401", javascript=False)
    leave_and_pay(payer)
    sites.shop.paid(link)
    page.reload()
    expect_heading(in_frame(page), "Invoice 2026-0401 is paid")
    expect(in_frame(page).get_by_role("link", name="See the receipt")).to_have_count(0)
