"""The pay page while it is used: nothing moves under the cursor, the total stays in view, and quantities have buttons."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.buyer import expect_total, fill_code, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop

LINE: dict[str, Any] = {
    "price_data": {"currency": "eur", "unit_amount": 700, "product_data": {"name": "Honey"}},
    "quantity": 1,
}
WIDTHS = [320, 360, 768, 1280]
PLACES = """() => {
  const places = {};
  for (const element of document.querySelectorAll("main *")) {
    if (element.closest(".note, .messages, template, [role=status]")) continue;
    if (element.closest("details:not([open])") && !element.closest("summary")) continue;
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const names = [];
    for (let node = element; node.tagName !== "MAIN"; node = node.parentElement) {
      const others = Array.from(node.parentElement.children).filter((other) => !other.matches(".messages"));
      names.unshift(node.tagName + others.indexOf(node));
    }
    places[names.join(" ")] = [box.x + scrollX, box.y + scrollY, box.width, box.height].map(Math.round);
  }
  return places;
}"""


def places(page: Page) -> dict[str, list[int]]:
    """Return where every element of the form stands, apart from messages. The page is scrolled to its start, where no bar sticks."""
    page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    found: dict[str, list[int]] = page.evaluate(PLACES)
    assert len(found) > 30
    return found


def leave(page: Page, label: str, value: str) -> None:
    """Fill in a field, leave it, and wait for the preview."""
    field = page.get_by_label(label)
    field.fill(value)
    with page.expect_response(re.compile("/preview")):
        field.blur()
    page.wait_for_function(
        "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, [aria-busy=true]')"
    )


def window(width: int) -> dict[str, Any]:
    return {"viewport": {"width": width, "height": 800}}


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_moves_while_the_form_is_filled_in(shop: DemoShop, open_page: OpenPage, width: int) -> None:
    page = open_page("spring-box", **window(width))
    before = places(page)
    leave(page, "Customer number", "4217")
    expect(page.get_by_text("Enter 6 digits, like 123456")).to_be_visible()
    assert not page.locator(".error-summary").count()
    assert places(page) == before
    leave(page, "Quantity of Beeswax", "99")
    expect(page.get_by_text("Choose 1 to 10")).to_be_visible()
    assert places(page) == before
    leave(page, "Quantity of Beeswax", "2")
    leave(page, "Customer number", "004217")
    expect(page.locator(".note .error")).to_have_count(0)
    assert places(page) == before


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_moves_while_answers_are_corrected_after_a_press(
    shop: DemoShop, open_page: OpenPage, width: int
) -> None:
    page = open_page("spring-box", **window(width))
    page.get_by_label("Customer number").fill("4217")
    pay_button(page).click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    before = places(page)
    leave(page, "Customer number", "004217")
    expect(summary.get_by_role("link", name="Customer number")).to_have_attribute("data-corrected", "")
    expect(summary.get_by_role("link", name="Agree to the terms")).not_to_have_attribute("data-corrected", "")
    expect(page.locator(".note .error")).to_have_count(1)
    assert places(page) == before


@pytest.mark.parametrize("width", WIDTHS)
def test_an_unknown_code_moves_nothing(shop: DemoShop, open_page: OpenPage, width: int) -> None:
    page = open_page("spring-box", **window(width))
    fill_code(page, "NOPE")
    before = places(page)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("There is no code NOPE")).to_be_visible()
    assert places(page) == before


@pytest.mark.parametrize(("width", "height"), [(320, 640), (360, 780), (768, 1024), (1280, 700)])
def test_the_total_and_its_button_are_in_view_all_the_time(
    shop: DemoShop, open_page: OpenPage, width: int, height: int
) -> None:
    lines = [{**LINE, "quantity": n + 1} for n in range(20)]
    question = {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text", "optional": True}
    page = open_page(shop.link(line_items=lines, custom_fields=[question]), viewport={"width": width, "height": height})
    if width >= 900:
        expect(page.get_by_text("Order details")).to_be_hidden()
    else:
        page.get_by_text("Order details").click()
    for part in (0, 0.3, 0.6, 1):
        page.evaluate("part => scrollTo(0, part * (document.querySelector('.slip').scrollHeight - innerHeight))", part)
        expect(pay_button(page)).to_be_in_viewport(ratio=1)
        expect(page.locator(".hand-off .sum")).to_be_in_viewport(ratio=1)


def test_a_focused_control_is_never_under_the_bar(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("spring-box", **window(320))
    for _ in range(40):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const focused = document.activeElement, bar = document.querySelector(".hand-off");
              if (focused === document.body || bar.contains(focused)) return false;
              const box = focused.getBoundingClientRect(), top = bar.getBoundingClientRect().top;
              return box.bottom > top && box.top < bar.getBoundingClientRect().bottom && !bar.contains(focused);
            }"""
        )
        assert not hidden, page.evaluate("() => document.activeElement.outerHTML")


