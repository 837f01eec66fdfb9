"""The gateway with the real SDK, against a server that answers like Stripe."""

import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.errors import GatewayRefused, GatewayUnavailable
from app.gateway.network.pace import Pace
from app.gateway.protocol import Gateway
from app.gateway.stripe_gateway import StripeGateway
from app.gateway.transport import WSGIClient
from app.objects.api_version import API_VERSION
from tests.gateway.gateways import gateway
from tests.gateway.stripe_shaped import KEY, StripeShaped, a_list, a_session, an_error, answering

A_COUPON = {"id": "coupon_1", "object": "coupon", "percent_off": 12.5, "applies_to": {"products": ["prod_1"]}}
A_PROMOTION_CODE = {"id": "promo_1", "object": "promotion_code", "active": True, "code": "HARVEST", "created": 1}
A_PRICE = {
    "id": "price_1",
    "object": "price",
    "currency": "eur",
    "product": {"id": "prod_1", "object": "product", "name": "Honey"},
    "unit_amount": None,
    "unit_amount_decimal": "0.5",
    "currency_options": {"usd": {"unit_amount_decimal": "0.625", "unit_amount": None}},
    "type": "one_time",
}
A_TAX_RATE = {
    "id": "txr_1",
    "object": "tax_rate",
    "display_name": "Sales tax",
    "inclusive": False,
    "percentage": 8.875,
}
A_SHIPPING_RATE = {
    "id": "shr_1",
    "object": "shipping_rate",
    "display_name": "Parcel",
    "fixed_amount": {"amount": 490, "currency": "eur", "currency_options": {"usd": {"amount": 550}}},
}
A_BALANCE_TRANSACTION = {"id": "txn_1", "object": "balance_transaction", "amount": 1250, "currency": "eur", "fee": 44}
A_REFUND = {
    "id": "re_1",
    "object": "refund",
    "amount": 400,
    "created": 1790000000,
    "currency": "eur",
    "metadata": {"a": "b"},
}


def test_the_gateway_has_every_method_of_its_protocol() -> None:
    as_protocol: Gateway = gateway(answering({}))
    names = [name for name in vars(Gateway) if not name.startswith("_")]
    assert names
    for name in names:
        declared, made = inspect.getattr_static(Gateway, name), inspect.getattr_static(type(as_protocol), name)
        if not isinstance(declared, property):
            assert inspect.signature(made) == inspect.signature(declared), name


def test_creating_a_session_sends_key_version_account_idempotency_key_and_bracketed_form() -> None:
    server = answering(a_session())
    session = gateway(server).create_checkout_session(
        {"mode": "payment", "line_items": [{"price": "price_1", "quantity": 2}], "metadata": {"a": "ä&="}},
        idempotency_key="att_1",
        account="acct_1",
    )
    request = server.only
    assert (request.method, request.path) == ("POST", "/v1/checkout/sessions")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["stripe-version"] == API_VERSION == "2026-10-28.endive"
    assert request.headers["stripe-account"] == "acct_1"
    assert request.headers["idempotency-key"] == "att_1"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert dict(request.pairs) == {
        "mode": "payment",
        "line_items[0][price]": "price_1",
        "line_items[0][quantity]": "2",
        "metadata[a]": "ä&=",
    }
    assert (session.id, session.amount_total, session.status) == ("cs_test_a1", 1250, "open")


def test_no_account_header_is_sent_without_an_account() -> None:
    server = answering(a_session())
    gateway(server).retrieve_checkout_session("cs_test_a1", account=None)
    assert "stripe-account" not in server.only.headers


def test_nothing_about_this_machine_is_sent() -> None:
    server = answering(a_session())
    gateway(server).retrieve_checkout_session("cs_test_a1", account=None)
    assert "telemetry_id" not in server.only.headers["x-stripe-client-user-agent"]
    assert "platform" not in server.only.headers["x-stripe-client-user-agent"]


