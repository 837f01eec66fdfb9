"""The sandbox takes parameters as JSON too, by the rules of payment links: null is not set, and metadata keeps numbers as text."""

from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from app.sandbox import Sandbox

HEADERS = {"Authorization": "Bearer sk_test_x"}


def post(sandbox: Sandbox, path: str, body: Any, **headers: str) -> TestResponse:
    return Client(sandbox.api).post(path, json=body, headers=HEADERS | headers)


def test_json_says_the_same_as_a_form(sandbox: Sandbox, sdk: Any) -> None:
    price = {
        "currency": "eur",
        "unit_amount": 500,
        "product_data": {"name": "Honey", "tax_code": None, "metadata": {"shelf": 3}},
        "nickname": None,
        "active": "True",
        "metadata": {"row": 1.5, "fresh": True},
        "expand": "product",
    }
    made = post(sandbox, "/v1/prices", price).get_json()
    assert (made["unit_amount"], made["nickname"], made["active"]) == (500, None, True)
    assert made["metadata"] == {"row": "1.5", "fresh": "true"}
    assert (made["product"]["name"], made["product"]["metadata"]) == ("Honey", {"shelf": "3"})
    session = {
        "mode": "payment",
        "success_url": "https://shop.example/",
        "line_items": [{"price": made["id"], "quantity": 2, "adjustable_quantity": None}],
        "automatic_tax": {"enabled": False},
    }
    opened = post(sandbox, "/v1/checkout/sessions", session).get_json()
    assert (opened["amount_total"], opened["status"]) == (1000, "open")


def test_null_deletes_an_entry_of_metadata_and_leaves_other_parameters_alone(sandbox: Sandbox, sdk: Any) -> None:
    product = sdk.products.create({"name": "Honey", "description": "Thyme", "metadata": {"shelf": "3", "row": "1"}})
    changed = post(sandbox, f"/v1/products/{product.id}", {"description": None, "metadata": {"shelf": None}}).get_json()
    assert (changed["description"], changed["metadata"]) == ("Thyme", {"row": "1"})


@pytest.mark.parametrize(
    ("body", "param"), [({"name": "Honey", "colour": "red"}, "colour"), ({"name": {"a": 1}}, "name"), ({}, "name")]
)
def test_a_wrong_parameter_in_json_is_named(sandbox: Sandbox, body: dict[str, Any], param: str) -> None:
    refused = post(sandbox, "/v1/products", body)
    assert (refused.status_code, refused.get_json()["error"]["param"]) == (400, param)


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"name": "a", "name": "b"}'])
def test_json_that_cannot_be_read_is_refused(sandbox: Sandbox, data: bytes) -> None:
    refused = Client(sandbox.api).post("/v1/products", data=data, headers=HEADERS, content_type="application/json")
    assert (refused.status_code, refused.get_json()["error"]["type"]) == (400, "invalid_request_error")


def test_an_idempotency_key_holds_for_json(sandbox: Sandbox) -> None:
    first, again = (post(sandbox, "/v1/products", {"name": "Honey"}, **{"Idempotency-Key": "once"}) for _ in range(2))
    assert again.get_json() == first.get_json()
    other = post(sandbox, "/v1/products", {"name": "Wax"}, **{"Idempotency-Key": "once"})
    assert other.get_json()["error"]["type"] == "idempotency_error"
