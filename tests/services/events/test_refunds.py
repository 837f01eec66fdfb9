"""Refunds: parts, the whole, failures and pending ones, whichever of Stripe's events tells them and in any order."""

import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from app.objects.attempt import Attempt
from app.pricing.refunds import amount_refunded, refunded_parts
from app.sandbox.resources.refunds import REFUND_SECONDS
from tests.services.events.subjects import COMPLETED
from tests.services.shop import CARD, ServiceShop

Event = dict[str, Any]
FAILS = replace(CARD, refund="fails")
PENDS = replace(CARD, refund="pends")


def paid(shop: ServiceShop, method: Any = CARD) -> Attempt:
    attempt = shop.start(shop.limited(3))
    shop.pay(attempt, method)
    shop.receive_all()
    return attempt


def news(shop: ServiceShop) -> list[Event]:
    return [json.loads(payload) for payload, _ in shop.deliveries()]


def parts(shop: ServiceShop, attempt: Attempt) -> list[tuple[int, int]]:
    return [(part.amount, part.created) for part in refunded_parts(shop.stored(attempt))]


def test_each_partial_refund_is_kept_with_its_time(shop: ServiceShop) -> None:
    attempt = paid(shop)
    first = shop.now
    shop.refund(attempt, amount=250)
    shop.receive_all()
    shop.now += 86_400
    shop.refund(attempt, amount=300)
    assert set(shop.receive_all()) == {"applied"}
    assert parts(shop, attempt) == [(250, first), (300, first + 86_400)]
    stored = shop.stored(attempt)
    assert (stored.state, stored.amount_total, stored.flags) == ("paid", 1250, ("partially_refunded",))


def test_the_last_part_makes_a_payment_refunded(shop: ServiceShop) -> None:
    attempt = paid(shop)
    for amount in (250, 1000):
        shop.refund(attempt, amount=amount)
    shop.receive_all()
    assert (shop.state(attempt), amount_refunded(shop.stored(attempt))) == ("refunded", 1250)
    assert shop.stored(attempt).flags == ()


@pytest.mark.parametrize("kinds", [("charge.refunded",), ("refund.created",)], ids=["the charge", "the refund"])
@pytest.mark.parametrize("amount", [250, None], ids=["a part", "all"])
def test_one_kind_of_event_is_enough(shop: ServiceShop, kinds: tuple[str, ...], amount: int | None) -> None:
    attempt = paid(shop)
    shop.refund(attempt, amount=amount)
    for event in news(shop):
        if event["type"] in kinds:
            shop.receive_signed(event)
    assert parts(shop, attempt) == [(amount or 1250, shop.now)]
    assert shop.state(attempt) == ("paid" if amount else "refunded")


@pytest.mark.parametrize("order", list(permutations(range(4)))[::4], ids=lambda order: "".join(map(str, order)))
def test_refunds_have_the_same_effect_in_any_order(shop: ServiceShop, order: tuple[int, ...]) -> None:
    attempt = paid(shop)
    shop.refund(attempt, amount=250)
    shop.refund(attempt, amount=300)
    events = news(shop)
    for index in order * 2:
        shop.receive_signed(events[index])
    assert sorted(amount for amount, _ in parts(shop, attempt)) == [250, 300]
    assert shop.state(attempt) == "paid"


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_a_refund_that_failed_restores_the_payment_in_any_order(shop: ServiceShop, order: tuple[int, ...]) -> None:
    attempt = paid(shop, FAILS)
    shop.refund(attempt)
    created, refunded = news(shop)
    shop.wait(REFUND_SECONDS)
    (failed,) = news(shop)
    assert failed["type"] == "refund.failed"
    events = [created, refunded, failed]
    for index in order * 2:
        shop.receive_signed(events[index])
    stored = shop.stored(attempt)
    assert (stored.state, amount_refunded(stored)) == ("paid", 0)
    assert "refund_failed" in stored.flags
    assert stored.refunds[0].failure_reason == "expired_or_canceled_card"
    assert shop.count(shop.link_of(attempt)) == 1