CALLS: list[tuple[str, Callable[[StripeGateway], Any], Any, str, str, dict[str, str]]] = [
    (
        "retrieve_checkout_session",
        lambda g: g.retrieve_checkout_session("cs_1", account=None),
        a_session(),
        "GET",
        "/v1/checkout/sessions/cs_1",
        {"expand[0]": "payment_intent.latest_charge", "expand[1]": "shipping_cost.shipping_rate"},
    ),
    (
        "expire_checkout_session",
        lambda g: g.expire_checkout_session("cs_1", account=None),
        a_session(status="expired"),
        "POST",
        "/v1/checkout/sessions/cs_1/expire",
        {},
    ),
    (
        "create_refund",
        lambda g: g.create_refund(
            payment_intent="pi_1", idempotency_key="k", reason="duplicate", metadata={"a": "b"}, account=None
        ),
        A_REFUND,
        "POST",
        "/v1/refunds",
        {"payment_intent": "pi_1", "reason": "duplicate", "metadata[a]": "b"},
    ),
    (
        "create_refund of a part",
        lambda g: g.create_refund(
            payment_intent="pi_1", idempotency_key="k", reason="duplicate", metadata={}, account=None, amount=400
        ),
        A_REFUND,
        "POST",
        "/v1/refunds",
        {"payment_intent": "pi_1", "reason": "duplicate", "amount": "400"},
    ),
    (
        "find_refund",
        lambda g: g.find_refund("pi_1", {"a": "b"}, account=None),
        a_list(A_REFUND),
        "GET",
        "/v1/refunds",
        {"payment_intent": "pi_1", "limit": "100"},
    ),
    (
        "retrieve_fee",
        lambda g: g.retrieve_fee("pi_1", account=None),
        {"id": "pi_1", "latest_charge": {"id": "ch_1", "balance_transaction": A_BALANCE_TRANSACTION}},
        "GET",
        "/v1/payment_intents/pi_1",
        {"expand[0]": "latest_charge.balance_transaction"},
    ),
    (
        "create_price",
        lambda g: g.create_price({"currency": "eur", "unit_amount": 5}, idempotency_key="k", account=None),
        A_PRICE,
        "POST",
        "/v1/prices",
        {
            "currency": "eur",
            "unit_amount": "5",
            "expand[0]": "product",
            "expand[1]": "tiers",
            "expand[2]": "currency_options",
        },
    ),
    (
        "retrieve_price",
        lambda g: g.retrieve_price("price_1", account=None),
        A_PRICE,
        "GET",
        "/v1/prices/price_1",
        {"expand[0]": "product", "expand[1]": "tiers", "expand[2]": "currency_options"},
    ),
    (
        "retrieve_coupon",
        lambda g: g.retrieve_coupon("coupon_1", account=None),
        A_COUPON,
        "GET",
        "/v1/coupons/coupon_1",
        {"expand[0]": "applies_to", "expand[1]": "currency_options"},
    ),
    (
        "retrieve_tax_rate",
        lambda g: g.retrieve_tax_rate("txr_1", account=None),
        A_TAX_RATE,
        "GET",
        "/v1/tax_rates/txr_1",
        {},
    ),
    (
        "retrieve_shipping_rate",
        lambda g: g.retrieve_shipping_rate("shr_1", account=None),
        A_SHIPPING_RATE,
        "GET",
        "/v1/shipping_rates/shr_1",
        {"expand[0]": "fixed_amount.currency_options"},
    ),
    (
        "find_promotion_code",
        lambda g: g.find_promotion_code("HARVEST", account=None),
        a_list({**A_PROMOTION_CODE, "promotion": {"type": "coupon", "coupon": A_COUPON}}),
        "GET",
        "/v1/promotion_codes",
        {
            "code": "HARVEST",
            "active": "true",
            "limit": "100",
            "expand[0]": "data.promotion.coupon",
            "expand[1]": "data.promotion.coupon.applies_to",
            "expand[2]": "data.promotion.coupon.currency_options",
            "expand[3]": "data.restrictions.currency_options",
        },
    ),
]


