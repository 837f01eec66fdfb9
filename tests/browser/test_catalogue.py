"""The catalogue in a real browser: a coupon, a product with prices, and a delivery option; by keyboard, and without scripts on a phone."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Page, Response, Route, ViewportSize, expect

from tests.browser.buyer import expect_heading
from tests.browser.conftest import OpenConsole
from tests.browser.shop import DemoShop
from tests.browser.visits import check_accessibility, expect_fits, expect_targets

OPEN_FOLDS = "() => document.querySelectorAll('main details').forEach(fold => { fold.open = true })"
FIELDS: tuple[tuple[Literal["spinbutton", "textbox"], str], ...] = (
    ("textbox", "Price"),
    ("spinbutton", "Every"),
    ("textbox", "Smallest amount (optional)"),
)
"""The fields of one kind of price: the amount, how often it is paid, and the bounds of a chosen amount."""

OFFERS = re.compile("/coupon_products")
"""The search for a coupon's products."""

PHONE: ViewportSize = {"width": 360, "height": 740}


def a_picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 200), "gold").save(file, "PNG")
    return file.getvalue()


def is_answer_to(text: str) -> Callable[[Response], bool]:
    """Return whether a response is that to a search for a coupon's products with this text."""
    return lambda response: OFFERS.search(response.url) is not None and f"find_product={text}&" in f"{response.url}&"


def write(page: Page, label: str, text: str) -> None:
    """Focus a field, and type into it."""
    page.get_by_label(label, exact=True).focus()
    page.keyboard.type(text)


def test_a_coupon_is_made_switched_off_and_deleted_with_the_keyboard_alone(open_console: OpenConsole) -> None:
    page = open_console("/console/products")
    page.get_by_role("link", name="Coupons and codes").press("Enter")
    write(page, "Name (optional)", "Keyboard")
    write(page, "Takes off", "15")
    write(page, "Code (optional)", "KEYS15")
    page.locator("summary", has_text="Limits").press("Enter")
    write(page, "How often in all (optional)", "5")
    page.keyboard.press("Enter")
    expect_heading(page, "Keyboard")
    expect(page.get_by_role("status").first).to_contain_text("“Keyboard” is ready")
    row = page.get_by_role("row").filter(has_text="KEYS15")
    row.get_by_role("button", name="Switch off").press("Enter")
    expect(row).to_contain_text("Off")
    row.get_by_role("button", name="Switch on").press("Enter")
    expect(row).to_contain_text("In use")
    page.locator("summary", has_text="Delete…").press("Enter")
    page.get_by_role("button", name="Delete coupon").press("Enter")
    expect_heading(page, "Coupons and codes")
    expect(page.locator("main")).not_to_contain_text("KEYS15")


@pytest.mark.parametrize("viewport", [PHONE, None], ids=["phone", "desktop"])
def test_products_for_a_coupon_are_found_while_typing_and_stay_ticked(
    open_console: OpenConsole, viewport: ViewportSize | None
) -> None:
    page = open_console("/console/coupons", **({"viewport": viewport} if viewport else {}))
    page.locator("summary", has_text="Limits").click()
    search, offered = page.get_by_label("Find a product"), page.get_by_role("group", name="Products")
    with page.expect_response(is_answer_to("lantern")):
        search.fill("lantern")
    expect(offered.get_by_role("checkbox")).to_have_count(1)
    offered.get_by_role("checkbox").check()
    search.fill("trimmer")
    expect(offered.get_by_role("checkbox", name="Brass wick trimmer")).not_to_be_checked()
    expect(offered.get_by_role("checkbox").first).to_be_checked()
    search.press("Enter")
    expect(offered.get_by_role("checkbox", checked=True)).to_have_count(1)
    expect_heading(page, "Coupons and codes")
    expect_fits(page)
    expect_targets(page)
    check_accessibility(page)


def test_boxes_that_change_during_a_search_keep_their_state_and_the_focus(open_console: OpenConsole) -> None:
    page = open_console("/console/coupons")
    page.locator("summary", has_text="Limits").click()
    search, boxes = page.get_by_label("Find a product"), page.locator("#products").get_by_role("checkbox")
    first, second, third = (box.get_attribute("value") for box in boxes.all()[:3])
    boxes.nth(0).check()
    held: list[Route] = []
    page.route(OFFERS, lambda route: held.append(route))
    with page.expect_request(OFFERS):
        search.fill("no such product")
    boxes.nth(0).uncheck()
    boxes.nth(1).check()
    boxes.nth(2).check()
    with page.expect_response(OFFERS):
        held[0].continue_()
    expect(page.get_by_text("No product matches")).to_be_visible()
    ticked = page.locator("#products :checked")
    assert [box.get_attribute("value") for box in ticked.all()] == [second, third]
    expect(page.locator(f'#products [value="{first}"]')).not_to_be_checked()
    expect(page.locator(f'#products [value="{third}"]')).to_be_focused()


