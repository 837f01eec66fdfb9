"""The attempt's state machine: facts in any order and with any repetition lead to the same state."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.objects.attempt import Attempt, State
from app.objects.checkout_session import CheckoutSession
from app.objects.order import OVER_LIMIT
from app.objects.quote import Quote
from app.objects.selection import Selection
from app.services.attempts.state_machine import RANK, Fact, fact_of, refund_is_due, transition

NOW = 1_790_000_000
QUOTE = Quote(
    amount_discount=0,
    amount_shipping=0,
    amount_subtotal=1250,
    amount_tax=0,
    amount_total=1250,
    currency="eur",
    lines=(),
    mode="payment",
)


def an_attempt(**changes: Any) -> Attempt:
    values: dict[str, Any] = {
        "id": "att_1",
        "created": NOW,
        "currency": "eur",
        "expires_at": NOW + 3600,
        "fingerprint": "f",
        "form": "form_1",
        "mode": "payment",
        "organization": "org_1",
        "payment_link": "plink_1",
        "quote": QUOTE,
        "selection": Selection(),
        "session_params": {},
        "token": "token_1",
        "updated": NOW,
    }
    return Attempt(**{**values, **changes})


def a_session(**changes: Any) -> CheckoutSession:
    values: dict[str, Any] = {
        "id": "cs_1",
        "expires_at": NOW + 3600,
        "mode": "payment",
        "payment_status": "unpaid",
        "status": "open",
    }
    return CheckoutSession(**{**values, **changes})


@pytest.mark.parametrize(
    ("session", "state"),
    [
        pytest.param({}, "opened", id="open"),
        pytest.param({"status": "complete", "payment_status": "paid"}, "paid", id="complete and paid"),
        pytest.param({"status": "complete", "payment_status": "unpaid"}, "processing", id="complete is not paid"),
        pytest.param(
            {"status": "complete", "payment_status": "no_payment_required"}, "no_payment_required", id="nothing to pay"
        ),
        pytest.param({"status": "expired"}, "expired", id="expired"),
        pytest.param(
            {"status": "open", "payment_status": "no_payment_required"}, "opened", id="nothing to pay, but not finished"
        ),
    ],
)
def test_the_state_follows_from_the_session(session: dict[str, Any], state: State) -> None:
    assert fact_of(a_session(**session)).state == state


@pytest.mark.parametrize("order", list(permutations(["processing", "paid", "expired"])), ids="-".join)
def test_a_payment_is_paid_in_any_order_of_events(order: tuple[State, ...]) -> None:
    attempt = an_attempt()
    for state in order:
        attempt = transition(attempt, Fact(state), NOW)
    assert attempt.state == "paid"


def test_a_failed_debit_stays_failed_after_a_late_completion() -> None:
    failed = transition(an_attempt(), Fact("failed"), NOW)
    assert transition(failed, Fact("processing"), NOW).state == "failed"


def test_a_refund_before_the_payment_stays_and_gets_the_amount() -> None:
    refunded = transition(an_attempt(), Fact("refunded"), NOW)
    later = transition(refunded, Fact("paid", amount_total=1250), NOW + 5)
    assert (later.state, later.amount_total, later.paid_at) == ("refunded", 1250, NOW)


def test_a_fact_that_adds_nothing_returns_the_same_object() -> None:
    paid = transition(an_attempt(), Fact("paid", amount_total=1250), NOW)
    assert transition(paid, Fact("paid", amount_total=1250), NOW + 9) is paid


def test_the_time_of_payment_is_the_first_one() -> None:
    paid = transition(an_attempt(), Fact("paid"), NOW)
    assert transition(paid, Fact("paid", payment_intent="pi_1"), NOW + 60).paid_at == NOW


facts = st.lists(st.sampled_from(sorted(RANK)), min_size=1, max_size=12)


@given(facts)
def test_no_fact_lowers_the_rank(states: list[State]) -> None:
    attempt = an_attempt()
    for state in states:
        after = transition(attempt, Fact(state), NOW)
        assert RANK[after.state] >= RANK[attempt.state]
        attempt = after
    assert RANK[attempt.state] == max(RANK[state] for state in states)


@given(facts)
def test_repeating_every_fact_changes_nothing(states: list[State]) -> None:
    once = an_attempt()
    for state in states:
        once = transition(once, Fact(state), NOW)
    twice = once
    for state in states:
        twice = transition(twice, Fact(state), NOW)
    assert twice == once


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        pytest.param({"state": "paid", "flags": (OVER_LIMIT,)}, True, id="paid with no place left"),
        pytest.param({"state": "paid", "flags": ()}, False, id="paid with a place"),
        pytest.param({"state": "processing", "flags": (OVER_LIMIT,)}, False, id="not paid yet"),
        pytest.param({"state": "paid", "flags": (OVER_LIMIT,), "refund": "re_1"}, False, id="refunded already"),
    ],
)
def test_a_refund_is_due_once_and_only_without_a_place(changes: dict[str, Any], due: bool) -> None:
    assert refund_is_due(an_attempt(**changes)) is due


@pytest.mark.parametrize(
    ("payment_intent", "words"),
    [
        pytest.param(None, None, id="no payment"),
        pytest.param("pi_1", None, id="not expanded"),
        pytest.param(
            {
                "id": "pi_1",
                "latest_charge": {
                    "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}}
                },
            },
            "visa 4242",
            id="a card",
        ),
        pytest.param(
            {
                "id": "pi_1",
                "latest_charge": {"payment_method_details": {"type": "sepa_debit", "sepa_debit": {"last4": "3000"}}},
            },
            "sepa_debit 3000",
            id="a debit",
        ),
        pytest.param(
            {"id": "pi_1", "latest_charge": {"payment_method_details": {"type": "twint"}}}, "twint", id="type alone"
        ),
    ],
)
def test_the_payment_method_is_stored_in_stripes_words(payment_intent: Any, words: str | None) -> None:
    assert fact_of(a_session(payment_intent=payment_intent)).payment_method == words
