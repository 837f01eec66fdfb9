"""Every field of every page with long hostile texts: none makes a request do much more than a plain answer does.

A text may be of any length that its form takes; what is done with it must not grow with it.
"""

from functools import partial

import pytest

from tests.faults.hostile_input.hostile import OWN, done_by, get, holds, in_form, post
from tests.support.page import Page
from tests.support.shop import PASSWORD
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant

pytestmark = pytest.mark.faults

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
    ("/console/links", "show"), ("/console/links", "share"), ("/console/links", "starting_after"), ("/console/links", "ending_before"),
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
