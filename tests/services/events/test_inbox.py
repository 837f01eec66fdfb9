"""The inbox of Stripe's events: stored once, applied once, and with the same result in any order."""

from itertools import permutations
from typing import Any

import pytest

from app.errors import GatewayUnavailable, StoreError
from app.services.events import inbox
from app.services.events.inbox import WAITING_SECONDS
from tests.services.broken import Broken
from tests.services.events.subjects import COMPLETED, price_of
from tests.services.shop import BAD_DEBIT, GOOD_DEBIT, ServiceShop

SUCCEEDED = "checkout.session.async_payment_succeeded"
FAILED = "checkout.session.async_payment_failed"


def states(shop: ServiceShop, attempt: Any) -> list[str]:
    return [row.to_state for row in shop.store.history(attempt.id)]


# the effect of each event


def test_a_completed_session_is_paid_and_counted(shop: ServiceShop) -> None:
    link = shop.limited(2)
    attempt = shop.start(link)
    shop.pay(attempt)
    event = shop.event_of(COMPLETED)
    assert shop.receive_signed(event) == "applied"
    paid = shop.stored(attempt)
    assert (paid.state, paid.paid_at, paid.amount_total) == ("paid", shop.now, 1250)
    assert paid.customer_email == "mary@post.example"
    assert paid.payment_intent == event["data"]["object"]["payment_intent"]
    assert shop.count(link) == 1
    assert shop.store.history(attempt.id)[-1].cause == event["id"]


def test_a_completed_session_that_is_not_paid_is_processing_and_counted(shop: ServiceShop) -> None:
    link = shop.limited(2)
    attempt = shop.start(link)
    shop.pay(attempt, GOOD_DEBIT)
    shop.receive_all()
    assert shop.state(attempt) == "processing"
    assert shop.count(link) == 1
    shop.wait(60)
    shop.receive_all()
    assert states(shop, attempt) == ["opened", "processing", "paid"]
    assert shop.count(link) == 1


def test_a_returned_debit_releases_its_place_and_its_count(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt, BAD_DEBIT)
    shop.receive_all()
    assert shop.count(link) == 1
    shop.wait(60)
    shop.receive_all()
    assert states(shop, attempt) == ["opened", "processing", "failed"]
    assert (shop.count(link), shop.store.places_left(link.id)) == (0, 1)


