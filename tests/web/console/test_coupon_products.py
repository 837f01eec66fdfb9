"""The products that a coupon is limited to: offered, searched and kept while the form changes."""

import pytest

from app.web.console.coupons.forms import OFFERED
from tests.support.page import Element, Page
from tests.web.console.conftest import Merchant
from tests.web.console.test_coupons import ACCOUNT, coupons_at_stripe

COUPONS = "/console/coupons"


@pytest.fixture
def products(ada: Merchant) -> list[str]:
    """Add more products than the form offers at once, and return their ids by number."""
    return [
        ada.shop.gateway.create_in_catalogue("products", {"name": f"Candle {number}."}, account=ACCOUNT)
        for number in range(OFFERED + 5)
    ]


def boxes(root: Element) -> dict[str, bool]:
    """Return the products that are offered, with whether each is ticked."""
    return {box["value"]: box.get("checked") is not None for box in root.all("input", name="applies_to[products][]")}


def test_a_search_finds_an_older_product_and_keeps_what_is_typed_and_ticked(ada: Merchant, products: list[str]) -> None:
    page = ada.open(COUPONS)
    assert list(boxes(page.root)) == products[:4:-1]
    ticked = {"applies_to[products][]": products[-1], "off": "10"}
    page = ada.pressed(page, "Search", find_product="candle 2.", **ticked)
    assert boxes(page.root) == {products[-1]: True, products[2]: False}
    assert page.root.first("details", class_="fold").get("open") is not None
    assert coupons_at_stripe(ada) == []
    page = ada.pressed(page, "Create coupon", **{"applies_to[products][]": products[2]})
    (coupon,) = coupons_at_stripe(ada)
    assert coupon["applies_to"]["products"] == [products[2]]
    assert coupon["percent_off"] == 10


def test_the_live_search_answers_with_the_ticked_products_first(ada: Merchant, products: list[str]) -> None:
    answer = Page(ada.get(f"{COUPONS}/products?find_product=CANDLE+1.&applies_to[products][]={products[4]}"))
    assert boxes(answer.root) == {products[4]: True, products[1]: False}
    answer = Page(ada.get(f"{COUPONS}/products?find_product=wax&applies_to[products][]={products[4]}"))
    assert boxes(answer.root) == {products[4]: True}
    assert "No product matches “wax”." in answer.root.text
    assert boxes(Page(ada.get(f"{COUPONS}/products?find_product={products[3]}")).root) == {products[3]: False}


def test_the_enter_key_in_the_search_creates_no_coupon(ada: Merchant, products: list[str]) -> None:
    page = ada.open(COUPONS)
    sent = page.values(page.form_of("Create coupon")) | {"off": "10", "find_product": "candle 3."}
    page = Page(ada.post(COUPONS, sent))
    assert list(boxes(page.root)) == [products[3]]
    assert coupons_at_stripe(ada) == []
    ada.press(page, "Create coupon")
    assert len(coupons_at_stripe(ada)) == 1


def test_a_shop_with_few_products_ticks_them_without_a_search(ada: Merchant) -> None:
    ada.shop.gateway.create_in_catalogue("products", {"name": "Candle"}, account=ACCOUNT)
    page = ada.open(COUPONS)
    assert len(boxes(page.root)) == 1
    assert not page.has_field("Find a product")
