"""The API and the sandbox apply the same rules: each accepts and refuses the same requests, up to the same limits."""

from typing import Any

import pytest
import stripe

from app.gateway.transport import WSGIClient
from app.objects.limits import DEFAULT_MAXIMUM_QUANTITY, MAXIMUM_INTERVAL_COUNT
from app.objects.metadata import MAXIMUM_KEYS
from app.objects.selection import Selection
from app.pricing.quote import quote
from app.sandbox import SANDBOX
from tests.api.conftest import ApiShop
from tests.support.answers import json_of
from tests.support.build import NOW


def sandbox_of(shop: ApiShop) -> Any:
    """Return the SDK for the sandbox itself, with the shop's catalogue."""
    client = WSGIClient(shop.app.extensions[SANDBOX].api)
    return stripe.StripeClient(
        "sk_test_x", http_client=client, max_network_retries=0, stripe_account=shop.organization.id
    )


def ask_both(shop: ApiShop, item: dict[str, Any], **session: Any) -> tuple[bool, bool]:
    """Return whether the API creates a link with this line item, and whether the sandbox creates a Checkout Session with it."""
    params = {"mode": "payment", "success_url": "https://shop.example/", "line_items": [item], **session}
    return is_taken(shop.sdk.v1.payment_links.create, {"line_items": [item]}), is_taken(
        sandbox_of(shop).v1.checkout.sessions.create, params
    )


def is_taken(create: Any, params: dict[str, Any]) -> bool:
    try:
        create(params)
    except stripe.InvalidRequestError:
        return False
    return True


@pytest.mark.parametrize(("interval", "longest"), [("day", 1095), ("week", 156), ("month", 36), ("year", 3)])
def test_a_billing_period_lasts_at_most_three_years(shop: ApiShop, interval: str, longest: int) -> None:
    assert MAXIMUM_INTERVAL_COUNT[interval] == longest
    for count, taken in ((longest, True), (longest + 1, False)):
        data = {
            "currency": "eur",
            "unit_amount": 900,
            "product_data": {"name": "Box"},
            "recurring": {"interval": interval, "interval_count": count},
        }
        answers = ask_both(shop, {"price_data": data, "quantity": 1}, mode="subscription")
        assert answers == (taken, taken)
        assert is_taken(shop.sdk.v1.prices.create, data) is taken


def test_a_quantity_goes_up_to_99_where_no_maximum_is_given(shop: ApiShop) -> None:
    price = shop.price()
    for quantity, taken in ((DEFAULT_MAXIMUM_QUANTITY, True), (DEFAULT_MAXIMUM_QUANTITY + 1, False)):
        item = {"price": price, "quantity": quantity, "adjustable_quantity": {"enabled": True}}
        assert ask_both(shop, item) == (taken, taken)


@pytest.mark.parametrize(("currency", "minimum"), [("eur", 50), ("gbp", 30), ("jpy", 50)])
def test_the_minimum_charge_is_the_same_on_page_and_sandbox(shop: ApiShop, currency: str, minimum: int) -> None:
    rate = shop.sdk.v1.shipping_rates.create(
        {
            "display_name": "Letter",
            "type": "fixed_amount",
            "fixed_amount": {"amount": 1, "currency": currency},
        }
    ).id
    dear = shop.sdk.v1.shipping_rates.create(
        {"display_name": "Parcel", "type": "fixed_amount", "fixed_amount": {"amount": 500, "currency": currency}}
    ).id
    cases: list[tuple[int, list[str], bool]] = [
        (minimum - 1, [], False),
        (minimum, [], True),
        (0, [], True),
        (minimum - 1, [rate], True),
        (minimum - 2, [rate], False),
        (minimum - 1, [rate, dear], True),
        (minimum - 2, [rate, dear], False),
    ]
    for amount, rates, taken in cases:
        item = {"price": shop.price(amount, currency=currency), "quantity": 1}
        options = [{"shipping_rate": id} for id in rates]
        ours = {"line_items": [item], "shipping_options": options}
        assert is_taken(shop.sdk.v1.payment_links.create, ours) is taken
        if taken:
            link = shop.context.store.link(shop.link(**ours).id)
            assert link is not None
            assert quote(link, Selection(), NOW).problems == ()
        params = {
            "mode": "payment",
            "success_url": "https://shop.example/",
            "line_items": [item],
            "shipping_options": options,
        }
        assert is_taken(sandbox_of(shop).v1.checkout.sessions.create, params) is taken


