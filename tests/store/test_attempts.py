"""Attempts: one live attempt for each selection of a form, versions without gaps, and a history that never changes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from app.errors import ReferenceTaken, ResourceMissing
from app.objects.attempt import State, Transition
from app.store import Conflict, Store
from app.store.engine import NO_VALUES
from app.store.sql_store import SQLStore
from app.store.sqlite import SQLite
from tests.store.build import an_attempt, ids, later
from tests.support.build import NOW, a_link, an_organization
from tests.support.migrated import migrated_database

ENDED: tuple[State, ...] = ("failed", "expired", "canceled")
LIVE: tuple[State, ...] = ("opened", "processing", "paid", "no_payment_required", "refunded")


def transition(before: State | None, after: State, created: int, cause: str) -> Transition:
    return Transition(attempt="att_1", cause=cause, created=created, from_state=before, to_state=after)


def test_an_attempt_is_found_by_id_token_session_payment_and_form(linked: Store) -> None:
    attempt = an_attempt(checkout_session="cs_1", payment_intent="pi_1")
    assert linked.add_attempt(attempt, "opened")
    assert linked.attempt("att_1") == attempt
    assert linked.attempt_by_token("token of att_1") == attempt
    assert linked.attempt_by_session("cs_1", None) == attempt
    assert linked.attempt_by_payment_intent("pi_1", None) == attempt
    assert linked.attempts_of_form("form of att_1") == [attempt]


def test_a_session_and_a_payment_are_found_only_within_their_account(linked: Store) -> None:
    attempt = an_attempt(account="acct_1", checkout_session="cs_1", payment_intent="pi_1")
    assert linked.add_attempt(attempt, "opened")
    assert (linked.attempt_by_session("cs_1", "acct_1"), linked.attempt_by_payment_intent("pi_1", "acct_1")) == (
        attempt,
    ) * 2
    for other in ("acct_2", None):
        assert linked.attempt_by_session("cs_1", other) is None
        assert linked.attempt_by_payment_intent("pi_1", other) is None


@pytest.mark.parametrize("text", ["", "att_1", "unknown", "\x00", "\udfff"])
def test_an_unknown_id_token_or_session_finds_nothing(linked: Store, text: str) -> None:
    linked.add_attempt(an_attempt(), "opened")
    assert linked.attempt_by_token(text) is None
    assert linked.attempt_by_session(text, None) is None
    assert linked.attempt_by_payment_intent(text, None) is None


def test_the_session_of_an_attempt_is_found_once_it_is_saved(linked: Store) -> None:
    linked.add_attempt(an_attempt(), "opened")
    opened = later(an_attempt(), checkout_session="cs_1", session_url="https://checkout.test/cs_1")
    assert linked.save_attempt(opened, "session opened")
    assert linked.attempt_by_session("cs_1", None) == opened


class Recording(SQLite):
    """A database that keeps the statements that write."""

    statements: tuple[str, ...] = ()

    def execute(self, sql: str, params: Mapping[str, Any] = NO_VALUES) -> int:
        self.statements += (sql,)
        return super().execute(sql, params)


def test_a_save_sets_only_the_columns_that_change(tmp_path: Path) -> None:
    """SQLite writes to every index of a column that is set, and nearly every index of the table has the state in its condition."""
    file = tmp_path / "counterfoil.db"
    migrated_database(file)
    engine = Recording(file)
    store = SQLStore(engine)
    store.add_organization(an_organization())
    store.add_link(a_link(id="plink_honey"))
    store.add_attempt(an_attempt(), "opened")
    opened = later(an_attempt(), checkout_session="cs_1")
    store.save_attempt(opened, "session opened")
    assert engine.statements[-1].startswith(
        "UPDATE attempts SET version = :version, document = :document, checkout_session = :checkout_session WHERE "
    )
    expired = later(opened, state="expired", place="released")
    store.save_attempt(expired, "expired")
    (update,) = (sql for sql in engine.statements[-2:] if sql.startswith("UPDATE attempts "))
    assert ("state = :state" in update, "checkout_session" in update) == (True, False)
    assert store.attempt("att_1") == expired
    store.close()


@pytest.mark.parametrize("state", LIVE)
def test_the_same_selection_of_the_same_form_is_not_tried_twice(linked: Store, state: State) -> None:
    linked.add_attempt(an_attempt(form="form", state=state), "opened")
    assert not linked.add_attempt(an_attempt("att_2", form="form"), "opened")
    assert linked.attempt("att_2") is None
    assert linked.history("att_2") == []


@pytest.mark.parametrize("state", ENDED)
def test_a_selection_may_be_tried_again_after_its_attempt_ended(linked: Store, state: State) -> None:
    linked.add_attempt(an_attempt(form="form"), "opened")
    linked.save_attempt(later(an_attempt(form="form"), state=state), "over")
    assert linked.add_attempt(an_attempt("att_2", form="form"), "opened")
    assert ids(linked.attempts_of_form("form")) == ["1", "2"]


def test_another_form_or_another_selection_is_another_attempt(linked: Store) -> None:
    linked.add_attempt(an_attempt("att_1", form="form"), "opened")
    assert linked.add_attempt(an_attempt("att_2", form="form", fingerprint="two jars"), "opened")
    assert linked.add_attempt(an_attempt("att_3", form="other form"), "opened")


def test_a_late_payment_is_kept_even_where_another_attempt_is_live(linked: Store) -> None:
    expired = later(an_attempt(form="form"), state="expired")
    linked.add_attempt(an_attempt(form="form"), "opened")
    linked.save_attempt(expired, "expired")
    linked.add_attempt(an_attempt("att_2", form="form"), "opened")
    paid = later(expired, state="paid")
    assert linked.save_attempt(paid, "evt_1")
    assert linked.attempt("att_1") == paid
    assert linked.save_attempt(later(an_attempt("att_2", form="form"), state="canceled"), "canceled")
    assert linked.add_attempt(an_attempt("att_3", form="form"), "opened")


def test_a_late_payment_makes_its_attempt_live_again_if_no_other_one_is(linked: Store) -> None:
    expired = later(an_attempt(form="form"), state="expired")
    linked.add_attempt(an_attempt(form="form"), "opened")
    linked.save_attempt(expired, "expired")
    linked.save_attempt(later(expired, state="paid"), "evt_1")
    assert not linked.add_attempt(an_attempt("att_2", form="form"), "opened")


def test_only_the_next_version_replaces_an_attempt(linked: Store) -> None:
    linked.add_attempt(an_attempt(), "opened")
    paid = later(an_attempt(), state="paid")
    assert linked.save_attempt(paid, "evt_1")
    assert not linked.save_attempt(later(an_attempt(), state="expired"), "evt_2"), "the version was taken already"
    assert not linked.save_attempt(later(later(paid)), "evt_3"), "a version was left out"
    assert not linked.save_attempt(later(an_attempt("att_9")), "evt_4"), "there is no such attempt"
    assert linked.attempt("att_1") == paid
    assert [row.cause for row in linked.history("att_1")] == ["opened", "evt_1"]


def test_history_has_a_row_for_every_transition_and_no_other_rows(linked: Store) -> None:
    attempt = an_attempt()
    linked.add_attempt(attempt, "opened")
    for state, cause in (
        ("opened", "session opened"),
        ("processing", "evt_1"),
        ("processing", "flag"),
        ("paid", "evt_2"),
    ):
        attempt = later(attempt, state=state)
        linked.save_attempt(attempt, cause)
    assert linked.history("att_1") == [
        transition(None, "opened", NOW, "opened"),
        transition("opened", "processing", NOW + 2, "evt_1"),
        transition("processing", "paid", NOW + 4, "evt_2"),
    ]
    assert linked.transition_counts() == {(None, "opened"): 1, ("opened", "processing"): 1, ("processing", "paid"): 1}


def test_an_attempt_without_a_link_and_a_second_one_with_the_same_token_are_refused(linked: Store) -> None:
    with pytest.raises(Conflict):
        linked.add_attempt(an_attempt(payment_link="plink_unknown"), "opened")
    linked.add_attempt(an_attempt(), "opened")
    with pytest.raises(Conflict):
        linked.add_attempt(an_attempt("att_2", token="token of att_1"), "opened")
    assert linked.history("att_2") == []


def test_a_reference_is_unique_within_its_organization(linked: Store) -> None:
    assert linked.add_attempt(an_attempt("att_1", reference="CF-0000-0001"), "opened")
    with pytest.raises(ReferenceTaken):
        linked.add_attempt(an_attempt("att_2", reference="CF-0000-0001"), "opened")
    assert linked.history("att_2") == []
    assert linked.add_attempt(an_attempt("att_3", organization="org_other", reference="CF-0000-0001"), "opened")
    assert linked.add_attempt(an_attempt("att_4", reference="CF-0000-0002"), "opened")
    assert linked.add_attempt(an_attempt("att_5"), "opened")
    assert linked.add_attempt(an_attempt("att_6"), "opened")


def test_an_attempt_is_found_by_its_reference_in_its_organization_alone(linked: Store) -> None:
    linked.add_attempt(an_attempt("att_1", reference="CF-0000-0001"), "opened")
    found = linked.attempt_by_reference("org_apiary", "CF-0000-0001")
    assert found is not None
    assert found.id == "att_1"
    assert linked.attempt_by_reference("org_other", "CF-0000-0001") is None
    assert linked.attempt_by_reference("org_apiary", "CF-0000-0002") is None


def test_attempts_of_a_link_come_newest_first_and_by_state(linked: Store) -> None:
    linked.add_link(a_link(id="plink_2", counterfoil={"code": "second"}))
    linked.add_attempt(an_attempt("att_9", payment_link="plink_2"), "opened")
    for number, state in ((3, "paid"), (1, "opened"), (4, "expired"), (2, "paid")):
        linked.add_attempt(an_attempt(f"att_{number}", state=state), "opened")
    assert ids(linked.attempts_of_link("plink_honey")) == ["2", "4", "1", "3"]
    assert ids(linked.attempts_of_link("plink_honey", limit=3)) == ["2", "4", "1"]
    assert ids(linked.attempts_of_link("plink_honey", state=["paid"])) == ["2", "3"]
    assert ids(linked.attempts_of_link("plink_honey", state=("expired", "opened"), limit=1)) == ["4"]


def test_open_attempts_come_oldest_first_and_a_page_may_start_after_an_ended_one(linked: Store) -> None:
    for number, state in ((5, "opened"), (4, "paid"), (3, "processing"), (2, "expired"), (1, "opened")):
        linked.add_attempt(an_attempt(f"att_{number}", state=state), "opened")
    assert ids(linked.open_attempts()) == ["5", "3", "1"]
    assert ids(linked.open_attempts(limit=2)) == ["5", "3"]
    linked.save_attempt(later(an_attempt("att_3"), state="paid"), "evt_1")
    assert ids(linked.open_attempts(after="att_3", limit=2)) == ["1"]
    assert linked.open_attempts(after="att_unknown") == []


def test_a_payment_without_a_place_stays_open_until_it_is_refunded(linked: Store) -> None:
    overflow = an_attempt(state="paid", place="released", flags=("over_limit",))
    linked.add_attempt(overflow, "opened")
    assert linked.open_attempts() == [overflow]
    linked.save_attempt(later(overflow, state="refunded", refund="re_1"), "refunded")
    assert linked.open_attempts() == []


def test_the_next_release_is_the_earliest_end_of_a_held_place(linked: Store) -> None:
    assert linked.next_release("plink_honey") is None
    linked.add_attempt(an_attempt("att_1", place="held", expires_at=300), "opened")
    linked.add_attempt(an_attempt("att_2", place="held", expires_at=200), "opened")
    linked.add_attempt(an_attempt("att_3", place="taken", expires_at=100), "opened")
    assert linked.next_release("plink_honey") == 200
    linked.save_attempt(later(an_attempt("att_2", place="released", expires_at=200), state="expired"), "expired")
    assert linked.next_release("plink_honey") == 300


def test_attempts_of_an_organization_come_in_pages_newest_first(linked: Store) -> None:
    linked.add_link(a_link(id="plink_wax", counterfoil={"code": "wax"}))
    for number in range(1, 6):
        linked.add_attempt(
            an_attempt(f"att_{number}", payment_link="plink_wax" if number == 3 else "plink_honey"), "opened"
        )
    linked.add_attempt(an_attempt("att_6", organization="org_other"), "opened")
    first, more = linked.attempts("org_apiary", limit=2)
    assert (ids(first), more) == (["5", "4"], True)
    rest, more = linked.attempts("org_apiary", limit=3, starting_after="att_4")
    assert (ids(rest), more) == (["3", "2", "1"], False)
    back, more = linked.attempts("org_apiary", limit=2, ending_before="att_2")
    assert (ids(back), more) == (["4", "3"], True)
    assert ids(linked.attempts("org_apiary", payment_link="plink_wax")[0]) == ["3"]
    with pytest.raises(ResourceMissing):
        linked.attempts("org_apiary", starting_after="att_6")


def test_attempts_of_an_organization_are_filtered_by_state_and_by_flag(linked: Store) -> None:
    states: list[State] = ["paid", "opened", "refunded", "paid"]
    for number, state in enumerate(states, 1):
        linked.add_attempt(an_attempt(f"att_{number}", state=state), "opened")
    linked.save_attempt(later(an_attempt("att_1", state="paid"), flags=("over_limit",)), "flagged")
    assert ids(linked.attempts("org_apiary", state=["paid", "refunded"])[0]) == ["4", "3", "1"]
    assert ids(linked.attempts("org_apiary", state=["processing"])[0]) == []
    assert ids(linked.attempts("org_apiary", flagged=True)[0]) == ["1"]
    assert ids(linked.attempts("org_apiary", flagged=False, state=["paid"])[0]) == ["4"]


def test_unpaid_attempts_are_counted_by_address_from_the_newest_on(linked: Store) -> None:
    states: list[State] = ["opened", "paid", "canceled", "processing", "expired", "refunded", "failed"]
    for number, state in enumerate(states):
        linked.add_attempt(an_attempt(f"att_{number}", state=state, address="a", created=NOW + number), "opened")
    linked.add_attempt(an_attempt("att_8", address="b", created=NOW + 8), "opened")
    linked.add_attempt(an_attempt("att_9", created=NOW + 9), "opened")
    made = [linked.nth_unpaid_attempt("a", number, NOW - 1) for number in range(1, 6)]
    assert made == [NOW + 6, NOW + 4, NOW + 2, NOW, None]
    assert linked.nth_unpaid_attempt("a", 3, NOW + 2) is None
    assert linked.nth_unpaid_attempt("b", 1, NOW) == NOW + 8
    assert linked.nth_unpaid_attempt("unknown", 1, 0) is None


def test_places_that_an_address_holds_of_a_link_are_counted_from_the_last_to_expire(linked: Store) -> None:
    for number in range(3):
        linked.add_attempt(an_attempt(f"att_{number}", address="a", place="held", expires_at=NOW + number), "opened")
    linked.add_attempt(an_attempt("att_8", address="b", place="held", expires_at=NOW + 8), "opened")
    linked.add_attempt(an_attempt("att_9", place="held", expires_at=NOW + 9), "opened")
    linked.add_attempt(an_attempt("att_10", address="a", place="released", expires_at=NOW + 10), "opened")
    link = an_attempt().payment_link
    assert [linked.nth_hold(link, "a", number) for number in (1, 2, 3, 4)] == [NOW + 2, NOW + 1, NOW, None]
    assert linked.nth_hold("plink_other", "a", 1) is None
    assert linked.nth_hold(link, "unknown", 1) is None
