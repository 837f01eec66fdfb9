"""Every parameter of the API: on create, on update, and unset again if possible."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import stripe
from flask import Flask

from app.objects.base import Object, object_class
from app.objects.payment_link.params import PaymentLinkCreateParams, PaymentLinkUpdateParams
from tests.api.conftest import ApiShop, a_shop
from tests.api.everything import discounted, whole_payment, whole_subscription
from tests.support.answers import assert_answered, json_of
from tests.support.build import NOW
from tests.support.clock import Clock

FIXED = {"currency", "line_items", "managed_payments"}
"""Parameters of create that update does not have. `line_items` are changed by id."""

FIXED_INSIDE = {"payment_intent_data": "capture_method", "subscription_data": "description"}


def whole_price_data() -> dict[str, Any]:
    """Return every parameter of a price that is created with its link."""
    return {
        "currency": "eur",
        "product_data": {
            "description": "Linden blossom",
            "images": ["https://shop.example.com/jar.png"],
            "metadata": {"shelf": "3"},
            "name": "Jar of honey",
            "tax_code": "txcd_99999999",
            "tax_details": {"performance_location": "taxloc_1", "tax_code": "txcd_99999999"},
            "unit_label": "jar",
        },
        "recurring": {"interval": "month", "interval_count": 2},
        "tax_behavior": "inclusive",
        "unit_amount": 1250,
    }


def samples(shop: ApiShop) -> list[dict[str, Any]]:
    """Return sets of parameters. Each creates a link, and together they have every parameter."""
    of_a_product = {"currency": "eur", "product": shop.sdk.v1.products.create({"name": "Wax"}).id}
    once = [{"price": shop.price(), "quantity": 1}]
    return [
        whole_payment(shop),
        whole_subscription(shop),
        discounted(shop),
        {"line_items": [{"price_data": whole_price_data(), "quantity": 1}]},
        {"line_items": [{"price_data": {**of_a_product, "unit_amount_decimal": "1250.5"}, "quantity": 1}]},
        {"line_items": once, "transfer_data": {"destination": "acct_1", "amount": 5}, "expand": ["line_items"]},
        {"line_items": once, "counterfoil": {"slug": f"honey-{shop.key[-8:]}"}},
    ]


MAPS = ("metadata", "counterfoil.translations")
"""Their entries are no parameters."""


def named(value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every parameter in the data. Entries of maps are not parameters."""
    if path:
        yield path
    if isinstance(value, Mapping) and not path.endswith(MAPS):
        for name, entry in value.items():
            yield from named(entry, f"{path}.{name}".removeprefix("."))
    elif isinstance(value, list):
        for entry in value:
            yield from named(entry, path)


