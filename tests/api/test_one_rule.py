"""One rule, one answer: what our API takes or refuses, the sandbox takes or refuses as well, at the same limit."""

from typing import Any

import pytest
import stripe

from app.gateway.transport import WSGIClient
from app.objects.limits import DEFAULT_MAXIMUM_QUANTITY, MAXIMUM_INTERVAL_COUNT
from app.objects.metadata import MAXIMUM_KEYS
from app.sandbox import SANDBOX
from tests.api.conftest import Shop


def sandbox_of(shop: Shop) -> stripe.StripeClient:
    """The SDK at the sandbox itself, in the shop's own catalogue."""
    client = WSGIClient(shop.app.extensions[SANDBOX].api)
    return stripe.StripeClient(
        "sk_test_x", http_client=client, max_network_retries=0, stripe_account=shop.organization.id
    )


def ask_both(shop: Shop, item: dict[str, Any], **session: Any) -> tuple[bool, bool]:
    """Whether the API makes a link of this line item, and whether the sandbox makes a Checkout Session of it."""
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
def test_a_billing_period_lasts_at_most_three_years(shop: Shop, interval: str, longest: int) -> None:
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


def test_a_quantity_goes_up_to_99_where_no_maximum_is_given(shop: Shop) -> None:
    price = shop.price()
    for quantity, taken in ((DEFAULT_MAXIMUM_QUANTITY, True), (DEFAULT_MAXIMUM_QUANTITY + 1, False)):
        item = {"price": price, "quantity": quantity, "adjustable_quantity": {"enabled": True}}
        assert ask_both(shop, item) == (taken, taken)


def test_metadata_merges_in_the_same_way_and_up_to_the_same_number_of_keys(shop: Shop) -> None:
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