@pytest.mark.parametrize(
    ("call", "answer", "method", "path", "pairs"), [row[1:] for row in CALLS], ids=[row[0] for row in CALLS]
)
def test_each_method_sends_exactly_this_request(
    call: Callable[[StripeGateway], Any], answer: Any, method: str, path: str, pairs: dict[str, str]
) -> None:
    server = answering(answer)
    assert call(gateway(server)) is not None
    assert (server.only.method, server.only.path, dict(server.only.pairs)) == (method, path, pairs)


@pytest.mark.parametrize("call", [row[1] for row in CALLS], ids=[row[0] for row in CALLS])
def test_each_method_raises_our_own_exception(call: Callable[[StripeGateway], Any]) -> None:
    with pytest.raises(GatewayRefused):
        call(gateway(answering(an_error(code="resource_missing"), 404)))


def test_a_price_is_read_exactly_with_its_product_and_its_other_currencies() -> None:
    price = gateway(answering(A_PRICE)).retrieve_price("price_1", account=None)
    assert price.unit_amount_decimal == Decimal("0.5")
    assert price.currency_options is not None
    assert price.currency_options["usd"].unit_amount_decimal == Decimal("0.625")
    assert not isinstance(price.product, str)
    assert price.product.name == "Honey"


def test_a_product_with_more_attributes_than_a_price_can_create_is_created_first_with_its_own_key() -> None:
    server = StripeShaped([(200, {"id": "prod_1", "object": "product"}, {}), (200, A_PRICE, {})])
    params = {"currency": "eur", "unit_amount": 5, "product_data": {"name": "Honey", "description": "From the hill"}}
    gateway(server).create_price(params, idempotency_key="key", account=None)
    product, price = server.requests
    assert (product.path, dict(product.pairs)) == ("/v1/products", {"name": "Honey", "description": "From the hill"})
    assert {name: value for name, value in price.pairs if "expand" not in name} == {
        "currency": "eur",
        "unit_amount": "5",
        "product": "prod_1",
    }
    assert product.headers["idempotency-key"] != price.headers["idempotency-key"] == "key"


def test_percentages_are_read_exactly() -> None:
    assert gateway(answering(A_TAX_RATE)).retrieve_tax_rate("txr_1", account=None).percentage == Decimal("8.875")
    assert gateway(answering(A_COUPON)).retrieve_coupon("coupon_1", account=None).percent_off == Decimal("12.5")


def test_a_shipping_rate_is_read_with_its_other_currencies() -> None:
    rate = gateway(answering(A_SHIPPING_RATE)).retrieve_shipping_rate("shr_1", account=None)
    assert rate.fixed_amount is not None
    assert rate.fixed_amount.currency_options is not None
    assert rate.fixed_amount.currency_options["usd"].amount == 550


def test_an_expanded_payment_intent_is_read_as_plain_data() -> None:
    intent = {"id": "pi_1", "object": "payment_intent", "latest_charge": {"id": "ch_1", "payment_method_details": {}}}
    session = gateway(answering(a_session(payment_intent=intent))).retrieve_checkout_session("cs_1", account=None)
    assert session.payment_intent == intent
    assert session.model_dump(mode="json")["payment_intent"] == intent, "nothing of the SDK's own is left in it"


PROMOTION_CODES = [
    ("today's shape", {"promotion": {"type": "coupon", "coupon": A_COUPON}}, "harvest", True),
    ("the shape before clover", {"coupon": A_COUPON}, "Harvest", True),
    ("another code than asked for", {"coupon": A_COUPON, "code": "HARVESTER"}, "HARVEST", False),
    ("not active", {"coupon": A_COUPON, "active": False}, "HARVEST", False),
]


