"""The console in a real browser over https: with the keyboard, without scripts, on a phone, and with one cookie."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.buyer import expect_checkout, expect_heading, fill_card, pay_button
from tests.browser.conftest import OpenConsole
from tests.browser.merchant import log_in
from tests.browser.shop import CONSOLE_COOKIE, DemoShop
from tests.browser.visits import Visit, check_accessibility, check_everywhere, expect_fits
from tests.support.shop import PASSWORD


def test_a_merchant_logs_in_and_out_with_the_keyboard_alone(
    office: DemoShop, open_console: OpenConsole, javascript: bool
) -> None:
    page = open_console("/console/", logged_in=False, javascript=javascript)
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(office.console_user())
    page.keyboard.press("Tab")
    page.keyboard.type("a slip of the finger")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    page.get_by_label("Password").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect_heading(page, re.compile("^Today"))
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (
        CONSOLE_COOKIE,
        True,
        True,
        "Lax",
    )
    page.locator("details.account > summary").press("Enter")
    page.get_by_role("button", name="Log out").press("Enter")
    expect_heading(page, "Log in")
    page.go_back()
    expect_heading(page, "Log in")


def test_a_link_that_a_merchant_deactivates_cannot_be_paid(
    office: DemoShop, open_console: OpenConsole, open_window: Callable[..., Visit], javascript: bool
) -> None:
    link = office.link()
    page = open_console(f"/console/links/{link.id}", javascript=javascript)
    page.get_by_text("Switch off…").click()
    page.get_by_label("Message for visitors").fill("Sold at the market today.")
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("heading", name="Switched off", exact=True)).to_be_visible()
    buyer = open_window(office.origin).page
    buyer.goto(office.address(link))
    expect(buyer.get_by_text("Sold at the market today.")).to_be_visible()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("Switch off…")).to_be_visible()
    buyer.reload()
    expect(pay_button(buyer)).to_be_visible()


def test_a_payment_reaches_the_merchants_list(
    office: DemoShop, open_console: OpenConsole, open_window: Callable[..., Visit]
) -> None:
    link = office.link(name="Jar of thyme honey")
    buyer = open_window(office.origin).page
    buyer.goto(office.address(link))
    pay_button(buyer).click()
    expect_checkout(buyer)
    fill_card(buyer)
    pay_button(buyer).click()
    expect_heading(buyer, "Thank you for your order")
    page = open_console("/console/payments")
    row = page.get_by_role("row").filter(has_text="Jar of thyme honey")
    row.get_by_role("link").click()
    expect_heading(page, re.compile("€12.50$"))
    expect(page.get_by_text("Visa ending in 4242", exact=True)).to_be_visible()
    check_accessibility(page)


def test_a_button_copies_the_address(office: DemoShop, open_console: OpenConsole) -> None:
    page = open_console()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("summary", has_text="for Brass wick trimmer").click()
    page.get_by_role("link", name="Share Brass wick trimmer").click()
    page.get_by_role("button", name="Copy the address").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{office.origin}/pay/wick-trimmer"


def test_a_copy_button_gets_its_label_back_however_often_it_is_pressed(
    office: DemoShop, open_console: OpenConsole
) -> None:
    page = open_console(f"/console/links/{office.link().id}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.locator("[data-copy]").first
    before = button.inner_html()
    button.click()
    expect(button).to_have_text("Copied")
    button.click()
    page.wait_for_function("html => document.querySelector('[data-copy]').innerHTML === html", arg=before)


def test_without_a_clipboard_the_address_is_selected(office: DemoShop, open_console: OpenConsole) -> None:
    link = office.link()
    page = open_console()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(f"{office.origin}/console/links/{link.id}")
    page.get_by_role("button", name="Copy the address").click()
    assert page.evaluate("getSelection().toString()") == office.address(link)


@pytest.mark.parametrize("width", [360, 640, 704, 768, 1280])
def test_long_names_do_not_widen_the_list(office: DemoShop, open_console: OpenConsole, width: int) -> None:
    for name in ("Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichenx", "word " * 49):
        office.link(99999999, counterfoil={"name": name.strip()})
    page = open_console(viewport={"width": width, "height": 800})
    expect_fits(page)
    assert (
        page.evaluate(
            """() => [...document.querySelectorAll('.desk td, .desk th')].filter(cell => {
            const table = cell.closest('.desk').getBoundingClientRect(), place = cell.getBoundingClientRect();
            return cell.scrollWidth > cell.clientWidth + 1 || place.right > table.right + 1;
        }).filter(cell => cell.closest('tbody')).map(cell => cell.textContent)"""
        )
        == []
    )


def test_the_navigation_stays_in_place_from_page_to_page(office: DemoShop, open_console: OpenConsole) -> None:
    page = open_console()
    places = []
    for path in ("/console/", "/console/payments", "/console/account", "/console/nowhere"):
        page.goto(office.origin + path)
        places.append(page.locator(".console-nav").bounding_box())
        places.append(page.locator(".console-brand > a").bounding_box())
    assert places[2:] == places[:2] * 3


def test_in_forced_colours_only_the_current_page_is_marked(office: DemoShop, open_console: OpenConsole) -> None:
    page = open_console("/console/", forced_colors="active")
    links = page.get_by_role("navigation", name="Console").get_by_role("link")
    marks = links.evaluate_all("links => links.map(link => getComputedStyle(link, '::before').content)")
    assert [mark != "none" for mark in marks] == [True, *[False] * (len(marks) - 1)]
    assert len(marks) > 2


def test_the_team_with_an_open_menu_passes_axe_everywhere(office: DemoShop, open_console: OpenConsole) -> None:
    page = open_console("/console/settings/team")
    page.get_by_label("E-mail address").fill("lena@example.com")
    page.get_by_role("button", name="Make an invitation").click()
    expect(page.get_by_label("Address of the invitation")).to_be_visible()
    page.locator("tbody summary").last.click()
    expect(page.get_by_role("button", name="Invite again")).to_be_visible()
    check_everywhere(page)
    page.get_by_role("button", name="Take the invitation back").click()
    expect(page.get_by_text("lena@example.com")).to_have_count(0)


def test_a_menu_closes_with_escape_and_with_a_press_elsewhere(office: DemoShop, open_console: OpenConsole) -> None:
    page = open_console("/console/payments")
    menu, summary = page.locator("details.account"), page.locator("details.account > summary")
    summary.press("Enter")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    check_accessibility(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    summary.click()
    page.get_by_role("heading", level=1).click()
    expect(menu).not_to_have_attribute("open", "")
    page.keyboard.press("/")
    expect(page.locator("main [type=search]")).to_be_focused()


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_every_page_of_the_console_passes_axe_and_fits(office: DemoShop, open_console: OpenConsole, size: str) -> None:
    page = open_console("/console/login", logged_in=False, size=size)
    expect_fits(page)
    check_accessibility(page)
    log_in(page, office)
    paths = (
        "/console/", "/console/links", f"/console/links?share={office.demo['dipping'].id}",
        f"/console/links/{office.demo['spring-box'].id}",
        f"/console/links/{office.demo['market-2025'].id}", "/console/payments?view=unfinished", "/console/account",
        "/console/nowhere",
    )  # fmt: skip
    for path in paths:
        page.goto(office.origin + path)
        expect_fits(page)
        check_accessibility(page)


def test_the_console_is_readable_at_400_percent_zoom(office: DemoShop, open_console: OpenConsole) -> None:
    page = open_console(viewport={"width": 320, "height": 600})
    for path in (
        "/console/",
        "/console/links",
        f"/console/links/{office.demo['2026-0042'].id}",
        "/console/payments",
        "/console/account",
    ):
        page.goto(office.origin + path)
        expect_fits(page)
