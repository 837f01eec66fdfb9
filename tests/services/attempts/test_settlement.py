"""Payments that arrive too late: they count if a place is left, and are refunded otherwise."""

import json
from typing import Any

import pytest

from app.errors import GatewayUnavailable
from app.objects.attempt import Attempt
from app.objects.order import OVER_LIMIT
from app.objects.payment_link import PaymentLink
from app.sandbox.payments.methods import Method
from app.services.attempts.settlement import expire_session
from app.services.reconcile import FIRST_LOOK_SECONDS
from tests.services.broken import Broken
from tests.services.shop import BAD_DEBIT, CARD, GOOD_DEBIT, PRICE, ServiceShop


def late(
    shop: ServiceShop, *, limit: int, others: int, method: Method | None = CARD, **params: Any
) -> tuple[PaymentLink, Attempt]:
    """Return a link and an attempt that was paid after we recorded it as expired and after this many other buyers had paid."""
    link = shop.limited(limit, **params)
    attempt = shop.start(link)
    shop.pay(attempt, method)
    sent = shop.deliveries()
    shop.settle(attempt, "expired")
    for number in range(others):
        shop.pay(shop.start(link, f"other_{number}"))
    shop.receive_all()
    assert shop.count(link) == others
    for delivery in sent:
        shop.receive(*delivery)
    return link, attempt


def test_a_late_payment_takes_a_free_place(shop: ServiceShop) -> None:
    link, attempt = late(shop, limit=2, others=1)
    assert (shop.state(attempt), shop.stored(attempt).flags) == ("paid", ())
    assert (shop.count(link), shop.store.places_left(link.id)) == (2, 0)
    assert shop.refunds() == []


def test_a_late_payment_beyond_the_limit_is_refunded_and_does_not_count(shop: ServiceShop) -> None:
    link, attempt = late(shop, limit=1, others=1)
    (refund,) = shop.refunds()
    assert (shop.state(attempt), shop.stored(attempt).flags) == ("refunded", (OVER_LIMIT,))
    assert (refund["id"], refund["amount"]) == (shop.stored(attempt).refund, 1250)
    assert (shop.count(link), shop.store.places_left(link.id)) == (1, 0)


MONTHLY: dict[str, Any] = {"line_items": [{"price_data": {**PRICE, "recurring": {"interval": "month"}}, "quantity": 1}]}


def subscriptions(shop: ServiceShop) -> list[str]:
    """Return the states of all subscriptions at Stripe, oldest first."""
    made = shop.engine.rows("SELECT document FROM sandbox_objects WHERE object = 'subscription' ORDER BY sequence")
    return [json.loads(row["document"])["status"] for row in made]


def test_a_late_subscription_beyond_the_limit_is_canceled_and_refunded(shop: ServiceShop) -> None:
    link, attempt = late(shop, limit=1, others=1, **MONTHLY)
    (refund,) = shop.refunds()
    assert (shop.state(attempt), shop.stored(attempt).flags) == ("refunded", (OVER_LIMIT,))
    assert (refund["id"], refund["amount"]) == (shop.stored(attempt).refund, 1250)
    assert subscriptions(shop) == ["canceled", "active"]
    assert shop.count(link) == 1


def test_a_late_trial_beyond_the_limit_is_canceled_without_a_refund(shop: ServiceShop) -> None:
    link, attempt = late(shop, limit=1, others=1, **MONTHLY, subscription_data={"trial_period_days": 7})
    assert (shop.state(attempt), shop.refunds()) == ("refunded", [])
    assert subscriptions(shop) == ["canceled", "trialing"]
    assert shop.store.open_attempts() == []
    assert shop.count(link) == 1


def test_a_late_subscription_is_canceled_and_refunded_only_once(shop: ServiceShop) -> None:
    link = shop.limited(1, **MONTHLY)
    attempt, event = shop.pay_too_late(link)
    shop.receive_signed(event, gateway=Broken(after=shop.gateway))
    assert (shop.state(attempt), len(shop.refunds())) == ("paid", 1)
    shop.reconcile()
    assert (shop.state(attempt), len(shop.refunds())) == ("refunded", 1)
    assert subscriptions(shop) == ["canceled", "active"]


def test_a_late_payment_is_refunded_once_by_webhook_return_and_reconciling(shop: ServiceShop) -> None:
    link, attempt = late(shop, limit=1, others=1)
    shop.receive_all()
    shop.complete(attempt)
    shop.reconcile()
    assert len(shop.refunds()) == 1
    assert shop.state(attempt) == "refunded"
    assert shop.count(link) == 1


