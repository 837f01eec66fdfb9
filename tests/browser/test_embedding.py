"""The pay page in a frame of another site: paying from the frame, and sites that may not frame it."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, FrameLocator, Page, expect

from tests.browser.buyer import expect_checkout, expect_heading, expect_total, fill_card, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.embedding import BY_USER, NO_SANDBOX, NO_WAY_OUT, OPAQUE, Sites
from tests.browser.visits import check_accessibility


def in_frame(page: Page) -> FrameLocator:
    """Return the contents of the pay frame."""
    return page.frame_locator("iframe")


def book(page: Page) -> FrameLocator:
    """Fill in the questions of the booking in the frame."""
    frame = in_frame(page)
    frame.get_by_label("Quantity").fill("2")
    frame.get_by_label("Apron size").select_option("Adult")
    frame.get_by_label("I agree").check()
    return frame


def pay_at_checkout(page: Page, sites: Sites) -> None:
    """Pay at the checkout and reach the confirmation, both at top level."""
    expect_checkout(page)
    assert page.url.startswith(sites.checkout.origin)
    fill_card(page)
    pay_button(page).click()
    expect_heading(page, "Thank you for your booking")
    assert page.url.startswith(sites.pay.origin)
    sites.shop.paid("dipping")


def received_events(page: Page) -> list[str]:
    """Return the DOM events that the merchant's page received."""
    return page.locator("#heard li").all_inner_texts()


@pytest.mark.parametrize("sandbox", [NO_SANDBOX, BY_USER], ids=["no sandbox", "sandbox that lets the user leave"])
def test_a_buyer_pays_from_inside_the_frame(sites: Sites, open_host: OpenPage, javascript: bool, sandbox: str) -> None:
    page = open_host(javascript=javascript, sandbox=sandbox)
    frame = book(page)
    if javascript:
        expect_total(frame, "€76.00")
    pay_button(frame).click()
    pay_at_checkout(page, sites)
    expect(page.get_by_role("link", name="Back to Tallow & Reed")).to_be_visible()
    assert sites.shop.paid("dipping").amount_total == 7600


def test_a_buyer_pays_with_third_party_cookies_blocked(sites: Sites, open_host: OpenPage) -> None:
    page = open_host(width="500")
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.setCookieControls",
        {
            "enableThirdPartyCookieRestriction": True,
            "disableThirdPartyCookieMetadata": True,
            "disableThirdPartyCookieHeuristics": True,
        },
    )
    page.reload()
    frame = book(page)
    probe = "() => { document.cookie = 'probe=1; SameSite=None; Secure'; return document.cookie }"
    assert page.frames[1].evaluate(probe) == ""
    pay_button(frame).click()
    pay_at_checkout(page, sites)


def test_missing_answers_are_reported_in_the_frame(sites: Sites, open_host: OpenPage, javascript: bool) -> None:
    page = open_host(javascript=javascript)
    frame = in_frame(page)
    frame.get_by_label("Quantity").fill("3")
    if javascript:
        pay_button(frame).click()
        expect(frame.get_by_role("alert")).to_contain_text(re.compile("missing or need"))
        expect(frame.get_by_role("alert")).to_be_focused()
    else:
        frame.get_by_role("button", name="Update total").last.click()
    expect_total(frame, "€114.00")
    assert page.url.startswith(sites.merchant.origin)


def test_without_scripts_wrong_answers_come_back_at_top_level(sites: Sites, open_host: OpenPage) -> None:
    page = open_host(javascript=False)
    pay_button(in_frame(page)).click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("missing or need"))
    assert page.url.startswith(sites.pay.origin)
    page.get_by_label("Apron size").select_option("Child")
    page.get_by_label("I agree").check()
    pay_button(page).click()
    pay_at_checkout(page, sites)


def test_a_cancel_returns_to_the_top_level_page(sites: Sites, open_host: OpenPage) -> None:
    page = open_host()
    pay_button(book(page)).click()
    expect_checkout(page)
    page.get_by_role("link", name=re.compile("Cancel and go back")).click()
    expect(page.get_by_role("heading", name="You left before paying")).to_be_visible()
    expect(page.get_by_label("Quantity")).to_have_value("2")
    assert page.url.startswith(sites.pay.origin)


