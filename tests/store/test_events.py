"""Events: stored once by their id, waiting until they are marked, listed newest first."""

import pytest

from app.errors import ResourceMissing
from app.objects.event import Event
from app.store import Store
from tests.store.build import an_event
from tests.support.build import NOW


def keep(store: Store, *numbers: int, organization: str | None = "org_apiary", type: str = "price.updated") -> None:
    for number in numbers:
        add(store, an_event(f"evt_{number}", type), organization)


def add(store: Store, event: Event, organization: str | None = None) -> bool:
    """Store an event that Stripe sent."""
    return store.add_event(event, organization=organization, received=NOW, payload=event.model_dump_json())


def ids(page: tuple[list[Event], bool]) -> tuple[list[str], bool]:
    return [event.id.removeprefix("evt_") for event in page[0]], page[1]


def test_an_event_is_stored_once_by_its_id(store: Store) -> None:
    assert add(store, an_event())
    assert not add(store, an_event(type="another"), "org_apiary")
    assert store.event("evt_1") == an_event()
    assert store.event("evt_2") is None


def test_an_event_from_stripe_waits_until_it_is_marked(store: Store) -> None:
    keep(store, 2, 1)
    assert store.event_outcome("evt_1") == (None, "waiting")
    assert [event.id for event in store.waiting_events()] == ["evt_2", "evt_1"]
    assert [event.id for event in store.waiting_events(limit=1)] == ["evt_2"]
    store.mark_event("evt_2", applied=NOW, outcome="applied")
    assert store.event_outcome("evt_2") == (NOW, "applied")
    assert [event.id for event in store.waiting_events()] == ["evt_1"]


def test_waiting_events_are_found_page_by_page_and_by_their_object(store: Store) -> None:
    charge = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}
    objects = [{"id": "cs_1"}, charge, {"id": "cs_2"}, {}, {**charge, "id": "ch_2"}, {"object": "charge", "id": "pi_1"}]
    for number, about in enumerate(objects):
        add(store, an_event(f"evt_{number}", data={"object": about}))
    store.mark_event("evt_4", applied=NOW, outcome="applied")

    def found(**which: str | int) -> list[str]:
        return [event.id for event in store.waiting_events(**which)]  # type: ignore[arg-type]  # each is what it is named

    assert found() == ["evt_0", "evt_1", "evt_2", "evt_3", "evt_5"]
    assert found(limit=2) == ["evt_0", "evt_1"]
    assert found(after="evt_1", limit=2) == ["evt_2", "evt_3"]
    assert found(about="cs_2") == ["evt_2"]
    assert found(about="pi_1") == ["evt_1"]
    assert found(about="ch_1") == []


@pytest.mark.parametrize(
    ("applied", "outcome", "waits"),
    [(NOW, "applied", False), (NOW, "ignored", False), (None, "refused: account", False), (None, "waiting", True)],
)
def test_an_event_waits_until_it_is_applied_or_refused(
    store: Store, applied: int | None, outcome: str, waits: bool
) -> None:
    keep(store, 1)
    store.mark_event("evt_1", applied=applied, outcome=outcome)
    assert (store.waiting_events() == [an_event(type="price.updated")]) is waits


def test_an_event_that_was_made_here_does_not_wait(store: Store) -> None:
    store.add_event(an_event(type="payment_link.created"), organization="org_apiary", received=NOW)
    assert store.waiting_events() == []
    assert store.event_outcome("evt_1") == (NOW, "made")


def test_events_are_counted_by_type_and_outcome(store: Store) -> None:
    assert store.event_counts() == {}
    keep(store, 1, 2)
    keep(store, 3, type="charge.refunded")
    store.mark_event("evt_2", applied=NOW, outcome="applied")
    assert store.event_counts() == {
        ("price.updated", "waiting"): 1,
        ("price.updated", "applied"): 1,
        ("charge.refunded", "waiting"): 1,
    }


def test_an_unknown_event_has_no_outcome(store: Store) -> None:
    assert store.event_outcome("evt_unknown") is None


def test_events_are_listed_by_organization_and_type_newest_first(store: Store) -> None:
    keep(store, 1, 3, 2)
    keep(store, 4, organization="org_other")
    keep(store, 5, organization=None, type="product.updated")
    assert ids(store.events("org_apiary")) == (["2", "3", "1"], False)
    assert ids(store.events(None)) == (["5", "4", "2", "3", "1"], False)
    assert ids(store.events(None, type="product.updated")) == (["5"], False)
    assert ids(store.events("org_apiary", type="price.updated", limit=1)) == (["2"], True)
    assert ids(store.events("org_apiary", starting_after="evt_3")) == (["1"], False)
    assert ids(store.events(None, ending_before="evt_2", limit=1)) == (["4"], True)


def test_events_of_several_types_and_groups_are_listed_from_a_time_on(store: Store) -> None:
    keep(store, 1)
    keep(store, 2, type="product.updated")
    keep(store, 3, type="charge.refunded")
    assert ids(store.events("org_apiary", type=("price.updated", "charge.*"))) == (["3", "1"], False)
    assert ids(store.events("org_apiary", type="pr%")) == ([], False)
    assert ids(store.events("org_apiary", type="p*", limit=1)) == (["2"], True)
    assert ids(store.events("org_apiary", received_from=NOW)) == (["3", "2", "1"], False)
    assert ids(store.events("org_apiary", received_from=NOW + 1)) == ([], False)


def test_a_cursor_of_another_organization_is_as_missing_as_an_unknown_one(store: Store) -> None:
    keep(store, 4, organization="org_other")
    for cursor in ("evt_4", "evt_unknown"):
        with pytest.raises(ResourceMissing) as refused:
            store.events("org_apiary", starting_after=cursor)
        assert refused.value.param == "starting_after"