@pytest.mark.parametrize(
    ("shape", "asked", "found"), [row[1:] for row in PROMOTION_CODES], ids=[row[0] for row in PROMOTION_CODES]
)
def test_a_promotion_code_is_found_with_its_coupon_in_either_place(
    shape: dict[str, Any], asked: str, found: bool
) -> None:
    code = gateway(answering(a_list({**A_PROMOTION_CODE, **shape}))).find_promotion_code(asked, account=None)
    assert (code is not None) is found
    if code is not None:
        assert not isinstance(code.coupon, str)
        assert code.coupon.percent_off == Decimal("12.5")
        assert code.coupon.applies_to is not None
        assert code.coupon.applies_to.products == ("prod_1",)


def test_a_code_for_every_customer_comes_before_one_for_a_single_customer() -> None:
    shared = {**A_PROMOTION_CODE, "coupon": A_COUPON}
    server = answering(a_list({**shared, "id": "promo_own", "customer": "cus_1"}, shared))
    code = gateway(server).find_promotion_code("HARVEST", account=None)
    assert code is not None
    assert code.id == "promo_1"


def test_an_unknown_code_is_none() -> None:
    assert gateway(answering(a_list())).find_promotion_code("HARVEST", account=None) is None


def test_payment_links_and_their_line_items_are_listed_to_the_last_page() -> None:
    links = [{"id": f"plink_{number}", "object": "payment_link"} for number in (1, 2)]
    items = [{"id": f"li_{number}", "object": "item", "price": A_PRICE} for number in (1, 2)]
    answers = [a_list(links[0], has_more=True), a_list(links[1])]
    answers += [a_list(links[1]), a_list(items[0], has_more=True), a_list(items[1])]
    server = StripeShaped([(200, answer, {}) for answer in answers])
    subject = gateway(server).in_bulk()
    assert subject.list_payment_link_ids(account="acct_1") == ["plink_1", "plink_2"]
    assert subject.list_payment_links(account="acct_1", starting_after="plink_1") == [links[1]]
    assert subject.list_line_items("plink_2", account="acct_1") == items
    cursors = [dict(request.pairs).get("starting_after") for request in server.requests]
    assert cursors == [None, "plink_1", "plink_1", None, "li_1"]
    assert server.requests[3].path == "/v1/payment_links/plink_2/line_items"
    depths = [value.count(".") + 1 for request in server.requests for name, value in request.pairs if "expand" in name]
    assert max(depths) <= 4, "expand[] goes four levels deep"
    assert all(request.headers["stripe-account"] == "acct_1" for request in server.requests)


def test_in_bulk_a_call_is_repeated_when_stripe_says_that_there_are_too_many() -> None:
    slept: list[float] = []
    server = StripeShaped([(429, an_error(code="rate_limit"), {}), (200, a_list({"id": "plink_1"}), {})])
    pace = Pace(20, clock=lambda: 0.0, sleep=slept.append)
    subject = StripeGateway(KEY, webhook_secret=None, http_client=WSGIClient(server), max_network_retries=0, pace=pace)
    assert subject.in_bulk().list_payment_link_ids(account=None) == ["plink_1"]
    assert slept == [1.0]
    with pytest.raises(GatewayUnavailable):
        gateway(StripeShaped([(429, an_error(code="rate_limit"), {})])).list_payment_link_ids(account=None)


def test_objects_are_found_by_their_metadata_and_created_by_kind() -> None:
    marked = {"id": "prod_1", "object": "product", "metadata": {"seed": "honey"}}
    server = StripeShaped([(200, a_list({"id": "prod_0", "metadata": {}}, marked), {}), (200, {"id": "prod_2"}, {})])
    subject = gateway(server)
    assert subject.list_catalogue_ids("products", "seed", account=None) == {
        "prod_0": "prod_0",
        "prod_1": "prod_1",
        "honey": "prod_1",
    }
    assert subject.create_in_catalogue("products", {"name": "Wax"}, account=None) == "prod_2"
    assert [(request.method, request.path) for request in server.requests] == [
        ("GET", "/v1/products"),
        ("POST", "/v1/products"),
    ]
