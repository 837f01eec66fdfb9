"""Every field of every form with long hostile texts: none makes a request do much more than a plain answer does.

Work is counted, not timed. A text may be of any length that its form takes; what is done with it must not grow with it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import pytest
import stripe
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.application import assemble
from app.config import read_config
from app.objects.payment_link import PaymentLink
from app.services.accounts import keys
from app.web.http.request_body import FORM_BYTES
from app.wire.form import encode
from tests.faults.scene import NO_LIMITS
from tests.faults.work import Work, counted
from tests.support.build import (
    NOW,
    a_custom_price,
    a_line,
    a_link,
    adjustable,
    an_optional_item,
    an_organization,
)
from tests.support.clock import Clock
from tests.support.page import Page
from tests.support.shop import PASSWORD
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant, add_user

pytestmark = pytest.mark.faults

PATTERNS = {
    "combining marks": "\u0316\u0301",
    "one letter with marks": "e\u0301\u0316\u0327",
    "digits": "1",
    "digits of another script": "\u0663",
    "card numbers": "4242 4242 4242 4242 ",
    "spaces": " ",
    "lines": "\r\n",
    "addresses": "a@b.c,",
    "brackets": "[a][",
    "ligatures that unfold": "\ufdfa",
    "markup": "**[a](https://b)<i>&",
    "percent signs": "%25",
}
FEW = ("combining marks", "digits", "card numbers", "addresses", "brackets")
MORE_CALLS = 30_000
"""What a field may add: a few calls for each of the thousand characters that are read of it, in both previews of one post."""

NORMALIZED = 12_000_000
"""Ten texts of about a thousand characters."""

JWT_SECRET = "a secret of thirty-two characters and more"
OWN = {"Sec-Fetch-Site": "same-origin"}
WEBHOOK_SECRET = "whsec_" + "h" * 32


def hostile(name: str, encoded_bytes: int) -> str:
    """A text of a pattern that fills so many bytes of a form."""
    pattern = PATTERNS[name]
    return pattern * (encoded_bytes // len(quote(pattern, safe="")))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebShop]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    settings = {
        "DATABASE_URL": f"sqlite:///{folder}/counterfoil.db",
        "PUBLIC_URL": "http://localhost",
        "JWT_SECRET": JWT_SECRET,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "METRICS_TOKEN": "t" * 40,
        "TRUSTED_PROXIES": "1",
        "UNPAID_PER_ADDRESS": "100000/day",
        **NO_LIMITS,
    }
    shop = WebShop(assemble(read_config(settings, data=folder), now=Clock()))
    shop.store.migrate(NOW)
    shop.store.add_organization(an_organization())
    add_user(shop)
    for link in (everything(), donation()):
        shop.sell(link)
    yield shop
    shop.context.store.close()


def everything() -> PaymentLink:
    """A link with a field of every kind but an amount of the buyer's choice."""
    fields = [
        {"key": "words", "label": {"type": "custom", "custom": "Words"}, "type": "text"},
        {"key": "number", "label": {"type": "custom", "custom": "Number"}, "type": "numeric"},
        {
            "key": "scent", "label": {"type": "custom", "custom": "Scent"}, "type": "dropdown",
            "dropdown": {"options": [{"label": "Hay", "value": "hay"}]},
        },
    ]  # fmt: skip
    return a_link(
        a_line(quantity=2, adjustable_quantity=adjustable(1, 10)),
        optional_items=[an_optional_item()],
        allow_promotion_codes=True,
        custom_fields=fields,
        consent_collection={"terms_of_service": "required", "promotions": "auto"},
    )


def donation() -> PaymentLink:
    return a_link(
        a_line(a_custom_price(200, 500000, 2500, id="price_gift")),
        id="plink_gift",
        counterfoil={"code": "gift"},
        submit_type="donate",
    )


Told = TypeVar("Told")
Send = Callable[[str], EnvironBuilder]
"""From a text to the request that has it in one place."""


def get(path: str, headers: dict[str, str] | None = None, **told: Any) -> EnvironBuilder:
    return EnvironBuilder(path, base_url="http://localhost", headers=Headers(headers or {}), **told)


def post(path: str, headers: dict[str, str] | None = None, **told: Any) -> EnvironBuilder:
    return get(path, headers, method="POST", **told)


