"""The structure of the pay page: one column or two, fold, hand-off, packs, steppers and payment methods."""

from typing import Any

import pytest

from app.objects.line_item import LineItem
from app.objects.payment_link import PaymentLink
from app.objects.price import TransformQuantity
from tests.support.build import (
    a_custom_price,
    a_line,
    a_link,
    a_price,
    a_product,
    a_shipping_rate,
    a_tax_rate,
    a_tier,
    adjustable,
    an_optional_item,
)
from tests.support.page import Page, tidy
from tests.web.conftest import WebShop

WORDS = {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text", "optional": True}


def lines(count: int) -> list[LineItem]:
    return [
        a_line(a_price(100 + n, id=f"price_{n}", product=a_product(f"prod_{n}", f"Thing {n}"))) for n in range(count)
    ]


def by_twelve(round: str = "up") -> TransformQuantity:
    return TransformQuantity(divide_by=12, round=round)  # type: ignore[arg-type]  # up or down


def is_wide(page: Page) -> bool:
    return "wide" in page.root.first("body")["class"].split()


def sums(page: Page) -> int:
    return len(page.root.all("p", class_="hand-off-total"))


@pytest.mark.parametrize(
    ("link", "plain"),
    [
        pytest.param(a_link(), True, id="a fixed price"),
        pytest.param(a_link(a_line(a_price(900, recurring="month"))), True, id="a subscription"),
        pytest.param(a_link(a_line(adjustable_quantity=adjustable())), False, id="a quantity to choose"),
        pytest.param(a_link(a_line(a_custom_price(200, 5000, 1000))), False, id="an amount to choose"),
        pytest.param(a_link(custom_fields=[WORDS]), False, id="a question"),
        pytest.param(a_link(allow_promotion_codes=True), False, id="a promotion code"),
        pytest.param(a_link(consent_collection={"promotions": "auto"}), False, id="a consent"),
        pytest.param(a_link(shipping=[a_shipping_rate(490), a_shipping_rate(990)]), False, id="shipping to come"),
        pytest.param(a_link(*lines(2)), False, id="two lines"),
        pytest.param(a_link(optional_items=[an_optional_item()]), False, id="an optional item"),
    ],
)
def test_the_total_stands_beside_the_button_unless_the_price_above_it_is_the_total(
    shop: WebShop, link: PaymentLink, *, plain: bool
) -> None:
    shop.add(link)
    page = shop.open()
    assert sums(page) == (0 if plain else 1)
    assert len(page.root.all("button", id="pay")) == 1
    assert (
        len(
            [button for button in page.root.all("button", class_="button") if "button-secondary" not in button["class"]]
        )
        == 1
    )


@pytest.mark.parametrize(
    ("changes", "count", "wide"),
    [
        ({"custom_fields": [WORDS]}, 2, True),
        ({"consent_collection": {"promotions": "auto"}}, 2, True),
        ({"custom_fields": [WORDS]}, 1, False),
        ({}, 2, False),
        ({"counterfoil": {"reference": "2026-0042"}}, 2, False),
        ({"counterfoil": {"image": "https://h.example/a.jpg"}}, 1, True),
    ],
)
def test_two_columns_need_something_in_both(shop: WebShop, changes: dict[str, Any], count: int, *, wide: bool) -> None:
    shop.add(a_link(*lines(count), **changes))
    assert is_wide(shop.open()) == wide


@pytest.mark.parametrize(("count", "is_open"), [(6, True), (7, False)])
def test_an_order_is_folded_from_seven_lines_on(shop: WebShop, count: int, *, is_open: bool) -> None:
    shop.add(a_link(*lines(count)))
    order = shop.open().root.first("details", class_="order")
    assert ("open" in order.attributes) == is_open
    assert tidy(order.first("summary").text) == f"Order details {count} items"


def test_an_error_opens_a_folded_order(shop: WebShop) -> None:
    first, *others = lines(8)
    shop.add(a_link(first.model_copy(update={"adjustable_quantity": adjustable(1, 5)}), *others))
    page = shop.pressed(shop.open(), "Continue to payment", {"Quantity of Thing 0": "9"})
    assert "open" in page.root.first("details", class_="order").attributes
    assert page.error_at("Quantity of Thing 0") == "Choose 1 to 5"
    assert page.errors() == ["Thing 0: Choose 1 to 5"]


@pytest.mark.parametrize(
    ("quantity", "round", "words"),
    [
        (30, "up", "30 (3 packs of 12)"),
        (24, "up", "24 (2 packs of 12)"),
        (12, "up", "12 (1 pack of 12)"),
        (30, "down", "30 (2 packs of 12)"),
    ],
)
def test_a_fixed_quantity_is_counted_in_packs(shop: WebShop, quantity: int, round: str, words: str) -> None:
    wicks = a_price(480, transform_quantity=by_twelve(round))
    shop.add(a_link(a_line(wicks, quantity=quantity), *lines(1)))
    text = shop.open().text
    assert words in text
    assert "€4.80 a pack" in text


def test_packs_stand_beside_a_quantity_that_can_be_changed(shop: WebShop) -> None:
    wicks = a_price(480, transform_quantity=by_twelve())
    shop.add(a_link(a_line(wicks, quantity=30, adjustable_quantity=adjustable(1, 600)), *lines(1)))
    page = shop.open()
    assert "3 packs of 12" in tidy(page.root.first("div", class_="quantity").text)
    page = shop.pressed(page, "Update total", {"Quantity of Jar of honey": "37"})
    assert "4 packs of 12" in tidy(page.root.first("div", class_="quantity").text)


def test_free_shipping_of_one_product_is_one_line_under_its_price(shop: WebShop) -> None:
    shop.add(a_link(shipping=[a_shipping_rate(0)]))
    page = shop.open()
    assert "€12.50 Free shipping: Parcel Continue to payment" in page.text
    assert not page.rows()


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(a_link(shipping=[a_shipping_rate(490)]), id="shipping costs"),
        pytest.param(a_link(shipping=[a_shipping_rate(0)], tax_rates=[a_tax_rate("20")]), id="tax is added"),
        pytest.param(a_link(*lines(2), shipping=[a_shipping_rate(0)]), id="two lines"),
    ],
)
def test_shipping_has_a_row_where_there_is_something_to_add_up(shop: WebShop, link: PaymentLink) -> None:
    shop.add(link)
    assert shop.open().rows()["Shipping"] in {"Free", "€4.90"}


