"""What the buyer told at Checkout is kept with the attempt: name, delivery address, shipping option, and the parts of the total."""

from typing import Any

import pytest

from app.objects.address import Address, ShippingDetails
from app.objects.attempt import Attempt
from app.objects.checkout_session import CheckoutSession, TotalDetails
from app.services.attempts.state_machine import fact_of
from app.services.checkout import steps as checkout
from tests.services.broken import Broken
from tests.services.shop import ServiceShop

DELIVERY = {
    "name": "Mara Lindqvist",
    "address": {"line1": "Lerchenfelder Straße 12/8", "postal_code": "1080", "city": "Wien", "country": "AT"},
}
KEPT = ShippingDetails(
    name="Mara Lindqvist",
    address=Address(line1="Lerchenfelder Straße 12/8", postal_code="1080", city="Wien", country="AT"),
)


def a_rate(shop: ServiceShop, amount: int, name: str) -> str:
    """Return the id of a new shipping rate."""
    params = {
        "display_name": name,
        "type": "fixed_amount",
        "fixed_amount[amount]": str(amount),
        "fixed_amount[currency]": "eur",
    }
    return str(shop.post("/v1/shipping_rates", params)["id"])


def delivered(shop: ServiceShop, *rates: str) -> Attempt:
    """Start an attempt at a link that ships with these rates, and pay it with the last one."""
    link = shop.link(
        shipping_address_collection={"allowed_countries": ["AT"]},
        shipping_options=[{"shipping_rate": rate} for rate in rates],
    )
    attempt = shop.start(link)
    shop.pay(attempt, delivery=DELIVERY, shipping_rate=rates[-1] if rates else None)
    return attempt


def test_an_event_brings_name_delivery_shipping_option_and_the_parts_of_the_total(shop: ServiceShop) -> None:
    attempt = delivered(shop, a_rate(shop, 490, "DHL parcel"), a_rate(shop, 990, "Express"))
    shop.receive_all()
    paid = shop.stored(attempt)
    assert (paid.state, paid.customer_email, paid.customer_name) == ("paid", "mary@post.example", "Mary Bee")
    assert paid.shipping_details == KEPT
    assert paid.shipping_rate is not None
    assert paid.shipping_rate.display_name == "Express"
    assert paid.total_details == TotalDetails(amount_shipping=990)
    assert paid.amount_total == 1250 + 990


def test_a_return_before_the_event_brings_the_same(shop: ServiceShop) -> None:
    attempt = delivered(shop, a_rate(shop, 490, "DHL parcel"), a_rate(shop, 990, "Express"))
    returned = shop.complete(attempt).attempt
    shop.receive_all()
    assert shop.stored(attempt) == returned
    assert returned.shipping_details == KEPT


def test_the_shipping_option_is_known_after_the_merchant_has_taken_it_off_the_link(shop: ServiceShop) -> None:
    attempt = delivered(shop, a_rate(shop, 490, "DHL parcel"), a_rate(shop, 990, "Express"))
    shop.update(shop.link_of(attempt), shipping_options="")
    returned = shop.complete(attempt).attempt
    assert returned.shipping_rate is not None
    assert returned.shipping_rate.display_name == "Express"


def test_a_delivery_address_that_was_not_kept_is_read_at_the_next_return(shop: ServiceShop) -> None:
    attempt = delivered(shop)
    paid = shop.complete(attempt).attempt
    lacking = paid.model_copy(update={"shipping_details": None, "version": paid.version + 1})
    assert shop.store.save_attempt(lacking, "an earlier version")
    assert shop.complete(attempt, Broken()).attempt.shipping_details is None
    asked: list[str] = []

    def may_ask(id: str) -> bool:
        asked.append(id)
        return True

    for _ in range(2):
        link = shop.link_of(attempt)
        found = checkout.complete(shop.store, shop.gateway, link, attempt.token, shop.now, may_ask=may_ask).attempt
        assert found.shipping_details == KEPT
    assert asked == [attempt.id]


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        pytest.param({"collected_information": {"shipping_details": DELIVERY}}, KEPT, id="now"),
        pytest.param(
            {"collected_information": None, "shipping_details": DELIVERY}, KEPT, id="an older version of the API"
        ),
        pytest.param({"collected_information": {"shipping_details": None}}, None, id="not asked"),
        pytest.param({}, None, id="left out"),
    ],
)
def test_a_delivery_is_found_in_every_version_of_a_session(
    session: dict[str, Any], expected: ShippingDetails | None
) -> None:
    assert fact_of(a_session(**session)).shipping_details == expected


@pytest.mark.parametrize(
    ("details", "name"),
    [
        ({"name": "Mary Bee", "business_name": "Bee Ltd"}, "Mary Bee"),
        ({"name": None, "individual_name": "Mary B."}, "Mary B."),
        ({"business_name": "Bee Ltd"}, "Bee Ltd"),
        ({"email": "mary@post.example"}, None),
    ],
)
def test_the_name_is_that_of_the_person_else_of_the_business(details: dict[str, Any], name: str | None) -> None:
    assert fact_of(a_session(customer_details=details)).customer_name == name


def test_the_parts_of_a_total_in_another_currency_are_not_kept() -> None:
    conversion = {"amount_subtotal": 1250, "amount_total": 1250, "source_currency": "eur", "fx_rate": "1.1"}
    session = a_session(total_details={"amount_shipping": 5}, currency_conversion=conversion)
    assert fact_of(session).total_details is None


def a_session(**changes: Any) -> CheckoutSession:
    plain = {"id": "cs_1", "expires_at": 0, "mode": "payment", "payment_status": "paid", "status": "complete"}
    return CheckoutSession.read({**plain, **changes})
