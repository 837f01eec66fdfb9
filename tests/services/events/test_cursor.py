"""How far an account's events have been read: the cursor passes no event, and stays where a run stops or is refused."""

from typing import Any

import pytest

from app.errors import GatewayRefused, StoreError
from app.objects.attempt import Attempt
from app.objects.event import Event
from app.services.events.catch_up import REFUSED_SECONDS, SETTLING_SECONDS, read_new_events
from app.store.periodic import EventCursor
from tests.services.asked import Asked
from tests.services.broken import Unlisted
from tests.services.shop import ServiceShop


def cursor(shop: ServiceShop) -> EventCursor:
    return shop.store.event_cursor(shop.organization.id, livemode=False)


def paid(shop: ServiceShop, number: int) -> list[Attempt]:
    """So many buyers pay one after the other, each a second later, and no webhook tells."""
    attempts = []
    for index in range(number):
        shop.now += 1
        attempts.append(shop.start(shop.link(), f"form_{shop.now}_{index}"))
        shop.pay(attempts[-1])
    return attempts


def with_cursor(shop: ServiceShop) -> None:
    """Let the account have a cursor, and one attempt that stays open."""
    shop.start(shop.link(), "open")
    paid(shop, 1)
    shop.wait(SETTLING_SECONDS)
    shop.reconcile()
    assert cursor(shop).event is not None


@pytest.mark.parametrize("known", [False, True], ids=["the first time", "with a cursor"])
def test_pages_of_several_events_are_read_once_each(shop: ServiceShop, known: bool) -> None:
    shop.start(shop.link(), "open")
    if known:
        with_cursor(shop)
    paid(shop, 6)
    shop.wait(SETTLING_SECONDS)
    asked = Asked(shop, page=2)
    assert shop.reconcile_with(asked).changed == {"paid": 6}
    assert asked.names() == ["list_events"] * 3
    assert shop.reconcile_with(asked).events_applied == 0
    assert asked.names() == ["list_events"]


@pytest.mark.parametrize("known", [False, True], ids=["the first time", "with a cursor"])
def test_a_run_that_stops_after_a_page_leaves_no_gap(shop: ServiceShop, known: bool) -> None:
    shop.start(shop.link(), "open")
    if known:
        with_cursor(shop)
    attempts = paid(shop, 6)
    shop.wait(SETTLING_SECONDS)
    asked = Asked(shop, page=2)
    before = cursor(shop)
    shop.reconcile_with(asked, goes_on=lambda: not asked.calls)
    assert asked.names() == ["list_events"]
    assert [shop.state(attempt) for attempt in attempts].count("paid") == 2
    # The first time, older pages are still to be read, so there is no place to go on from.
    assert (cursor(shop) != before) == known
    assert shop.reconcile_with(asked).changed == {"paid": 4}
    assert [shop.state(attempt) for attempt in attempts] == ["paid"] * 6


def test_the_cursor_is_the_newest_event_that_no_younger_one_precedes(shop: ServiceShop) -> None:
    shop.start(shop.link(), "open")
    paid(shop, 2)
    newest = shop.deliveries()[-1][0].decode()
    shop.wait(SETTLING_SECONDS)
    paid(shop, 1)
    shop.reconcile()
    settled = cursor(shop).event
    assert settled is not None
    assert settled in newest


@pytest.mark.parametrize("known", [False, True], ids=["the first time", "with a cursor"])
def test_events_of_a_page_come_in_the_order_in_which_they_happened(shop: ServiceShop, known: bool) -> None:
    shop.start(shop.link(), "open")
    if known:
        with_cursor(shop)
    paid(shop, 3)
    pages: list[list[Event]] = []
    assert read_new_events(
        shop.store,
        shop.gateway,
        shop.organization.id,
        shop.now,
        receive=lambda page: pages.append(list(page)),
        goes_on=lambda: True,
    )
    times = [event.created for event in pages[0]]
    assert len(set(times)) == 3
    assert times == sorted(times)


def test_an_account_whose_last_open_attempt_has_just_ended_is_not_asked(shop: ServiceShop) -> None:
    asked = Asked(shop)
    assert read_new_events(
        shop.store, asked, shop.organization.id, shop.now, receive=lambda _: None, goes_on=lambda: True
    )
    assert asked.names() == []


def test_a_minute_without_news_writes_no_cursor(shop: ServiceShop) -> None:
    shop.start(shop.link(), "open")
    for event in ("INSERT", "UPDATE"):
        shop.engine.execute(
            f"CREATE TRIGGER no_{event} BEFORE {event} ON event_cursors BEGIN SELECT RAISE(ABORT, 'written'); END"
        )
    assert shop.reconcile().failed == 0
    with pytest.raises(StoreError):
        shop.store.save_event_cursor(None, EventCursor(event="evt_1"), livemode=False)


def test_a_refusal_to_list_events_keeps_the_cursor(shop: ServiceShop) -> None:
    with_cursor(shop)
    before = cursor(shop)
    shop.reconcile_with(Unlisted(shop.gateway))
    assert cursor(shop) == EventCursor(event=before.event, refused_at=shop.now)
    missed = paid(shop, 1)
    shop.wait(REFUSED_SECONDS)
    asked = Asked(shop)
    shop.reconcile_with(asked)
    assert asked.calls[0][1]["ending_before"] == before.event
    assert shop.state(missed[0]) == "paid"


def test_a_refusal_from_the_future_is_not_believed_after_the_clock_stepped_back(shop: ServiceShop) -> None:
    shop.start(shop.link(), "open")
    refused = EventCursor(refused_at=shop.now + 10 * REFUSED_SECONDS)
    shop.store.save_event_cursor(shop.organization.id, refused, livemode=False)
    asked = Asked(shop)
    shop.reconcile_with(asked)
    assert asked.names() == ["list_events"]


def test_only_an_event_that_stripe_no_longer_knows_makes_everything_be_read_again(shop: ServiceShop) -> None:
    class Refusing(Asked):
        def list_events(self, **named: Any) -> Any:
            self.calls.append(("list_events", named))
            raise GatewayRefused("Invalid parameter.", status=400, code="parameter_invalid")

    with_cursor(shop)
    before = cursor(shop)
    refusing = Refusing(shop)
    assert shop.reconcile_with(refusing).failed == 1
    assert refusing.names() == ["list_events"]
    assert cursor(shop) == before
