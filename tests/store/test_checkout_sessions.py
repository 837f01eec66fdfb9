"""Attempts that have a Checkout Session, in pages and by the session's id, and the sessions that events carried."""

from typing import Any

import pytest

from app.errors import ResourceMissing
from app.objects.attempt import Attempt, State
from app.objects.event import EventData
from app.store import Store
from app.store.session_lists import SessionFilter
from tests.store.build import an_attempt, an_event
from tests.support.build import NOW, a_link

ALL = SessionFilter("org_apiary", None, livemode=False)


def add(store: Store, number: int, **changes: Any) -> Attempt:
    named = {"checkout_session": f"cs_{number}", "created": NOW + number, **changes}
    attempt = an_attempt(f"att_{number}", **named)
    assert store.add_attempt(attempt, "opened")
    return attempt


def sessions(found: tuple[list[Attempt], bool]) -> list[str | None]:
    return [attempt.checkout_session for attempt in found[0]]


def test_attempts_are_found_by_their_sessions_within_an_organization(linked: Store) -> None:
    first, second = add(linked, 1), add(linked, 2, account="acct_1")
    found = linked.attempts_of_sessions("org_apiary", ["cs_1", "cs_2", "cs_3", "\x00", "\udfff"])
    assert found == {"cs_1": first, "cs_2": second}
    assert linked.attempts_of_sessions("org_other", ["cs_1"]) == {}
    assert linked.attempts_of_sessions("org_apiary", []) == {}


def test_a_page_has_the_attempts_with_a_session_of_one_account_and_mode(linked: Store) -> None:
    add(linked, 1)
    add(linked, 2, checkout_session=None)
    add(linked, 3, account="acct_1")
    add(linked, 4, livemode=True)
    add(linked, 5)
    assert sessions(linked.attempts_with_session(ALL, limit=10)) == ["cs_5", "cs_1"]
    assert sessions(linked.attempts_with_session(SessionFilter("org_apiary", "acct_1", False), limit=10)) == ["cs_3"]
    assert sessions(linked.attempts_with_session(SessionFilter("org_apiary", None, True), limit=10)) == ["cs_4"]
    assert sessions(linked.attempts_with_session(SessionFilter("org_other", None, False), limit=10)) == []


def test_a_page_is_chosen_by_link_state_and_time(linked: Store) -> None:
    linked.add_link(a_link(id="plink_other", counterfoil={"code": "other"}))
    states: tuple[State, ...] = ("opened", "paid", "expired")
    for number, state in enumerate(states):
        add(linked, number, state=state)
    add(linked, 3, payment_link="plink_other")
    chosen: list[tuple[dict[str, Any], list[str]]] = [
        ({"payment_link": "plink_other"}, ["cs_3"]),
        ({"states": ("paid", "expired")}, ["cs_2", "cs_1"]),
        ({"created_from": NOW + 2}, ["cs_3", "cs_2"]),
        ({"created_to": NOW + 1}, ["cs_1", "cs_0"]),
        ({"created_from": NOW + 1, "created_to": NOW + 2, "states": ("paid",)}, ["cs_1"]),
    ]
    for filters, expected in chosen:
        wanted = SessionFilter("org_apiary", None, livemode=False, **filters)
        assert sessions(linked.attempts_with_session(wanted, limit=10)) == expected, filters


def test_pages_follow_each_other_in_both_directions(linked: Store) -> None:
    for number in range(5):
        add(linked, number)
    first = linked.attempts_with_session(ALL, limit=2)
    assert (sessions(first), first[1]) == (["cs_4", "cs_3"], True)
    last = linked.attempts_with_session(ALL, limit=3, starting_after="att_3")
    assert (sessions(last), last[1]) == (["cs_2", "cs_1", "cs_0"], False)
    back = linked.attempts_with_session(ALL, limit=2, ending_before="att_1")
    assert (sessions(back), back[1]) == (["cs_3", "cs_2"], True)
    with pytest.raises(ResourceMissing):
        linked.attempts_with_session(ALL, limit=2, starting_after="att_9")


def tell(store: Store, id: str, created: int, *, organization: str = "org_apiary", **changes: Any) -> None:
    session = {"id": "cs_1", "object": "checkout.session", "note": id}
    event = an_event(id, **{"api_version": "2026", "created": created, "data": EventData(object=session), **changes})
    store.add_event(event, organization=organization, received=NOW, payload=event.model_dump_json())


def test_the_newest_session_of_the_version_is_returned_in_any_order_of_arrival(linked: Store) -> None:
    tell(linked, "evt_2", NOW + 2)
    tell(linked, "evt_1", NOW + 1)
    tell(linked, "evt_3", NOW + 3, api_version="2020")
    tell(linked, "evt_4", NOW + 4, organization="org_other")
    tell(linked, "evt_5", NOW + 5, type="payment_intent.succeeded")
    found = linked.sessions_in_events("org_apiary", ["cs_1", "cs_2"], "2026")
    assert found == {"cs_1": {"id": "cs_1", "object": "checkout.session", "note": "evt_2"}}
    assert linked.sessions_in_events("org_apiary", [], "2026") == {}
