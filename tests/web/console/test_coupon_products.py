"""The products that a coupon is limited to: offered, searched and kept while the form changes."""

import pytest

from app.web.console.coupons.forms import OFFERED
from tests.support.page import Element, Page
from tests.support.refusing import Refusing, refusing
from tests.web.console.conftest import Merchant
from tests.web.console.test_coupons import ACCOUNT, coupons_at_stripe

COUPONS = "/console/coupons"
OFFERS = "/console/coupon_products"
SILENT = "Stripe did not answer. Search again in a moment."


@pytest.fixture
def products(ada: Merchant) -> list[str]:
    """Add more products than the form offers at once, and return their ids by number."""
    return [
        ada.shop.gateway.create_in_catalogue("products", {"name": f"Candle {number}."}, account=ACCOUNT)
        for number in range(OFFERED + 5)
    ]


def without_products(ada: Merchant, status: int = 503) -> Refusing:
    """Let Stripe refuse to list products."""
    stripe = refusing(ada.shop.app)
    stripe.method, stripe.path = "GET", "/v1/products"
    stripe.refuse("Try again.", status)
    return stripe


def searched(root: Element) -> str:
    """Return the text whose products the page shows."""
    return root.first("input", name="searched")["value"]


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
    answer = Page(ada.get(f"{OFFERS}?find_product=CANDLE+1.&applies_to[products][]={products[4]}"))
    assert boxes(answer.root) == {products[4]: True, products[1]: False}
    answer = Page(ada.get(f"{OFFERS}?find_product=bees+wax&applies_to[products][]={products[4]}"))
    assert boxes(answer.root) == {products[4]: True}
    assert "No product matches “bees wax”." in answer.root.text
    assert boxes(Page(ada.get(f"{OFFERS}?find_product={products[3]}")).root) == {products[3]: False}


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


def test_a_live_search_that_stripe_does_not_answer_keeps_the_ticks(ada: Merchant, products: list[str]) -> None:
    without_products(ada)
    answer = Page(ada.get(f"{OFFERS}?find_product=cand&applies_to[products][]={products[4]}"))
    assert boxes(answer.root) == {products[4]: True}
    assert SILENT in answer.root.text
    assert searched(answer.root) == ""


def test_a_search_by_a_button_that_stripe_does_not_answer_keeps_the_ticks(ada: Merchant, products: list[str]) -> None:
    page = ada.open(COUPONS)
    stripe = without_products(ada)
    ticked = {"applies_to[products][]": products[4], "find_product": "candle 2.", "off": "50"}
    page = ada.pressed(page, "Search", **ticked, search="true")
    assert boxes(page.root) == {products[4]: True}
    assert SILENT in page.text
    assert page.has_field("Find a product")
    page = ada.pressed(page, "Search", search="true")
    assert boxes(page.root) == {products[4]: True}
    assert coupons_at_stripe(ada) == []
    ada.press(page, "Create coupon", create="true")
    (coupon,) = coupons_at_stripe(ada)
    assert coupon["applies_to"]["products"] == [products[4]]
    stripe.error = None
    assert searched(ada.pressed(page, "Search", search="true").root) == "candle 2."


def test_the_form_says_why_stripe_lists_no_products(ada: Merchant) -> None:
    stripe = without_products(ada)
    assert SILENT in ada.open(COUPONS).text
    stripe.refuse("This key does not have the required permissions for this endpoint.", 403)
    assert "It needs the right" in ada.open(COUPONS).text


def test_a_ticked_product_that_is_archived_or_deleted_since_stays_ticked(ada: Merchant, products: list[str]) -> None:
    page = ada.open(COUPONS)
    ada.shop.gateway.update_in_catalogue("products", products[4], {"active": False}, account=ACCOUNT)
    page = ada.pressed(page, "Search", search="true", off="5", **{"applies_to[products][]": products[4]})
    assert boxes(page.root)[products[4]]
    page = ada.pressed(page, "Create coupon", create="true", **{"applies_to[products][]": "prod_gone"})
    assert page.errors() == ["Stripe says: “No such product: 'prod_gone'”"]
    assert "prod_gone" in page.by_id("products-error").text
    assert boxes(page.root)["prod_gone"]
    assert coupons_at_stripe(ada) == []


def test_the_button_creates_a_coupon_although_a_text_was_not_searched_for(ada: Merchant, products: list[str]) -> None:
    ada.press(ada.open(COUPONS), "Create coupon", create="true", find_product="candle 3.", off="10")
    assert len(coupons_at_stripe(ada)) == 1


def test_the_enter_key_says_that_no_coupon_was_created(ada: Merchant, products: list[str]) -> None:
    page = ada.pressed(ada.open(COUPONS), "Create coupon", find_product="candle 3.", off="10")
    assert "The coupon is not created yet. Press “Create coupon”." in page.text
    page = ada.pressed(page, "Search", search="true")
    assert "not created yet" not in page.text
    assert coupons_at_stripe(ada) == []


def test_the_buttons_of_the_form_have_the_names_that_tell_them_apart(ada: Merchant, products: list[str]) -> None:
    first, *_others, last = (one for one in ada.open(COUPONS).form_to(COUPONS) if one.tag == "button")
    assert (first.get("name"), last.get("name")) == (None, "create")
    assert ada.open(COUPONS).form_to(COUPONS).first("button", name="search").text == "Search"


def test_no_page_hides_an_object_whose_id_is_a_word_of_an_address(ada: Merchant) -> None:
    ada.shop.gateway.create_in_catalogue(
        "coupons", {"id": "products", "name": "Products", "percent_off": "10"}, account=ACCOUNT
    )
    assert ada.open(f"{COUPONS}/products").heading == "Products"
    ada.shop.gateway.create_in_catalogue("products", {"id": "new", "name": "New wax"}, account=ACCOUNT)
    assert ada.open("/console/products/new").heading == "New wax"


@pytest.mark.parametrize("kind", ["coupons", "products"])
def test_no_address_stands_in_the_place_of_an_id_that_the_merchant_chooses(ada: Merchant, kind: str) -> None:
    start = f"/console/{kind}/"
    words = {rule.rule.removeprefix(start) for rule in ada.shop.app.url_map.iter_rules() if rule.rule.startswith(start)}
    assert "<id>" in words
    assert {word.partition("/")[0] for word in words} == {"<id>"}