def test_an_expired_session_releases_its_place(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.wait(32 * 60)
    assert shop.receive_all() == ["applied"]
    assert shop.state(attempt) == "expired"
    assert shop.store.places_left(link.id) == 1


def test_a_full_refund_is_recorded_and_still_counts(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    shop.receive_all()
    shop.refund(attempt)
    assert shop.receive_signed(shop.event_of("charge.refunded")) == "applied"
    assert states(shop, attempt) == ["opened", "paid", "refunded"]
    assert (shop.count(link), shop.store.places_left(link.id)) == (1, 0)


def test_a_partial_refund_is_flagged_and_stays_paid(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    shop.receive_all()
    shop.refund(attempt, amount=250)
    assert shop.receive_signed(shop.event_of("charge.refunded")) == "applied"
    assert (shop.state(attempt), shop.stored(attempt).flags) == ("paid", ("partially_refunded",))
    shop.refund(attempt, amount=1000)
    shop.receive_all()
    assert shop.state(attempt) == "refunded"


def test_a_refund_of_another_payment_is_ignored(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    shop.receive_all()
    shop.refund(attempt)
    event = shop.event_of("charge.refunded")
    event["data"]["object"] |= {"payment_intent": "pi_other", "metadata": {}}
    assert shop.receive_signed(event) == "waiting"
    shop.now += WAITING_SECONDS
    shop.reconcile()
    assert shop.store.event_outcome(event["id"]) == (shop.now, "ignored")
    assert shop.state(attempt) == "paid"


# order and repetition


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_a_payment_is_paid_in_any_order_of_its_events(shop: ServiceShop, order: tuple[int, ...]) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt, GOOD_DEBIT)
    completed = shop.event_of(COMPLETED)
    shop.wait(60)
    succeeded = shop.event_of(SUCCEEDED)
    expired = completed | {"id": "evt_expired", "type": "checkout.session.expired"}
    expired["data"] = {"object": {**completed["data"]["object"], "status": "expired", "payment_status": "unpaid"}}
    news = [completed, succeeded, expired]
    for place in order * 2:
        shop.receive_signed(news[place])
    assert shop.state(attempt) == "paid"
    assert (shop.count(link), shop.store.places_left(link.id)) == (1, 0)


@pytest.mark.parametrize("first", [COMPLETED, FAILED])
def test_a_returned_debit_has_failed_in_any_order_of_its_events(shop: ServiceShop, first: str) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt, BAD_DEBIT)
    completed = shop.event_of(COMPLETED)
    shop.wait(60)
    failed = shop.event_of(FAILED)
    for event in (completed, failed) if first == COMPLETED else (failed, completed):
        shop.receive_signed(event)
    assert shop.state(attempt) == "failed"
    assert (shop.count(link), shop.store.places_left(link.id)) == (0, 1)


def test_an_event_that_arrives_twice_is_applied_once(shop: ServiceShop) -> None:
    link = shop.limited(2)
    attempt = shop.start(link)
    shop.pay(attempt)
    event = shop.event_of(COMPLETED)
    assert [shop.receive_signed(event), shop.receive_signed(event)] == ["applied", "applied"]
    assert states(shop, attempt) == ["opened", "paid"]
    assert shop.count(link) == 1
    assert [kept.id for kept in shop.store.events(None, type=COMPLETED)[0]] == [event["id"]]


def test_an_applied_event_does_not_call_stripe_when_it_arrives_again(shop: ServiceShop) -> None:
    shop.post(f"/v1/prices/{price_of(shop, shop.link()).id}", {"metadata[season]": "summer"})
    event = shop.event_of("price.updated")
    assert shop.receive_signed(event) == shop.receive_signed(event, gateway=Broken()) == "applied"


def test_a_refund_that_arrives_before_its_payment_stays(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    completed = shop.event_of(COMPLETED)
    shop.refund(attempt)
    refunded = shop.event_of("charge.refunded")
    assert shop.receive_signed(refunded) == "waiting"
    shop.receive_signed(completed)
    assert shop.store.event_outcome(refunded["id"]) == (shop.now, "applied")
    assert (shop.state(attempt), shop.count(link)) == ("refunded", 1)
    assert shop.stored(attempt).amount_total == 1250


def test_an_early_refund_is_found_among_many_waiting_ones(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    completed = shop.event_of(COMPLETED)
    shop.refund(attempt)
    refunded = shop.event_of("charge.refunded")
    for number in range(100):
        charge = {**refunded["data"]["object"], "payment_intent": f"pi_other_{number}", "metadata": {}}
        assert shop.receive_signed({**refunded, "id": f"evt_other_{number}", "data": {"object": charge}}) == "waiting"
    shop.receive_signed(refunded)
    shop.receive_signed(completed)
    assert shop.state(attempt) == "refunded"


# events that arrive before their attempt


def test_an_event_before_the_session_id_is_stored_finds_the_attempt_by_its_metadata(shop: ServiceShop) -> None:
    link = shop.limited(1)
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(after=shop.gateway), link)
    (attempt,) = shop.store.attempts_of_form("form_1")
    assert attempt.checkout_session is None
    shop.pay(attempt.model_copy(update={"checkout_session": shop.sessions()[0]}))
    shop.receive_signed(shop.event_of(COMPLETED))
    assert (shop.state(attempt), shop.count(link)) == ("paid", 1)


def test_an_event_before_the_attempts_row_waits_and_is_applied_later(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    event = shop.event_of(COMPLETED)
    shop.forget(attempt)
    assert shop.receive_signed(event) == "waiting"
    assert shop.store.event_outcome(event["id"]) == (None, "waiting")
    shop.remember(attempt)
    assert inbox.apply_waiting(shop.store, shop.gateway, attempt, shop.now).state == "paid"
    assert shop.store.event_outcome(event["id"]) == (shop.now, "applied")
    assert shop.count(link) == 1


class Overtaken:
    """A gateway whose answer arrives after the event about it."""

    def __init__(self, shop: ServiceShop) -> None:
        self._shop = shop
        self.outcomes: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop.gateway, name)

    def create_checkout_session(self, params: Any, **named: Any) -> Any:
        session = self._shop.gateway.create_checkout_session(params, **named)
        (attempt,) = self._shop.store.attempts_of_form("form_1")
        self._shop.pay(attempt.model_copy(update={"checkout_session": session.id}))
        self.outcomes = self._shop.receive_all()
        return session


@pytest.mark.parametrize(
    ("entries", "outcome"),
    [pytest.param(0, "applied", id="its metadata names the attempt"), pytest.param(50, "waiting", id="they are full")],
)
def test_an_event_that_arrives_before_the_answer_is_applied(shop: ServiceShop, entries: int, outcome: str) -> None:
    link = shop.limited(1, metadata={f"entry_{number}": "x" for number in range(entries)})
    gateway = Overtaken(shop)
    attempt = shop.start_with(gateway, link)
    assert outcome in gateway.outcomes
    assert (attempt.state, shop.state(attempt), shop.count(link)) == ("paid", "paid", 1)
    assert shop.store.waiting_events() == []


def test_an_event_waits_for_three_days_and_no_longer(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    event = shop.event_of(COMPLETED)
    shop.forget(attempt)
    shop.receive_signed(event)
    shop.now += WAITING_SECONDS - 1
    shop.reconcile()
    assert shop.store.event_outcome(event["id"]) == (None, "waiting")
    shop.now += 1
    shop.reconcile()
    assert shop.store.event_outcome(event["id"]) == (shop.now, "ignored")


def test_an_event_that_the_database_could_not_apply_is_applied_by_its_next_delivery(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    event = shop.event_of(COMPLETED)
    shop.engine.execute("CREATE TRIGGER full BEFORE INSERT ON transitions BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(StoreError):
        shop.receive_signed(event)
    assert (shop.state(attempt), shop.count(link)) == ("opened", 0)
    assert shop.store.event_outcome(event["id"]) == (None, "waiting")
    shop.engine.execute("DROP TRIGGER full")
    assert shop.receive_signed(event) == "applied"
    assert (shop.state(attempt), shop.count(link)) == ("paid", 1)


# mismatches


@pytest.mark.parametrize(
    ("wrong", "flag"),
    [
        pytest.param({"currency": "usd"}, "currency_mismatch", id="currency"),
        pytest.param({"livemode": True}, "livemode_mismatch", id="livemode of the session"),
        pytest.param({"mode": "subscription"}, "mode_mismatch", id="mode"),
        pytest.param({"metadata": {"counterfoil_payment_link": "plink_other"}}, "link_mismatch", id="link"),
        pytest.param({"metadata": {"counterfoil_attempt": "att_other"}}, "attempt_mismatch", id="attempt"),
    ],
)
def test_a_mismatching_session_is_flagged_and_a_later_matching_one_still_counts(
    shop: ServiceShop, wrong: dict[str, Any], flag: str
) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    right = shop.event_of(COMPLETED)
    forged = {**right, "id": "evt_forged", "data": {"object": {**right["data"]["object"], **wrong}}}
    assert shop.receive_signed(forged) == "applied"
    assert (shop.state(attempt), shop.stored(attempt).flags, shop.count(link)) == ("opened", (flag,), 0)
    shop.receive_signed(right)
    assert (shop.state(attempt), shop.stored(attempt).flags, shop.count(link)) == ("paid", (flag,), 1)


@pytest.mark.parametrize(
    "amounts", [{"amount_subtotal": 1, "amount_total": 1}, {"amount_total": 1}, {"amount_total": 99_999}]
)
def test_a_payment_of_another_amount_is_paid_counted_and_flagged(shop: ServiceShop, amounts: dict[str, int]) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    event = shop.event_of(COMPLETED)
    event["data"]["object"] |= amounts
    assert shop.receive_signed(event) == "applied"
    paid = shop.stored(attempt)
    assert (paid.state, paid.flags, paid.amount_total) == ("paid", ("amount_differs",), amounts["amount_total"])
    assert shop.count(link) == 1


@pytest.mark.parametrize("account", ["acct_other", None])
def test_an_event_of_another_account_is_ignored_and_adds_no_flag(shop: ServiceShop, account: str | None) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    assert shop.receive_signed({**shop.event_of(COMPLETED), "account": account}) == "ignored"
    assert (shop.state(attempt), shop.stored(attempt).flags) == ("opened", ())


def test_another_session_that_names_our_attempt_is_flagged_and_changes_nothing(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    event = shop.event_of(COMPLETED)
    event["data"]["object"]["id"] = "cs_test_other"
    shop.receive_signed(event)
    assert (shop.state(attempt), shop.stored(attempt).flags) == ("opened", ("session_mismatch",))


@pytest.mark.parametrize("paid", [True, False], ids=["paid", "not paid"])
def test_a_refund_of_another_payment_that_names_our_attempt_changes_nothing(shop: ServiceShop, paid: bool) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    completed = shop.event_of(COMPLETED)
    if paid:
        shop.receive_signed(completed)
    shop.refund(attempt)
    event = shop.event_of("charge.refunded")
    event["data"]["object"] |= {"payment_intent": "pi_other", "metadata": {"counterfoil_attempt": attempt.id}}
    assert shop.receive_signed(event) == "waiting"
    assert (shop.state(attempt), shop.stored(attempt).flags) == ("paid" if paid else "opened", ())
    assert shop.count(link) == int(paid)


def test_a_mismatching_payment_does_not_count_when_it_is_refunded(shop: ServiceShop) -> None:
    link = shop.limited(1)
    attempt = shop.start(link)
    shop.pay(attempt)
    wrong = shop.event_of(COMPLETED)
    wrong["data"]["object"] |= {"currency": "usd"}
    shop.receive_signed(wrong)
    shop.refund(attempt)
    event = shop.event_of("charge.refunded")
    event["data"]["object"]["metadata"] = {"counterfoil_attempt": attempt.id}
    shop.receive_signed(event)
    assert (shop.stored(attempt).flags, shop.count(link)) == (("currency_mismatch",), 0)


def test_an_event_of_another_account_that_names_our_attempt_is_not_listed(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    event = {**shop.event_of(COMPLETED), "account": "acct_other"}
    shop.receive_signed(event)
    assert event["id"] not in [kept.id for kept in shop.store.events(shop.organization.id, limit=100)[0]]


def test_a_refund_of_another_account_changes_nothing_and_adds_no_flag(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    shop.receive_all()
    shop.refund(attempt)
    assert shop.receive_signed({**shop.event_of("charge.refunded"), "account": "acct_other"}) == "waiting"
    assert (shop.state(attempt), shop.stored(attempt).flags) == ("paid", ())
