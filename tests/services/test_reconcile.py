"""Reconciling without webhooks: a merchant whom Stripe cannot reach loses nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from app.errors import GatewayUnavailable
from app.objects.selection import Selection
from app.sandbox.payments.methods import Method
from app.services.attempts.state_machine import change
from app.services.checkout import reservation
from app.services.reconcile import FIRST_LOOK_SECONDS, LONGEST_LOOK_SECONDS, Summary, next_look, reconcile
from app.services.reconcile.parallel_calls import FAILURES
from tests.services.asked import Asked
from tests.services.broken import Broken, Unlisted
from tests.services.shop import BAD_DEBIT, CARD, GOOD_DEBIT, PRICE, ServiceShop


@pytest.fixture(params=["events are listed", "sessions are read"])
def reconciled(request: pytest.FixtureRequest, shop: ServiceShop) -> Callable[[], Summary]:
    """The two ways of reconciling: reading new events, and reading open sessions."""
    return shop.reconcile if request.param == "events are listed" else shop.read_sessions


def test_without_a_webhook_every_payment_is_found(shop: ServiceShop, reconciled: Callable[[], Summary]) -> None:
    link = shop.limited(10)
    attempts = {form: shop.start(link, form) for form in ("paid", "open", "debit", "bad")}
    shop.pay(attempts["paid"])
    shop.pay(attempts["debit"], GOOD_DEBIT)
    shop.pay(attempts["bad"], BAD_DEBIT)
    summary = reconciled()
    assert (summary.read, summary.failed) == (4 if reconciled == shop.read_sessions else 0, 0)
    assert summary.changed == {"paid": 1, "processing": 2}
    assert shop.count(link) == 3
    shop.wait(60)
    assert reconciled().changed == {"paid": 1, "failed": 1}
    shop.wait(reservation.HOLD_SECONDS)
    assert reconciled().changed == {"expired": 1}
    states = {form: shop.state(attempt) for form, attempt in attempts.items()}
    assert states == {"paid": "paid", "open": "expired", "debit": "paid", "bad": "failed"}
    assert (shop.count(link), shop.store.places_left(link.id)) == (2, 8)
    assert reconciled().read == 0


@pytest.mark.parametrize(("method", "ends"), [(GOOD_DEBIT, "paid"), (BAD_DEBIT, "failed")], ids=["good", "bad"])
def test_the_first_debit_of_a_subscription_is_followed_without_a_webhook(
    shop: ServiceShop, reconciled: Callable[[], Summary], method: Method, ends: str
) -> None:
    monthly = {"price_data": {**PRICE, "recurring": {"interval": "month"}}, "quantity": 1}
    link = shop.limited(1, line_items=[monthly])
    attempt = shop.start(link)
    shop.pay(attempt, method)
    assert reconciled().changed == {"processing": 1}
    shop.wait(60)
    assert reconciled().changed == {ends: 1}
    assert shop.count(link) == int(ends == "paid")
    assert shop.stored(attempt).payment_method == f"sepa_debit {method.last4}"
    assert reconciled().read == 0


def test_late_events_do_not_change_the_result_of_reconciling(shop: ServiceShop) -> None:
    link = shop.limited(2)
    attempt = shop.start(link)
    shop.pay(attempt, GOOD_DEBIT)
    shop.wait(60)
    shop.reconcile()
    before = shop.stored(attempt)
    shop.receive_all()
    assert (shop.state(attempt), shop.count(link)) == (before.state, 1) == ("paid", 1)


def test_an_attempt_without_a_session_expires_and_releases_its_place(shop: ServiceShop) -> None:
    link = shop.limited(1)
    with pytest.raises(GatewayUnavailable):
        shop.start_with(Broken(), link)
    (attempt,) = shop.store.attempts_of_form("form_1")
    shop.now = attempt.expires_at - 1
    shop.reconcile()
    assert (shop.state(attempt), shop.store.places_left(link.id)) == ("opened", 0)
    shop.now += 1
    assert shop.reconcile().changed == {"expired": 1}
    assert shop.store.places_left(link.id) == 1


def test_sessions_end_when_their_link_closes(shop: ServiceShop) -> None:
    link = shop.limited(2, counterfoil={"closes_at": shop.now + 60})
    attempt, paid = shop.start(link, "form_1"), shop.start(link, "form_2")
    shop.pay(paid)
    shop.now += 59
    shop.reconcile()
    assert shop.session(attempt)["status"] == "open"
    shop.now += 1
    shop.reconcile()
    assert shop.session(attempt)["status"] == "expired"
    assert (shop.state(attempt), shop.state(paid)) == ("expired", "paid")


def test_sessions_end_when_their_link_is_deactivated(shop: ServiceShop) -> None:
    link = shop.link()
    attempt, paid = shop.start(link, "form_1"), shop.start(link, "form_2")
    shop.pay(paid)
    shop.update(link, active=False)
    assert shop.session(attempt)["status"] == "expired"
    assert (shop.state(attempt), shop.state(paid)) == ("expired", "paid")


def test_a_link_is_deactivated_while_stripe_is_unreachable_and_its_sessions_end_later(shop: ServiceShop) -> None:
    link = shop.link()
    attempt = shop.start(link)
    assert not shop.update_with(Broken(), link, active=False).active
    assert shop.session(attempt)["status"] == "open"
    shop.reconcile()
    assert (shop.session(attempt)["status"], shop.state(attempt)) == ("expired", "expired")


def test_sessions_end_at_once_when_the_limit_of_their_link_is_lowered_to_what_is_paid(shop: ServiceShop) -> None:
    link = shop.limited(3)
    paid, waiting = shop.start(link, "form_1"), shop.start(link, "form_2")
    shop.pay(paid)
    shop.receive_all()
    shop.update(link, restrictions={"completed_sessions": {"limit": 1}})
    assert (shop.session(waiting)["status"], shop.state(waiting)) == ("expired", "expired")
    assert (shop.count(link), shop.store.places_left(link.id)) == (1, 0)


def test_sessions_end_at_once_when_their_link_is_made_to_close_now(shop: ServiceShop) -> None:
    link = shop.link()
    attempt = shop.start(link)
    shop.update(link, counterfoil={"closes_at": shop.now})
    assert (shop.session(attempt)["status"], shop.state(attempt)) == ("expired", "expired")


def test_sessions_go_on_when_their_link_is_made_to_open_later(shop: ServiceShop) -> None:
    link = shop.link()
    attempt = shop.start(link)
    shop.update(link, counterfoil={"opens_at": shop.now + 60})
    shop.reconcile()
    assert (shop.session(attempt)["status"], shop.state(attempt)) == ("open", "opened")


def test_sessions_end_when_a_lowered_limit_is_reached(shop: ServiceShop) -> None:
    link = shop.limited(3)
    paying, waiting = shop.start(link, "form_1"), shop.start(link, "form_2")
    shop.update(link, restrictions={"completed_sessions": {"limit": 1}})
    assert shop.session(waiting)["status"] == "open"
    shop.pay(paying)
    shop.receive_all()
    shop.reconcile()
    assert (shop.session(waiting)["status"], shop.state(waiting)) == ("expired", "expired")


def test_a_failed_read_is_counted_and_repeated_next_time(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    nothing: dict[str, object] = {"accounts": 1, "changed": {}, "ended": 0, "events_applied": 0}
    assert shop.reconcile_with(Broken()).as_json() == {**nothing, "read": 0, "failed": 1}
    silent = Unlisted(Broken())
    assert shop.reconcile_with(silent, everything=True).as_json() == {**nothing, "read": 1, "failed": 1}
    assert shop.state(attempt) == "opened"
    shop.wait(60)
    assert shop.reconcile().changed == {"paid": 1}


def test_an_event_that_cannot_be_applied_does_not_block_the_rest(shop: ServiceShop) -> None:
    link = shop.link()
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    attempt = shop.start(link)
    shop.post(f"/v1/prices/{price.id}", {"metadata[season]": "summer"})
    event = shop.event_of("price.updated")
    with pytest.raises(GatewayUnavailable):
        shop.receive_signed(event, gateway=Broken())
    gateway = Broken(after=shop.gateway, works=("list_events", "retrieve_checkout_session"))
    summary = shop.reconcile_with(gateway, everything=True)
    assert (summary.read, summary.failed) == (1, 1)
    assert shop.state(attempt) == "opened"
    assert shop.reconcile().events_applied == 1


def test_a_mismatching_payment_is_flagged_and_stays_open(shop: ServiceShop, caplog: pytest.LogCaptureFixture) -> None:
    link = shop.limited(1, line_items=[{"price_data": PRICE, "quantity": 1}])
    attempt = shop.start(link)
    shop.pay(attempt, CARD)
    shop.tamper(attempt, currency="usd")
    for _ in range(2):
        shop.read_sessions()
    assert (shop.state(attempt), shop.stored(attempt).flags, shop.count(link)) == ("opened", ("currency_mismatch",), 0)
    assert caplog.text.count("session does not match its attempt") == 1


def test_a_payment_of_another_amount_is_paid_and_flagged_once(
    shop: ServiceShop, caplog: pytest.LogCaptureFixture
) -> None:
    link = shop.limited(1, line_items=[{"price_data": PRICE, "quantity": 1}])
    attempt = shop.start(link)
    shop.pay(attempt, CARD)
    shop.tamper(attempt, amount_subtotal=1, amount_total=1)
    for _ in range(2):
        shop.read_sessions()
    assert (shop.state(attempt), shop.stored(attempt).flags, shop.count(link)) == ("paid", ("amount_differs",), 1)
    assert shop.stored(attempt).amount_total == 1
    assert caplog.text.count("session does not match its attempt") == 1


def test_more_attempts_than_one_batch_are_all_read(shop: ServiceShop) -> None:
    link = shop.link()
    for number in range(5):
        shop.pay(shop.start(link, f"form_{number}", Selection()))
    assert reconcile(shop.store, shop.gateway, shop.now, batch=2).changed == {"paid": 5}


def test_more_waiting_events_than_one_batch_are_all_applied(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    event = shop.event_of("checkout.session.completed")
    session = {**event["data"]["object"], "metadata": {"counterfoil_attempt": "att_of_another_server"}}
    for number in range(5):
        other = {**session, "id": f"cs_test_other_{number}"}
        assert shop.receive_signed({**event, "id": f"evt_other_{number}", "data": {"object": other}}) == "waiting"
    shop.forget(attempt)
    assert shop.receive_signed(event) == "waiting"
    shop.remember(attempt)
    assert reconcile(shop.store, shop.gateway, shop.now, batch=2).events_applied == 1
    assert shop.state(attempt) == "paid"


class Strange:
    """A gateway that gives an unexpected answer to one call, which raises an unexpected exception."""

    def __init__(self, gateway: Any, name: str, id: str | None) -> None:
        self._gateway, self._name, self._id = gateway, name, id

    def __getattr__(self, name: str) -> Any:
        return self._stumble if name == self._name else getattr(self._gateway, name)

    def _stumble(self, id: str, **named: Any) -> Any:
        if id == self._id:
            raise KeyError("status")
        return getattr(self._gateway, self._name)(id, **named)


def test_an_attempt_with_an_unexpected_exception_does_not_block_the_others(
    shop: ServiceShop, caplog: pytest.LogCaptureFixture
) -> None:
    link = shop.link()
    strange, other = shop.start(link, "form_1"), shop.start(link, "form_2")
    shop.pay(other)
    gateway = Strange(shop.gateway, "retrieve_checkout_session", strange.checkout_session)
    assert shop.reconcile_with(Unlisted(gateway), everything=True).as_json() == {
        "accounts": 1,
        "ended": 0,
        "read": 2,
        "events_applied": 0,
        "failed": 1,
        "changed": {"paid": 1},
    }
    assert strange.id in [vars(record).get("attempt") for record in caplog.records if record.exc_info]


def test_an_event_with_an_unexpected_exception_does_not_block_the_rest(shop: ServiceShop) -> None:
    link = shop.link()
    assert link.line_items is not None
    price = link.line_items.data[0].price
    assert price is not None
    shop.post(f"/v1/prices/{price.id}", {"metadata[season]": "summer"})
    event = shop.event_of("price.updated")
    with pytest.raises(GatewayUnavailable):
        shop.receive_signed(event, gateway=Broken())
    attempt = shop.start(link)
    shop.pay(attempt)
    summary = shop.reconcile_with(Strange(shop.gateway, "retrieve_price", price.id))
    assert (summary.failed, shop.state(attempt)) == (1, "paid")


def test_attempts_of_the_other_mode_are_left_to_the_other_key(shop: ServiceShop) -> None:
    link = shop.limited(2)
    live, test = shop.start(link, "live"), shop.start(link, "test")
    for attempt in (live, test):
        shop.pay(attempt)
    change(
        shop.store,
        live,
        lambda found: found.model_copy(update={"livemode": True, "version": found.version + 1}),
        cause="",
    )
    summary = shop.read_sessions()
    assert (summary.read, summary.failed) == (1, 0)
    assert [shop.state(attempt) for attempt in (live, test)] == ["opened", "paid"]


def test_a_run_that_is_told_to_stop_leaves_waiting_events_for_the_next_one(shop: ServiceShop) -> None:
    attempts = [shop.start(shop.link(), f"form_{number}") for number in range(3)]
    for attempt in attempts:
        shop.pay(attempt)
        shop.forget(attempt)
    shop.receive_all()
    for attempt in attempts:
        shop.remember(attempt)
    shop.now += 60
    answers = iter([True, *[False] * 99])
    assert shop.reconcile_with(shop.gateway, goes_on=lambda: next(answers)).events_applied == 1
    assert shop.reconcile().events_applied == 2
    assert {shop.state(attempt) for attempt in attempts} == {"paid"}


def test_every_open_session_is_read_however_many_batches_they_are(shop: ServiceShop) -> None:
    class Silent(Unlisted):
        """Stripe lists no event."""

        def list_events(self, **_: Any) -> Any:
            return [], False

    attempts = [shop.start(shop.link(), f"form_{number}") for number in range(5)]
    for attempt in attempts:
        shop.pay(attempt)
    summary = shop.reconcile_with(Silent(shop.gateway), everything=True, batch=2)
    assert (summary.read, summary.changed) == (5, {"paid": 5})


def test_sessions_that_were_not_read_because_stripe_is_silent_are_due_in_the_next_run(shop: ServiceShop) -> None:
    for number in range(6):
        shop.start(shop.link(), f"form_{number}")
    shop.now += 60
    shop.reconcile_with(Unlisted(Broken()), parallel=1)
    postponed = shop.engine.rows("SELECT id FROM attempts WHERE next_look_at > :now", {"now": shop.now})
    assert len(postponed) < FAILURES
    shop.now += 60
    assert shop.reconcile_with(Unlisted(shop.gateway)).read == 6


def test_a_session_is_read_again_after_as_long_as_it_has_been_waited_for(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    begins = ((attempt.created, (0, 59, 60, 600)), (attempt.expires_at, (0, 30, 61, 7200, 40 * 3600)))
    for begin, ages in begins:
        for age in ages:
            waited = min(max(age, FIRST_LOOK_SECONDS), LONGEST_LOOK_SECONDS)
            assert next_look(attempt, begin + age) == begin + age + waited, (begin, age)


def test_a_session_that_could_not_be_read_is_read_again_after_a_minute(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    shop.now += 1200
    shop.reconcile_with(Unlisted(Broken()))
    shop.now += FIRST_LOOK_SECONDS - 1
    assert shop.reconcile_with(Unlisted(shop.gateway)).read == 0
    shop.now += 1
    assert shop.reconcile_with(Unlisted(shop.gateway)).read == 1
    assert shop.state(attempt) == "paid"


def test_an_event_that_still_waits_is_not_tried_in_every_run(shop: ServiceShop) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    shop.forget(attempt)
    shop.receive_all()
    shop.now += 60
    assert shop.store.waiting_events(due=shop.now)
    shop.reconcile()
    assert shop.store.waiting_events()
    assert shop.store.waiting_events(due=shop.now) == []


def test_a_subscription_that_costs_nothing_today_has_no_payment_to_look_for(shop: ServiceShop) -> None:
    monthly = {"price_data": {**PRICE, "recurring": {"interval": "month"}}, "quantity": 1}
    attempt = shop.start(shop.link(line_items=[monthly], subscription_data={"trial_period_days": 7}))
    shop.pay(attempt)
    asked = Asked(shop)
    assert len(shop.reconcile_with(asked).changed) == 1
    assert asked.names() == ["list_events"]
