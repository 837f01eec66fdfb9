"""The details of a price in the console, with the real sandbox through the SDK: names, tax behavior and metadata."""

from typing import Any

from werkzeug.test import TestResponse

from app.objects.price import Price
from app.services.products.products import product_id
from tests.support.page import Page, tidy
from tests.support.refusing import refusing
from tests.web.console.conftest import Merchant
from tests.web.console.test_prices import changes_of, price_of


def sold(ada: Merchant) -> Price:
    ada.shop.sell()
    return price_of(ada, "plink_honey")


def path_of(price: Price) -> str:
    return f"/console/prices/{price.id}/details"


def save(ada: Merchant, price: Price, **values: Any) -> TestResponse:
    page = ada.open(path_of(price))
    given = {name.replace("__", "[]"): value for name, value in values.items()}
    return ada.post(path_of(price), page.values(page.form_of("Save changes")) | given)


def at_stripe(ada: Merchant, price: Price) -> Price:
    return ada.shop.gateway.retrieve_price(price.id, account="org_apiary")


def test_the_names_and_the_metadata_of_a_price_change_at_stripe_and_in_its_links(ada: Merchant) -> None:
    price = sold(ada)
    page = ada.open(ada.open(f"/console/products/{product_id(price)}").link("Details of €12.50")["href"])
    assert page.heading == "Details of €12.50"
    values = {"metadata_key__": ["shelf", ""], "metadata_value__": ["3", ""]}
    assert save(ada, price, nickname="Market price", lookup_key="honey_market", **values).status_code == 303
    for found in (at_stripe(ada, price), price_of(ada, "plink_honey")):
        assert (found.nickname, found.lookup_key, found.metadata["shelf"]) == ("Market price", "honey_market", "3")
    page = ada.open(path_of(price))
    assert page.field("Name in your lists (optional)")["value"] == "Market price"
    assert changes_of(ada, price.id)[0] == "price.updated"
    assert "Price changed" in ada.open("/console/settings/log").text
    gone = save(ada, price, nickname="", lookup_key="", metadata_key__=[""], metadata_value__=[""])
    assert gone.status_code == 303
    found = at_stripe(ada, price)
    assert (found.nickname, found.lookup_key, "shelf" in found.metadata) == (None, None, False)


def test_a_form_that_changes_nothing_is_no_change(ada: Merchant) -> None:
    price = sold(ada)
    assert save(ada, price).status_code == 303
    assert "price.updated" not in changes_of(ada, price.id)


def test_the_tax_behavior_is_set_once(ada: Merchant) -> None:
    price = sold(ada)
    assert save(ada, price, tax_behavior="inclusive").status_code == 303
    assert at_stripe(ada, price).tax_behavior == price_of(ada, "plink_honey").tax_behavior == "inclusive"
    assert not ada.open(path_of(price)).has_field("with tax")
    assert save(ada, price, tax_behavior="exclusive").status_code == 303
    assert at_stripe(ada, price).tax_behavior == "inclusive"


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(ada: Merchant) -> None:
    price = sold(ada)
    ada.shop.gateway.create_in_catalogue(
        "prices",
        {"currency": "eur", "unit_amount": 100, "product_data": {"name": "Wax"}, "lookup_key": "taken"},
        idempotency_key="wax",
        account="org_apiary",
    )
    taken = Page(save(ada, price, nickname="Market", lookup_key="taken"))
    assert taken.status == 422
    assert "already uses that lookup key" in taken.error_at("Lookup key (optional)")
    assert taken.field("Name in your lists (optional)")["value"] == "Market"
    long = Page(save(ada, price, lookup_key="x" * 201))
    assert "200" in long.error_at("Lookup key (optional)")
    brackets = Page(save(ada, price, metadata_key__=["a[b]"], metadata_value__=["1"]))
    assert brackets.status == 422
    assert "A name has no square brackets" in brackets.text
    assert at_stripe(ada, price).lookup_key is None


def test_a_tax_behavior_that_stripe_refuses_is_told_at_its_field(ada: Merchant) -> None:
    price = sold(ada)
    stripe = refusing(ada.shop.app)
    stripe.path = f"/v1/prices/{price.id}"
    page = ada.open(path_of(price))
    stripe.refuse("Not for this account.", param="tax_behavior")
    refused = Page(ada.post(path_of(price), page.values(page.form_of("Save changes")) | {"tax_behavior": "inclusive"}))
    assert (refused.status, refused.errors()) == (422, ["Stripe says: “Not for this account.”"])
    (choices,) = refused.root.all("fieldset", id="tax_behavior")
    assert choices["tabindex"] == "-1"
    said = [tidy(refused.by_id(id).text) for id in choices["aria-describedby"].split()]
    assert said == ["It cannot change once it is set.", "Error: Stripe says: “Not for this account.”"]


def test_a_price_of_another_organization_has_no_details(ada: Merchant) -> None:
    assert ada.open("/console/prices/price_other/details").status == 404


def test_a_key_without_the_right_is_told_which_one_is_missing(ada: Merchant) -> None:
    price = sold(ada)
    stripe = refusing(ada.shop.app)
    stripe.path = f"/v1/prices/{price.id}"
    stripe.method = "POST"
    page = ada.open(path_of(price))
    stripe.refuse("No.", 403)
    refused = Page(ada.post(path_of(price), page.values(page.form_of("Save changes")) | {"nickname": "Market"}))
    assert "Prices: write" in refused.text