def test_a_shipping_amount_is_in_the_currency_of_the_link(shop: ApiShop) -> None:
    amount = {"amount": 490, "currency": "eur", "currency_options": {"usd": {"amount": 590}}}
    rate = shop.sdk.v1.shipping_rates.create(
        {"display_name": "Parcel", "type": "fixed_amount", "fixed_amount": amount}
    ).id
    items = [{"price": shop.price(currency="usd"), "quantity": 1}]
    options = [{"shipping_rate": rate}]
    link = shop.link(line_items=items, shipping_options=options)
    assert [option.shipping_amount for option in link.shipping_options] == [590]
    updated = shop.sdk.v1.payment_links.update(link.id, {"shipping_options": options})
    assert [option.shipping_amount for option in updated.shipping_options] == [590]
    params = {
        "mode": "payment",
        "success_url": "https://shop.example/",
        "line_items": items,
        "shipping_options": options,
    }
    session = sandbox_of(shop).v1.checkout.sessions.create(params)
    assert [option.shipping_amount for option in session.shipping_options] == [590]


PROMOTION_CODES: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "good": ({"percent_off": 10}, {}, True),
    "redeem_by is this second": ({"percent_off": 10, "redeem_by": NOW + 60}, {}, False),
    "redeem_by is the next second": ({"percent_off": 10, "redeem_by": NOW + 61}, {}, True),
    "expires this second": ({"percent_off": 10}, {"expires_at": NOW + 60}, False),
    "expires the next second": ({"percent_off": 10}, {"expires_at": NOW + 61}, True),
    "another currency": ({"amount_off": 100, "currency": "usd"}, {}, False),
    "an amount in this currency too": (
        {"amount_off": 100, "currency": "usd", "currency_options": {"eur": {"amount_off": 90}}},
        {},
        True,
    ),
    "an order of the minimum": (
        {"percent_off": 10},
        {"restrictions": {"minimum_amount": 1250, "minimum_amount_currency": "eur"}},
        True,
    ),
    "an order below the minimum": (
        {"percent_off": 10},
        {"restrictions": {"minimum_amount": 1251, "minimum_amount_currency": "eur"}},
        False,
    ),
    "a minimum in another currency": (
        {"percent_off": 10},
        {"restrictions": {"minimum_amount": 1, "minimum_amount_currency": "usd"}},
        False,
    ),
}


@pytest.mark.parametrize(("coupon", "changes", "taken"), PROMOTION_CODES.values(), ids=PROMOTION_CODES)
def test_a_promotion_code_applies_on_page_and_sandbox_alike(
    shop: ApiShop, coupon: dict[str, Any], changes: dict[str, Any], taken: bool
) -> None:
    sandbox = sandbox_of(shop)
    made = sandbox.v1.coupons.create(coupon)
    promotion = {"type": "coupon", "coupon": made.id}
    code = sandbox.v1.promotion_codes.create({"promotion": promotion, **changes})
    item = {"price": shop.price(), "quantity": 1}
    link = shop.link(line_items=[item], allow_promotion_codes=True)
    account = shop.organization.id
    found = shop.context.gateway.find_promotion_code(code.code, account=account)
    shop.clock.now += 60
    ours = shop.context.store.link(link.id)
    assert ours is not None
    quoted = quote(ours, Selection(promotion_code=found), shop.clock.now)
    assert (quoted.discount is not None) is taken
    params = {"mode": "payment", "success_url": "https://shop.example/", "line_items": [item]}
    assert (
        is_taken(sandbox.v1.checkout.sessions.create, {**params, "discounts": [{"promotion_code": code.id}]}) is taken
    )


def test_metadata_merges_in_the_same_way_and_up_to_the_same_number_of_keys(shop: ApiShop) -> None:
    full = {f"key{number}": "x" for number in range(MAXIMUM_KEYS)}
    link = shop.link(metadata=full)
    product = shop.sdk.v1.products.create({"name": "Box", "metadata": full})
    for update in (
        lambda metadata: shop.sdk.v1.payment_links.update(link.id, {"metadata": metadata}),
        lambda metadata: shop.sdk.v1.products.update(product.id, {"metadata": metadata}),
    ):
        assert not is_taken(update, {"one_more": "y"})
        merged = update({"key0": "", "one_more": "y"}).metadata.to_dict()
        assert merged == {**{key: "x" for key in full if key != "key0"}, "one_more": "y"}
        assert update("").metadata.to_dict() == {}


EXPANSIONS: dict[str, tuple[str, bool]] = {
    "an expandable object": ("product", True),
    "four levels": ("product.default_price.product.default_price", True),
    "five levels": ("product.default_price.product.default_price.product", False),
    "a scalar": ("nickname", False),
    "nothing": ("colour", False),
    "data, which is for lists": ("data.product", False),
}