def holds(
    app: Flask, send: Send, length: Callable[[str], str], plain: str = "x", patterns: Iterable[str] = PATTERNS
) -> None:
    """That no pattern makes the server do much more than a plain text does, and that each is answered."""
    done_by(send, plain, app)
    done_by(send, length(next(iter(PATTERNS))), app)  # both once before counting: caches are filled
    usual = done_by(send, plain, app)
    for name in patterns:
        work = done_by(send, length(name), app)
        assert work.calls <= usual.calls + MORE_CALLS, (name, work, usual)
        assert work.normalized <= NORMALIZED, (name, work)


def done_by(send: Callable[[Told], EnvironBuilder], told: Told, app: Flask) -> Work:
    """What the server does for one request; what a client does to send it is not counted."""
    environ = send(told).get_environ()
    with counted() as work:
        body, status, _headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    assert int(status[:3]) < 500, b"".join(body)[:500]
    return work


def in_form(name: str) -> str:
    return hostile(name, FORM_BYTES - 6_000)


EMAIL = "?prefilled_email=buyer@shop.example"
BUYER_ROUTES = ["/pay/honey", "/pay/honey/preview", "/pay/honey/embed", "/pay/gift", "/pay/gift/preview"]
FIELDS = [
    "csrf_token", "email", "promotion_code", "everything", "consent[terms_of_service]", "consent[promotions]",
    "custom_fields[words]", "custom_fields[number]", "custom_fields[scent]", "quantity", "unit_amount", "optional", "unknown",
]  # fmt: skip


@pytest.mark.parametrize("path", BUYER_ROUTES)
@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_a_buyers_page_costs_more_than_a_plain_answer(shop: WebShop, path: str, field: str) -> None:
    form = shop.open("/".join(path.split("/")[:3]) + EMAIL).values()
    names = {
        "quantity": next((name for name in form if name.endswith("[quantity]") and "line_items" in name), None),
        "unit_amount": next((name for name in form if name.endswith("[unit_amount]")), None),
        "optional": next((name for name in form if name.startswith("optional_items")), "optional_items[x][quantity]"),
    }
    name = names.get(field, field)
    if name is None or (field.startswith(("custom_fields", "promotion", "consent")) and "gift" in path):
        pytest.skip("this page has no such field")
    holds(shop.app, lambda text: post(path + EMAIL, data={**form, name: text}, headers=OWN), in_form)


@pytest.mark.parametrize("path", ["/pay/honey", "/pay/honey/preview", "/console/login"])
def test_no_name_of_a_field_costs_more_than_a_plain_one(shop: WebShop, path: str) -> None:
    form = shop.open("/pay/honey").values()
    holds(shop.app, lambda text: post(path, data={**form, text: "1"}, headers=OWN), in_form)


URL_PARAMETERS = [
    "prefilled_email", "locked_prefilled_email", "client_reference_id", "prefilled_promo_code", "locale", "utm_source", "unknown",
]  # fmt: skip


@pytest.mark.parametrize("field", URL_PARAMETERS)
def test_no_parameter_of_an_address_costs_more_than_a_plain_one(shop: WebShop, field: str) -> None:
    holds(shop.app, lambda text: get("/pay/honey", query_string={field: text}), in_form)


HEADERS = [
    "Accept-Language", "Authorization", "Content-Type", "Cookie", "Forwarded", "If-None-Match", "If-Modified-Since", "Origin", "Range",
    "Referer", "Sec-Fetch-Site", "X-Forwarded-For", "X-Forwarded-Proto", "HX-Request", "User-Agent",
    "Host", "Cache-Control", "X-Forwarded-Host",
]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("path", ["/pay/honey/embed", "/console/login", "/static/css/counterfoil.css"])
def test_no_header_costs_more_than_its_length(shop: WebShop, header: str, path: str) -> None:
    """Servers bound a header at 8 KB; what reads it must not do more than a few steps for each character."""
    for pattern in ("a;q=0.1,", "a=b;", '"a', " ", "1.", "://a:", "\u00cc\u0096"):
        works = []
        for length in (2_000, 4_000):
            headers = {**OWN, header: "x" + (pattern * length)[:length].strip() + "x", "Sec-Fetch-Dest": "iframe"}
            work = done_by(partial(get, path), headers, shop.app)
            works.append(work.calls + work.parsing)
        assert works[1] <= 2 * works[0] + 5_000, (pattern, works)


