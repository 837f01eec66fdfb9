"""The order desk in a real browser: a refund with the keyboard alone, a parcel on a phone without scripts, and axe on its pages."""

import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from app.objects.address import Address, ShippingDetails
from app.objects.attempt import Attempt
from tests.browser.conftest import OpenConsole
from tests.browser.shop import DemoShop
from tests.browser.visits import check_accessibility, expect_fits
from tests.support.buyer import CHECKOUT
from tests.support.page import SAME_ORIGIN
from tests.support.page import Page as Sent


def a_parcel(office: DemoShop, buyer: str, **changes: Any) -> Attempt:
    """Sell something that must be sent to a buyer with this name."""
    link = office.link(name="Beeswax candle")
    client = office.app.test_client()
    form = Sent(client.get(f"/pay/{link.counterfoil.code}", base_url=office.origin))
    client.post(f"/pay/{link.counterfoil.code}", base_url=office.origin, data=form.values(), headers=SAME_ORIGIN)
    (opened,) = office.attempts(link)
    assert opened.session_url is not None
    client.post(opened.session_url, data=CHECKOUT, headers=SAME_ORIGIN)
    paid = office.paid(link)
    address = Address(line1="Lindengasse 27/14", postal_code="1070", city="Wien", country="AT")
    told = {
        "payment_method": "visa 4242",
        "customer_name": buyer,
        "shipping_details": ShippingDetails(name=buyer, address=address),
    }
    after = paid.model_copy(update={**told, **changes, "version": paid.version + 1})
    assert office.store.save_attempt(after, "test")
    return after


def test_a_merchant_finds_an_order_and_refunds_a_part_with_the_keyboard_alone(
    office: DemoShop, open_console: OpenConsole, javascript: bool
) -> None:
    buyer = "Quentin Script" if javascript else "Quentin Plain"
    order = a_parcel(office, buyer)
    page = open_console("/console/payments", javascript=javascript)
    if javascript:
        page.wait_for_load_state("networkidle")
        page.keyboard.press("/")
    else:
        page.get_by_label("Search", exact=True).focus()
    expect(page.get_by_label("Search", exact=True)).to_be_focused()
    word = buyer.split()[1].lower()
    page.keyboard.type(f"{word} quentin")
    if not javascript:
        page.keyboard.press("Enter")
    whole = re.compile(rf"q={word}(\+|%20)quentin\b")  # not the answer to a part of it, after which another one follows
    expect(page).to_have_url(whole)
    expect(page.get_by_role("status").first).to_contain_text("1 payment")
    expect(page.locator("#views").get_by_role("link", name="Paid")).to_have_attribute("href", whole)
    page.get_by_role("link", name=buyer).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{buyer}, €12.50")
    page.locator("summary", has_text="Refund…").press("Enter")
    page.get_by_role("radio", name="All of it: €12.50").press("ArrowDown")
    amount = page.get_by_label("Amount in EUR")
    expect(amount).to_be_visible()
    amount.focus()
    page.keyboard.type("4.50")
    page.get_by_role("button", name="Refund", exact=True).press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("€4.50 is refunded")
    assert [refund.amount for refund in office.stored(order).refunds] == [450]


def test_a_search_is_sent_once_and_its_late_answer_keeps_the_focus_on_a_payment(
    office: DemoShop, open_console: OpenConsole
) -> None:
    a_parcel(office, "Lena Late")
    page = open_console("/console/payments")
    page.wait_for_load_state("networkidle")
    searches: list[Route] = []
    search = re.compile(r"q=lena")
    page.route(search, lambda route: searches.append(route))
    with page.expect_request(search):
        page.get_by_label("Search", exact=True).fill("lena")
    payment = page.get_by_role("link", name="Lena Late")
    payment.focus()
    with page.expect_response(search):
        searches[0].continue_()
    expect(page.get_by_role("status").first).to_contain_text("1 payment")
    expect(payment).to_be_focused()
    assert len(searches) == 1
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lena Late, €12.50")


def test_a_filter_narrows_the_list_at_once(office: DemoShop, open_console: OpenConsole) -> None:
    a_parcel(office, "Fay Filter")
    page = open_console("/console/payments")
    page.locator("summary", has_text="More filters").click()
    page.get_by_label("Until", exact=True).fill("2001-01-01")
    expect(page.get_by_text("No payments match this filter.")).to_be_visible()
    expect(page).to_have_url(re.compile("to=2001-01-01"))
    page.get_by_label("Until", exact=True).fill("")
    page.get_by_label("Link", exact=True).select_option(label="Beeswax candle")
    expect(page.get_by_role("status").first).to_contain_text("Beeswax candle")


def test_a_parcel_is_sent_on_a_phone_without_scripts(office: DemoShop, open_console: OpenConsole) -> None:
    order = a_parcel(office, "Phoebe Parcel")
    size = {"width": 360, "height": 740}
    page = open_console("/console/payments?view=to-send&q=phoebe", javascript=False, viewport=size)
    expect_fits(page)
    page.get_by_label("Choose Phoebe Parcel, €12.50").check()
    page.get_by_role("button", name="With tracking numbers…").click()
    page.get_by_label("Tracking number for Phoebe Parcel").fill("JD0140")
    expect_fits(page)
    page.get_by_role("button", name="Mark as sent").click()
    expect(page.get_by_role("status").first).to_contain_text("1 order is marked as sent")
    assert office.stored(order).tracking_number == "JD0140"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text("1 order waits to be sent again")
    page.goto(f"{office.origin}/console/payments/{order.id}")
    expect_fits(page)
    page.get_by_label("New note").fill("Leave it with the neighbour.")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("Leave it with the neighbour.")).to_be_visible()
    page.get_by_role("link", name="Packing slip").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Packing slip")
    expect_fits(page)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_the_pages_of_the_order_desk_pass_axe(
    office: DemoShop, open_console: OpenConsole, width: int, scheme: str
) -> None:
    order = a_parcel(office, f"Axel {scheme.title()}", flags=("amount_differs",), amount_total=1700)
    page = open_console("/console/payments", viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in (
        "payments?view=to-send",
        f"payments?q=axel+{scheme}&from=2020-01-01",
        "payments?q=nothing+like+it",
        f"payments/{order.id}",
        f"payments/{order.id}/slip",
        f"payments/sent?payment%5B%5D={order.id}",
    ):
        page.goto(f"{office.origin}/console/{path}")
        for fold in page.locator("details:not(.menu)").all():
            fold.evaluate("fold => fold.open = true")
        expect_fits(page)
        check_accessibility(page)