@pytest.mark.parametrize(("path", "taken"), EXPANSIONS.values(), ids=EXPANSIONS)
def test_the_sandbox_expands_as_deep_as_the_api_and_refuses_with_the_same_sentence(
    shop: ApiShop, path: str, taken: bool
) -> None:
    id = shop.price()
    product = shop.sdk.v1.prices.retrieve(id).product
    shop.sdk.v1.products.update(product, {"default_price": id})
    link = shop.link(line_items=[{"price": id, "quantity": 1}])
    retrieve = shop.sdk.v1.prices.retrieve
    if taken:
        assert retrieve(id, {"expand": [path]}).product.id == product
        return
    with pytest.raises(stripe.InvalidRequestError) as refused:
        retrieve(id, {"expand": [path]})
    assert f"This can't be expanded: {path} (" in refused.value.user_message
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.sdk.v1.payment_links.retrieve(link.id, {"expand": [f"line_items.data.price.{path}"]})
    assert f"This can't be expanded: line_items.data.price.{path}"[:80] in refused.value.user_message


@pytest.mark.parametrize("path", ["data.product", "product", "data"])
def test_a_list_takes_paths_below_data_in_the_api_and_in_the_sandbox(shop: ApiShop, path: str) -> None:
    shop.link()
    of_links = path.replace("product", "on_behalf_of" if path == "product" else "line_items")
    taken = path == "data.product"
    assert is_taken(shop.sdk.v1.prices.list, {"expand": [path]}) is taken
    assert is_taken(shop.sdk.v1.payment_links.list, {"expand": [of_links]}) is taken


def test_an_unknown_route_is_answered_alike(shop: ApiShop) -> None:
    headers = shop.headers()
    ours = shop.http.get("/v1/payment_links/a/b/c", headers=headers)
    theirs = shop.http.get("/v1/prices/a/b/c", headers=headers)
    assert (ours.status_code, theirs.status_code) == (404, 404)
    for answer in (ours, theirs):
        error = json_of(answer)["error"]
        assert error.keys() == {"doc_url", "message", "request_log_url", "type"}
        assert error["type"] == "invalid_request_error"
        assert error["message"].startswith("Unrecognized request URL (GET: /v1/")


@pytest.mark.parametrize("path", ["/v1/payment_links", "/v1/products"])
def test_a_form_is_read_by_the_same_rules(shop: ApiShop, path: str) -> None:
    form = {**shop.headers(), "Content-Type": "application/x-www-form-urlencoded"}
    for data, sentence in (
        (b"name=%ff", "The parameters must be UTF-8."),
        (b"&".join(b"a%d=1" % number for number in range(2001)), "Too many parameters: a request has at most 2000."),
    ):
        answer = shop.http.post(path, data=data, headers=form)
        assert (answer.status_code, json_of(answer)["error"]["message"]) == (400, sentence)


@pytest.mark.parametrize("path", ["/v1/payment_links", "/v1/products"])
def test_an_idempotency_key_follows_the_same_rules(shop: ApiShop, path: str) -> None:
    item = {"line_items[0][price]": shop.price(), "line_items[0][quantity]": "1"}
    form = item if path == "/v1/payment_links" else {"name": "Box", "description": "Oak"}
    headers = shop.headers(Idempotency_Key="once")
    first = shop.http.post(path, data=form, headers=headers)
    turned = dict(reversed(form.items()))
    again = shop.http.post(path, data=turned, headers=headers)
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (200, 200, "true")
    assert json_of(again) == json_of(first)
    other = shop.http.post(path, data={**form, "metadata[a]": "b"}, headers=headers)
    assert (other.status_code, json_of(other)["error"]["type"]) == (400, "idempotency_error")
    assert "was used with other parameters" in json_of(other)["error"]["message"]
    for key in ("", "k" * 256):
        refused = shop.http.post(path, data=form, headers=shop.headers(Idempotency_Key=key))
        assert (refused.status_code, json_of(refused)["error"]["param"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize("name", ["starting_after", "ending_before"])
def test_an_unknown_cursor_is_refused(shop: ApiShop, name: str) -> None:
    link = shop.link()
    session = sandbox_of(shop).v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "https://shop.example/",
            "line_items": [{"price": shop.price(), "quantity": 1}],
        }
    )
    for ask in (
        lambda cursor: shop.sdk.v1.payment_links.list(cursor),
        lambda cursor: shop.sdk.v1.payment_links.line_items.list(link.id, cursor),
        lambda cursor: sandbox_of(shop).v1.products.list(cursor),
        lambda cursor: sandbox_of(shop).v1.checkout.sessions.line_items.list(session.id, cursor),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            ask({name: "none"})
        error = refused.value
        assert (error.http_status, error.code, error.param) == (400, "resource_missing", name)