def test_back_from_checkout_finds_the_merchants_page_and_the_answers(sites: Sites, open_host: OpenPage) -> None:
    page = open_host()
    frame = book(page)
    expect_total(frame, "€76.00")
    pay_button(frame).scroll_into_view_if_needed()
    place = pay_button(frame).bounding_box()
    assert place is not None
    pay_button(frame).click()
    expect_checkout(page)
    # The driver does not see a frame from the back/forward cache, so the click uses coordinates.
    page.go_back(wait_until="commit")
    expect_heading(page, "An invoice of a merchant's own")
    before = len(sites.shop.attempts("dipping"))
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    pay_at_checkout(page, sites)
    assert sites.shop.paid("dipping").amount_total == 7600
    assert len(sites.shop.attempts("dipping")) == before


def test_a_sandboxed_frame_that_cannot_be_left_shows_the_plain_link(sites: Sites, open_host: OpenPage) -> None:
    before = len(sites.shop.attempts("dipping"))
    page = open_host(sandbox=NO_WAY_OUT, quiet=False)
    frame = in_frame(page)
    link = frame.get_by_role("link", name="open the payment page in a new tab")
    expect(link).to_have_attribute("target", "_blank")
    frame.get_by_label("Apron size").select_option("Adult")
    frame.get_by_label("I agree").check()
    pay_button(frame).click()
    page.wait_for_timeout(500)
    assert page.url.startswith(sites.merchant.origin)
    assert len(sites.shop.attempts("dipping")) == before
    # Such a frame has no origin, so the script around it ignores its messages.
    expect(page.locator("iframe")).to_be_hidden(timeout=20_000)
    with page.context.expect_page() as popup:
        page.get_by_role("link", name="Open the payment page").click()
    expect_heading(popup.value, "Workshop: dip your own candles")


def test_a_sandbox_with_popups_alone_opens_the_page_in_a_new_tab(sites: Sites, open_host: OpenPage) -> None:
    page = open_host(sandbox=f"{NO_WAY_OUT} allow-same-origin allow-popups allow-popups-to-escape-sandbox", quiet=False)
    with page.context.expect_page() as popup:
        in_frame(page).get_by_role("link", name="open the payment page in a new tab").click()
    own = popup.value
    expect_heading(own, "Workshop: dip your own candles")
    own.get_by_label("Apron size").select_option("Adult")
    own.get_by_label("I agree").check()
    pay_button(own).click()
    pay_at_checkout(own, sites)


def test_a_sandboxed_frame_without_an_origin_needs_one_more_press(
    sites: Sites, open_host: OpenPage, javascript: bool
) -> None:
    before = len(sites.shop.attempts("dipping"))
    page = open_host(sandbox=OPAQUE, javascript=javascript, quiet=False)
    frame = book(page)
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.url.endswith("/dipping")
    ) as answer:
        pay_button(frame).click()
    assert answer.value.status == 403
    expect(page.get_by_role("heading", name="Please send this page again")).to_be_visible()
    expect(page.get_by_label("Quantity")).to_have_value("2")
    expect(page.get_by_label("Apron size")).to_have_value("adult")
    expect(page.get_by_label("I agree")).to_be_checked()
    assert len(sites.shop.attempts("dipping")) == before
    if javascript:
        check_accessibility(page)
    pay_button(page).click()
    pay_at_checkout(page, sites)


def test_totals_can_be_updated_in_a_sandboxed_frame_without_an_origin(sites: Sites, open_host: OpenPage) -> None:
    frame = in_frame(open_host(sandbox=OPAQUE, quiet=False))
    frame.get_by_label("Quantity").fill("4")
    frame.get_by_role("button", name="Update total").last.click()
    expect_total(frame, "€152.00")


def test_an_unlisted_site_gets_a_link_instead_of_a_frame_and_the_console_lists_it(
    sites: Sites, open_host: OpenPage
) -> None:
    page = open_host(origin=sites.unlisted, bare="yes", quiet=False)
    expect(page.get_by_role("link", name="Open the payment page")).to_be_visible(timeout=20_000)
    expect(page.locator("iframe")).to_be_hidden()
    assert received_events(page) == []
    told = sites.shop.store.refused_origins(sites.shop.found("dipping").id)
    assert [row["origin"] for row in told] == [sites.unlisted]
    with page.context.expect_page() as popup:
        page.get_by_role("link", name="Open the payment page").click()
    expect_heading(popup.value, "Workshop: dip your own candles")


