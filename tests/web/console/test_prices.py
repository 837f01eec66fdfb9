"""The change of a price in the console, with the real sandbox through the SDK: a new price, in the links that the merchant chooses."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.objects.price import Price, Recurring
from app.services.products.products import product_id
from tests.support.build import a_line, a_link, a_price
from tests.support.page import Page
from tests.support.refusing import refusing
from tests.web.console.conftest import Merchant


def price_of(ada: Merchant, id: str) -> Price:
    """Return the price that a stored link sells now."""
    link = ada.shop.store.link(id)
    assert link is not None
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    return price


def two_links(ada: Merchant) -> Price:
    """Add two links that sell at one price of Stripe, and return it."""
    ada.shop.sell()
    old = price_of(ada, "plink_honey")
    ada.shop.add(a_link(a_line(old), id="plink_market", counterfoil={"code": "market"}))
    return old


def prices_at_stripe(ada: Merchant) -> list[dict[str, Any]]:
    return ada.shop.gateway.list_catalogue("prices", {}, account="org_apiary", limit=10)


def sent(page: Page, amount: str, *links: str, archive: bool = True) -> dict[str, Any]:
    """Return the form with an amount and these links ticked."""
    values: dict[str, Any] = page.values(page.form_of("Change the price"))
    values.pop("archive")
    return {**values, "amount": amount, "payment_link[]": list(links)} | ({"archive": "true"} if archive else {})


def changed(ada: Merchant, old: Price, amount: str, *links: str, archive: bool = True) -> TestResponse:
    path = f"/console/prices/{old.id}"
    return ada.post(path, sent(ada.open(path), amount, *links, archive=archive))


def changes_of(ada: Merchant, id: str) -> list[str]:
    found, _more = ada.shop.store.changes("org_apiary", about=id, limit=10)
    return [change.what for change in found]


def test_every_link_of_a_price_is_named_and_ticked(ada: Merchant) -> None:
    old = two_links(ada)
    page = ada.open(f"/console/prices/{old.id}")
    boxes = [box for box in page.root.all("input") if box.get("name") == "payment_link[]"]
    assert {box["value"] for box in boxes} == {"plink_honey", "plink_market"}
    assert all("checked" in box.attributes for box in boxes)


def test_chosen_links_sell_at_the_new_price_and_the_old_one_is_archived(ada: Merchant) -> None:
    old = two_links(ada)
    answer = changed(ada, old, "14.90", "plink_honey", "plink_market")
    assert answer.status_code == 303
    page = ada.open(answer.location)
    assert "The new price is €14.90" in page.text
    assert "2 links sell at it now." in page.text
    new = price_of(ada, "plink_honey")
    assert (new.unit_amount, new.id != old.id) == (1490, True)
    assert price_of(ada, "plink_market").id == new.id
    assert "€14.90" in ada.shop.open("/pay/honey").text
    assert {it["id"]: it["active"] for it in prices_at_stripe(ada)} == {old.id: False, new.id: True}
    assert changes_of(ada, new.id) == ["price.created"]
    assert changes_of(ada, old.id) == ["price.archived"]
    assert changes_of(ada, "plink_honey")[0] == "payment_link.updated"


def test_a_link_that_is_not_chosen_keeps_the_old_price(ada: Merchant) -> None:
    old = two_links(ada)
    changed(ada, old, "14.90", "plink_honey")
    assert price_of(ada, "plink_market") == old
    assert all(it["active"] for it in prices_at_stripe(ada))


def test_the_old_price_stays_where_the_merchant_keeps_it(ada: Merchant) -> None:
    old = two_links(ada)
    changed(ada, old, "14.90", "plink_honey", "plink_market", archive=False)
    assert all(it["active"] for it in prices_at_stripe(ada))


def test_the_same_form_makes_one_price_however_often_it_is_sent(ada: Merchant) -> None:
    old = two_links(ada)
    key = {"lookup_key": "honey"}
    ada.shop.gateway.update_in_catalogue("prices", old.id, key, account="org_apiary")
    path = f"/console/prices/{old.id}"
    form = sent(ada.open(path), "14.90", "plink_honey", "plink_market")
    for _press in range(3):
        assert ada.post(path, form).status_code == 303
    assert len(prices_at_stripe(ada)) == 2
    new = price_of(ada, "plink_honey")
    assert new.lookup_key == "honey"
    assert changes_of(ada, new.id) == ["price.created"]
    assert changes_of(ada, old.id) == ["price.archived"]
    assert changes_of(ada, "plink_honey").count("payment_link.updated") == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [("honey", "Write an amount with digits"), ("", "Write an amount"), ("12.50", "This is the price already")],
)
def test_an_amount_that_cannot_be_taken_is_refused_at_its_field(ada: Merchant, typed: str, message: str) -> None:
    old = two_links(ada)
    page = Page(changed(ada, old, typed, "plink_honey"))
    assert page.status == 422
    assert message in page.text
    boxes = [
        box for box in page.root.all("input") if box.get("name") == "payment_link[]" and "checked" in box.attributes
    ]
    assert [box["value"] for box in boxes] == ["plink_honey"]
    assert len(prices_at_stripe(ada)) == 1


def test_a_rule_that_a_chosen_link_breaks_is_told_before_anything_is_made(ada: Merchant) -> None:
    old = two_links(ada)
    page = Page(changed(ada, old, "0.10", "plink_honey"))
    assert page.status == 422
    assert len(prices_at_stripe(ada)) == 1
    assert price_of(ada, "plink_honey") == old


def test_a_key_without_the_right_is_told_which_one_is_missing(ada: Merchant) -> None:
    old = two_links(ada)
    page = ada.open(f"/console/prices/{old.id}")
    stripe = refusing(ada.shop.app)
    stripe.path = "/v1/prices"
    stripe.refuse("This key lacks plan_write.", 403)
    refused = Page(ada.post(f"/console/prices/{old.id}", sent(page, "14.90", "plink_honey")))
    assert "It needs the right “Prices: write”. Stripe says: “This key lacks plan_write.”" in refused.text
    assert price_of(ada, "plink_honey") == old


def test_a_price_of_another_organization_is_not_found(ada: Merchant) -> None:
    data = {"currency": "eur", "unit_amount": 300, "product_data": {"name": "Bread"}}
    theirs = ada.shop.gateway.create_price(data, idempotency_key="bread", account="org_bakery")
    assert ada.open(f"/console/prices/{theirs.id}").status == 404


def test_a_subscription_keeps_how_often_it_is_paid(ada: Merchant) -> None:
    ada.shop.sell(a_link(a_line(a_price(recurring=Recurring(interval="month", interval_count=3)))))
    old = price_of(ada, "plink_honey")
    assert changed(ada, old, "14.90", "plink_honey").status_code == 303
    new = price_of(ada, "plink_honey")
    assert (new.unit_amount, new.recurring, new.nickname) == (1490, old.recurring, old.nickname)


def test_a_price_of_several_amounts_has_no_form(ada: Merchant) -> None:
    old = two_links(ada)
    dollars = {"currency_options": {"usd": {"unit_amount": 1400}}}
    ada.shop.gateway.update_in_catalogue("prices", old.id, dollars, account="org_apiary")
    page = ada.open(f"/console/prices/{old.id}")
    assert "This price has more than one amount" in page.text
    assert not [form for form in page.root.all("form") if "/prices/" in (form.get("action") or "")]
    assert "Change €12.50" not in ada.open(f"/console/products/{product_id(old)}").text


def test_a_price_that_got_several_amounts_after_its_form_was_opened_is_not_changed(ada: Merchant) -> None:
    old = two_links(ada)
    path = f"/console/prices/{old.id}"
    form = sent(ada.open(path), "14.90", "plink_honey")
    dollars = {"currency_options": {"usd": {"unit_amount": 1400}}}
    ada.shop.gateway.update_in_catalogue("prices", old.id, dollars, account="org_apiary")
    refused = Page(ada.post(path, form))
    assert (refused.status, "This price has more than one amount" in refused.text) == (422, True)
    assert [it["id"] for it in prices_at_stripe(ada)] == [old.id]
    assert price_of(ada, "plink_honey").id == old.id


def test_the_new_price_is_the_default_of_its_product_where_the_old_one_was(ada: Merchant) -> None:
    old = two_links(ada)
    product = product_id(old)
    ada.shop.gateway.update_in_catalogue("products", product, {"default_price": old.id}, account="org_apiary")
    changed(ada, old, "14.90", "plink_honey")
    told = ada.shop.gateway.retrieve_in_catalogue("products", product, account="org_apiary")
    assert told["default_price"] == price_of(ada, "plink_honey").id
