"""The objects that a synchronizer or an agent reads after a payment, with Stripe's SDK and a key of ours."""

from typing import Any

import pytest
import stripe

from tests.api.conftest import ApiShop
from tests.api.sessions import open_session, pay


def lists(shop: ApiShop) -> dict[str, int]:
    """Return how many objects each list has, as a synchronizer reads them one after the other."""
    v1 = shop.sdk.v1
    found: dict[str, Any] = {
        "balance_transactions": v1.balance_transactions.list(),
        "charges": v1.charges.list({"expand": ["data.balance_transaction", "data.customer"]}),
        "customers": v1.customers.list(),
        "invoices": v1.invoices.list(),
        "payment_intents": v1.payment_intents.list({"expand": ["data.latest_charge", "data.payment_method"]}),
        "payment_links": v1.payment_links.list(),
        "sessions": v1.checkout.sessions.list(),
        "subscriptions": v1.subscriptions.list({"status": "all"}),
    }
    return {name: len(listed.data) for name, listed in found.items()}


def test_a_synchronizer_reads_what_payments_have_made_and_nothing_of_another_organization(
    shop: ApiShop, other_shop: ApiShop
) -> None:
    assert set(lists(shop).values()) == {0}
    monthly = shop.price(recurring={"interval": "month"})
    for line in ({"price": shop.price(), "quantity": 1}, {"price": monthly, "quantity": 1}):
        pay(shop, open_session(shop, shop.link(line_items=[line])))
    assert lists(shop) == {
        "balance_transactions": 2,
        "charges": 2,
        "customers": 1,
        "invoices": 1,
        "payment_intents": 2,
        "payment_links": 2,
        "sessions": 2,
        "subscriptions": 1,
    }
    assert shop.sdk.v1.balance.retrieve().pending[0].amount == 2 * (1250 - 44)
    assert len(shop.sdk.v1.customers.search({"query": 'email:"ada@example.com"'}).data) == 1
    assert set(lists(other_shop).values()) == {0}
    (charge,) = shop.sdk.v1.charges.list({"limit": 1}).data
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        other_shop.sdk.v1.charges.retrieve(charge.id)


def test_what_the_sandbox_does_not_have_is_an_unknown_url(shop: ApiShop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"Unrecognized request URL \(GET: /v1/payouts\)") as unknown:
        shop.sdk.v1.payouts.list()
    assert unknown.value.http_status == 404
