"""Errors are JSON and become the SDK's own exceptions. A key works for its own organization only."""

import base64
from typing import Any

import pytest
import stripe

from app.objects.change import COMMAND_LINE
from app.services.accounts import keys
from tests.api.conftest import ApiShop
from tests.support.answers import json_of
from tests.support.build import NOW

REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no line items": ({}, "line_items", "parameter_missing"),
    "unknown parameter": ({"colour": "red"}, "colour", "parameter_unknown"),
    "unknown parameter inside": (
        {"after_completion": {"typ": "redirect"}},
        "after_completion[typ]",
        "parameter_unknown",
    ),
    "parameter for updates": ({"active": True}, "active", "parameter_unknown"),
    "attribute that is answered alone": ({"url": "https://a.example"}, "url", "parameter_unknown"),
    "what we make": ({"counterfoil": {"code": "abc"}}, "counterfoil[code]", "parameter_unknown"),
    "text for a number": (
        {"restrictions": {"completed_sessions": {"limit": "many"}}},
        "restrictions[completed_sessions][limit]",
        "parameter_invalid_integer",
    ),
    "text for a switch": ({"allow_promotion_codes": "maybe"}, "allow_promotion_codes", "parameter_invalid"),
    "word that is none": ({"submit_type": "gift"}, "submit_type", "parameter_invalid"),
    "empty where nothing can be unset": ({"inactive_message": ""}, "inactive_message", "parameter_invalid_empty"),
    "501 characters": ({"inactive_message": "x" * 501}, "inactive_message", "parameter_invalid"),
    "1201 characters": (
        {"custom_text": {"submit": {"message": "x" * 1201}}},
        "custom_text[submit][message]",
        "parameter_invalid",
    ),
    "metadata key of 41": ({"metadata": {"x" * 41: "1"}}, f"metadata[{'x' * 41}]", "parameter_invalid"),
    "metadata value of 501": ({"metadata": {"key": "x" * 501}}, "metadata[key]", "parameter_invalid"),
    "5 lines on an invoice": (
        {
            "invoice_creation": {
                "enabled": True,
                "invoice_data": {"custom_fields": [{"name": str(n), "value": "1"} for n in range(5)]},
            }
        },
        "invoice_creation[invoice_data][custom_fields]",
        "parameter_invalid",
    ),
    "times after the calendar's end": (
        {"counterfoil": {"due_date": 253402300799}},
        "counterfoil[due_date]",
        "parameter_invalid_integer",
    ),
    "times before 1970": ({"counterfoil": {"opens_at": -1}}, "counterfoil[opens_at]", "parameter_invalid_integer"),
    "slug in capitals": ({"counterfoil": {"slug": "Honey"}}, "counterfoil[slug]", "parameter_invalid"),
    "a product of spaces": (
        {
            "line_items": [
                {"price_data": {"currency": "eur", "product_data": {"name": " "}, "unit_amount": 1}, "quantity": 1}
            ]
        },
        "line_items[0][price_data][product_data][name]",
        "parameter_invalid_string_blank",
    ),
    "unknown tax rate": (
        {"counterfoil": {"tax_rates": ["txr_none"]}},
        "counterfoil[tax_rates][0]",
        "resource_missing",
    ),
    "unknown coupon": ({"counterfoil": {"coupon": "none"}}, "counterfoil[coupon]", "resource_missing"),
    "unknown shipping rate": (
        {"shipping_options": [{"shipping_rate": "shr_none"}]},
        "shipping_options[0][shipping_rate]",
        "resource_missing",
    ),
    "unknown price": (
        {"line_items": [{"price": "price_none", "quantity": 1}]},
        "line_items[0][price]",
        "resource_missing",
    ),
    "unknown optional price": (
        {"optional_items": [{"price": "price_none", "quantity": 1}]},
        "optional_items[0][price]",
        "resource_missing",
    ),
    "unknown product": (
        {
            "line_items": [
                {"price_data": {"currency": "eur", "product": "prod_none", "unit_amount": 100}, "quantity": 1}
            ]
        },
        "line_items[0][price_data][product]",
        "resource_missing",
    ),
    "four custom fields": (
        {
            "custom_fields": [
                {"key": f"k{n}", "type": "text", "label": {"type": "custom", "custom": "L"}} for n in range(4)
            ]
        },
        "custom_fields",
        "parameter_invalid",
    ),
    "expanding what is whole": ({"expand": ["metadata"]}, "expand", "parameter_invalid"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_invalid_parameter_is_named_with_a_code(shop: ApiShop, name: str) -> None:
    params, param, code = REFUSED[name]
    if name != "no line items":
        params = {"line_items": [{"price": shop.price(), "quantity": 1}], **params}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.payment_links.create(params)
    error = refused.value
    assert (error.http_status, error.param, error.code) == (400, param, code)
    assert error.error is not None
    assert error.error.type == "invalid_request_error"
    assert error.user_message
    assert (error.request_id or "").startswith("req_")
    assert shop.sdk.v1.payment_links.list().data == []


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"currency": "usd"}, "currency"),
        ({"managed_payments": {"enabled": True}}, "managed_payments"),
        ({"payment_intent_data": {"capture_method": "manual"}}, "payment_intent_data[capture_method]"),
        ({"subscription_data": {"description": "x"}}, "subscription_data[description]"),
        ({"line_items": [{"id": "li_1", "price": "price_1"}]}, "line_items[0][price]"),
    ],
)
def test_attributes_that_only_create_sets_cannot_be_updated(shop: ApiShop, params: dict[str, Any], param: str) -> None:
    link = shop.link()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.payment_links.update(link.id, params)
    assert (refused.value.param, refused.value.code) == (param, "parameter_unknown")


