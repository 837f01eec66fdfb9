"""The list of links in a real browser: found, switched off and on by keyboard, with scripts and without; and how it looks."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenConsole
from tests.browser.shop import DemoShop
from tests.browser.visits import check_accessibility, expect_fits


def test_a_link_is_found_and_switched_off_and_on_with_the_keyboard_alone(
    office: DemoShop, open_console: OpenConsole, javascript: bool
) -> None:
    name = "Quince jelly" if javascript else "Plain quince"
    office.link(name=name)
    page = open_console("/console/links", javascript=javascript)
    page.get_by_label("Search", exact=True).focus()
    page.keyboard.type(name.lower())
    if not javascript:
        page.keyboard.press("Enter")
    first, second = name.lower().split()
    whole = re.compile(
        rf"q={first}(\+|%20){second}\b"
    )  # not the answer to a part of it, after which another one follows
    expect(page).to_have_url(whole)
    expect(page.get_by_role("status").first).to_contain_text("1 link,")
    expect(page.locator("#views").get_by_role("link", name="Active", exact=True)).to_have_attribute("href", whole)
    page.locator("summary", has_text=f"for {name}").press("Enter")
    page.get_by_role("link", name="Switch off…").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.locator("summary", has_text="Switch off…").press("Enter")
    page.get_by_role("button", name="Switch off", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()
    expect(page.get_by_role("region", name="Changes")).to_contain_text("Link changed")
    page.goto(f"{office.origin}/console/links?q={name}&show=inactive")
    page.locator("summary", has_text=f"for {name}").press("Enter")
    page.get_by_role("button", name="Switch on").press("Enter")
    expect(page.get_by_role("button", name="Switch on")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_the_list_of_links_fits_and_passes_axe_with_a_menu_open(
    office: DemoShop, open_console: OpenConsole, width: int, scheme: str
) -> None:
    office.link(name=f"Menu of {width}")
    page = open_console("/console/links", viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(f"{office.origin}/console/links?q=menu+{width}")
    expect_fits(page)
    page.locator("summary", has_text=f"for Menu of {width}").click()
    expect(page.get_by_role("link", name="Show payments")).to_be_visible()
    expect_fits(page)
    check_accessibility(page)
