"""Disputes: a test card opens one, evidence closes it, and the payment keeps what the merchant has to know."""

import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from app.objects.attempt import Attempt
from app.objects.charge import Dispute
from app.sandbox.resources.disputes import DUE_SECONDS
from tests.services.shop import CARD, ServiceShop

OPENED = ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def disputed(shop: ServiceShop, reason: str = "fraudulent") -> Attempt:
    attempt = shop.start(shop.limited(3))
    shop.pay(attempt, replace(CARD, dispute=reason))
    return attempt


def news(shop: ServiceShop) -> list[dict[str, Any]]:
    return [event for payload, _ in shop.deliveries() if "dispute" in (event := json.loads(payload))["type"]]


def dispute_of(shop: ServiceShop, attempt: Attempt) -> Dispute:
    (found,) = shop.stored(attempt).disputes
    return found


def answer(shop: ServiceShop, attempt: Attempt, text: str) -> None:
    shop.post(f"/v1/disputes/{dispute_of(shop, attempt).id}", {"evidence[uncategorized_text]": text})


def test_a_dispute_flags_the_payment_and_says_until_when_to_answer(shop: ServiceShop) -> None:
    attempt = disputed(shop)
    assert set(shop.receive_all()) <= {"applied", "ignored"}
    stored, dispute = shop.stored(attempt), dispute_of(shop, attempt)
    assert (stored.state, stored.flags) == ("paid", ("disputed",))
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "fraudulent", 1250)
    assert dispute.evidence_details.due_by == shop.now + DUE_SECONDS
    assert (dispute.fee, dispute.needs_answer) == (1500, True)


@pytest.mark.parametrize(
    ("text", "status", "flags"),
    [
        pytest.param("winning_evidence", "won", (), id="won"),
        pytest.param("losing_evidence", "lost", ("disputed",), id="lost"),
        pytest.param("It was delivered.", "under_review", ("disputed",), id="under review"),
    ],
)
def test_a_dispute_is_won_or_lost(shop: ServiceShop, text: str, status: str, flags: tuple[str, ...]) -> None:
    attempt = disputed(shop)
    shop.receive_all()
    shop.now += 60
    answer(shop, attempt, text)
    assert set(shop.receive_all()) == {"applied"}
    assert (dispute_of(shop, attempt).status, shop.stored(attempt).flags) == (status, flags)
    assert (shop.state(attempt), shop.count(shop.link_of(attempt))) == ("paid", 1)


def test_an_inquiry_is_flagged_and_closed_without_a_loss(shop: ServiceShop) -> None:
    attempt = disputed(shop, "inquiry")
    shop.receive_all()
    assert (dispute_of(shop, attempt).status, dispute_of(shop, attempt).fee) == ("warning_needs_response", 0)
    shop.now += 60
    answer(shop, attempt, "winning_evidence")
    shop.receive_all()
    assert (dispute_of(shop, attempt).status, shop.stored(attempt).flags) == ("warning_closed", ())


@pytest.mark.parametrize("order", list(permutations(range(5)))[::17], ids=lambda order: "".join(map(str, order)))
def test_a_dispute_ends_as_it_ended_in_any_order_of_its_events(shop: ServiceShop, order: tuple[int, ...]) -> None:
    attempt = disputed(shop)
    shop.receive_all()
    # The same dispute again, as if nothing about it had arrived.
    opened = shop.store.events(None, type=OPENED[0])[0] + shop.store.events(None, type=OPENED[1])[0]
    shop.now += 60
    answer(shop, attempt, "winning_evidence")
    events = [event.model_dump(mode="json") for event in opened] + news(shop)
    assert len(events) == 5
    for number, index in enumerate(order * 2):
        shop.receive_signed(events[index] | {"id": f"evt_{number}"})
    assert (dispute_of(shop, attempt).status, shop.stored(attempt).flags) == ("won", ())


def test_a_dispute_that_arrives_before_its_payment_waits_for_it(shop: ServiceShop) -> None:
    attempt = disputed(shop)
    events = [json.loads(payload) for payload, _ in shop.deliveries()]
    for event in sorted(events, key=lambda event: "dispute" not in event["type"]):
        shop.receive_signed(event)
    assert dispute_of(shop, attempt).status == "needs_response"


def test_a_disputed_payment_cannot_be_refunded_at_the_sandbox(shop: ServiceShop) -> None:
    attempt = disputed(shop)
    shop.receive_all()
    with pytest.raises(AssertionError, match="charge_disputed"):
        shop.refund(attempt)


def test_a_dispute_of_another_account_changes_nothing(shop: ServiceShop) -> None:
    attempt = disputed(shop)
    events = [json.loads(payload) for payload, _ in shop.deliveries()]
    for event in events:
        if "dispute" in event["type"]:
            event["account"] = "acct_other"
        shop.receive_signed(event)
    assert (shop.stored(attempt).disputes, shop.stored(attempt).flags) == ((), ())
