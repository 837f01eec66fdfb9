"""Lists of the console with many rows: how much the database works for each page, at two lengths beyond what a search counts.

The work is counted, not timed, in steps of SQLite's virtual machine.
`LIST_ROWS=100000 pytest tests/faults/test_long_lists.py -s` times each page at 100 rows and at so many, and prints the figures.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import pytest

from app.application import assemble
from app.config import read_config
from app.services.accounts import logins, users
from app.store import Engine, Store
from app.store.sql_store import SQLStore
from app.web.http.context import EXTENSION, Context
from tests.support.build import NOW, an_organization
from tests.support.clock import Clock
from tests.support.many_rows import add_many
from tests.support.postgresql import new_database
from tests.web.conftest import WebShop
from tests.web.console.conftest import ADA, Merchant, add_user

pytestmark = pytest.mark.faults

LENGTHS: Final = (5500, 11_000)
MEASURED: Final = int(os.environ.get("LIST_ROWS", "0"))

PATHS: Final = (
    "", "links", "links?show=active", "links?show=attention", "links?show=invoices", "links?show=inactive", "links?q=jar",
    "links?q=honey12", "links?q=12.50", "links?q=jar+honey&show=active", "links?q=old&show=inactive", "links?q=none",
    "payments", "payments?view=to-send", "payments?view=sent", "payments?view=flagged", "payments?view=disputed",
    "payments?view=refunded", "payments?view=paid", "payments?view=processing", "payments?view=failed",
    "payments?view=unfinished", "payments?q=mara", "payments?q=buyer12", "payments?q=12.50", "payments?q=m", "payments?q=old",
    "payments?q=mara+lind&view=paid", "payments?payment_link=plink_0", "payments?payment_link=plink_0&view=to-send",
    "payments?payment_link=plink_0&q=mara", "payments?from=2020-01-01&to=2030-12-31", "payments?currency=jpy",
    "payments?currency=chf&q=mara", "payments?view=disputed&currency=jpy", "products", "settings/log", "settings/webhooks",
)  # fmt: skip


class Recording:
    """An engine that keeps the statements that read rows."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def rows(self, sql: str, params: Any = None) -> list[dict[str, Any]]:
        self.statements.append((sql, dict(params or {})))
        return self.engine.rows(sql, params or {})


class LongLists:
    """A merchant with so many links and payments, logged in."""

    def __init__(self, place: tuple[str, Path], number: int) -> None:
        address, folder = place
        environment = {"DATABASE_URL": address, "PUBLIC_URL": "http://localhost"}
        shop = WebShop(assemble(read_config(environment, data=folder), now=Clock()))
        self.engine = cast(SQLStore, shop.store).engine
        shop.store.migrate(NOW)
        shop.store.add_organization(an_organization())
        add_many(shop.store, self.engine, number, number)
        add_user(shop)
        self.merchant = Merchant(shop)
        with self.merchant.client.session_transaction("/console/", base_url=self.merchant.base_url) as session:
            session["login"] = logins.create_login(shop.store, users.retrieve(shop.store, ADA), shop.clock())
        self.recording = Recording(self.engine)
        context: Context = shop.app.extensions[EXTENSION]
        store = SQLStore(cast(Engine, self.recording))
        shop.app.extensions[EXTENSION] = replace(context, store=cast(Store, store))
        self.folder = folder

    def work(self, path: str) -> int:
        """Open a page and return how much the database works for its statements."""
        self.recording.statements.clear()
        assert self.merchant.get(f"/console/{path}").status_code == 200, path
        return sum(
            self._steps(sql, params) for sql, params in self.recording.statements if sql.startswith(("SELECT", "WITH"))
        )

    def seconds(self, path: str) -> float:
        """Return the shortest time of three visits to a page."""
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            self.merchant.get(f"/console/{path}")
            times.append(time.perf_counter() - begun)
        return min(times)

    def _steps(self, sql: str, params: dict[str, Any]) -> int:
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        connection = sqlite3.connect(self.folder / "counterfoil.db")
        try:
            connection.set_progress_handler(step, 10)
            connection.execute(sql, params).fetchall()
        finally:
            connection.close()
        return steps * 10


@pytest.fixture(params=["sqlite", "postgresql"])
def address_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """Return a function that makes an empty database: its address and folder."""
    if request.param == "sqlite":

        def make(name: str) -> tuple[str, Path]:
            (tmp_path / name).mkdir()
            return f"sqlite:///{tmp_path}/{name}/counterfoil.db", tmp_path / name

        yield make
        return
    server = request.getfixturevalue("postgresql_server")
    with new_database(server, "short_lists") as short, new_database(server, "long_lists") as long:
        yield lambda name: (short if name == "short" else long, tmp_path)


@pytest.mark.parametrize("address_of", ["sqlite"], indirect=True)
def test_a_page_of_a_long_list_costs_the_database_no_more_than_one_of_a_shorter_list(address_of: Any) -> None:
    short, long = LongLists(address_of("short"), LENGTHS[0]), LongLists(address_of("long"), LENGTHS[1])
    grown = {}
    for path in PATHS:
        before, after = short.work(path), long.work(path)
        # A list that is twice as long may cost a third more: indexes are deeper, and more rows have to be passed over.
        if after > before * 4 / 3 + 5000:
            grown[path] = (before, after)
    assert grown == {}


@pytest.mark.skipif(not MEASURED, reason="LIST_ROWS is not set")
def test_each_page_of_a_long_list_takes_at_most_three_times_as_long_as_one_of_a_hundred(address_of: Any) -> None:
    short, long = LongLists(address_of("short"), 100), LongLists(address_of("long"), MEASURED)
    slow = {}
    for path in PATHS:
        few, many = short.seconds(path), long.seconds(path)
        print(f"{few * 1000:7.1f} ms {many * 1000:7.1f} ms  /console/{path}")  # noqa: T201
        if many > 3 * few and many > 0.1:
            slow[path] = (few, many)
    assert slow == {}
