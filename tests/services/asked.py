"""What a service asks Stripe and writes: a gateway that notes its calls, and a database that refuses a write."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from app.objects.attempt import Attempt
from app.objects.event import Event
from tests.services.shop import ServiceShop


class Asked:
    """A gateway that works, notes every call to Stripe, and lists events in pages of a size."""

    livemode = False
    sandbox = True

    def __init__(self, shop: ServiceShop, page: int = 100) -> None:
        self._shop = shop
        self._page = page
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            self.calls.append((name, named))
            return getattr(self._shop.gateway, name)(*values, **named)

        return call

    def list_events(self, **named: Any) -> tuple[list[Event], bool]:
        """Serve a part of a page: the newest of older events, or the oldest of newer ones, as Stripe does."""
        self.calls.append(("list_events", named))
        events, more = self._shop.gateway.list_events(**named)
        part = events[-self._page :] if named.get("ending_before") else events[: self._page]
        return part, more or len(part) < len(events)

    def names(self) -> list[str]:
        """What was asked since the last time."""
        names = [name for name, _ in self.calls]
        self.calls.clear()
        return names


def refuse_transitions_of(shop: ServiceShop, attempt: Attempt) -> None:
    """Let no change of an attempt's state be stored."""
    shop.engine.execute(
        f"CREATE TRIGGER full BEFORE INSERT ON transitions WHEN NEW.attempt = '{attempt.id}' "
        "BEGIN SELECT RAISE(ABORT, 'no'); END"
    )


def require_no_transaction(shop: ServiceShop) -> None:
    """Fail where a transaction is open: another connection must be able to write now."""
    (file,) = (row["file"] for row in shop.engine.rows("PRAGMA database_list") if row["name"] == "main")
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
