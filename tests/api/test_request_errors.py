"""Requests that cannot be read or answered, and what the answer says."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from app.application import assemble
from app.config import Config
from tests.api.conftest import ApiShop, a_shop
from tests.support.answers import json_of
from tests.support.clock import Clock

BODIES: dict[str, tuple[bytes, str]] = {
    "broken JSON": (b"{", "application/json"),
    "a list": (b"[]", "application/json"),
    "JSON with a name twice": (b'{"active": true, "active": false}', "application/json"),
    "not a number": (b'{"restrictions": NaN}', "application/json"),
    "JSON too deep": (b'{"a":' * 100_000, "application/json"),
    "JSON in another encoding": ('{"inactive_message": "ü"}'.encode("latin-1"), "application/json"),
    "half a surrogate": (b'{"inactive_message": "\\ud800"}', "application/json"),
    "NUL": (b'{"inactive_message": "a\\u0000b"}', "application/json"),
    "an empty text that unsets nothing": (b'{"submit_type": ""}', "application/json"),
    "a form in another encoding": (b"inactive_message=%FF", "application/x-www-form-urlencoded"),
    "a form with NUL": (b"inactive_message=a%00b", "application/x-www-form-urlencoded"),
    "brackets that do not close": (b"metadata[a=1", "application/x-www-form-urlencoded"),
    "one name twice": (b"active=true&active=false", "application/x-www-form-urlencoded"),
    "too deep": (b"metadata" + b"[a]" * 20 + b"=1", "application/x-www-form-urlencoded"),
    "2001 parameters": (
        b"&".join(b"metadata[k%d]=1" % number for number in range(2001)),
        "application/x-www-form-urlencoded",
    ),
    "a file": (
        b'--x\r\nContent-Disposition: form-data; name="active"; filename="a"\r\n\r\ntrue\r\n--x--',
        "multipart/form-data; boundary=x",
    ),
    "plain text": (b"active=true", "text/plain"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_cannot_be_read_is_refused_in_json(shop: ApiShop, name: str) -> None:
    link = shop.link()
    data, kind = BODIES[name]
    response = shop.http.post(f"/v1/payment_links/{link.id}", data=data, headers=shop.headers(Content_Type=kind))
    assert response.status_code == 400
    assert json_of(response)["error"]["type"] == "invalid_request_error"


def test_too_large_a_body_is_refused_in_json(shop: ApiShop) -> None:
    data = b"metadata[a]=" + b"x" * 1_100_000
    kind = "application/x-www-form-urlencoded"
    response = shop.http.post("/v1/payment_links", data=data, headers=shop.headers(Content_Type=kind))
    assert response.status_code == 413
    assert json_of(response)["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"inactive_message": "\ud800"}, "inactive_message"),
        (
            {"shipping_address_collection": {"allowed_countries": ["\ud800"]}},
            "shipping_address_collection[allowed_countries][0]",
        ),
        ({"transfer_data": {"destination": "\udfff"}}, "transfer_data[destination]"),
        ({"metadata": {"key": "\ud800"}}, "metadata[key]"),
    ],
)
def test_half_a_surrogate_pair_is_refused_by_name(shop: ApiShop, params: dict[str, Any], param: str) -> None:
    params = {"line_items": [{"price": shop.price(), "quantity": 1}], **params}
    answer = shop.http.post("/v1/payment_links", json=params, headers=shop.headers())
    assert (answer.status_code, json_of(answer)["error"]["param"]) == (400, param)


def test_json_leaves_no_parameter_in_the_address(shop: ApiShop) -> None:
    params = {"line_items": [{"price": shop.price(), "quantity": 1}]}
    answer = shop.http.post("/v1/payment_links?expand[]=line_items", json=params, headers=shop.headers())
    assert answer.status_code == 400
    assert "leave none in the address" in json_of(answer)["error"]["message"]
    assert shop.sdk.v1.payment_links.list().data == []


LOOSE: dict[str, tuple[bytes, str, str, Any]] = {
    "null for a parameter that cannot be unset": (
        b'{"submit_type": null, "active": false}',
        "application/json",
        "active",
        False,
    ),
    "numbers in metadata": (
        b'{"metadata": {"order": 17, "weight": 1.50, "gift": true}}',
        "application/json",
        "metadata",
        {"order": "17", "weight": "1.50", "gift": "true"},
    ),
    "booleans of older SDKs": (b"active=False", "application/x-www-form-urlencoded", "active", False),
    "booleans in capitals": (b"active=FALSE", "application/x-www-form-urlencoded", "active", False),
    "a form in parts": (
        b'--x\r\nContent-Disposition: form-data; name="metadata[a]"\r\n\r\n1\r\n--x--',
        "multipart/form-data; boundary=x",
        "metadata",
        {"a": "1"},
    ),
}


@pytest.mark.parametrize("name", LOOSE)
def test_what_other_clients_send_is_understood(shop: ApiShop, name: str) -> None:
    link = shop.link()
    data, kind, attribute, value = LOOSE[name]
    response = shop.http.post(f"/v1/payment_links/{link.id}", data=data, headers=shop.headers(Content_Type=kind))
    assert (response.status_code, json_of(response).get(attribute)) == (200, value), response.text


@pytest.mark.parametrize("sent", ["expand=line_items", "expand[]=line_items", "expand[0]=line_items"])
def test_expand_needs_no_brackets(shop: ApiShop, sent: str) -> None:
    response = shop.http.get(f"/v1/payment_links/{shop.link().id}?{sent}", headers=shop.headers())
    assert json_of(response)["line_items"]["object"] == "list"


def test_line_items_need_no_indices(shop: ApiShop) -> None:
    first, second = shop.price(), shop.price()
    sent = f"line_items[][price]={first}&line_items[][quantity]=2&line_items[][price]={second}&line_items[][quantity]=1&expand=line_items"
    response = shop.http.post(
        "/v1/payment_links", data=sent, headers=shop.headers(Content_Type="application/x-www-form-urlencoded")
    )
    items = json_of(response)["line_items"]["data"]
    assert [(item["price"]["id"], item["quantity"]) for item in items] == [(first, 2), (second, 1)]


def test_null_in_json_metadata_deletes_its_key(shop: ApiShop) -> None:
    link = shop.link(metadata={"shelf": "3", "row": "1"})
    path = f"/v1/payment_links/{link.id}"
    answer = shop.http.post(path, json={"metadata": {"shelf": None}}, headers=shop.headers())
    assert (answer.status_code, json_of(answer)["metadata"]) == (200, {"row": "1"})


SAID: dict[str, tuple[dict[str, Any], str]] = {
    "slug": (
        {"counterfoil": {"slug": "No way"}},
        "Invalid slug: counterfoil[slug] must have 3 to 64 characters, each a to z, a digit or a hyphen, not “No way”.",
    ),
    "whole number": (
        {"application_fee_amount": "5.5"},
        "Invalid integer: application_fee_amount must be a whole number, not “5.5”.",
    ),
    "number beyond 64 bits": (
        {"application_fee_amount": "9" * 30},
        "Invalid integer: application_fee_amount must not be a larger number than 9223372036854775807.",
    ),
    "country in small letters": (
        {"shipping_address_collection": {"allowed_countries": ["de"]}},
        "Checkout does not offer delivery to “de”: write DE, in capitals.",
    ),
    "country that nobody ships to": (
        {"shipping_address_collection": {"allowed_countries": ["KP"]}},
        "Checkout does not offer delivery to “KP”: leave it out.",
    ),
    "subscription alone": (
        {"subscription_data": {"trial_period_days": 3}},
        "subscription_data is for subscriptions: leave it out, or sell at least one line item with a recurring price.",
    ),
    "first value out of bounds": (
        {
            "custom_fields": [
                {
                    "key": "size",
                    "type": "text",
                    "label": {"type": "custom", "custom": "Size"},
                    "text": {"default_value": "large", "maximum_length": 3},
                }
            ]
        },
        "custom_fields[0][text][default_value] has 5 characters, but the field takes from 0 to 3.",
    ),
}
"""Messages for people, word by word."""


@pytest.mark.parametrize("name", SAID)
def test_an_error_is_a_sentence_that_says_what_to_do(shop: ApiShop, name: str) -> None:
    params, sentence = SAID[name]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.link(**params)
    assert refused.value.user_message == sentence


def test_json_says_the_same_as_a_form(shop: ApiShop) -> None:
    body = {
        "line_items": [{"price": shop.price(recurring={"interval": "month"}), "quantity": 2}],
        "application_fee_percent": 12.5,
        "subscription_data": {"trial_period_days": 7},
        "metadata": {"a": "1"},
        "custom_text": {"submit": None},
        "expand": ["line_items"],
    }
    response = shop.http.post("/v1/payment_links", json=body, headers=shop.headers())
    assert response.status_code == 200, response.json
    assert json_of(response)["application_fee_percent"] == 12.5
    assert json_of(response)["line_items"]["data"][0]["quantity"] == 2
    changed = shop.http.post(
        f"/v1/payment_links/{json_of(response)['id']}", json={"application_fee_percent": None}, headers=shop.headers()
    )
    assert json_of(changed)["application_fee_percent"] is None


@pytest.mark.parametrize(
    "query", ["colour=red", "limit=ten", "limit=1&limit=2", "active=1", "expand[]=url", "expand=line_items"]
)
def test_an_invalid_query_is_refused(shop: ApiShop, query: str) -> None:
    response = shop.http.get(f"/v1/payment_links?{query}", headers=shop.headers())
    assert response.status_code == 400
    assert json_of(response)["error"]["param"].startswith(query.partition("=")[0].removesuffix("[]"))


def test_two_cursors_at_once_are_refused(shop: ApiShop) -> None:
    link = shop.link()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.payment_links.list({"starting_after": link.id, "ending_before": link.id})
    assert refused.value.code == "parameters_exclusive"


def test_invalid_keys_are_limited_and_valid_ones_are_not(configured: Callable[..., Config]) -> None:
    clock = Clock()
    app = assemble(configured(RATE_LIMIT_LOGIN="3/minute"), now=clock)
    shop = a_shop(app, clock)
    for _ in range(3):
        assert shop.http.get("/v1/events", headers={"Authorization": "Bearer bc_wrong"}).status_code == 401
    response = shop.http.get("/v1/events", headers={"Authorization": "Bearer bc_wrong"})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) >= 1
    assert json_of(response)["error"]["code"] == "rate_limit"
    assert shop.http.get("/v1/events", headers=shop.headers()).status_code == 200


def test_prices_are_at_stripe_with_a_stripe_key(unreachable: ApiShop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        unreachable.sdk.v1.prices.list()
    assert refused.value.http_status == 404
    assert "live at Stripe" in refused.value.user_message


def test_an_unreachable_stripe_is_an_api_error(unreachable: ApiShop) -> None:
    with pytest.raises(stripe.APIError) as failed:
        unreachable.link(line_items=[{"price": "price_1", "quantity": 1}])
    assert failed.value.http_status == 502
    assert failed.value.error is not None
    assert failed.value.error.type == "api_error"
