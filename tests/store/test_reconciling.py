"""Queries of reconciling: by account and mode, by time, by closed link, and the event cursors."""

from pathlib import Path

import pytest

from app.objects.attempt import Attempt, State
from app.objects.change import COMMAND_LINE
from app.objects.charge import RefundRequest
from app.store import Engine, Store, migrate
from app.store.periodic import EventCursor
from app.store.schema import STEPS
from app.store.sql_store import SQLStore
from app.store.sqlite import SQLite
from tests.store.build import an_attempt, changed, ids, later
from tests.support.build import NOW, a_link, an_organization
from tests.support.counting import count_instructions

ENDED: tuple[State, ...] = ("failed", "expired", "canceled", "refunded", "no_payment_required", "paid")


def add(store: Store, number: int, **changes: object) -> Attempt:
    attempt = an_attempt(f"att_{number}", **changes)
    assert store.add_attempt(attempt, "opened")
    return attempt


def test_the_accounts_are_those_of_open_attempts_in_one_mode(linked: Store) -> None:
    assert linked.accounts_with_open_attempts(livemode=False) == []
    add(linked, 1, account="acct_b")
    add(linked, 2, account="acct_a", state="processing")
    add(linked, 3, account="acct_b")
    add(linked, 4)
    add(linked, 5, account="acct_live", livemode=True)
    for number, state in enumerate(ENDED, 6):
        add(linked, number, account="acct_done", state=state, place="taken")
    assert linked.accounts_with_open_attempts(livemode=False) == [None, "acct_a", "acct_b"]
    assert linked.accounts_with_open_attempts(livemode=True) == ["acct_live"]


def test_an_attempt_that_moves_to_the_other_mode_moves_to_its_account_there(linked: Store) -> None:
    attempt = add(linked, 1)
    assert linked.save_attempt(later(attempt, livemode=True), "moved")
    assert linked.accounts_with_open_attempts(livemode=False) == []
    assert linked.accounts_with_open_attempts(livemode=True) == [None]


def test_the_oldest_open_attempt_is_of_one_account_and_mode(linked: Store) -> None:
    assert linked.oldest_open_attempt(None, livemode=False) is None
    add(linked, 1, created=NOW - 9, state="expired")
    add(linked, 2, created=NOW - 8, account="acct_a")
    add(linked, 3, created=NOW - 7, livemode=True)
    add(linked, 4, created=NOW - 6)
    add(linked, 5, created=NOW - 5)
    assert linked.oldest_open_attempt(None, livemode=False) == NOW - 6


def test_overdue_attempts_are_sorted_by_their_end_and_sessions_wait_one_minute_more(linked: Store) -> None:
    add(linked, 1, expires_at=NOW)
    add(linked, 2, expires_at=NOW - 60, checkout_session="cs_2")
    add(linked, 7, expires_at=NOW - 59, checkout_session="cs_7")
    add(linked, 3, expires_at=NOW + 1)
    add(linked, 4, expires_at=NOW - 5, account="acct_a")
    add(linked, 5, expires_at=NOW + 99, state="paid", place="released", flags=("over_limit",))
    add(linked, 6, expires_at=NOW - 99, state="paid", place="taken")
    overdue = linked.attempts_to_look_at(None, NOW, livemode=False, overdue=True)
    assert ids(overdue) == ["2", "1"]
    assert ids(linked.attempts_to_look_at(None, NOW, livemode=False, overdue=True, limit=1)) == ["2"]
    assert ids(linked.attempts_to_look_at("acct_a", NOW, livemode=False, overdue=True)) == ["4"]
    assert linked.attempts_to_look_at(None, NOW, livemode=True, overdue=True) == []
    assert ids(linked.attempts_to_look_at(None, NOW + 1, livemode=False, overdue=True)) == ["2", "7", "1", "3"]


def test_payments_to_refund_are_found_at_any_time(linked: Store) -> None:
    add(linked, 1, expires_at=NOW + 99, state="paid", place="released", flags=("over_limit",))
    add(linked, 2, expires_at=NOW + 99, state="no_payment_required", place="released", account="acct_a")
    add(linked, 3, state="paid", place="taken")
    add(linked, 4, state="expired", place="released")
    add(linked, 5, state="paid", place="released", livemode=True)
    assert ids(linked.attempts_to_refund(NOW, livemode=False)) == ["1", "2"]
    assert ids(linked.attempts_to_refund(NOW, livemode=False, limit=1)) == ["1"]
    linked.set_next_look("att_1", NOW + 1)
    assert ids(linked.attempts_to_refund(NOW, livemode=False)) == ["2"]


def test_without_events_every_open_attempt_is_due_after_a_minute(linked: Store) -> None:
    add(linked, 1, created=NOW - 59)
    add(linked, 2, created=NOW - 60)
    add(linked, 3, created=NOW - 61, state="processing")
    add(linked, 4, created=NOW - 61, state="expired")
    assert ids(linked.attempts_to_look_at(None, NOW, livemode=False, overdue=False)) == ["2", "3"]


