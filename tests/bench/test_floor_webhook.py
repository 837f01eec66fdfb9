"""The floor of the webhook writes what the webhook writes."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.deliveries import sign
from app.store import open_store
from app.web.http.context import EXTENSION, Context
from tests.bench.floor_webhook import copy_shop
from tests.bench.hello import app as hello
from tests.bench.served import FORM, Asked
from tests.bench.shop import LARGE, BenchShop, open_shop, settings_of
from tests.bench.webhooks import completed_events

Tables = dict[str, list[tuple[Any, ...]]]

LONG_AGO = 10**9
"""Every time is greater, and no other number is."""


def deliver_to_shop(shop: BenchShop, event: bytes) -> None:
    context: Context = shop.app.extensions[EXTENSION]
    signature = sign(event, context.config.stripe_webhook_secret or "", int(time.time()))
    answer = shop.app.test_client().post("/webhooks/stripe", data=event, headers={"Stripe-Signature": signature})
    assert answer.json == {"received": True, "outcome": "applied"}


def start_payment(shop: BenchShop) -> None:
    body = Asked("POST", f"/pay/{LARGE}", FORM, 303, shop.link).body()
    assert shop.app.test_client().post(f"/pay/{LARGE}", data=body, headers=FORM).status_code == 303


def tables_of(database: Path) -> Tables:
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def shape(value: Any) -> Any:
    """Return a document and a time as a word, and a hash as its length."""
    if isinstance(value, str) and len(value) > 500:
        return "document"
    if isinstance(value, int) and value > LONG_AGO:
        return "time"
    return len(value) if isinstance(value, str) and len(value) == 16 else value


def changed_rows(before: Tables, after: Tables) -> Tables:
    changed = {name: [row for row in rows if row not in before[name]] for name, rows in after.items()}
    return {name: rows for name, rows in changed.items() if rows}


def shapes(tables: Tables) -> Tables:
    return {name: sorted((tuple(map(shape, row)) for row in rows), key=repr) for name, rows in tables.items()}


def length(rows: list[tuple[Any, ...]]) -> int:
    return sum(len(value) for row in rows for value in row if isinstance(value, str))


def test_the_floor_changes_the_same_rows_by_values_of_the_same_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, floor = tmp_path / "bench.db", tmp_path / "shop.db"
    monkeypatch.setenv("BENCH_SHOP", str(floor))
    shop = open_shop(tmp_path)
    start_payment(shop)
    store = open_store(settings_of(tmp_path)["DATABASE_URL"])
    (event,) = completed_events(store, shop.link, 2)
    store.close()
    copy_shop(ours, floor)
    before = tables_of(ours)
    deliver_to_shop(shop, event)
    assert hello.test_client().post("/apply-once", data=event).text == "applied"
    shop.close()
    expected, written = (changed_rows(before, tables_of(database)) for database in (ours, floor))
    assert len(expected) == 10
    assert len(expected["attempt_words"]) == 10
    assert shapes(written) == shapes(expected)
    assert {name: length(rows) for name, rows in written.items()} == {
        name: pytest.approx(length(rows), rel=0.02) for name, rows in expected.items()
    }