def test_an_unknown_link_and_another_organizations_link_get_the_same_error(shop: ApiShop, other_shop: ApiShop) -> None:
    theirs = other_shop.link()
    told = []
    for id in ("plink_none", theirs.id):
        for ask in (
            lambda id: shop.sdk.v1.payment_links.retrieve(id),
            lambda id: shop.sdk.v1.payment_links.update(id, {"active": False}),
            lambda id: shop.sdk.v1.payment_links.update(id, {"unknown": "1"}),
            lambda id: shop.sdk.v1.payment_links.line_items.list(id),
        ):
            with pytest.raises(stripe.InvalidRequestError) as refused:
                ask(id)
            told.append(refused.value.user_message.replace(id, "…"))
            assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    assert len(set(told)) == 1
    assert other_shop.sdk.v1.payment_links.retrieve(theirs.id).active
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.payment_links.list({"starting_after": theirs.id})
    assert (refused.value.http_status, refused.value.param) == (400, "starting_after")


def test_events_of_another_organization_are_not_found(shop: ApiShop, other_shop: ApiShop) -> None:
    other_shop.link()
    (event,) = other_shop.sdk.v1.events.list().data
    assert shop.sdk.v1.events.list().data == []
    for id in (event.id, "evt_none"):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            shop.sdk.v1.events.retrieve(id)
        assert refused.value.http_status == 404


def test_each_organization_has_a_catalogue_of_its_own(shop: ApiShop, other_shop: ApiShop) -> None:
    theirs = other_shop.price()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.prices.retrieve(theirs)
    assert refused.value.http_status == 404
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.link(line_items=[{"price": theirs, "quantity": 1}])
    assert refused.value.param == "line_items[0][price]"


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer bc_none",
        "Bearer sk_test_sandbox",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"bc_none:").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:").decode(),
        "Digest bc_none",
        "Bearer " + "bc_" + "x" * 5000,
    ],
)
@pytest.mark.parametrize("path", ["/v1/payment_links", "/v1/events", "/v1/prices", "/v1/none", "/v1/"])
def test_a_request_without_a_key_gets_401(shop: ApiShop, authorization: str | None, path: str) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = shop.http.get(path, headers=headers)
    assert response.status_code == 401
    assert json_of(response)["error"]["type"] == "invalid_request_error"
    assert "WWW-Authenticate" in response.headers
    assert response.headers["Request-Id"].startswith("req_")


def test_an_invalid_key_raises_the_sdks_own_exception(shop: ApiShop) -> None:
    shop.key = "bc_wrong"
    with pytest.raises(stripe.AuthenticationError):
        shop.sdk.v1.payment_links.list()


def test_a_key_is_taken_as_the_user_of_basic_authentication(shop: ApiShop) -> None:
    user = base64.b64encode(f"{shop.key}:".encode()).decode()
    assert shop.http.get("/v1/payment_links", headers={"Authorization": f"Basic {user}"}).status_code == 200
    with_password = base64.b64encode(f"{shop.key}:secret".encode()).decode()
    assert shop.http.get("/v1/payment_links", headers={"Authorization": f"Basic {with_password}"}).status_code == 401


def test_a_key_with_the_prefix_of_a_test_key_is_accepted_and_that_of_a_live_key_is_not(shop: ApiShop) -> None:
    key = shop.key
    shop.key = f"sk_test_{key}"
    assert shop.sdk.v1.payment_links.list().data == []
    assert shop.sdk.v1.prices.list().data == []
    shop.key = f"sk_live_{key}"
    with pytest.raises(stripe.AuthenticationError) as refused:
        shop.sdk.v1.payment_links.list()
    assert key not in str(refused.value)


def test_a_revoked_or_expired_key_is_refused(shop: ApiShop) -> None:
    store = shop.context.store
    expiring, shop.key = keys.create_key(store, shop.organization.id, NOW, expires_at=NOW + 10, actor=COMMAND_LINE)
    assert shop.sdk.v1.payment_links.list().data == []
    shop.clock.now = NOW + 10
    with pytest.raises(stripe.AuthenticationError):
        shop.sdk.v1.payment_links.list()
    shop.clock.now = NOW
    keys.revoke_key(store, shop.organization.id, expiring.id, NOW, actor=COMMAND_LINE)
    with pytest.raises(stripe.AuthenticationError):
        shop.sdk.v1.payment_links.list()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/payment_links"),
        ("DELETE", "/v1/payment_links/plink_1"),
        ("PUT", "/v1/payment_links/plink_1"),
        ("POST", "/v1/payment_links/plink_1/line_items"),
        ("POST", "/v1/events"),
        ("GET", "/v1/payment_links/plink_1/none"),
        ("GET", "/v1/none"),
        ("GET", "/v1/"),
        ("GET", "/v1"),
    ],
)
def test_an_unknown_route_is_answered_in_json(shop: ApiShop, method: str, path: str) -> None:
    response = shop.http.open(path, method=method, headers=shop.headers(), follow_redirects=True)
    assert response.status_code in (400, 404)
    assert json_of(response)["error"]["type"] == "invalid_request_error"
