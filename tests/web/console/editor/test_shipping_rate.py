"""A new delivery option in the form of a link: made at Stripe, ticked, and never lost."""

from typing import Any

import pytest

from app.objects.shipping_rate import ShippingRate
from tests.support.page import Page
from tests.support.refusing import refusing
from tests.web.console.conftest import Merchant
from tests.web.console.editor.test_new_link import HONEY, made, send

NAME = "shipping_rate_data[display_name]"
AMOUNT = "shipping_rate_data[fixed_amount][amount]"
LEAST = "shipping_rate_data[delivery_estimate][minimum][value]"
MOST = "shipping_rate_data[delivery_estimate][maximum][value]"
UNIT = "shipping_rate_data[delivery_estimate][unit]"
SHIPS = {"ships": "yes", "shipping_address_collection[allowed_countries]": "AT"}
STANDARD = {NAME: "Standard", AMOUNT: "4.90", LEAST: "2", MOST: "4", UNIT: "business_day"}
ADD = {"add": "shipping_rate"}


def rates_at_stripe(ada: Merchant) -> list[dict[str, Any]]:
    return ada.shop.gateway.list_catalogue("shipping_rates", {}, account="org_apiary", limit=10)


def chosen(page: Page) -> list[str]:
    boxes = [box for box in page.root.all("input") if (box.get("name") or "").startswith("shipping_options[")]
    return [box["value"] for box in boxes if "checked" in box.attributes]


def test_a_new_delivery_option_is_made_and_ticked_and_the_fields_are_free_again(ada: Merchant) -> None:
    page = Page(send(ada, HONEY | SHIPS | STANDARD | ADD))
    (rate,) = rates_at_stripe(ada)
    assert (rate["display_name"], rate["fixed_amount"]["amount"], rate["fixed_amount"]["currency"]) == (
        "Standard",
        490,
        "eur",
    )
    assert rate["delivery_estimate"] == {
        "minimum": {"unit": "business_day", "value": 2},
        "maximum": {"unit": "business_day", "value": 4},
    }
    assert (page.status, chosen(page)) == (200, [rate["id"]])
    form = page.values(page.form_of("Create link"))
    assert (form[NAME], form[AMOUNT]) == ("", "")
    link = made(ada, send(ada, {}, page))
    option = link.shipping_options[0].shipping_rate
    assert isinstance(option, ShippingRate)
    assert option.id == rate["id"]
    found, _more = ada.shop.store.changes("org_apiary", about=rate["id"], limit=5)
    assert [change.what for change in found] == ["shipping_rate.created"]


def test_an_option_that_was_filled_in_is_made_with_the_link_without_its_button(ada: Merchant) -> None:
    link = made(ada, send(ada, HONEY | SHIPS | STANDARD))
    (rate,) = rates_at_stripe(ada)
    assert [option.shipping_rate.id for option in link.shipping_options] == [rate["id"]]  # type: ignore[union-attr]


def test_the_same_form_makes_one_option(ada: Merchant) -> None:
    page = ada.open("/console/links/new")
    for _press in range(3):
        assert send(ada, HONEY | SHIPS | STANDARD | ADD, page).status_code == 200
    assert len(rates_at_stripe(ada)) == 1


def test_a_link_that_ships_nothing_makes_no_option(ada: Merchant) -> None:
    made(ada, send(ada, HONEY | STANDARD | {"ships": "no"}))
    assert rates_at_stripe(ada) == []


@pytest.mark.parametrize(
    ("fields", "label", "message"),
    [
        ({NAME: ""}, "Name of the option", "Enter a name, such as “Standard”"),
        ({AMOUNT: ""}, "Delivery costs", "Enter what it costs, or 0"),
        ({AMOUNT: "a lot"}, "Delivery costs", "Enter an amount"),
        ({LEAST: "0"}, "Takes at least", "Enter a whole number"),
        ({LEAST: "5"}, "Takes at most", "Enter at least as much as before"),
    ],
)
def test_a_wrong_entry_of_an_option_is_refused_at_its_field(
    ada: Merchant, fields: dict[str, str], label: str, message: str
) -> None:
    for more in (ADD, {}):
        page = Page(send(ada, HONEY | SHIPS | STANDARD | fields | more))
        assert page.status == 422
        assert message in page.error_at(label)
        form = page.values(page.form_of("Create link"))
        assert {name: form[name] for name in STANDARD} == STANDARD | fields
    assert rates_at_stripe(ada) == []


def test_a_key_without_the_right_is_told_which_one_is_missing(ada: Merchant) -> None:
    page = ada.open("/console/links/new")
    stripe = refusing(ada.shop.app)
    stripe.path = "/v1/shipping_rates"
    stripe.refuse("This key lacks shipping_rate_write.", 403)
    refused = Page(send(ada, HONEY | SHIPS | STANDARD | ADD, page))
    assert "It needs the right “Shipping rates: write”" in refused.text
    assert refused.values(refused.form_of("Create link"))[NAME] == "Standard"


def test_a_link_that_exists_gets_a_new_option(ada: Merchant) -> None:
    link = made(ada, send(ada, HONEY))
    page = ada.open(f"/console/links/{link.id}/edit")
    ada.pressed(page, "Save changes", **SHIPS, **STANDARD)
    (rate,) = rates_at_stripe(ada)
    after = ada.shop.store.link(link.id)
    assert after is not None
    assert [option.shipping_rate.id for option in after.shipping_options] == [rate["id"]]  # type: ignore[union-attr]
