"""A preview shows the total of the choice and the errors of the entries, and creates nothing."""

from typing import Any

import pytest

from tests.support.build import (
    a_coupon,
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_promotion_code,
    adjustable,
    an_optional_item,
)
from tests.web.conftest import WebShop

TEXT: dict[str, Any] = {
    "key": "words",
    "label": {"type": "custom", "custom": "Words"},
    "type": "text",
    "text": {"minimum_length": 3},
}


def a_shop_window(shop: WebShop) -> None:
    shop.sell(
        a_link(
            a_line(quantity=2, adjustable_quantity=adjustable(1, 10)),
            optional_items=[an_optional_item()],
            allow_promotion_codes=True,
            custom_fields=[TEXT],
            consent_collection={"terms_of_service": "required"},
        )
    )


def test_a_preview_shows_the_new_total_without_scripts(shop: WebShop) -> None:
    a_shop_window(shop)
    page = shop.pressed(shop.open(), "Update total", {"Quantity of Jar of honey": "3", "Spoon": True})
    assert page.status == 200
    assert page.rows() == {"Total": "€41.50"}
    assert page.root.first("p", role="status").text == "Total €41.50"
    assert page.form["action"] == "/pay/honey"
    assert not page.errors()


def test_htmx_gets_one_region_and_the_title_of_the_tab(shop: WebShop) -> None:
    a_shop_window(shop)
    whole = shop.open()
    answer = shop.press(whole, "Update total", {"Quantity of Jar of honey": "3"}, HX_Request="true")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert answer.text.lstrip().startswith("<title>Jar of honey, €37.50 – Hillside Apiary</title>")
    assert "<form" in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_a_preview_checks_only_entered_values(shop: WebShop) -> None:
    a_shop_window(shop)
    page = shop.pressed(shop.open(), "Update total", {"Words": "ab"})
    assert page.status == 422
    assert page.errors() == ["Words: Enter at least 3 characters"]


def test_missing_answers_are_reported_before_the_page_is_left(shop: WebShop) -> None:
    a_shop_window(shop)
    page = shop.pressed(shop.open(), "Check")
    assert page.errors() == ["Words: Enter an answer", "Agree to the terms to continue"]


def test_a_preview_keeps_the_form_and_needs_no_valid_token(shop: WebShop) -> None:
    a_shop_window(shop)
    page = shop.open()
    assert shop.pressed(page, "Update total").values()["csrf_token"] == page.values()["csrf_token"]
    values = page.values() | {"csrf_token": "x"}
    answer = shop.client.post("/pay/honey/preview", data=values)
    assert answer.status_code == 200
    assert 'value="x"' not in answer.text


def test_a_preview_creates_nothing(shop: WebShop) -> None:
    a_shop_window(shop)
    shop.pressed(shop.open(), "Update total", {"Quantity of Jar of honey": "3"})
    assert shop.store.attempts_of_link("plink_honey") == []


def test_a_promotion_code_reduces_the_total(shop: WebShop) -> None:
    shop.sell(a_link(allow_promotion_codes=True))
    shop.stock.promotion_code(a_promotion_code("HARVEST", a_coupon("20")))
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": " harvest "})
    assert page.status == 200
    assert page.rows() == {"Subtotal": "€12.50", "Discount (HARVEST)": "\u2212€2.50", "Total": "€10.00"}
    assert page.description("Promotion code") == "HARVEST takes €2.50 off"
    assert shop.press(page, "Continue to payment").status_code == 303
    assert shop.store.attempts_of_link("plink_honey")[0].quote.amount_total == 1000


def test_an_invalid_promotion_code_says_why(shop: WebShop) -> None:
    shop.sell(a_link(allow_promotion_codes=True))
    restrictions = {"minimum_amount": 5000, "minimum_amount_currency": "eur"}
    shop.stock.promotion_code(a_promotion_code("BIG", restrictions=restrictions))
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": "NOPE"})
    message = "There is no code NOPE"
    assert (page.status, page.errors(), page.error_at("Promotion code")) == (422, [message], message)
    assert page.rows() == {"Total": "€12.50"}
    page = shop.pressed(page, "Apply", {"Promotion code": "BIG"})
    assert page.errors() == ["BIG needs an order of at least €50.00"]
    paid = shop.pressed(page, "Continue to payment")
    assert paid.status == 422
    assert paid.errors() == page.errors()


def test_a_code_in_the_address_is_applied_to_the_first_page(shop: WebShop) -> None:
    shop.sell(a_link(allow_promotion_codes=True))
    shop.stock.promotion_code(a_promotion_code("HARVEST", a_coupon("20")))
    page = shop.open("/pay/honey?prefilled_promo_code=HARVEST")
    assert page.rows()["Total"] == "€10.00"
    unknown = shop.open("/pay/honey?prefilled_promo_code=NOPE")
    assert (unknown.status, unknown.errors()) == (200, [])
    assert unknown.error_at("Promotion code").startswith("There is no code NOPE")


def test_a_link_without_promotion_codes_has_no_field_for_one(shop: WebShop) -> None:
    shop.add()
    page = shop.open("/pay/honey?prefilled_promo_code=HARVEST")
    assert not page.has_field("Promotion code")
    assert shop.client.post("/pay/honey/preview", data={"promotion_code": "X"}).status_code == 422


def test_a_missing_amount_is_an_error_only_after_the_form_was_sent(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_custom_price(200, 500000))))
    assert not shop.open().errors()
    page = shop.pressed(shop.open(), "Update total")
    assert page.errors() == ["Enter an amount from €2.00 to €5,000.00"]


def test_the_address_of_a_preview_redirects_to_the_page(shop: WebShop) -> None:
    shop.add()
    answer = shop.client.get("/pay/honey/preview?utm_source=x")
    assert (answer.status_code, answer.location) == (303, "/pay/honey?utm_source=x")


@pytest.mark.parametrize("path", ["/pay/honey/embed", "/pay/honey/preview"])
def test_previews_of_unknown_links_are_not_found(shop: WebShop, path: str) -> None:
    assert shop.client.post(path).status_code == 404


def test_a_promotion_code_that_is_too_long_is_refused_at_its_field(shop: WebShop) -> None:
    shop.sell(a_link(allow_promotion_codes=True))
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": "X" * 501})
    assert page.error_at("Promotion code") == "Enter another code or leave it empty"


def test_a_code_that_leaves_too_little_is_named_at_its_field(shop: WebShop) -> None:
    shop.sell(a_link(allow_promotion_codes=True))
    shop.stock.promotion_code(a_promotion_code("HARVEST", a_coupon(amount_off=1230)))
    page = shop.pressed(shop.open(), "Apply", {"Promotion code": "harvest"})
    assert page.error_at("Promotion code") == ("With harvest, €0.20 is left to pay. The minimum payment here is €0.50")


def test_an_order_of_nine_digits_is_not_refused_by_our_page(shop: WebShop) -> None:
    shop.sell(a_link(a_line(a_price(150_000_000, currency="idr")), currency="idr"))
    assert shop.press(shop.open(), "Continue to payment").status_code == 303
