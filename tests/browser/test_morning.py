"""What a merchant does each morning takes no detours: the console in a real browser, with its scripts."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from app.objects.change import COMMAND_LINE
from app.objects.user import Member
from app.services.accounts import users
from tests.browser.conftest import OpenConsole
from tests.browser.merchant import log_in
from tests.browser.shop import DemoShop
from tests.browser.test_orders import a_parcel
from tests.support.build import a_link, an_organization
from tests.support.shop import PASSWORD

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


def height_of(page: Page, selector: str) -> float:
    """Return the height of an element that is shown."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["height"]


def is_in_window(page: Page, name: str) -> bool:
    """Return whether a button stands within the window, without scrolling."""
    box: Any = page.get_by_role("button", name=name).last.bounding_box()
    return bool(box["y"] >= 0 and box["y"] + box["height"] <= page.evaluate("innerHeight"))


def test_the_button_that_creates_a_link_is_always_in_the_window(open_console: OpenConsole) -> None:
    page = open_console("/console/links/new")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # width and height
        assert is_in_window(page, "Create link"), size
    page.set_viewport_size({"width": 360, "height": 400})
    assert not is_in_window(page, "Create link"), "in a low window, nothing stays in the way"


def test_the_number_of_what_waits_has_one_line_on_a_phone(office: DemoShop, open_console: OpenConsole) -> None:
    for number in range(10):
        a_parcel(office, f"Waiting {number}")
    page = open_console("/console/", viewport=PHONE)
    expect(page.locator(".console-nav .count")).to_have_text(re.compile("^[1-9][0-9]"))
    assert height_of(page, ".console-nav .count") < 30


def test_one_box_ticks_all_orders(office: DemoShop, open_console: OpenConsole) -> None:
    for number in range(3):
        a_parcel(office, f"Tilda Tickall {number}")
    page = open_console("/console/payments?view=to-send&q=tickall")
    tick_all = page.get_by_label("Tick all")
    page.get_by_label("Choose Tilda Tickall 1, €12.50").check()
    assert tick_all.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    tick_all.check()
    page.get_by_role("button", name="Mark as sent").click()
    notice = page.get_by_role("status").first
    expect(notice).to_contain_text("3 orders are marked as sent")
    expect(notice).to_be_focused()
    notice.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text("3 orders wait to be sent again")


def test_the_way_back_leads_to_the_same_search_until_the_log_out(office: DemoShop, open_console: OpenConsole) -> None:
    a_parcel(office, "Boris Backlink")
    page = open_console("/console/payments?view=to-send")
    page.wait_for_load_state("networkidle")
    page.get_by_label("Search", exact=True).fill("backlink")
    expect(page).to_have_url(re.compile("q=backlink"))
    page.get_by_role("link", name="Boris Backlink").click()
    page.get_by_role("button", name="Mark as sent").click()
    expect(page.get_by_role("status").first).to_contain_text("The order is marked as sent")
    page.locator(".back a").click()
    expect(page.get_by_label("Search", exact=True)).to_have_value("backlink")
    expect(page).to_have_url(re.compile("view=to-send"))
    page.locator("details.account > summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
    assert page.evaluate("Object.keys(sessionStorage)") == []


def test_a_search_of_one_organization_or_user_is_not_repeated_for_another(
    office: DemoShop, open_console: OpenConsole
) -> None:
    bakery = an_organization("org_bakery", "Bakery")
    office.store.add_organization(bakery)
    ada = users.retrieve(office.store, office.console_user()).id
    assert office.store.add_member(Member(created=office.now(), organization=bakery.id, role="viewer", user=ada))
    office.store.add_link(a_link(id="plink_bread", counterfoil={"code": "bread", "organization": bakery.id}))
    page = open_console("/console/links?q=candle")
    candle = f"{office.origin}/console/links/{office.demo['spring-box'].id}"
    page.goto(candle)
    expect(page.locator(".back a")).to_have_attribute("href", re.compile("q=candle"))
    page.locator("details.account > summary").click()
    page.get_by_role("button", name="Switch to Bakery").click()
    expect(page.locator(".console-brand")).to_contain_text("Bakery")
    page.goto(f"{office.origin}/console/links/plink_bread")
    expect(page.locator(".back a")).to_have_attribute("href", "/console/links")
    page.goto(f"{office.origin}/console/links?q=bread")
    users.create(office.store, bakery.id, "bo@example.com", PASSWORD, office.now(), actor=COMMAND_LINE)
    other = page.context.new_page()
    page.context.clear_cookies()
    other.goto(f"{office.origin}/console/login")
    log_in(other, office, "bo@example.com")
    other.close()
    page.goto(f"{office.origin}/console/links/plink_bread")
    expect(page.locator(".back a")).to_have_attribute("href", "/console/links")
    assert "bread" not in page.evaluate("JSON.stringify(Object.values(sessionStorage))")


def test_the_menu_of_the_export_closes_after_a_download(open_console: OpenConsole) -> None:
    page = open_console("/console/payments")
    page.locator("#export > summary").click()
    with page.expect_download():
        page.get_by_role("link", name="CSV, UTF-8").click()
    expect(page.locator("#export > summary")).to_be_focused()
    expect(page.get_by_role("link", name="CSV, UTF-8")).to_be_hidden()


def test_the_log_in_begins_at_the_address(open_console: OpenConsole) -> None:
    page = open_console("/console/", logged_in=False)
    expect(page.get_by_label("E-mail address")).to_be_focused()