def test_a_failed_refund_is_seen_as_refunded_until_it_fails(shop: ServiceShop) -> None:
    attempt = paid(shop, FAILS)
    shop.refund(attempt)
    shop.receive_all()
    assert shop.state(attempt) == "refunded"
    shop.wait(REFUND_SECONDS)
    shop.receive_all()
    assert [row.to_state for row in shop.store.history(attempt.id)] == ["opened", "paid", "refunded", "paid"]
    shop.refund(attempt, amount=250)
    shop.receive_all()
    assert (shop.state(attempt), parts(shop, attempt)) == ("paid", [(250, shop.now)])


def test_the_older_event_of_a_refund_tells_its_failure_as_well(shop: ServiceShop) -> None:
    attempt = paid(shop, FAILS)
    shop.refund(attempt)
    shop.receive_all()
    shop.wait(REFUND_SECONDS)
    (failed,) = news(shop)
    assert shop.receive_signed(failed | {"type": "charge.refund.updated"}) == "applied"
    assert (shop.state(attempt), amount_refunded(shop.stored(attempt))) == ("paid", 0)


def test_a_pending_refund_counts_from_its_start(shop: ServiceShop) -> None:
    attempt = paid(shop, PENDS)
    shop.refund(attempt, amount=250)
    shop.receive_all()
    assert (shop.stored(attempt).refunds[0].status, amount_refunded(shop.stored(attempt))) == ("pending", 250)
    shop.wait(REFUND_SECONDS)
    shop.receive_all()
    assert (shop.stored(attempt).refunds[0].status, amount_refunded(shop.stored(attempt))) == ("succeeded", 250)


def test_a_refund_before_its_payment_waits_for_it(shop: ServiceShop) -> None:
    attempt = shop.start(shop.limited(3))
    shop.pay(attempt)
    shop.refund(attempt, amount=250)
    events = news(shop)
    completed = next(event for event in events if event["type"] == COMPLETED)
    early = [event for event in events if event["type"] in {"charge.refunded", "refund.created"}]
    assert [shop.receive_signed(event) for event in early] == ["waiting", "waiting"]
    shop.receive_signed(completed)
    assert (shop.state(attempt), parts(shop, attempt)) == ("paid", [(250, shop.now)])
    assert shop.store.waiting_events() == []


@pytest.mark.parametrize(("amount", "state"), [(250, "paid"), (None, "refunded")])
def test_the_return_page_learns_of_a_refund_that_no_event_told(
    shop: ServiceShop, amount: int | None, state: str
) -> None:
    attempt = shop.start(shop.limited(3))
    shop.pay(attempt)
    shop.refund(attempt, amount=amount)
    assert shop.complete(attempt).attempt.state == state
    assert parts(shop, attempt) == [(amount or 1250, shop.now)]


def test_a_refund_in_another_currency_is_measured_by_its_charge(shop: ServiceShop) -> None:
    attempt = paid(shop)
    shop.refund(attempt)
    refund, charge = news(shop)
    refund["data"]["object"] |= {"currency": "usd", "amount": 1400}
    charge["data"]["object"] |= {"currency": "usd", "amount": 1400, "amount_refunded": 1400}
    shop.receive_signed(refund)
    assert shop.state(attempt) == "paid"
    shop.receive_signed(charge)
    stored = shop.stored(attempt)
    assert (stored.state, [part.currency for part in refunded_parts(stored)]) == ("refunded", ["usd"])


def test_an_event_that_is_no_refund_is_refused_and_changes_nothing(shop: ServiceShop) -> None:
    attempt = paid(shop)
    shop.refund(attempt, amount=250)
    before = shop.stored(attempt)
    for event in news(shop):
        event["data"]["object"]["amount"] = "much"
        assert shop.receive_signed(event) == "refused: not the object of its type"
    assert shop.stored(attempt) == before