def test_a_refund_whose_answer_was_lost_is_not_repeated(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt, event = shop.pay_too_late(link)
    shop.receive_signed(event, gateway=Broken(after=shop.gateway))
    assert (shop.state(attempt), len(shop.refunds())) == ("paid", 1)
    shop.reconcile()
    assert (shop.state(attempt), len(shop.refunds())) == ("refunded", 1)
    assert shop.stored(attempt).refund == shop.refunds()[0]["id"]


@pytest.mark.parametrize("params", [{}, MONTHLY], ids=["payment", "subscription"])
def test_a_refund_whose_answer_was_lost_before_stripe_forgot_the_key_is_recognized(
    shop: ServiceShop, params: dict[str, object]
) -> None:
    link = shop.limited(1, **params)
    attempt, event = shop.pay_too_late(link)
    shop.receive_signed(event, gateway=Broken(after=shop.gateway))
    shop.deliveries()  # the event of the refund is lost
    shop.wait(25 * 3600)
    shop.reconcile()
    assert (shop.state(attempt), len(shop.refunds())) == ("refunded", 1)
    assert shop.store.open_attempts() == []


def test_a_refund_that_fails_now_is_made_by_reconciling(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt, event = shop.pay_too_late(link)
    shop.receive_signed(event, gateway=Broken())
    assert (shop.state(attempt), shop.refunds()) == ("paid", [])
    assert attempt.id in [waiting.id for waiting in shop.store.open_attempts()]
    shop.reconcile()
    assert (shop.state(attempt), len(shop.refunds())) == ("refunded", 1)
    assert shop.store.open_attempts() == []


def test_a_refund_that_fails_again_is_made_when_the_next_look_is_due(shop: ServiceShop) -> None:
    attempt, event = shop.pay_too_late(shop.limited(1))
    shop.receive_signed(event, gateway=Broken())
    shop.reconcile_with(Broken())
    shop.reconcile()
    assert (shop.state(attempt), shop.refunds()) == ("paid", [])
    shop.now += FIRST_LOOK_SECONDS
    shop.reconcile()
    assert (shop.state(attempt), len(shop.refunds())) == ("refunded", 1)


@pytest.mark.parametrize("interval", [None, "month"], ids=["payment", "subscription"])
def test_a_late_payment_that_the_merchant_refunded_by_hand_is_not_refunded_again(
    shop: ServiceShop, interval: str | None
) -> None:
    link = shop.limited(1, **(MONTHLY if interval else {}))
    attempt, event = shop.pay_too_late(link)
    shop.receive_signed(event, gateway=Broken())
    session = shop.session(attempt)
    shop.post("/v1/refunds", {"payment_intent": session["payment_intent"] or session["_payment_intent"]})
    shop.reconcile()
    assert (shop.state(attempt), len(shop.refunds()), shop.count(link)) == ("refunded", 1, 1)
    assert shop.store.open_attempts() == []


def test_the_buyer_of_a_refunded_payment_is_not_redirected_to_the_merchant(shop: ServiceShop) -> None:
    link = shop.limited(1, after_completion={"type": "redirect", "redirect": {"url": "https://shop.example/thanks"}})
    attempt = shop.start(link)
    shop.pay(attempt)
    shop.settle(attempt, "expired")
    shop.pay(shop.start(link, "other"))
    for sent in shop.deliveries():
        shop.receive(*sent)
    assert shop.complete(attempt).redirect_url is None


@pytest.mark.parametrize("before", [3, None], ids=["lowered", "set for the first time"])
def test_a_limit_that_changes_while_buyers_pay_is_kept_and_the_others_are_refunded(
    shop: ServiceShop, before: int | None
) -> None:
    link = shop.limited(before) if before else shop.link()
    paying = [shop.start(link, form) for form in ("form_1", "form_2", "form_3")]
    shop.update(link, restrictions={"completed_sessions": {"limit": 1}})
    for attempt in paying:
        shop.pay(attempt)
    shop.receive_all()
    assert [shop.state(attempt) for attempt in paying] == ["paid", "refunded", "refunded"]
    assert [shop.stored(attempt).flags for attempt in paying] == [(), (OVER_LIMIT,), (OVER_LIMIT,)]
    assert (shop.count(link), len(shop.refunds())) == (1, 2)
    shop.update(link, restrictions={"completed_sessions": {"limit": 2}})
    assert shop.store.places_left(link.id) == 1


@pytest.mark.parametrize(
    ("method", "state", "refunds"),
    [pytest.param(GOOD_DEBIT, "refunded", 1, id="succeeds"), pytest.param(BAD_DEBIT, "failed", 0, id="fails")],
)
def test_a_late_debit_beyond_the_limit_is_refunded_when_it_is_paid(
    shop: ServiceShop, method: Method, state: str, refunds: int
) -> None:
    link, attempt = late(shop, limit=1, others=1, method=method)
    assert (shop.state(attempt), shop.stored(attempt).flags, shop.refunds()) == ("processing", (OVER_LIMIT,), [])
    shop.wait(60)
    shop.receive_all()
    assert (shop.state(attempt), len(shop.refunds())) == (state, refunds)
    assert (shop.count(link), shop.store.places_left(link.id)) == (1, 0)


def test_an_ended_session_releases_its_place_once(shop: ServiceShop) -> None:
    link = shop.limited(2)
    attempt = shop.start(link)
    for _ in range(2):
        ended = expire_session(shop.store, shop.gateway, shop.stored(attempt), shop.now, cause="test", state="canceled")
        assert ended.state == "canceled"
    shop.receive_all()
    shop.reconcile()
    assert shop.store.places_left(link.id) == 2


def test_ending_an_attempt_without_a_session_ensures_that_it_cannot_be_paid(shop: ServiceShop) -> None:
    link = shop.limited(1)
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(after=shop.gateway), link)
    (attempt,) = shop.store.attempts_of_form("form_1")
    ended = expire_session(shop.store, shop.gateway, attempt, shop.now, cause="test", state="canceled")
    assert (ended.state, shop.session(ended)["status"]) == ("canceled", "expired")
    assert shop.sessions() == [ended.checkout_session]
    assert shop.store.places_left(link.id) == 1


def test_a_lost_answer_to_ending_a_session_is_recovered(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    with pytest.raises(GatewayUnavailable):
        expire_session(shop.store, Broken(after=shop.gateway), attempt, shop.now, cause="test", state="canceled")
    assert shop.state(attempt) == "opened"
    shop.reconcile()
    assert shop.state(attempt) == "expired"
    assert shop.store.places_left(link.id) == 1