@pytest.mark.parametrize("overdue", [True, False])
def test_a_postponed_attempt_is_due_at_its_time(linked: Store, overdue: bool) -> None:
    attempt = add(linked, 1, created=NOW - 600, expires_at=NOW - 300)
    linked.set_next_look(attempt.id, NOW + 60)
    assert linked.attempts_to_look_at(None, NOW + 59, livemode=False, overdue=overdue) == []
    assert linked.attempts_to_look_at(None, NOW + 60, livemode=False, overdue=overdue) == [attempt]
    assert linked.save_attempt(later(attempt, session_url="https://checkout.test"), "noted"), "no version was taken"
    assert linked.attempts_to_look_at(None, NOW + 59, livemode=False, overdue=overdue) == []


def test_attempts_of_inactive_full_and_closed_links_are_found(linked: Store) -> None:
    limit = {"completed_sessions": {"limit": 1, "count": 1}}
    linked.add_link(a_link(id="plink_off", counterfoil={"code": "off"}, active=False))
    linked.add_link(a_link(id="plink_closed", counterfoil={"code": "closed", "closes_at": NOW}))
    linked.add_link(a_link(id="plink_later", counterfoil={"code": "later", "closes_at": NOW + 1}))
    linked.add_link(a_link(id="plink_used", counterfoil={"code": "used"}, restrictions=limit))
    for number, link in enumerate(("honey", "off", "closed", "later", "used")):
        add(linked, number, payment_link=f"plink_{link}", expires_at=NOW + 60)
    assert ids(linked.attempts_of_closed_links(NOW, livemode=False)) == ["1", "2", "4"]
    assert ids(linked.attempts_of_closed_links(NOW + 1, livemode=False)) == ["1", "2", "3", "4"]
    assert ids(linked.attempts_of_closed_links(NOW, livemode=False, after="att_1", limit=1)) == ["2"]
    assert linked.attempts_of_closed_links(NOW, livemode=True) == []
    assert linked.save_link(changed(a_link(), active=False))
    assert ids(linked.attempts_of_closed_links(NOW, livemode=False)) == ["0", "1", "2", "4"]


def test_ended_and_flagged_attempts_of_closed_links_are_left_out(linked: Store) -> None:
    assert linked.save_link(changed(a_link(), active=False))
    add(linked, 1, expires_at=NOW)
    add(linked, 2, expires_at=NOW + 60, flags=("amount_mismatch",))
    for number, state in enumerate((*ENDED, "processing"), 3):
        add(linked, number, expires_at=NOW + 60, state=state)
    assert linked.attempts_of_closed_links(NOW, livemode=False) == []


def test_a_cursor_belongs_to_one_account_and_mode(store: Store) -> None:
    assert store.event_cursor(None, livemode=False) == EventCursor()
    store.save_event_cursor(None, EventCursor(event="evt_1"), livemode=False)
    store.save_event_cursor("acct_a", EventCursor(event="evt_2", refused_at=NOW), livemode=True)
    store.save_event_cursor(None, EventCursor(event="evt_3"), livemode=False)
    assert store.event_cursor(None, livemode=False) == EventCursor(event="evt_3")
    assert store.event_cursor("acct_a", livemode=True) == EventCursor(event="evt_2", refused_at=NOW)
    assert store.event_cursor("acct_a", livemode=False) == EventCursor()


def test_the_cost_of_due_attempts_does_not_depend_on_the_number_of_other_attempts(tmp_path: Path) -> None:
    """The cost is the number of SQLite's instructions. PostgreSQL cannot count them."""
    engine = SQLite(tmp_path / "counterfoil.db")
    store = SQLStore(engine)
    store.migrate(NOW)
    store.add_organization(an_organization())
    store.add_link(a_link())

    def steps() -> int:
        with count_instructions(engine) as counted:
            store.attempts_to_look_at(None, NOW, livemode=False, overdue=True)
        return counted["instructions"]

    add(store, 0, expires_at=NOW - 1)
    few = steps()
    with store.transaction():
        for number in range(1, 600):
            add(store, number, expires_at=NOW + 60, state="opened" if number % 2 else "expired")
    assert steps() < few * 1.5
    store.close()


def test_refunds_that_are_not_finished_are_found_in_one_mode_until_they_are_answered(
    linked: Store, engine: Engine
) -> None:
    asked = RefundRequest(
        id="rr_1",
        actor=COMMAND_LINE,
        amount=1250,
        created=NOW,
        currency="eur",
        left=1250,
        reason="requested_by_customer",
    )
    add(linked, 1, state="paid")
    waiting = add(linked, 2, state="paid", refund_request=asked)
    add(linked, 3, state="paid", refund_request=asked, livemode=True)
    assert ids(linked.attempts_refunding(livemode=False)) == ["2"]
    assert ids(linked.attempts_refunding(livemode=True)) == ["3"]
    # Refunds of earlier versions are found after the migration.
    engine.execute("DROP INDEX attempts_refunding")
    engine.execute("ALTER TABLE attempts DROP COLUMN refunding")
    engine.execute("DELETE FROM migrations WHERE name = 'refunds that are not finished'")
    migrate(engine, STEPS, NOW)
    assert ids(linked.attempts_refunding(livemode=False)) == ["2"]
    made = asked.model_copy(update={"status": "made"})
    assert linked.save_attempt(later(waiting, refund_request=made), "refund")
    assert linked.attempts_refunding(livemode=False) == []
