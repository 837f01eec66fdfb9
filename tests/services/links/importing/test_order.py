"""The order of imported links in lists, a second run, `--only` and `--dry-run`."""

import pytest

from app.services.links.importing.run import sort_keys
from app.store import Store
from tests.services.links.importing.runs import an_account, listed, outcomes_of, run_import
from tests.support.build import a_line, a_price, an_organization
from tests.support.build import a_link as a_link_here
from tests.support.stripe_account import StripeAccount, a_link


def account_of(*numbers: int) -> StripeAccount:
    """Return an account with these links, newest first."""
    return an_account(*(a_link(f"plink_{number}") for number in numbers))


def add_here(store: Store, id: str) -> None:
    store.add_link(
        a_link_here(a_line(a_price()), id=id, counterfoil={"code": id, "organization": store.organizations()[0].id})
    )


def test_imported_links_are_listed_in_stripes_order(store: Store) -> None:
    run_import(store, account_of(5, 4, 3, 2, 1))
    assert listed(store) == ["plink_5", "plink_4", "plink_3", "plink_2", "plink_1"]


def test_links_that_are_made_here_stay_in_their_order_around_an_import(store: Store) -> None:
    add_here(store, "plink_before")
    run_import(store, account_of(2, 1))
    add_here(store, "plink_after")
    assert listed(store) == ["plink_after", "plink_2", "plink_1", "plink_before"]


@pytest.mark.matrix
def test_a_run_that_was_stopped_is_continued_in_order(store: Store) -> None:
    account = account_of(*range(300, 0, -1))
    account.page = 100
    run_import(store, account, only=[f"plink_{number}" for number in range(300, 180, -1)])
    assert len(run_import(store, account)) == 180
    found, more = store.links(store.organizations()[0].id, limit=100)
    every = [link.id for link in found]
    while more:
        found, more = store.links(store.organizations()[0].id, limit=100, starting_after=every[-1])
        every += [link.id for link in found]
    assert every == [f"plink_{number}" for number in range(300, 0, -1)]


def test_an_update_brings_links_of_an_earlier_version_into_stripes_order(store: Store) -> None:
    for id in ("plink_3", "plink_here", "plink_2", "plink_1"):
        add_here(store, id)
    outcomes_of(store, account_of(3, 2, 1), update=True, dry_run=True)
    assert listed(store) == ["plink_1", "plink_2", "plink_here", "plink_3"]
    outcomes_of(store, account_of(4, 3, 2, 1), update=True)
    assert listed(store) == ["plink_4", "plink_3", "plink_2", "plink_here", "plink_1"]
    keys = store.sort_keys(store.organizations()[0].id)
    outcomes_of(store, account_of(4, 3, 2, 1), update=True)
    assert store.sort_keys(store.organizations()[0].id) == keys


def test_newer_links_of_stripe_come_before_those_that_are_here(store: Store) -> None:
    run_import(store, account_of(2, 1))
    assert [link.id for link in run_import(store, account_of(4, 3, 2, 1))] == ["plink_4", "plink_3"]
    assert listed(store) == ["plink_4", "plink_3", "plink_2", "plink_1"]


def test_a_link_that_was_skipped_gets_its_place_later(store: Store) -> None:
    account = account_of(3, 2, 1)
    account.refused = {"plink_2"}
    assert [outcome.kind for outcome in outcomes_of(store, account)] == ["imported", "skipped", "imported"]
    account.refused = set()
    assert [link.id for link in run_import(store, account)] == ["plink_2"]
    assert listed(store) == ["plink_3", "plink_2", "plink_1"]


def test_pages_of_stripe_and_pages_of_our_lists_may_differ_in_both_directions(store: Store) -> None:
    run_import(store, account_of(5, 4, 3, 2, 1))
    owner = store.organizations()[0].id
    first, more = store.links(owner, limit=2)
    assert more
    second, _ = store.links(owner, limit=2, starting_after=first[-1].id)
    back, _ = store.links(owner, limit=2, ending_before=second[0].id)
    assert [link.id for link in second] == ["plink_3", "plink_2"]
    assert back == first


def test_a_second_run_asks_only_for_ids_where_everything_is_here(store: Store) -> None:
    account = account_of(2, 1)
    run_import(store, account)
    account.calls.clear()
    assert [outcome.kind for outcome in outcomes_of(store, account)] == ["unchanged", "unchanged"]
    assert set(account.calls) == {"payment_links"}


def test_only_the_named_links_are_imported_and_an_unknown_one_is_reported(store: Store) -> None:
    found = outcomes_of(store, account_of(3, 2, 1), only=["plink_2", "plink_9"])
    assert {outcome.id: outcome.kind for outcome in found} == {"plink_9": "skipped", "plink_2": "imported"}
    assert listed(store) == ["plink_2"]


def test_a_dry_run_says_what_would_happen_and_stores_nothing(store: Store) -> None:
    account = account_of(2, 1)
    run_import(store, account, only=["plink_1"])
    account.links[1] = a_link("plink_1", active=False)
    found = outcomes_of(store, account, dry_run=True, update=True)
    assert [(outcome.id, outcome.kind, outcome.changed) for outcome in found] == [
        ("plink_2", "imported", ()),
        ("plink_1", "updated", ("active",)),
    ]
    assert listed(store) == ["plink_1"]
    kept = store.link("plink_1")
    assert kept is not None
    assert kept.active


def test_a_link_of_another_organization_is_left_alone(store: Store) -> None:
    store.add_organization(an_organization(id="org_other", stripe_account="acct_1"))
    run_import(store, account_of(1))
    (outcome,) = outcomes_of(store, account_of(1), organization=1)
    assert (outcome.kind, outcome.reason) == ("skipped", "Another organization of this server has the link already.")


def test_a_stripe_that_does_not_answer_for_one_link_skips_it_and_the_next_run_brings_it(store: Store) -> None:
    account = account_of(3, 2, 1)
    account.silent = {"plink_2"}
    skipped = [outcome for outcome in outcomes_of(store, account) if outcome.kind == "skipped"]
    assert [outcome.id for outcome in skipped] == ["plink_2"]
    assert "could not answer" in (skipped[0].reason or "")
    account.silent = set()
    assert [link.id for link in run_import(store, account)] == ["plink_2"]


def test_an_answer_of_an_unexpected_kind_skips_one_link(store: Store) -> None:
    account = account_of(3, 2, 1)
    account.broken = {"plink_2"}
    skipped = [outcome for outcome in outcomes_of(store, account) if outcome.kind == "skipped"]
    assert [(outcome.id, outcome.reason) for outcome in skipped] == [
        ("plink_2", "The link cannot be read (TypeError).")
    ]
    assert listed(store) == ["plink_3", "plink_1"]


def test_keys_stay_free_for_links_that_are_not_stored() -> None:
    keys = sort_keys(["d", "c", "b", "a"], {"c": 70, "a": 68}, 200)
    assert keys == {"d": 200, "c": 70, "b": 69, "a": 68}
