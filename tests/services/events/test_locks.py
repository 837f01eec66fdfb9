"""An event is stored before its payment is locked, and a busy database is waited for once."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.errors import StoreBusy
from app.objects.event import Event
from app.services.events import inbox
from app.store.sql_store import SQLStore
from app.store.sqlite import SQLite
from tests.services.events.subjects import COMPLETED
from tests.services.shop import ServiceShop

LOCKS = {"add_event", "complete_place", "hold_place", "release_place", "save_attempt"}


class Noting:
    """A store that notes the calls that lock a row."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            if name in LOCKS:
                self.calls.append(name)
            return getattr(self._store, name)(*values, **named)

        return call


def paid_events(shop: ServiceShop, number: int) -> list[Event]:
    """Pay this many times. Return the events of the payments, which are not received yet."""
    link = shop.limited(number)
    for form in range(number):
        shop.pay(shop.start(link, form=f"form_{form}"))
    read = [shop.gateway.read_event(*delivery, shop.now) for delivery in shop.deliveries()]
    return [event for event in read if event.type == COMPLETED]


def test_a_webhook_stores_its_event_before_it_locks_the_payment(shop: ServiceShop) -> None:
    (event,) = paid_events(shop, 1)
    store: Any = Noting(shop.store)
    assert inbox.receive(store, shop.gateway, event, shop.now, payload=event.model_dump_json()) == "applied"
    assert store.calls == ["add_event", "complete_place", "save_attempt"]


def test_reconciling_stores_all_events_before_it_locks_a_payment(shop: ServiceShop) -> None:
    events = paid_events(shop, 2)
    store: Any = Noting(shop.store)
    assert len(inbox.receive_together(store, shop.gateway, events, shop.now)) == 2
    assert store.calls == ["add_event"] * 2 + ["complete_place", "save_attempt"] * 2


def test_an_event_that_another_process_applied_in_between_changes_nothing(shop: ServiceShop) -> None:
    (event,) = paid_events(shop, 1)
    (attempt,) = shop.store.attempts_of_form("form_0")

    class Overtaken(Noting):
        def run(self, work: Callable[[], Any]) -> Any:
            inbox.receive_together(shop.store, shop.gateway, [event], shop.now)
            return shop.store.run(work)

    store: Any = Overtaken(shop.store)
    assert inbox.receive(store, shop.gateway, event, shop.now, payload=event.model_dump_json()) == "applied"
    assert (shop.state(attempt), shop.stored(attempt).version) == ("paid", attempt.version + 1)
    assert store.calls == ["add_event"]


def test_a_webhook_that_finds_the_database_locked_gives_up_and_stores_nothing(
    shop: ServiceShop, tmp_path: Path
) -> None:
    (event,) = paid_events(shop, 1)
    engine = SQLite(tmp_path / "shop.db", lock_timeout=0.05)
    store: Any = Noting(SQLStore(engine))
    with closing(sqlite3.connect(tmp_path / "shop.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            inbox.receive(store, shop.gateway, event, shop.now, payload=event.model_dump_json())
        other.execute("ROLLBACK")
    assert store.calls == [], "the lock is waited for once, before the work"
    assert store.event_outcome(event.id) is None
    assert inbox.receive(store, shop.gateway, event, shop.now, payload=event.model_dump_json()) == "applied"
    engine.close()
