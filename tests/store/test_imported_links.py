"""Imported links: their place in lists, what they had at Stripe, and attributes that we do not know."""

import pytest

from app.objects.base import whole
from app.objects.payment_link import PaymentLink
from app.store import Store
from app.store.import_steps import SORT_KEY_GAP
from tests.store.build import changed, limited
from tests.support.build import a_link, an_organization

OWNER = "org_apiary"


def numbered(number: int) -> PaymentLink:
    return a_link(id=f"plink_{number}", counterfoil={"code": f"code-{number}"})


def listed(store: Store, **cursors: object) -> list[str]:
    found, _ = store.links(OWNER, limit=100, **cursors)  # type: ignore[arg-type]
    return [link.id for link in found]


def test_a_sort_key_puts_a_link_between_others(store: Store) -> None:
    store.add_link(numbered(1))
    store.add_link(numbered(4))
    keys = store.sort_keys(OWNER)
    assert keys["plink_4"] - keys["plink_1"] == SORT_KEY_GAP
    store.add_link(numbered(2), sort_key=keys["plink_1"] + 1)
    store.add_link(numbered(3), sort_key=keys["plink_4"] - 1)
    store.add_link(numbered(5))
    assert listed(store) == ["plink_5", "plink_4", "plink_3", "plink_2", "plink_1"]
    assert listed(store, starting_after="plink_3") == ["plink_2", "plink_1"]
    assert listed(store, ending_before="plink_3") == ["plink_5", "plink_4"]


def test_links_with_the_same_key_are_listed_by_insertion_and_each_once(store: Store) -> None:
    for number in (1, 2, 3):
        store.add_link(numbered(number), sort_key=7)
    assert listed(store) == ["plink_3", "plink_2", "plink_1"]
    assert listed(store, starting_after="plink_2") == ["plink_1"]
    assert listed(store, ending_before="plink_2") == ["plink_3"]


def test_the_next_sort_key_comes_before_all_links_of_the_organization_and_of_no_other(store: Store) -> None:
    store.add_organization(an_organization(id="org_other"))
    assert store.next_sort_key(OWNER) == SORT_KEY_GAP
    store.add_link(numbered(1), sort_key=3 * SORT_KEY_GAP - 5)
    assert store.next_sort_key(OWNER) == 3 * SORT_KEY_GAP
    assert store.next_sort_key("org_other") == SORT_KEY_GAP
    store.add_link(numbered(2))
    assert store.sort_keys(OWNER) == {"plink_1": 3 * SORT_KEY_GAP - 5, "plink_2": 3 * SORT_KEY_GAP}


def test_what_a_link_had_at_stripe_is_replaced_and_kept_apart(store: Store) -> None:
    store.add_link(numbered(1))
    assert store.imported("plink_1") is None
    for attributes in ({"active": True}, {"active": False, "new": ["ü", None]}):
        store.save_imported("plink_1", attributes)
        assert store.imported("plink_1") == attributes
    assert store.link("plink_1") == numbered(1)


def test_sessions_completed_elsewhere_are_added_beyond_the_limit_as_well(store: Store) -> None:
    store.add_link(limited(3))
    assert store.hold_place("plink_honey")
    store.add_completed("plink_honey", 5)
    assert store.completed_sessions(["plink_honey"]) == {"plink_honey": 5}
    assert store.places_left("plink_honey") == 0
    assert not store.hold_place("plink_honey")


@pytest.mark.parametrize("place", ["link", "part", "price"])
def test_unknown_attributes_survive_changes(store: Store, place: str) -> None:
    data = whole(numbered(1))
    holder = {"link": data, "part": data["custom_text"], "price": data["line_items"]["data"][0]["price"]}[place]
    holder["of_next_year"] = {"a": [1, None, "ü"]}
    link = PaymentLink.read_whole(data)
    store.add_link(link)
    assert store.link("plink_1") == link
    assert store.save_link(changed(link, active=False))
    after = store.link("plink_1")
    assert after is not None
    kept = whole(after)
    holder = {"link": kept, "part": kept["custom_text"], "price": kept["line_items"]["data"][0]["price"]}[place]
    assert holder["of_next_year"] == {"a": [1, None, "ü"]}