def test_quantities_are_changed_with_buttons_and_stop_at_their_bounds(shop: DemoShop, open_page: OpenPage) -> None:
    line = {**LINE, "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 3}}
    page = open_page(shop.link(line_items=[line]))
    more, less = page.get_by_role("button", name="One more of"), page.get_by_role("button", name="One less of")
    expect(less).to_be_disabled()
    more.click()
    expect_total(page, "€14.00")
    expect(less).to_be_enabled()
    more.click()
    expect_total(page, "€21.00")
    expect(page.get_by_label("Quantity")).to_have_value("3")
    expect(more).to_be_disabled()
    expect(page.get_by_label("Quantity")).to_be_focused()
    less.click()
    expect_total(page, "€14.00")


def test_without_scripts_a_quantity_is_a_field_alone(shop: DemoShop, open_page: OpenPage) -> None:
    line = {**LINE, "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 3}}
    page = open_page(shop.link(line_items=[line]), javascript=False)
    expect(page.get_by_role("button", name="One more of")).to_be_hidden()
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Update total").last.click()
    expect_total(page, "€14.00")


def test_a_preview_does_not_close_a_fold(shop: DemoShop, open_page: OpenPage) -> None:
    line = {**LINE, "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 3}}
    page = open_page(shop.link(line_items=[line, *[LINE] * 7]), **window(360))
    quantity = page.get_by_role("button", name="One more of")
    expect(quantity).to_be_hidden()
    page.get_by_text("Order details").click()
    quantity.click()
    expect_total(page, "€63.00")
    expect(quantity).to_be_visible()


def test_a_picture_that_cannot_be_loaded_becomes_a_tile_of_the_same_size(shop: DemoShop, open_page: OpenPage) -> None:
    page = open_page("wick-trimmer")
    picture = page.locator(".picture > *")
    whole = picture.bounding_box()
    page.route(re.compile("picture-trimmer"), lambda route: route.fulfill(status=404))
    page.reload()
    expect(picture).to_have_class(re.compile("tile"))
    assert picture.bounding_box() == whole


def test_an_error_in_a_folded_line_opens_the_fold(shop: DemoShop, open_page: OpenPage) -> None:
    line = {**LINE, "adjustable_quantity": {"enabled": True, "minimum": 1, "maximum": 3}}
    page = open_page(shop.link(line_items=[line, *[LINE] * 7]), **window(360))
    page.get_by_text("Order details").click()
    page.get_by_label("Quantity").evaluate("field => { field.value = 9 }")
    page.get_by_text("Order details").click()
    expect(page.get_by_label("Quantity")).to_be_hidden()
    pay_button(page).click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".line-item .error")).to_be_visible()
    expect(page.get_by_role("button", name="One more of")).to_be_disabled()
    page.get_by_role("button", name="One less of").click()
    expect(page.get_by_label("Quantity")).to_have_value("3")
    expect(page.locator(".error-summary a")).to_have_attribute("data-corrected", "")


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_names_in_another_script_start_where_the_page_starts(shop: DemoShop, open_page: OpenPage, locale: str) -> None:
    names = ["Jar of honey", "شموع عطرية", "נר נשמה"]
    lines = [{"price_data": {**LINE["price_data"], "product_data": {"name": name}}, "quantity": 1} for name in names]
    page = open_page(shop.link(line_items=lines), f"?locale={locale}", **window(768))
    edges = page.locator(".line-item-name").evaluate_all(
        """names => names.map((name) => {
          const range = document.createRange();
          range.selectNodeContents(name);
          const words = range.getBoundingClientRect(), box = name.getBoundingClientRect();
          return Math.round(document.dir === "rtl" ? box.right - words.right : words.left - box.left);
        })"""
    )
    assert edges == [0, 0, 0]
