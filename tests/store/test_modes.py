"""Live payments and test payments of one database: a server that went live lists, counts and adds up the live ones alone."""

from typing import Any

import pytest

from app.objects.link_list import LinkFilter, LinkSums
from app.objects.order import OrderFilter, OrderSums, View
from app.store import Store
from tests.store.build import an_attempt, later
from tests.support.build import NOW

ORG = "org_apiary"


@pytest.fixture
def both(linked: Store) -> Store:
    """Return a store with two test payments, and a live one in another currency."""
    for id, changes in {
        "test_1": {"amount_total": 1000, "flags": ("amount_differs",)},
        "test_2": {"amount_total": 500, "state": "refunded"},
        "live": {"amount_total": 12_800, "currency": "jpy", "livemode": True},
    }.items():
        values: dict[str, Any] = {"state": "paid", "paid_at": NOW, "customer_name": "Mary Bee", **changes}
        assert linked.add_attempt(an_attempt(f"att_{id}", **values), "paid")
    return linked


def listed(store: Store, *, livemode: bool, view: View = "", **values: Any) -> list[str]:
    return [one.id for one in store.orders(ORG, OrderFilter(view, livemode=livemode, **values)).rows]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"payment_link": "plink_honey"},
        {"words": ("mary",)},
        {"words": ("bee", "mary"), "payment_link": "plink_honey"},
    ],
)
def test_a_list_of_orders_has_those_of_its_mode_alone(both: Store, values: dict[str, Any]) -> None:
    assert listed(both, livemode=True, **values) == ["att_live"]
    assert sorted(listed(both, livemode=False, **values)) == ["att_test_1", "att_test_2"]
    assert both.sum_orders(ORG, OrderFilter(livemode=True, **values)) == OrderSums(1, (("jpy", 12_800),))
    assert both.sum_orders(ORG, OrderFilter(**values)) == OrderSums(2, (("eur", 1000),))


def test_views_and_currencies_are_counted_by_mode(both: Store) -> None:
    assert listed(both, livemode=True, view="flagged") == listed(both, livemode=True, view="refunded") == []
    assert listed(both, livemode=False, view="refunded") == ["att_test_2"]
    assert both.count_waiting(ORG, livemode=True)["flagged"] == 0
    assert both.count_waiting(ORG, livemode=False)["flagged"] == 1
    assert (both.order_currencies(ORG, livemode=True), both.order_currencies(ORG, livemode=False)) == (["jpy"], ["eur"])
    assert listed(both, livemode=True, amounts=((0, 12_800),)) == ["att_live"]
    assert listed(both, livemode=False, amounts=((0, 12_800),)) == []


def test_what_a_link_and_a_list_of_links_have_taken_is_added_up_by_mode(both: Store) -> None:
    for livemode, sums in ((True, LinkSums(1, 1, (("jpy", 12_800),))), (False, LinkSums(1, 2, (("eur", 1000),)))):
        assert both.sums_by_link(ORG, ["plink_honey"], livemode=livemode) == {"plink_honey": sums}
        for chosen in (LinkFilter(livemode=livemode), LinkFilter("active", livemode=livemode, words=("honey",))):
            assert both.sum_links(ORG, chosen) == sums


def test_a_payment_that_changes_its_mode_is_found_and_added_up_in_the_new_one(both: Store) -> None:
    attempt = both.attempt("att_live")
    assert attempt
    assert both.save_attempt(later(attempt, livemode=False), "test")
    assert listed(both, livemode=True) == listed(both, livemode=True, words=("mary",)) == []
    assert "att_live" in listed(both, livemode=False, words=("mary",))
    assert both.sum_orders(ORG, OrderFilter(livemode=True)) == OrderSums()