def test_packs_of_one_are_pieces(shop: WebShop) -> None:
    price = a_price(480, transform_quantity=TransformQuantity(divide_by=1, round="up"))
    shop.add(a_link(a_line(price, quantity=3), *lines(1)))
    page = shop.open()
    assert "pack" not in page.text
    assert "Quantity 3" in page.text


def test_a_quantity_has_buttons_that_say_what_they_count(shop: WebShop) -> None:
    shop.add(a_link(a_line(quantity=2, adjustable_quantity=adjustable(1, 10))))
    page = shop.open()
    less, more = page.root.first("span", class_="stepper").all("button")
    assert (less["aria-label"], more["aria-label"]) == ("One less of Jar of honey", "One more of Jar of honey")
    assert (less["type"], less["data-step"], more["data-step"]) == ("button", "-1", "1")
    assert less["aria-controls"] == more["aria-controls"] == page.field("Quantity of Jar of honey")["id"]


def test_the_price_of_one_piece_stands_above_a_quantity(shop: WebShop) -> None:
    shop.add(a_link(a_line(a_price(1999), quantity=2, adjustable_quantity=adjustable(1, 10))))
    page = shop.open()
    assert page.root.first("p", class_="amount").text == "€19.99"
    assert page.rows() == {"Total": "€39.98"}


def test_tiers_have_the_price_of_the_whole_quantity(shop: WebShop) -> None:
    price = a_price(tiers=(a_tier(10, 1400), a_tier(None, 990)), tiers_mode="volume", recurring="month")
    shop.add(a_link(a_line(price, quantity=2, adjustable_quantity=adjustable(1, 50))))
    assert shop.open().root.first("p", class_="amount").text == "€28.00"


@pytest.mark.parametrize(
    ("types", "names"),
    [
        (None, []),
        (("card",), ["Card"]),
        (("card", "sepa_debit", "paypal"), ["Card", "SEPA Direct Debit", "PayPal"]),
    ],
)
def test_methods_are_named_where_the_link_names_them(
    shop: WebShop, types: tuple[str, ...] | None, names: list[str]
) -> None:
    shop.add(a_link(payment_method_types=types))
    page = shop.open()
    found = [tidy(item.text) for block in page.root.all("ul", class_="methods") for item in block.all("li")]
    assert found == names


def test_a_message_has_its_room_before_it_comes(shop: WebShop) -> None:
    shop.add(a_link(a_line(adjustable_quantity=adjustable(1, 5)), custom_fields=[{**WORDS, "optional": False}]))
    page = shop.open()
    before = len(page.root.all("div", class_="note"))
    page = shop.pressed(page, "Continue to payment", {"Quantity of Jar of honey": "9"})
    assert len(page.errors()) == 2
    assert len(page.root.all("div", class_="note")) == before
