"""The editor in a real browser: a jar of honey in four fields and two clicks, the live preview, and the folds."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.buyer import expect_heading
from tests.browser.merchant import log_in
from tests.browser.shop import CONSOLE_COOKIE, DemoShop
from tests.browser.visits import Visit, check_everywhere, expect_fits, late_scripts

OpenEditor = Callable[..., Page]
NEW = "/console/links/new"
OPEN_FOLDS = "() => document.querySelectorAll('details.group, details.fold').forEach(fold => { fold.open = true })"


@pytest.fixture
def open_editor(office: DemoShop, open_window: Callable[..., Visit]) -> OpenEditor:
    """Return a function that opens a page of the console in a new window, logged in."""

    def opened(path: str = NEW, **options: Any) -> Page:
        window = open_window(office.origin, **options)
        window.may_keep = frozenset({CONSOLE_COOKIE})
        window.page.goto(office.origin + path)
        log_in(window.page, office)
        return window.page

    return opened


def created_address(page: Page) -> str:
    """Return the address of the link that was just made."""
    expect_heading(page, "Your link is ready")
    return page.locator("#address").input_value()


def test_honey_takes_four_fields_and_two_clicks(
    office: DemoShop, open_editor: OpenEditor, open_window: Callable[..., Visit], javascript: bool
) -> None:
    page = open_editor("/console/links", javascript=javascript, size="phone")
    clicks = fields = 0
    page.get_by_role("link", name="New link").click()
    clicks += 1
    for label, text in (("Name", "Heather honey, 500 g"), ("Price", "9.50")):
        page.get_by_label(label, exact=True).fill(text)
        fields += 1
    page.get_by_label("Currency").select_option("eur")
    fields += 1
    expect_fits(page)
    page.get_by_role("button", name="Create link").click()
    clicks += 1
    address = created_address(page)
    expect_fits(page)
    assert (fields <= 4, clicks <= 2) == (True, True)
    buyer = open_window(office.origin).page
    buyer.goto(address)
    expect_heading(buyer, "Heather honey, 500 g")


def test_a_link_is_made_with_the_keyboard_alone(office: DemoShop, open_editor: OpenEditor) -> None:
    page = open_editor()
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Beeswax candle")
    page.keyboard.press("Tab")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    assert created_address(page).startswith(f"{office.origin}/pay/")


def test_the_preview_follows_what_is_typed_and_creates_nothing(office: DemoShop, open_editor: OpenEditor) -> None:
    page = open_editor()
    before = len(office.store.links(office.organization.id, limit=100)[0])
    frame = page.frame_locator("iframe[name=preview]")
    page.get_by_label("Name", exact=True).fill("Heather honey")
    page.get_by_label("Price", exact=True).fill("9.50")
    page.get_by_label("Currency").select_option("eur")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Heather honey")
    expect(frame.locator("main")).to_contain_text("€9.50")
    expect(frame.get_by_text("Nobody can pay here.")).to_be_visible()
    expect(frame.locator("#pay")).to_be_disabled()
    expect(page.get_by_role("status").filter(has_text="€9.50, paid once")).to_be_visible()
    page.get_by_text("Limits and dates").click()
    page.get_by_label("How many can pay").fill("150")
    expect(page.locator("#state-limits")).to_have_text("150 can pay, from now on")
    assert page.get_by_label("Price", exact=True).input_value() == "9.50"
    assert len(office.store.links(office.organization.id, limit=100)[0]) == before


def test_what_was_filled_in_before_the_scripts_came_is_answered(office: DemoShop, open_editor: OpenEditor) -> None:
    link = office.link(name="Card")
    page = open_editor()
    with late_scripts(page):
        page.goto(f"{office.origin}/console/links/{link.id}/created", wait_until="commit")
        page.get_by_label("Your reference").fill("market-2026")
    expect(page.locator("#prefilled")).to_have_value(re.compile(r"\?client_reference_id=market-2026$"))
    with late_scripts(page):
        page.goto(f"{office.origin}/console/links/{link.id}/created", wait_until="commit")
        page.get_by_label("Language").last.select_option("ja")
    expect(page.locator("#prefilled")).to_have_value(re.compile(r"\?locale=ja$"))
    with late_scripts(page):
        page.goto(f"{office.origin}/console/links/{link.id}/created?buyer_locale=ja", wait_until="commit")
        page.get_by_label("Language").last.select_option("")
    expect(page.locator("#prefilled")).to_have_value(re.compile(f"/pay/{link.counterfoil.code}$"))
    with late_scripts(page):
        page.goto(f"{office.origin}{NEW}", wait_until="commit")
        page.get_by_label("Name", exact=True).fill("Heather honey")
        page.get_by_label("Price", exact=True).fill("9.50")
    expect(page.frame_locator("iframe[name=preview]").get_by_role("heading", level=1)).to_have_text("Heather honey")


def test_a_form_that_was_just_opened_asks_for_its_preview_once(office: DemoShop, open_editor: OpenEditor) -> None:
    page = open_editor()
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method) if request.url.endswith("/preview") else None)
    page.goto(f"{office.origin}/console/links/new")
    frame = page.frame_locator("iframe[name=preview]")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Your payment page")
    page.wait_for_load_state("networkidle")
    assert asked == ["GET"]
    page.goto(f"{office.origin}/console/links/new?copy={office.demo['wick-trimmer'].id}")
    expect(frame.get_by_text("€19.99").first).to_be_visible()
    # The frame and the form ask at the same time. Only the form knows the entries of a copy.
    assert sorted(asked[1:]) == ["GET", "POST"]


def test_without_scripts_a_button_updates_the_preview(open_editor: OpenEditor) -> None:
    page = open_editor(javascript=False)
    frame = page.frame_locator("iframe[name=preview]")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Your payment page")
    page.get_by_label("Name", exact=True).fill("Heather honey")
    page.get_by_label("Price", exact=True).fill("9.50")
    page.get_by_role("button", name="Update preview").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Heather honey")


def test_questions_are_added_and_moved_without_scripts_and_nothing_is_lost(open_editor: OpenEditor) -> None:
    page = open_editor(javascript=False, size="phone")
    page.get_by_label("Name", exact=True).fill("Heather honey")
    page.locator("#questions summary").first.click()
    for label in ("Greeting", "Lid"):
        page.get_by_role("button", name="Add a question").click()
        expect(page).to_have_url(re.compile("#questions$"))
        page.get_by_label(re.compile("^Question")).last.fill(label)
    page.get_by_role("button", name="Move up question 2").click()
    expect(page.get_by_label("Question of question 1")).to_have_value("Lid")
    page.get_by_role("button", name="Remove question 1").click()
    expect(page.get_by_label("Question of question 1")).to_have_value("Greeting")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Heather honey")
    expect_fits(page)


def test_a_second_product_is_found_by_search(office: DemoShop, open_editor: OpenEditor) -> None:
    office.link(name="Lavender soap")
    page = open_editor()
    page.locator("#items summary").first.click()
    page.get_by_label("Add something you already sell").fill("lavender")
    page.get_by_role("button", name=re.compile("^Add Lavender soap")).first.click()
    expect(page.locator("#items .entry").first).to_contain_text("Lavender soap")
    page.get_by_role("button", name="Create link").click()
    created_address(page)


def test_a_subscription_is_edited_with_its_own_fields(office: DemoShop, open_editor: OpenEditor) -> None:
    price = {"currency": "eur", "unit_amount": 900, "product_data": {"name": "Box"}, "recurring": {"interval": "month"}}
    link = office.link(line_items=[{"price_data": price, "quantity": 1}])
    page = open_editor(f"/console/links/{link.id}/edit")
    page.locator("#type summary").first.click()
    page.get_by_label("Free trial, in days").fill("14")
    expect(page.locator("#changes-part")).to_contain_text("Free trial, in days")
    page.get_by_role("button", name="Save changes").click()
    expect_heading(page, "Box")
    subscription = office.found(link).subscription_data
    assert subscription is not None
    assert subscription.trial_period_days == 14


@pytest.mark.parametrize("kind", ["", "?kind=invoice"])
def test_the_form_is_accessible_with_every_fold_open(open_editor: OpenEditor, kind: str) -> None:
    page = open_editor(NEW + kind)
    page.get_by_role("button", name="Create link").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.evaluate(OPEN_FOLDS)
    check_everywhere(page)


def test_what_is_handed_out_is_accessible_and_fills_in_an_address(office: DemoShop, open_editor: OpenEditor) -> None:
    link = office.link(name="Card")
    page = open_editor(f"/console/links/{link.id}/created")
    page.get_by_label("Your reference").fill("market-2026")
    expect(page.locator("#prefilled")).to_have_value(re.compile(r"\?client_reference_id=market-2026$"))
    check_everywhere(page)
    page.get_by_role("link", name="Print a card for the counter").click()
    expect_heading(page, "Card for the counter")
    check_everywhere(page)
