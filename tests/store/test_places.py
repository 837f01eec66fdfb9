"""Places: a link gives exactly as many as its limit, and the store fills in the count of completed sessions."""

from itertools import count as numbers
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.store import Store
from tests.store.build import changed, limited
from tests.support.build import a_link


def count(store: Store) -> int | None:
    link = store.link("plink_honey")
    assert link is not None
    return link.restrictions.completed_sessions.count if link.restrictions else None


def test_a_link_gives_as_many_places_as_its_limit(store: Store) -> None:
    store.add_link(limited(2))
    assert [store.hold_place("plink_honey") for _ in range(3)] == [True, True, False]
    assert store.places_left("plink_honey") == 0
    store.release_place("plink_honey")
    assert store.places_left("plink_honey") == 1
    assert store.hold_place("plink_honey")


def test_a_link_without_a_limit_gives_every_place(linked: Store) -> None:
    assert all(linked.hold_place("plink_honey") for _ in range(20))
    assert linked.places_left("plink_honey") is None


def test_an_unknown_link_gives_no_place(store: Store) -> None:
    assert not store.hold_place("plink_unknown")
    assert store.places_left("plink_unknown") is None


def test_a_completed_place_is_counted_and_cannot_be_released(store: Store) -> None:
    store.add_link(limited(2))
    store.hold_place("plink_honey")
    store.complete_place("plink_honey")
    assert (count(store), store.places_left("plink_honey")) == (1, 1)
    store.release_place("plink_honey")
    assert (count(store), store.places_left("plink_honey")) == (1, 1)


def test_a_completed_session_that_fails_later_releases_its_place_and_its_count(store: Store) -> None:
    store.add_link(limited(2))
    store.hold_place("plink_honey")
    store.complete_place("plink_honey")
    store.uncomplete_place("plink_honey")
    assert (count(store), store.places_left("plink_honey")) == (0, 2)


def test_every_way_to_read_a_link_fills_in_the_count(store: Store) -> None:
    store.add_link(limited(2))
    store.hold_place("plink_honey")
    store.complete_place("plink_honey")
    expected = limited(2, count=1)
    page, _ = store.links("org_apiary")
    assert [
        store.link("plink_honey"),
        store.link_by_code("honey"),
        *page,
        *store.links_with("price_honey", ["org_apiary"]),
    ] == [expected] * 4


def test_saving_a_link_changes_its_limit_and_never_its_counts(store: Store) -> None:
    store.add_link(limited(2))
    stale = changed(limited(3))
    store.hold_place("plink_honey")
    store.complete_place("plink_honey")
    store.hold_place("plink_honey")
    assert store.save_link(stale)
    assert (count(store), store.places_left("plink_honey")) == (1, 1)


def test_a_limit_below_the_number_of_taken_places_leaves_none(store: Store) -> None:
    store.add_link(limited(3))
    for _ in range(3):
        store.hold_place("plink_honey")
    store.save_link(changed(limited(1)))
    assert store.places_left("plink_honey") == 0
    assert not store.hold_place("plink_honey")


def test_a_lowered_limit_bounds_the_completed_sessions(store: Store) -> None:
    store.add_link(limited(3))
    for _ in range(3):
        store.hold_place("plink_honey")
    store.save_link(changed(limited(1)))
    assert [store.complete_place("plink_honey") for _ in range(3)] == [True, False, False]
    assert count(store) == 1


def test_a_new_limit_counts_earlier_sessions(linked: Store) -> None:
    for _ in range(2):
        linked.hold_place("plink_honey")
        linked.complete_place("plink_honey")
    linked.save_link(changed(limited(3)))
    assert (count(linked), linked.places_left("plink_honey")) == (2, 1)


codes = numbers(1)
STEPS = st.sampled_from(["hold", "release", "complete", "uncomplete"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.none() | st.integers(1, 4), steps=st.lists(STEPS, max_size=25))
def test_any_sequence_of_steps_counts_like_a_simple_model(store: Store, limit: int | None, steps: list[str]) -> None:
    id = f"plink_{next(codes)}"
    ours: dict[str, Any] = {"id": id, "counterfoil": {"code": id}}
    store.add_link(a_link(**ours) if limit is None else limited(limit, **ours))
    held = completed = 0
    for step in steps:
        if step == "hold":
            room = limit is None or held + completed < limit
            assert store.hold_place(id) == room
            held += room
        elif step == "release":
            store.release_place(id)
            held -= held > 0
        elif step == "complete":
            store.complete_place(id)
            held, completed = held - (held > 0), completed + (held > 0)
        else:
            store.uncomplete_place(id)
            completed -= completed > 0
    assert store.places_left(id) == (None if limit is None else limit - held - completed)
    link = store.link(id)
    assert link is not None
    assert limit is None or (link.restrictions and link.restrictions.completed_sessions.count == completed)


def test_completed_sessions_are_counted_with_a_limit_and_without(store: Store) -> None:
    links = [
        limited(3),
        a_link(id="plink_wax", counterfoil={"code": "wax"}),
        a_link(id="plink_c", counterfoil={"code": "c"}),
    ]
    for link in links:
        store.add_link(link)
    for id in ("plink_honey", "plink_wax", "plink_wax"):
        assert store.hold_place(id)
        store.complete_place(id)
    assert store.hold_place("plink_c")
    counted = store.completed_sessions([link.id for link in links])
    assert counted == {"plink_honey": 1, "plink_wax": 2, "plink_c": 0}
    assert store.completed_sessions(["plink_none"]) == store.completed_sessions([]) == {}