def declared(model: type[Object], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield f"{path}{name}"
        if (inner := object_class(field.annotation)) is not None:
            yield from declared(inner, f"{path}{name}.")


def test_the_samples_name_every_parameter_and_each_creates_a_link(shop: ApiShop) -> None:
    sent = samples(shop)
    assert {path for params in sent for path in named(params)} == set(declared(PaymentLinkCreateParams))
    for params in sent:
        assert shop.sdk.v1.payment_links.create(params).active


def test_a_price_that_is_created_with_its_link_has_the_given_data(shop: ApiShop) -> None:
    params = {"line_items": [{"price_data": whole_price_data(), "quantity": 1}]}
    link = shop.sdk.v1.payment_links.create({**params, "expand": ["line_items.data.price.product"]}).to_dict()
    price, said = link["line_items"]["data"][0]["price"], whole_price_data()
    product, described = price["product"], said["product_data"]
    for name in ("currency", "tax_behavior", "unit_amount"):
        assert price[name] == said[name]
    assert {name: price["recurring"][name] for name in said["recurring"]} == said["recurring"]
    for name in ("description", "images", "metadata", "name", "tax_code", "unit_label"):
        assert product[name] == described[name]


def changes(params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that update takes."""
    return {
        name: {key: entry for key, entry in value.items() if key != FIXED_INSIDE[name]}
        if name in FIXED_INSIDE
        else value
        for name, value in params.items()
        if name not in FIXED
    }


@pytest.mark.parametrize("make", [whole_payment, whole_subscription], ids=["payment", "subscription"])
def test_a_bare_link_accepts_every_change_and_answers_with_it(shop: ApiShop, make: Any) -> None:
    params = make(shop)
    link = shop.link(line_items=params["line_items"], expand=["line_items"])
    item = {"id": link.line_items.data[0].id, "quantity": 2, "adjustable_quantity": {"enabled": True, "maximum": 7}}
    changed = {**changes(params), "active": False, "line_items": [item]}
    answer = shop.sdk.v1.payment_links.update(link.id, {**changed, "expand": ["line_items"]}).to_dict()
    assert_answered({name: value for name, value in changed.items() if name != "line_items"}, answer)
    assert_answered(item, answer["line_items"]["data"][0])
    again = shop.sdk.v1.payment_links.retrieve(link.id, {"expand": ["line_items"]})
    assert again.to_dict() == answer


def test_the_changes_name_every_parameter_of_an_update(shop: ApiShop) -> None:
    sent = [changes(params) for params in samples(shop)]
    paths = {path for params in sent for path in named(params)}
    of_items = {path for path in declared(PaymentLinkUpdateParams) if path.partition(".")[0] == "line_items"}
    assert paths | of_items | {"active"} == set(declared(PaymentLinkUpdateParams))


@dataclass
class Stocked:
    """A shop for all tests of this module, samples with its own prices, and a bare link."""

    shop: ApiShop
    samples: list[dict[str, Any]]
    link: stripe.PaymentLink


@pytest.fixture(scope="module")
def stocked(app: Flask, clock: Clock) -> Stocked:
    clock.now = NOW
    shop = a_shop(app, clock)
    return Stocked(shop, samples(shop), shop.link())


BESIDES: dict[str, dict[str, Any]] = {
    "invoice_creation": {"enabled": True},
    "transfer_data": {"destination": "acct_seller"},
}
"""Attributes that must be sent together with an unset one."""


@pytest.mark.costly_rows
@pytest.mark.parametrize("path", sorted(PaymentLinkUpdateParams.unsettable))
def test_an_empty_string_unsets_a_parameter(stocked: Stocked, path: str) -> None:
    shop, (first, *rest) = stocked.shop, path.split(".")
    params = next(params for params in reversed(stocked.samples) if path in set(named(params)))
    link = shop.sdk.v1.payment_links.create(params)
    assert at(link.to_dict(), path)
    value: Any = ""
    for name in reversed(rest):
        value = {name: value}
    if rest:
        value = BESIDES.get(first, {}) | value
    unset = shop.sdk.v1.payment_links.update(link.id, {first: value}).to_dict()
    assert at(unset, path) in (None, [], {})
    assert at(shop.sdk.v1.payment_links.retrieve(link.id).to_dict(), path) in (None, [], {})


@pytest.mark.parametrize("path", sorted(set(declared(PaymentLinkUpdateParams)) - PaymentLinkUpdateParams.unsettable))
def test_an_empty_string_is_refused_for_a_parameter_that_cannot_be_unset(stocked: Stocked, path: str) -> None:
    shop, link, (first, *rest) = stocked.shop, stocked.link, path.split(".")
    sent: Any = ""
    for name in reversed(rest):
        sent = {name: sent}
    answer = shop.http.post(f"/v1/payment_links/{link.id}", json={first: sent}, headers=shop.headers())
    assert answer.status_code == 400
    assert json_of(answer)["error"]["param"].startswith(first)
    assert shop.sdk.v1.payment_links.retrieve(link.id) == link


def at(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = data.get(name) if data is not None else None
    return data