@pytest.fixture
def ada(shop: WebShop) -> Merchant:
    merchant = Merchant(shop)
    merchant.log_in()
    return merchant


def cookie_of(merchant: Merchant) -> dict[str, str]:
    return {"Cookie": f"counterfoil={merchant.cookie}"}


@pytest.mark.parametrize("field", ["email", "password", "csrf_token"])
def test_no_field_of_the_log_in_costs_more_than_a_plain_answer(shop: WebShop, field: str) -> None:
    merchant = Merchant(shop)
    form = merchant.open("/console/login").values() | {"email": ADA, "password": PASSWORD + "!"}
    path, headers = "/console/login?next=/console/payments", OWN | cookie_of(merchant)
    holds(shop.app, lambda text: post(path, data=form | {field: text}, headers=headers), in_form)


CONSOLE_FORMS = [
    ("/console/account", "Change password", "old_password"),
    ("/console/account", "Change password", "password"),
    ("/console/links/plink_honey", "Switch off", "inactive_message"),
]


@pytest.mark.parametrize(("path", "button", "field"), CONSOLE_FORMS)
def test_no_field_of_the_console_costs_more_than_a_plain_answer(
    ada: Merchant, path: str, button: str, field: str
) -> None:
    page = ada.open(path)
    form = page.form_of(button)
    sent = page.values(form) | ({"old_password": PASSWORD, "password": "x"} if "password" in field else {})
    target = form["action"]
    plain = "x" * 501 if "message" in field else "x"
    headers = OWN | cookie_of(ada)
    holds(ada.shop.app, lambda text: post(target, data=sent | {field: text}, headers=headers), in_form, plain)


CONSOLE_QUERIES = [
    ("/console/", "show"), ("/console/", "share"), ("/console/", "starting_after"), ("/console/", "ending_before"),
    ("/console/payments", "show"), ("/console/payments", "payment_link"), ("/console/payments", "starting_after"),
    ("/console/payments", "q"), ("/console/login", "next"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "field"), CONSOLE_QUERIES)
def test_no_parameter_of_the_console_costs_more_than_a_plain_one(ada: Merchant, path: str, field: str) -> None:
    headers = cookie_of(ada)
    holds(ada.shop.app, lambda text: get(path, query_string={field: text}, headers=headers), in_form)


CHECKOUT = [
    "email", "phone", "card_number", "card_expiry", "card_cvc", "billing_name", "billing_address[line1]", "billing_address[country]",
    "billing_address[postal_code]", "shipping_address[city]", "shipping_rate", "tax_id", "promotion_code", "custom_fields[size]",
    "consent[terms_of_service]", "payment_method", "quantity", "confirmation", "unknown",
]  # fmt: skip


@pytest.fixture(scope="module")
def checkout(shop: WebShop) -> str:
    """A session of the sandbox that asks everything."""
    price = shop.stock.sdk.v1.prices.create({"currency": "eur", "unit_amount": 900, "product_data": {"name": "Candle"}})
    session = shop.stock.sdk.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "http://localhost/done",
            "line_items": [{"price": price.id, "quantity": 1, "adjustable_quantity": {"enabled": True}}],
            "allow_promotion_codes": True,
            "billing_address_collection": "required",
            "phone_number_collection": {"enabled": True},
            "tax_id_collection": {"enabled": True},
            "consent_collection": {"promotions": "auto"},
            "shipping_address_collection": {"allowed_countries": ["AT"]},
            "custom_fields": [{"key": "size", "type": "text", "label": {"type": "custom", "custom": "Size"}}],
        }
    )
    return str(session.url)


@pytest.mark.parametrize("field", CHECKOUT)
def test_no_field_of_the_sandboxs_checkout_costs_more_than_a_plain_answer(
    shop: WebShop, checkout: str, field: str
) -> None:
    form = Page(shop.client.get(checkout)).values()
    name = next(name for name in form if name.endswith("[quantity]")) if field == "quantity" else field
    holds(shop.app, lambda text: post(checkout, data={**form, name: text}, headers=OWN), in_form)


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
    _key, secret = keys.create_key(shop.store, "org_apiary", NOW)
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
