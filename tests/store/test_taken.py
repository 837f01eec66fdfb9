"""Sums of payments, which change with each attempt: they always equal a recount of the attempts."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.objects.attempt import Attempt
from app.objects.charge import Refund
from app.objects.taken import DaySum
from app.store import Engine, Store, migrate
from app.store.schema import STEPS
from app.store.taken import FILL
from tests.store.build import an_attempt, an_event
from tests.support.build import NOW, a_link

DAY = 24 * 3600
START = NOW - NOW % 900
YESTERDAY, TODAY = (START - DAY, START), (START, START + DAY)

ALL = (
    "SELECT livemode, quarter, currency, number, amount, amount_refunded FROM taken WHERE number <> 0 ORDER BY 1, 2, 3"
)


def a_refund(amount: int) -> Refund:
    return Refund(id=f"re_{amount}", amount=amount, created=NOW, currency="eur", status="succeeded")


PAYMENTS = st.fixed_dictionaries(
    {
        "amount_total": st.integers(0, 10**9),
        "livemode": st.booleans(),
        "paid_at": st.integers(NOW - 2000, NOW + 2000),
        "refunds": st.lists(st.integers(1, 10**6).map(a_refund), max_size=2).map(tuple),
        "state": st.sampled_from(["opened", "processing", "paid", "no_payment_required", "failed", "expired", "refunded"]),
    }
)  # fmt: skip


def next_version(attempt: Attempt, **changes: Any) -> Attempt:
    return attempt.model_copy(update={"version": attempt.version + 1, **changes})


def paid(id: str, amount: int, at: int, **changes: Any) -> Attempt:
    return an_attempt(id, **{"state": "paid", "amount_total": amount, "paid_at": at, **changes})


def recounted(engine: Engine) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the sums as they are, and as the migration counts them."""
    kept = engine.rows(ALL)
    engine.execute("DELETE FROM taken")
    engine.execute(FILL)
    return kept, engine.rows(ALL)


def test_sums_are_by_day_currency_and_mode(linked: Store) -> None:
    for attempt in (
        paid("att_1", 500, START),
        paid("att_2", 700, START + DAY - 1),
        paid("att_3", 300, START - 1),
        paid("att_4", 900, NOW, currency="jpy"),
        paid("att_5", 11, NOW, livemode=True),
        paid("att_6", 50, START - 3 * DAY),
        an_attempt("att_7"),
        paid("att_8", 80, NOW, state="processing"),
    ):
        assert linked.add_attempt(attempt, "paid")
    days = [YESTERDAY, TODAY]
    assert linked.taken("org_apiary", livemode=False, days=days) == [
        DaySum(amount=300, amount_refunded=0, currency="eur", day=0, number=1),
        DaySum(amount=1200, amount_refunded=0, currency="eur", day=1, number=2),
        DaySum(amount=900, amount_refunded=0, currency="jpy", day=1, number=1),
    ]
    assert [one.amount for one in linked.taken("org_apiary", livemode=True, days=days)] == [11]
    assert linked.taken("org_other", livemode=False, days=days) == []


def test_a_change_that_lost_its_race_counts_nothing(linked: Store) -> None:
    opened = an_attempt()
    linked.add_attempt(opened, "opened")
    won = next_version(opened, state="paid", amount_total=500, paid_at=NOW)
    assert linked.save_attempt(won, "paid")
    assert not linked.save_attempt(won, "paid")
    assert not linked.add_attempt(opened.model_copy(update={"id": "att_2", "token": "other"}), "opened")
    assert [one.number for one in linked.taken("org_apiary", livemode=False, days=[TODAY])] == [1]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(PAYMENTS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_after_any_changes_the_sums_are_those_of_a_recount(
    store: Store, engine: Engine, lives: list[list[dict[str, Any]]]
) -> None:
    if store.link("plink_honey") is None:
        store.add_link(a_link())
    made = engine.rows("SELECT COUNT(*) AS number FROM attempts")[0]["number"]
    for index, life in enumerate(lives):
        attempt = an_attempt(f"att_{made + index}")
        store.add_attempt(attempt, "opened")
        for changes in life:
            attempt = next_version(attempt, **changes)
            assert store.save_attempt(attempt, "changed")
        store.erase_attempt(next_version(attempt))
    kept, counted = recounted(engine)
    assert kept == counted


def test_the_migration_counts_the_attempts_of_earlier_versions(linked: Store, engine: Engine) -> None:
    linked.add_attempt(paid("att_1", 500, START), "paid")
    linked.add_attempt(paid("att_2", 700, START + 899, state="refunded"), "paid")
    engine.execute("DROP TABLE taken")
    engine.execute("DELETE FROM migrations WHERE name = 'what was taken, by quarter of an hour'")
    assert migrate(engine, STEPS, NOW) == ["what was taken, by quarter of an hour"]
    (one,) = linked.taken("org_apiary", livemode=False, days=[TODAY])
    assert (one.number, one.amount, one.amount_refunded) == (2, 1200, 700)


def test_only_events_of_the_webhook_are_deliveries(store: Store) -> None:
    assert store.last_delivery() is None
    store.add_event(an_event("evt_read"), organization=None, received=NOW, payload="{}")
    assert store.last_delivery() is None
    store.add_event(an_event("evt_sent"), organization=None, received=NOW + 1, payload="{}", delivered=True)
    assert store.last_delivery() == NOW + 1
