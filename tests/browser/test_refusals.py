"""What Stripe refuses, in the browser: a closed page names the merchant, and a code that is gone leaves its field open."""

import pytest
from playwright.sync_api import expect

from tests.browser.buyer import expect_checkout, expect_heading, expect_total, fill_code, pay_button
from tests.browser.conftest import OpenPage
from tests.browser.shop import DemoShop
from tests.browser.visits import SIZES, check_accessibility, expect_fits

TITLE = "This payment can’t be taken right now"


def test_a_price_that_is_archived_while_its_page_is_open_names_the_merchant(
    shop: DemoShop, open_page: OpenPage, javascript: bool
) -> None:
    sdk = shop.catalogue
    price = sdk.prices.create({"currency": "eur", "unit_amount": 1250, "product_data": {"name": "Jar"}})
    adjustable = {"enabled": True, "minimum": 1, "maximum": 5}
    link = shop.link(line_items=[{"price": price.id, "quantity": 1, "adjustable_quantity": adjustable}])
    page = open_page(link, javascript=javascript)
    other = open_page(link, javascript=javascript)
    sdk.prices.update(price.id, {"active": False})
    if javascript:
        page.get_by_label("Quantity of Jar").fill("2")  # a preview
        page.get_by_label("Quantity of Jar").blur()
    else:
        page.get_by_role("button", name="Update total").last.click()
    expect_heading(page, TITLE)
    pay_button(other).click()
    for closed in (page, other):
        expect_heading(closed, TITLE)
        expect(closed.get_by_text("so that they can put it right")).to_be_visible()
        expect(closed.get_by_role("link", name="Write to")).to_be_visible()
        expect(closed.get_by_role("button")).to_have_count(0)
    for size in SIZES.values():
        other.set_viewport_size(size)  # type: ignore[arg-type]  # width and height
        expect_fits(other)
    if javascript:
        check_accessibility(other)
    assert shop.attempts(link) == []
    sdk.prices.update(price.id, {"active": True})
    page.goto(shop.address(link))
    pay_button(page).click()
    expect_checkout(page)


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_code_that_is_used_up_between_apply_and_pay_leaves_its_field_open(
    shop: DemoShop, open_page: OpenPage, javascript: bool, size: str
) -> None:
    sdk = shop.catalogue
    coupon = sdk.coupons.create({"percent_off": 20})
    name = f"USED{size}{javascript}".upper()
    promotion = {"type": "coupon", "coupon": coupon.id}
    code = sdk.promotion_codes.create({"code": name, "promotion": promotion, "max_redemptions": 9})
    link = shop.link(allow_promotion_codes=True)
    page = open_page(link, javascript=javascript, size=size)
    fill_code(page, name)
    page.get_by_role("button", name="Apply").click()
    expect_total(page, "€10.00")
    sdk.promotion_codes.update(code.id, {"active": False})
    pay_button(page).click()
    expect(page.get_by_role("heading", name=f"{name} has been used up")).to_be_visible()
    expect(page.get_by_text("The total is now €12.50 instead of €10.00.")).to_be_visible()
    expect(page.get_by_label("Promotion code")).to_be_visible()
    expect(page.get_by_label("Promotion code")).to_have_value("")
    expect(page.get_by_text(f"{name} was taken out")).to_be_visible()
    expect_total(page, "€12.50")
    expect_fits(page)
    if javascript:
        expect(page.get_by_role("alert")).to_be_focused()
        expect(page.get_by_role("alert")).to_be_in_viewport()
        check_accessibility(page)
    pay_button(page).click()
    expect_checkout(page)
