"""The changes that an update takes over from Stripe, and those that it leaves."""

from typing import Any

import pytest

from app.objects.base import whole
from app.objects.payment_link import PaymentLink
from app.store import Store
from tests.services.links.importing.runs import an_account, outcomes_of, run_import
from tests.store.build import an_attempt
from tests.support.build import NOW
from tests.support.stripe_account import a_link, a_price, an_item


def kept(store: Store) -> PaymentLink:
    link = store.link("plink_1")
    assert link is not None
    return link


def update(store: Store, **changes: Any) -> tuple[str, tuple[str, ...]]:
    """Update from an account whose link has these changes. Return what happened, and the attributes that changed."""
    (outcome,) = outcomes_of(store, an_account(a_link("plink_1", **changes)), update=True)
    return outcome.kind, outcome.changed


def change_here(store: Store, **changes: Any) -> None:
    link = kept(store)
    counterfoil = link.counterfoil.model_copy(update={"version": link.counterfoil.version + 1})
    assert store.save_link(link.model_copy(update={**changes, "counterfoil": counterfoil}))


def completed(store: Store) -> int:
    return store.completed_sessions(["plink_1"])["plink_1"]


@pytest.fixture(autouse=True)
def link(store: Store) -> PaymentLink:
    restrictions = {"completed_sessions": {"limit": 9, "count": 3}}
    (link,) = run_import(
        store, an_account(a_link("plink_1", metadata={"a": "1"}, restrictions=restrictions, new={"b": 1}))
    )
    return link


SAME: dict[str, Any] = {
    "metadata": {"a": "1"},
    "restrictions": {"completed_sessions": {"limit": 9, "count": 3}},
    "new": {"b": 1},
}


def test_without_changes_nothing_is_updated(store: Store) -> None:
    before = kept(store)
    assert update(store, **SAME) == ("unchanged", ())
    assert kept(store) == before


def test_a_deactivation_and_changed_attributes_are_taken_over_with_an_event(store: Store) -> None:
    assert update(store, **{**SAME, "metadata": {"a": "2"}}, active=False, submit_type="rent") == (
        "updated",
        ("active", "metadata", "submit_type"),
    )
    link = kept(store)
    assert (link.active, link.metadata, link.submit_type) == (False, {"a": "2"}, "rent")
    events, _ = store.events(link.counterfoil.organization, type="payment_link.updated")
    assert set(events[0].data.previous_attributes or {}) == {"active", "counterfoil", "metadata", "submit_type"}
    assert events[0].created == NOW


def test_open_sessions_of_a_link_that_was_switched_off_end(store: Store) -> None:
    owner = store.organizations()[0].id
    attempt = an_attempt(payment_link="plink_1", organization=owner, account="acct_1", checkout_session="cs_1")
    store.add_attempt(attempt, "opened")
    update(store, **SAME, submit_type="book")
    assert [one.state for one in store.attempts_of_link("plink_1")] == ["opened"]
    update(store, **SAME, submit_type="book", active=False)
    assert [one.state for one in store.attempts_of_link("plink_1")] == ["expired"]


def test_unknown_attributes_change_and_go_as_at_stripe(store: Store) -> None:
    assert update(store, **{**SAME, "new": {"b": 2}}, newer=[1]) == ("updated", ("new", "newer"))
    assert {name: whole(kept(store)).get(name) for name in ("new", "newer")} == {"new": {"b": 2}, "newer": [1]}
    gone = {name: value for name, value in SAME.items() if name != "new"}
    assert update(store, **gone, newer=[1]) == ("updated", ("new",))
    assert "new" not in whole(kept(store))


def test_what_was_changed_here_alone_stays(store: Store) -> None:
    change_here(store, inactive_message="Sold out", metadata={"ours": "1"})
    assert update(store, **SAME, submit_type="book") == ("updated", ("submit_type",))
    assert (kept(store).inactive_message, kept(store).metadata) == ("Sold out", {"ours": "1"})


def test_our_own_attributes_and_the_address_stay(store: Store, link: PaymentLink) -> None:
    update(store, **SAME, active=False)
    after = kept(store)
    assert (after.url, after.counterfoil.code) == (link.url, link.counterfoil.code)
    assert after.counterfoil.version == 2


def test_sessions_completed_at_stripe_since_are_added_to_ours(store: Store) -> None:
    assert store.hold_place("plink_1")
    assert store.complete_place("plink_1")
    assert completed(store) == 4
    more = {**SAME, "restrictions": {"completed_sessions": {"limit": 9, "count": 5}}}
    assert update(store, **more) == ("updated", ("restrictions",))
    assert completed(store) == 6
    assert update(store, **more) == ("unchanged", ())
    assert store.places_left("plink_1") == 3


def test_a_new_limit_is_taken_over_and_the_count_stays(store: Store) -> None:
    raised = {**SAME, "restrictions": {"completed_sessions": {"limit": 20, "count": 3}}}
    assert update(store, **raised) == ("updated", ("restrictions",))
    assert (completed(store), store.places_left("plink_1")) == (3, 17)


def test_line_items_are_taken_over(store: Store) -> None:
    account = an_account(a_link("plink_1", **SAME))
    account.items["plink_1"] = [an_item("li_plink_1", quantity=7, price=a_price("price_jar", 1500))]
    (outcome,) = outcomes_of(store, account, update=True)
    assert outcome.changed == ("line_items",)
    items = kept(store).line_items
    assert items is not None
    assert (items.data[0].quantity, items.data[0].price.unit_amount if items.data[0].price else None) == (7, 1500)


def test_a_link_that_was_switched_off_for_its_price_comes_back_with_it(store: Store) -> None:
    archived = an_account(a_link("plink_1", **SAME))
    archived.items["plink_1"] = [an_item("li_plink_1", price=a_price("price_jar", 1250, active=False))]
    (outcome,) = outcomes_of(store, archived, update=True)
    assert outcome.changed == ("active", "line_items")
    assert "archived" in outcome.notes[0]
    assert not kept(store).active
    assert update(store, **SAME) == ("updated", ("active", "line_items"))
    assert kept(store).active


def test_a_link_without_a_record_of_its_import_is_compared_as_it_is_here(store: Store) -> None:
    """As after a seed file, or an import by an earlier version."""
    there = a_link("plink_2", **SAME)
    code = kept(store).counterfoil.model_copy(update={"code": "seeded"})
    items = kept(store).line_items
    assert items is not None
    items = items.model_copy(update={"url": "/v1/payment_links/plink_2/line_items"})
    store.add_link(kept(store).model_copy(update={"id": "plink_2", "counterfoil": code, "line_items": items}))
    account = an_account(there)
    account.items["plink_2"] = account_items = [an_item("li_plink_1")]
    assert [outcome.kind for outcome in outcomes_of(store, account, update=True)] == ["unchanged"]
    assert store.completed_sessions(["plink_2"]) == {"plink_2": 3}
    store.complete_place("plink_2")
    account = an_account({**there, "restrictions": {"completed_sessions": {"limit": 9, "count": 4}}})
    account.items["plink_2"] = account_items
    assert [outcome.changed for outcome in outcomes_of(store, account, update=True)] == [("restrictions",)]
    assert store.completed_sessions(["plink_2"]) == {"plink_2": 4}
