"""Every parameter of the API, the Bigcapital-style endpoint and the webhook with long hostile texts."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import stripe
from werkzeug.test import EnvironBuilder

from app.objects.change import COMMAND_LINE
from app.services.accounts import keys
from app.wire.form import encode
from tests.faults.hostile_input.hostile import FEW, PATTERNS, WEBHOOK_SECRET, get, holds, hostile, in_form, post
from tests.faults.work import counted
from tests.support.build import (
    NOW,
)
from tests.web.conftest import WebShop

pytestmark = pytest.mark.faults

PARAMS: dict[str, Any] = {
    "after_completion": {"type": "redirect", "redirect": {"url": "https://shop.example"}},
    "allow_promotion_codes": True,
    "application_fee_percent": "1.5",
    "counterfoil": {
        "name": "Name", "slug": "slug", "opens_at": NOW, "embed_origins": ["https://shop.example"], "locale": "en", "reference": "A-1",
        "due_date": NOW, "coupon": "none", "tax_rates": ["none"],
    },
    "currency": "eur",
    "custom_fields": [{"key": "k", "type": "text", "label": {"type": "custom", "custom": "L"}, "text": {"default_value": "d"}}],
    "custom_text": {"submit": {"message": "m"}},
    "expand": ["line_items"],
    "inactive_message": "m",
    "line_items": [{"price": "price_none", "quantity": 1}],
    "metadata": {"key": "value"},
    "payment_intent_data": {"description": "d", "statement_descriptor": "d"},
    "payment_method_types": ["card"],
    "restrictions": {"completed_sessions": {"limit": 1}},
    "shipping_address_collection": {"allowed_countries": ["AT"]},
    "shipping_options": [{"shipping_rate": "shr_none"}],
    "submit_type": "pay",
}  # fmt: skip
PARAMETERS = [name for name, _value in encode(PARAMS)]


@pytest.fixture(scope="module")
def key(shop: WebShop) -> dict[str, str]:
    _key, secret = keys.create_key(shop.store, "org_apiary", NOW, actor=COMMAND_LINE)
    return {"Authorization": f"Bearer {secret}"}


def in_api(name: str) -> str:
    return hostile(name, 200_000)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_no_parameter_of_the_api_costs_more_than_a_plain_one(
    shop: WebShop, key: dict[str, str], parameter: str
) -> None:
    pairs = dict(encode(PARAMS))
    holds(
        shop.app,
        lambda text: post("/v1/payment_links", data={**pairs, parameter: text}, headers=key),
        in_api,
        patterns=FEW,
    )


@pytest.mark.parametrize("parameter", ["unknown", "counterfoil[{}]", "metadata[{}]", "line_items[{}][price]", "{}[0]"])
def test_no_name_of_a_parameter_costs_more_than_a_plain_one(shop: WebShop, key: dict[str, str], parameter: str) -> None:
    def send(text: str) -> EnvironBuilder:
        body = urlencode({**dict(encode(PARAMS)), parameter.replace("{}", text): "1"})
        form = {**key, "Content-Type": "application/x-www-form-urlencoded"}
        return post("/v1/payment_links", data=body, headers=form)

    holds(shop.app, send, in_api, patterns=FEW)


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/v1/payment_links", "limit"), ("/v1/payment_links", "starting_after"), ("/v1/payment_links", "active"),
        ("/v1/payment_links", "expand[]"), ("/v1/events", "type"), ("/v1/promotion_codes", "code"), ("/v1/prices", "created[gte]"),
        ("/v1/products", "expand[]"), ("/v1/checkout/sessions", "created"), ("/v1/customers", "email"),
    ],
)  # fmt: skip
def test_no_filter_of_the_api_costs_more_than_a_plain_one(
    shop: WebShop, key: dict[str, str], path: str, parameter: str
) -> None:
    holds(shop.app, lambda text: get(path, query_string={parameter: text}, headers=key), in_api, patterns=FEW)


@pytest.mark.parametrize("header", ["Idempotency-Key", "Stripe-Account", "Stripe-Version", "organization-id"])
def test_no_header_of_the_api_costs_more_than_a_plain_one(shop: WebShop, key: dict[str, str], header: str) -> None:
    def send(text: str) -> EnvironBuilder:
        body = {"name": "Candle"}
        return post("/v1/products", data=body, headers={**key, header: quote(text, safe=" ,;[]*()")[:8000]})

    holds(shop.app, lambda text: send("" if text == "x" else text), in_form)


@pytest.mark.parametrize("kind", ["unknown", "line_items", "custom_fields"])
def test_many_wrong_parameters_cost_no_more_than_their_number(shop: WebShop, key: dict[str, str], kind: str) -> None:
    works = []
    for number in (500, 1000, 2000):
        body: dict[str, Any] = (
            {f"unknown{n}": "1" for n in range(number)} if kind == "unknown" else {kind: [{}] * number}
        )
        with counted() as work:
            assert shop.client.post("/v1/payment_links", json=body, headers=key).status_code == 400
        works.append(work.calls)
    assert works[2] <= 2.5 * works[1] <= 6 * works[0], works


@pytest.mark.parametrize(
    "body", [{f"a{n}": 0 for n in range(50_000)}, {"custom_fields": [{}] * 200_000}], ids=["names", "list"]
)
def test_a_body_with_more_entries_than_any_request_needs_is_refused_before_it_is_validated(
    shop: WebShop, key: dict[str, str], body: dict[str, Any]
) -> None:
    answer = shop.client.post("/v1/payment_links", json=body, headers=key)
    assert answer.status_code == 400
    assert "Too many parameters" in answer.text


@pytest.mark.parametrize("depth", [33, 300, 600, 900, 5_000, 100_000])
@pytest.mark.parametrize("path", ["/v1/payment_links", "/api/payment-links/honey/stripe_checkout_session"])
@pytest.mark.parametrize("pair", ["[]", "{}"])
def test_no_nesting_is_our_mistake(shop: WebShop, key: dict[str, str], path: str, depth: int, pair: str) -> None:
    left, right = ("[", "]") if pair == "[]" else ('{"a":', "}")
    body = '{"line_items":' + left * depth + "1" + right * depth + "}"
    answer = shop.client.post(path, data=body, headers={**key, "Content-Type": "application/json"})
    assert answer.status_code in {400, 413}


BIGCAPITAL = [
    lambda text: {"client_reference_id": text},
    lambda text: {"quantities": {text: 1}},
    lambda text: {"quantities": {"li_1": text}},
    lambda text: {"answers": {"email": text}},
    lambda text: {"answers": {"custom_fields": {"words": text}}},
    lambda text: {"answers": {"custom_fields": {"number": text}}},
    lambda text: {"answers": {"custom_fields": {text: "x"}}},
    lambda text: {"answers": {"consent": {"terms_of_service": text}}},
    lambda text: {text: text[:10]},
]


@pytest.mark.parametrize("number", range(len(BIGCAPITAL)))
def test_no_field_of_the_bigcapital_style_body_costs_more_than_a_plain_one(
    shop: WebShop, key: dict[str, str], number: int
) -> None:
    path = "/api/payment-links/honey/stripe_checkout_session"

    def length(name: str) -> str:
        return (PATTERNS[name] * 20_000)[: 60_000 // len(json.dumps(PATTERNS[name])) * len(PATTERNS[name])]

    holds(shop.app, lambda text: post(path, json=BIGCAPITAL[number](text), headers=key), length, plain="oak")


def test_no_event_costs_more_than_its_length(shop: WebShop) -> None:
    def send(text: str) -> EnvironBuilder:
        event = {
            "id": "evt_hostile", "object": "event", "type": text[:5000], "created": NOW, "livemode": False, "api_version": text,
            "data": {"object": {"id": "cs_1", "object": "checkout.session", "metadata": {"counterfoil_payment_link": text}}},
        }  # fmt: skip
        payload = json.dumps(event)
        signature = stripe.WebhookSignature.generate_signature_header(payload, WEBHOOK_SECRET, NOW)
        return post("/webhooks/stripe", data=payload, headers={"Stripe-Signature": signature})

    holds(shop.app, send, lambda name: (PATTERNS[name] * 20_000)[:30_000])


def test_no_signature_costs_more_than_its_length(shop: WebShop) -> None:
    holds(
        shop.app,
        lambda text: post("/webhooks/stripe", data=b"{}", headers={"Stripe-Signature": quote(text, safe="=,")[:8000]}),
        in_form,
    )
