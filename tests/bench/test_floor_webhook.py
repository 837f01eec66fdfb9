"""The floor of the webhook writes what the webhook writes."""

import re
import time
from pathlib import Path

import pytest

from app.sandbox.deliveries import sign
from app.store import open_store
from app.web.http.context import EXTENSION, Context
from tests.bench.floor_shop import copy_shop
from tests.bench.hello import app as hello
from tests.bench.served import FORM, Asked
from tests.bench.shop import LARGE, BenchShop, open_shop, settings_of
from tests.bench.tables import changed_rows, length, shapes, tables_of
from tests.bench.webhooks import completed_events

HASH = re.compile(r"\w{16}$")
"""What the floor does not compute: a hash of the words of an order."""


def deliver_to_shop(shop: BenchShop, event: bytes) -> None:
    context: Context = shop.app.extensions[EXTENSION]
    signature = sign(event, context.config.stripe_webhook_secret or "", int(time.time()))
    answer = shop.app.test_client().post("/webhooks/stripe", data=event, headers={"Stripe-Signature": signature})
    assert answer.json == {"received": True, "outcome": "applied"}


def start_payment(shop: BenchShop) -> None:
    body = Asked("POST", f"/pay/{LARGE}", FORM, 303, shop.link).body()
    assert shop.app.test_client().post(f"/pay/{LARGE}", data=body, headers=FORM).status_code == 303


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
    assert shapes(written, HASH) == shapes(expected, HASH)
    assert {name: length(rows) for name, rows in written.items()} == {
        name: pytest.approx(length(rows), rel=0.02) for name, rows in expected.items()
    }
