"""Payments of another amount than the order came to: upsold, changed in the Dashboard, or converted, by every way that tells of them."""

from collections.abc import Callable
from typing import Any

import pytest

from app.objects.attempt import Attempt
from tests.services.events.subjects import COMPLETED
from tests.services.shop import PRICE, ServiceShop

ONCE: dict[str, Any] = {"line_items": [{"price_data": PRICE, "quantity": 1}]}
MONTHLY: dict[str, Any] = {"line_items": [{"price_data": {**PRICE, "recurring": {"interval": "month"}}, "quantity": 1}]}

TOLD: dict[str, Callable[[ServiceShop, Attempt], object]] = {
    "the buyer returns": lambda shop, attempt: shop.complete(attempt),
    "the buyer goes back": lambda shop, attempt: shop.cancel(attempt),
    "reconciling": lambda shop, _attempt: shop.read_sessions(),
    "an event": lambda shop, _attempt: shop.receive_signed(changed(shop)),
}


def changed(shop: ServiceShop) -> dict[str, Any]:
    """Return the event about the session, with the amounts that the session has now."""
    event = shop.event_of(COMPLETED)
    event["data"]["object"] |= {"amount_subtotal": 9900, "amount_total": 9900}
    return event


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("params", [ONCE, MONTHLY], ids=["payment", "subscription"])
def test_a_payment_of_another_amount_counts_and_keeps_both_sums(
    shop: ServiceShop, params: dict[str, Any], told: str
) -> None:
    link = shop.limited(1, **params)
    attempt = shop.start(link)
    shop.pay(attempt)
    shop.tamper(attempt, amount_subtotal=9900, amount_total=9900)
    TOLD[told](shop, attempt)
    paid = shop.stored(attempt)
    assert (paid.state, paid.flags, shop.count(link)) == ("paid", ("amount_differs",), 1)
    assert (paid.amount_total, paid.quote.amount_total) == (9900, 1250)
    assert shop.refunds() == []


@pytest.mark.parametrize("told", ["the buyer returns", "reconciling"])
def test_a_payment_in_the_buyers_currency_matches_by_the_sums_in_ours(shop: ServiceShop, told: str) -> None:
    attempt = shop.start(shop.limited(1, **ONCE))
    shop.pay(attempt)
    conversion = {"amount_subtotal": 1250, "amount_total": 1250, "fx_rate": "1.12", "source_currency": "eur"}
    shop.tamper(attempt, currency="usd", amount_subtotal=1400, amount_total=1400, currency_conversion=conversion)
    TOLD[told](shop, attempt)
    paid = shop.stored(attempt)
    assert (paid.state, paid.flags, paid.amount_total) == ("paid", (), 1250)