def test_a_link_without_listed_origins_cannot_be_framed(sites: Sites, open_host: OpenPage) -> None:
    page = open_host("wick-trimmer", quiet=False)
    expect(page.get_by_role("link", name="Open the payment page")).to_be_visible()
    expect(in_frame(page).get_by_role("heading")).to_have_count(0)
    answer = page.goto(sites.shop.address("wick-trimmer", "/embed"))
    assert answer is not None
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["", "/complete/x", "/cancel/x", "/qr.svg"])
def test_only_the_embedded_page_may_be_framed_at_all(sites: Sites, open_host: OpenPage, path: str) -> None:
    page = open_host()
    answer = page.goto(sites.shop.address("dipping", path))
    framed = page.goto(sites.shop.address("dipping", "/embed"))
    assert answer is not None
    assert framed is not None
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert f"frame-ancestors {sites.merchant.origin}" in framed.headers["content-security-policy"]
    assert "x-frame-options" not in framed.headers


def test_the_script_fits_the_frame_to_its_page(sites: Sites, open_host: OpenPage) -> None:
    page = open_host()
    expect(page.locator("#heard")).to_contain_text("ready open")
    frame = page.locator("iframe")

    def fits() -> bool:
        inner = page.frames[1].evaluate("() => [document.documentElement.scrollHeight, innerHeight]")
        return bool(inner[0] <= inner[1] <= inner[0] + 8)

    assert fits()
    before = frame.bounding_box()
    pay_button(in_frame(page)).click()
    expect(in_frame(page).get_by_role("alert")).to_be_visible()
    expect(page.locator("#heard li")).to_have_count(3)
    after = frame.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] > before["height"]
    assert fits()


def test_without_the_script_the_frame_scrolls_and_pays(sites: Sites, open_host: OpenPage) -> None:
    page = open_host(script="no", width="240")
    assert received_events(page) == []
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert box["width"] <= 244
    assert box["height"] >= 900
    page.frames[1].wait_for_load_state()  # with its stylesheet
    wide = page.frames[1].evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] <= wide[1]
    pay_button(book(page)).click()
    pay_at_checkout(page, sites)


def test_the_script_ignores_messages_from_other_frames(sites: Sites, open_host: OpenPage) -> None:
    page = open_host()
    expect(page.locator("#heard")).to_contain_text("ready open")
    before = received_events(page)
    message = '{type: "counterfoil", version: 1, height: 3000, state: "paid"}'
    # Messages of the page itself, and of a frame from another origin.
    page.evaluate(f"() => window.postMessage({message}, '*')")
    page.evaluate(
        """([url, message]) => new Promise(done => {
            const frame = document.createElement("iframe");
            frame.src = url;
            frame.onload = () => { frame.contentWindow.eval(`parent.postMessage(${message}, "*")`); setTimeout(done, 300); };
            document.body.append(frame);
        })""",
        [sites.merchant.origin + "/?x=1", message],
    )
    # Messages of its own frame, but with another version or without a height.
    for wrong in ("{...m, version: 2}", '{...m, height: "9000px"}', "{...m, height: 1.5}", "null", '"counterfoil"'):
        page.frames[1].evaluate(
            f"origin => {{ const m = {message}; parent.postMessage({wrong}, origin) }}", sites.merchant.origin
        )
    page.wait_for_timeout(300)
    assert received_events(page) == before


def test_a_paid_invoice_says_so_in_the_frame_and_tells_the_page(sites: Sites, open_host: OpenPage) -> None:
    link = sites.shop.link(
        142800,
        counterfoil={"slug": "inv-7", "reference": "2026-0007", "embed_origins": [sites.merchant.origin]},
        restrictions={"completed_sessions": {"limit": 1}},
    )
    page = open_host("inv-7")
    pay_button(in_frame(page)).click()
    expect_checkout(page)
    fill_card(page)
    pay_button(page).click()
    expect_heading(page, "Invoice 2026-0007 is paid")
    token = urlsplit(page.url).path.rpartition("/")[2]
    page.goto(sites.host("inv-7"))
    frame = in_frame(page)
    expect_heading(frame, "Invoice 2026-0007 is paid")
    expect(frame.get_by_text(re.compile(r"€1,428\.00 was paid on"))).to_be_visible()
    expect(frame.get_by_role("button")).to_have_count(0)
    expect(page.locator("#heard")).to_contain_text(f'completed {{"payment_link":"{link.id}"}}')
    assert token not in page.frames[1].content()
    sites.shop.paid(link)


def test_the_host_may_send_no_referrer(sites: Sites, open_host: OpenPage) -> None:
    page = open_host(referrer="no-referrer")
    expect(page.locator("#heard")).to_contain_text("ready open")
    pay_button(book(page)).click()
    pay_at_checkout(page, sites)
