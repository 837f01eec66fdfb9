"""A page behind the last row of a list says so, and never that the list has no rows."""

from tests.support.page import tidy
from tests.web.console.conftest import Merchant
from tests.web.console.test_coupons import a_coupon_at_stripe
from tests.web.console.test_products import add, names


def test_a_page_behind_the_last_coupon_leads_back_to_the_list(ada: Merchant) -> None:
    last = a_coupon_at_stripe(ada)
    for show in ("", "&show=ended", "&q=spring"):
        page = ada.open(f"/console/coupons?starting_after={last}{show}")
        assert "Nothing more was found." in page.text
        assert "No coupons yet" not in page.text
    page = ada.open(f"/console/coupons?starting_after={last}")
    assert "Spring" in ada.open(page.link("Newer")["href"]).text


def test_the_next_page_follows_although_the_last_row_of_this_one_has_left_the_list(ada: Merchant) -> None:
    made = [add(ada, f"Product {number}") for number in range(60)]
    first = ada.open("/console/products")
    assert names(first)[-1] == "Product 35"
    ada.press(ada.open(f"/console/products/{made[35]}"), "Archive product")
    second = ada.open(first.link("Older")["href"])
    assert names(second) == [f"Product {number}" for number in range(34, 9, -1)]
    ada.press(ada.open(f"/console/products/{made[34]}"), "Archive product")
    assert names(ada.open(second.link("Newer")["href"])) == [f"Product {number}" for number in range(59, 35, -1)]


def test_the_next_page_of_coupons_follows_although_the_last_one_has_ended(ada: Merchant) -> None:
    a_coupon_at_stripe(ada, name="Coupon 1", redeem_by=ada.shop.clock() + 60)
    a_coupon_at_stripe(ada, name="Coupon 2")
    last = a_coupon_at_stripe(ada, name="Coupon 3", redeem_by=ada.shop.clock() + 60)
    ada.shop.clock.now += 120
    page = ada.open(f"/console/coupons?starting_after={last}")
    assert [tidy(link.text) for link in page.root.first("tbody").all("a")] == ["Coupon 2: 10% off"]