def test_a_product_with_tiers_is_made_without_scripts_on_a_phone(open_console: OpenConsole) -> None:
    page = open_console("/console/new_product", javascript=False, viewport=PHONE)
    page.get_by_label("Name", exact=True).fill("Candle club")
    page.get_by_label("The more, the cheaper").check()
    page.get_by_label("Up to of tier 1").fill("10")
    page.get_by_label("Each of tier 1").fill("9")
    expect_fits(page)
    page.get_by_role("button", name="Add a tier").click()
    expect(page.get_by_label("Up to of tier 1")).to_have_value("10")
    page.get_by_label("Each of tier 2").fill("7")
    expect_fits(page)
    page.get_by_role("button", name="Create product").last.click()
    expect_heading(page, "Candle club")
    expect(page.get_by_role("region", name="Prices")).to_contain_text("Price by quantity, every month")
    page.locator("summary", has_text="Add a price").click()
    page.get_by_label("Price", exact=True).fill("12")
    page.get_by_role("button", name="Add price").last.click()
    expect(page.get_by_role("region", name="Prices")).to_contain_text("12.00")
    page.get_by_role("link", name="Archive €12.00").click()
    page.get_by_role("button", name="Archive price").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text("is on sale again")
    expect_fits(page)


def test_fields_show_with_the_kind_of_a_price(open_console: OpenConsole) -> None:
    page = open_console("/console/new_product")
    amount, every, least = (page.get_by_role(role, name=name, exact=True) for role, name in FIELDS)
    for kind, shown in (("Once", (True, False, False)), ("Again and again", (True, True, False)),
                        ("Buyers choose the amount", (False, False, True)), ("The more, the cheaper", (False, True, False))):  # fmt: skip
        page.get_by_role("radio", name=kind).check()
        assert (amount.is_visible(), every.is_visible(), least.is_visible()) == shown, kind


def test_a_delivery_option_is_made_in_the_form_of_a_link(open_console: OpenConsole, javascript: bool) -> None:
    page = open_console("/console/links/new", javascript=javascript)
    page.get_by_label("Name", exact=True).fill("Parcel of wax")
    page.get_by_label("Price", exact=True).fill("9.50")
    page.locator("#shipping > summary").click()
    page.get_by_label("Yes", exact=False).first.check()
    page.get_by_label("Countries you ship to").fill("AT")
    page.locator("summary", has_text="Add a delivery option").click()
    name = f"By bicycle {javascript}"
    page.get_by_label("Name of the option").fill(name)
    page.get_by_label("Delivery costs").fill("4.90")
    page.get_by_role("button", name="Add this option").click()
    expect(page.get_by_label(f"{name}, €4.90")).to_be_checked()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Parcel of wax")
    page.get_by_role("button", name="Create link").last.click()
    expect_heading(page, "Your link is ready")


def test_a_chosen_picture_shows_in_the_preview_before_anything_is_saved(open_console: OpenConsole) -> None:
    page = open_console("/console/links/new")
    page.get_by_label("Name", exact=True).fill("Golden candle")
    page.get_by_label("Price", exact=True).fill("9.50")
    page.get_by_label("Picture (optional)").set_input_files(
        {"name": "candle.png", "mimeType": "image/png", "buffer": a_picture()}
    )
    picture = page.frame_locator("iframe[name=preview]").locator("img[src^='data:image/webp']").first
    expect(picture).to_be_attached(timeout=20_000)
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 100


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (1280, "light"), (1440, "dark")])
def test_pages_of_the_catalogue_fit_and_pass_axe_with_all_folds_open(
    office: DemoShop, open_console: OpenConsole, width: int, scheme: str
) -> None:
    page = open_console("/console/products", viewport={"width": width, "height": 800}, color_scheme=scheme)
    product = office.product_of("wick-trimmer")
    for path in ("coupons", f"coupons/{office.coupon()}", "new_product", f"products/{product}"):
        page.goto(f"{office.origin}/console/{path}")
        page.evaluate(OPEN_FOLDS)
        expect_fits(page)
        check_accessibility(page, by_night=scheme == "dark")
        if width == PHONE["width"]:
            expect_targets(page)
            page.set_viewport_size(PHONE)
