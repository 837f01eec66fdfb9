"""The floor of the pay post writes what a pay post writes."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from tests.bench.floor_shop import copy_shop
from tests.bench.served import FORM, Asked
from tests.bench.servers import hello_server
from tests.bench.shop import LARGE, BenchShop, open_shop
from tests.bench.tables import changed_rows, length, shapes, tables_of

RANDOM = re.compile(r"att_|cs_test_|CF-|[\w-]{24,32}$")
"""What differs with each payment: ids, tokens and references."""


def start_payment(shop: BenchShop) -> None:
    body = Asked("POST", f"/pay/{LARGE}", FORM, 303, shop.link).body()
    assert shop.app.test_client().post(f"/pay/{LARGE}", data=body, headers=FORM).status_code == 303


@pytest.mark.external
def test_the_floor_stores_the_same_rows_by_values_of_the_same_length(tmp_path: Path) -> None:
    ours, floor = tmp_path / "bench.db", tmp_path / "shop.db"
    shop = open_shop(tmp_path)
    start_payment(shop)
    copy_shop(ours, floor)
    before = tables_of(ours)
    start_payment(shop)
    shop.close()
    with (
        hello_server(tmp_path, threads=1) as stripe,
        hello_server(tmp_path, threads=1, stripe=f"http://127.0.0.1:{stripe.port}") as hello,
        closing(hello.connect()) as connection,
    ):
        Asked("POST", "/start-payment", FORM, 303, shop.link).send(connection)
    expected, written = (changed_rows(before, tables_of(database)) for database in (ours, floor))
    sandbox = {"sandbox_idempotency", "sandbox_objects", "sqlite_sequence"}
    expected, written = ({name: found[name] for name in found.keys() - sandbox} for found in (expected, written))
    assert expected.keys() == {"attempts", "payment_links", "transitions"}
    assert shapes(written, RANDOM) == shapes(expected, RANDOM)
    assert {name: length(rows) for name, rows in written.items()} == {
        name: pytest.approx(length(rows), rel=0.02) for name, rows in expected.items()
    }
