"""Retention: how many days are kept, in small batches, and nothing that was paid."""

import pytest

from app.services.retention import BATCH, DAY_SECONDS, prune
from app.store import Store
from tests.services.shop import ServiceShop
from tests.store.build import an_attempt
from tests.support.build import NOW


def add(store: Store, link: str, number: int, days: int) -> None:
    created = NOW - days * DAY_SECONDS
    attempt = an_attempt(
        f"att_{days}_{number}", payment_link=link, created=created, expires_at=created, state="expired"
    )
    assert store.add_attempt(attempt, "opened")


def test_what_is_older_than_so_many_days_goes(shop: ServiceShop) -> None:
    link = shop.link().id
    for days in (1, 30, 31, 89, 90, 91, 400):
        add(shop.store, link, 0, days)
    assert prune(shop.store, NOW, 30)["attempts"] == 5
    assert {attempt.id for attempt in shop.store.attempts("org_apiary")[0]} == {"att_1_0", "att_30_0"}


def test_zero_days_keep_everything(shop: ServiceShop) -> None:
    add(shop.store, shop.link().id, 0, 4000)
    assert prune(shop.store, NOW, 0) == {}
    assert shop.store.attempt("att_4000_0") is not None


def test_a_dry_run_counts_and_removes_nothing(shop: ServiceShop) -> None:
    add(shop.store, shop.link().id, 0, 100)
    counted = prune(shop.store, NOW, 90, dry_run=True)
    assert counted["attempts"] == 1
    assert shop.store.attempt("att_100_0") is not None
    assert prune(shop.store, NOW, 90) == counted


def test_more_than_one_batch_is_removed_and_each_batch_may_be_the_last(shop: ServiceShop) -> None:
    link = shop.link().id
    with shop.store.transaction():
        for number in range(BATCH + 5):
            add(shop.store, link, number, 100)
    answers = iter([True, *[False] * 99])
    assert prune(shop.store, NOW, 90, goes_on=lambda: next(answers))["attempts"] == BATCH
    assert prune(shop.store, NOW, 90)["attempts"] == 5


@pytest.mark.parametrize("days", [1, 90])
def test_a_payment_stays_with_its_history(shop: ServiceShop, days: int) -> None:
    attempt = shop.start(shop.link())
    shop.pay(attempt)
    shop.receive_all()
    shop.now += 5000 * DAY_SECONDS
    prune(shop.store, shop.now, days)
    assert shop.state(attempt) == "paid"
    assert [row.to_state for row in shop.store.history(attempt.id)] == ["opened", "paid"]


def test_the_sandbox_forgets_expired_sessions_and_events_and_keeps_payments(shop: ServiceShop) -> None:
    abandoned, paid = shop.start(shop.link(), "form_1"), shop.start(shop.link(), "form_2")
    shop.pay(paid)
    shop.wait(25 * 3600)
    shop.receive_all()
    before = shop.now + 1
    counted = shop.sandbox.prune(before, dry_run=True)
    assert counted["sandbox_sessions"] == 1
    assert counted["sandbox_events"] > 2
    assert shop.sandbox.prune(before) == counted
    assert shop.sessions() == [paid.checkout_session]
    assert shop.engine.rows("SELECT * FROM sandbox_deliveries") == []
    assert shop.sandbox.prune(before) == dict.fromkeys(counted, 0)
    assert abandoned.checkout_session not in shop.sessions()
