"""Removing what is old: never what was paid, is open, holds a place or has a flag; and the metrics go on counting it."""

import pytest

from app.objects.attempt import Attempt, State
from app.store import Engine, Store
from app.store.retention import KINDS
from tests.store.build import a_login, a_user, an_attempt, an_event
from tests.support.build import NOW

DAY = 24 * 3600
BEFORE = NOW - 90 * DAY
OLD = BEFORE - 1

UNPAID: tuple[State, ...] = ("failed", "expired", "canceled", "opened")
KEPT: tuple[State, ...] = ("processing", "paid", "no_payment_required", "refunded")


def add(store: Store, id: str, **changes: object) -> Attempt:
    attempt = an_attempt(id, **{"created": OLD, "expires_at": OLD, **changes})
    assert store.add_attempt(attempt, "opened")
    return attempt


def removed(store: Store, kind: str, limit: int = 100) -> int:
    return store.delete_old(kind, BEFORE, NOW, limit)


@pytest.mark.parametrize("state", UNPAID)
def test_an_old_attempt_that_was_never_paid_goes_with_its_history(linked: Store, engine: Engine, state: State) -> None:
    add(linked, "att_1", state=state)
    assert linked.count_old(BEFORE, NOW)["attempts"] == 1
    assert removed(linked, "attempts") == 1
    assert linked.attempt("att_1") is None
    assert engine.rows("SELECT * FROM transitions") == []
    assert removed(linked, "attempts") == 0


@pytest.mark.parametrize("state", KEPT)
def test_an_attempt_that_was_paid_or_may_be_stays_for_ever(linked: Store, state: State) -> None:
    attempt = add(linked, "att_1", state=state)
    assert removed(linked, "attempts") == 0
    assert linked.attempt("att_1") == attempt
    assert linked.history("att_1")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"created": BEFORE}, id="young enough"),
        pytest.param({"expires_at": BEFORE}, id="open until not long ago"),
        pytest.param({"flags": ("amount_mismatch",)}, id="with a flag"),
        pytest.param({"place": "held"}, id="holds a place"),
    ],
)
def test_an_attempt_that_somebody_still_needs_stays(linked: Store, changes: dict[str, object]) -> None:
    add(linked, "att_1", state="opened", **changes)
    assert (linked.count_old(BEFORE, NOW)["attempts"], removed(linked, "attempts")) == (0, 0)
    assert linked.attempt("att_1") is not None


def test_one_call_removes_no_more_than_its_limit(linked: Store) -> None:
    for number in range(5):
        add(linked, f"att_{number}", state="expired")
    assert [removed(linked, "attempts", limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_applied_events_go_and_waiting_ones_stay(store: Store) -> None:
    for id, received in (("evt_old", OLD), ("evt_young", BEFORE)):
        store.add_event(an_event(id), organization=None, received=received, payload=an_event(id).model_dump_json())
        store.mark_event(id, applied=received, outcome="applied")
    store.add_event(an_event("evt_made"), organization=None, received=OLD)
    store.add_event(
        an_event("evt_waiting"), organization=None, received=OLD, payload=an_event("evt_waiting").model_dump_json()
    )
    assert removed(store, "events") == 2
    assert [event.id for event in store.events(None)[0]] == ["evt_waiting", "evt_young"]


def test_keys_and_log_ins_go_when_they_have_ended(store: Store, engine: Engine) -> None:
    store.begin_idempotent("org_apiary", "old", "one", NOW - DAY)
    store.begin_idempotent("org_apiary", "young", "one", NOW - DAY + 1)
    assert removed(store, "idempotency_keys") == 1
    assert [row["key"] for row in engine.rows("SELECT key FROM idempotency_keys")] == ["young"]
    assert store.add_user(a_user())
    for name, ends_at in (("over", NOW - 1), ("on", NOW)):
        store.add_login(a_login(name, ends_at=ends_at, created=NOW - DAY))
    engine.execute("UPDATE logins SET ends_at = :ends WHERE hash = 'hash of over'", {"ends": NOW - 1})
    removed(store, "logins")
    assert (store.login("hash of over"), store.login("hash of on") is None) == (None, False)


def test_old_origins_go(linked: Store) -> None:
    linked.note_refused_origin("plink_honey", "https://old.example", OLD)
    linked.note_refused_origin("plink_honey", "https://young.example", BEFORE)
    assert removed(linked, "refused_origins") == 1
    assert [row["origin"] for row in linked.refused_origins("plink_honey")] == ["https://young.example"]


def test_the_metrics_count_what_is_gone(linked: Store) -> None:
    add(linked, "att_1", state="expired")
    linked.add_event(an_event(), organization=None, received=OLD)
    before = (linked.transition_counts(), linked.event_counts())
    for _ in range(2):
        for kind in KINDS:
            removed(linked, kind)
    assert (linked.transition_counts(), linked.event_counts()) == before
    add(linked, "att_2", state="expired")
    assert linked.transition_counts() == {(None, "expired"): 2}
